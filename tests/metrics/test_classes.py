"""Shares of classes and their divergences."""

import math

import numpy as np
import pytest
from scipy.stats import entropy

from jaxgan.metrics.classes import class_balance


def test_by_hand():
    found = class_balance(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1, 2, 2, 2, 2]), classes=3)
    np.testing.assert_allclose(found.share, [0.75, 0.25, 0])
    np.testing.assert_allclose(found.real_share, [0.25, 0.25, 0.5])
    assert found.kl_to_real == pytest.approx(0.75 * math.log(3))
    assert found.kl_to_uniform == pytest.approx(0.75 * math.log(2.25) + 0.25 * math.log(0.75))
    assert found.missing == (2,)


def test_another_library_agrees():
    rng = np.random.default_rng(0)
    fake, real = rng.binomial(9, 0.4, 500), rng.integers(0, 10, 800)
    found = class_balance(fake, real, 10)
    share, real_share = (np.bincount(x, minlength=10) / len(x) for x in (fake, real))
    assert found.kl_to_real == pytest.approx(entropy(share, real_share))
    assert found.kl_to_uniform == pytest.approx(entropy(share, np.full(10, 0.1)))


def test_equal_shares_and_one_class():
    even = np.arange(100) % 10
    same = class_balance(even, even[::-1], 10)
    assert (same.kl_to_real, same.kl_to_uniform, same.missing) == (0, pytest.approx(0), ())
    one = class_balance(np.full(50, 3), even, 10)
    assert one.kl_to_uniform == pytest.approx(math.log(10))
    assert one.missing == (0, 1, 2, 4, 5, 6, 7, 8, 9)


def test_a_perfect_generator_has_the_bias_that_is_told():
    rng = np.random.default_rng(0)
    draws = [class_balance(*rng.integers(0, 10, (2, 1000)), 10).kl_to_real for _ in range(300)]
    assert np.mean(draws) == pytest.approx(9 / 2 * (2 / 1000), rel=0.1)


def test_half_an_image_more_of_every_class_makes_the_divergence_finite():
    # Real shares (1.5, 2.5, 0.5) of 4.5, and half of the fakes are of the class without any.
    found = class_balance(np.array([0, 2]), np.array([0, 1, 1]), 3, pseudo_count=0.5)
    assert found.kl_to_real == pytest.approx(0.5 * math.log(0.5 * 4.5 / 1.5) + 0.5 * math.log(4.5))
    np.testing.assert_allclose(found.real_share, [1 / 3, 2 / 3, 0])
    assert found.missing == (1,)


def test_classes_that_the_data_do_not_have_are_not_missing():
    found = class_balance(np.array([0, 1]), np.array([0, 1, 1]), 3)
    assert found.missing == ()


def test_what_is_refused():
    good = np.array([0, 1])
    with pytest.raises(ValueError, match=r"1 fakes of the classes \[2\]"):
        class_balance(np.array([0, 2]), good, 3)
    with pytest.raises(ValueError, match="pseudo_count -1: expected 0 or more"):
        class_balance(good, good, 3, pseudo_count=-1)
    with pytest.raises(ValueError, match="fake classes from 0 to 3: expected 0 … 2"):
        class_balance(np.array([0, 3]), good, 3)
    with pytest.raises(ValueError, match="real classes from -1"):
        class_balance(good, np.array([0, -1]), 3)
    with pytest.raises(ValueError, match="argmax"):
        class_balance(np.ones((4, 3)), good, 3)
    with pytest.raises(ValueError, match="expected integers"):
        class_balance(good, np.array([], int), 3)
    with pytest.raises(ValueError, match="2 or more"):
        class_balance(good, good, 1)
