"""The classifier score, at its ends and by its definition."""

import numpy as np
import pytest
from scipy.special import softmax
from scipy.stats import entropy

from jaxgan.metrics.inception_score import inception_score


def rng():
    return np.random.default_rng(0)


def test_by_hand():
    # Two rows (.5, .5) and (1, 0), mean (.75, .25): exp of half of .5 log(4/3) and log(4/3).
    rows = np.array([[0.5, 0.5], [1.0, 0.0]])
    expected = np.exp((0.5 * np.log(0.5 / 0.75) + 0.5 * np.log(0.5 / 0.25) + np.log(1 / 0.75)) / 2)
    found = inception_score(rows, rng(), splits=1)
    assert found == pytest.approx((expected, 0), rel=1e-12)


def test_its_ends():
    sure_of_all = np.eye(10)[np.arange(1000) % 10]
    assert inception_score(sure_of_all, rng(), splits=1).mean == pytest.approx(10, rel=1e-12)
    sure_of_one = np.eye(10)[np.zeros(1000, int)]
    assert inception_score(sure_of_one, rng()).mean == pytest.approx(1, rel=1e-12)
    undecided = np.full((1000, 10), 0.1)
    assert inception_score(undecided, rng()) == pytest.approx((1, 0), rel=1e-12)


def test_by_entropies_and_order_of_rows():
    """Mutual information another way: entropy of the mean less the mean entropy."""
    rows = softmax(3 * rng().standard_normal((400, 7)), axis=1)
    expected = np.exp(entropy(rows.mean(axis=0)) - entropy(rows, axis=1).mean())
    assert inception_score(rows, rng(), splits=1).mean == pytest.approx(expected, rel=1e-12)
    assert inception_score(rows[::-1], rng(), splits=1).mean == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("labels", [np.arange(1000) % 10, np.arange(1000) // 100])
def test_samples_sorted_by_label_are_no_trap(labels):
    """Split in order, or every tenth row, these would score 1."""
    found = inception_score(np.eye(10)[labels], rng(), splits=10)
    assert found.mean > 9
    assert 0 < found.deviation < 0.5


def test_mean_and_deviation_over_splits():
    rows = softmax(3 * rng().standard_normal((90, 5)), axis=1)
    parts = np.split(rng().permutation(rows), 3)
    scores = [np.exp(entropy(p.mean(axis=0)) - entropy(p, axis=1).mean()) for p in parts]
    found = inception_score(rows, rng(), splits=3)
    assert found == pytest.approx((np.mean(scores), np.std(scores)), rel=1e-9)


def test_float32_rows_are_taken_for_distributions():
    rows = softmax(rng().standard_normal((100, 5)).astype(np.float32), axis=1)
    expected = inception_score(rows, rng(), 2).mean
    rounded = inception_score(rows * np.float32(1.0005), rng(), 2).mean
    assert rounded == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("rows", "splits", "message"),
    [
        (np.log(np.full((100, 4), 0.25)), 1, "softmax"),
        (np.full((100, 4), 0.3), 1, "softmax"),
        (np.array([[1.2, -0.2]] * 9), 1, "softmax"),
        (np.ones((100, 1)), 1, "2 or more classes"),
        (np.full((19, 4), 0.25), 10, "19 rows, expected 20"),
        (np.full((100, 4), np.nan), 1, "NaN"),
        (np.full((100, 4), 0.25), 0, "splits 0"),
    ],
)
def test_what_is_refused(rows, splits, message):
    with pytest.raises(ValueError, match=message):
        inception_score(rows, rng(), splits)
