"""The middle of a law: by hand, and by the law that the ends were made for."""

import numpy as np
import pytest

from jaxgan.metrics.middle import middle


def test_by_hand():
    # 2.5 % of 199 + 1 is the 5th value, 97.5 % the 195th.
    values = np.random.default_rng(0).permutation(np.arange(1.0, 200.0))
    assert middle(values) == pytest.approx((5, 195))


def test_few_values_give_the_smallest_and_the_largest():
    assert middle(np.arange(38.0)) == pytest.approx((0, 37))


def test_each_column_has_its_own_ends():
    low, high = middle(np.stack([np.arange(1.0, 200.0), np.arange(10.0, 2000.0, 10.0)], axis=1))
    np.testing.assert_allclose(low, (5, 50))
    np.testing.assert_allclose(high, (195, 1950))


@pytest.mark.parametrize("count", [39, 100, 200])
def test_the_ends_hold_95_percent_of_the_law_on_average(count):
    drawn = np.random.default_rng(1).random((count, 4000))  # a law with P(X < x) = x
    low, high = middle(drawn)
    assert np.mean(high - low) == pytest.approx(0.95, abs=0.002)


def test_no_values_are_refused():
    with pytest.raises(ValueError, match="no values"):
        middle(np.zeros((0, 3)))
