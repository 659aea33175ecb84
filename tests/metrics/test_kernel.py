"""Kernel distance, against the sums of its definition written out."""

import itertools

import numpy as np
import pytest

from jaxgan.metrics.kernel import kernel_distance


def kernel(x, y):
    return (float(np.dot(x, y)) / len(x) + 1) ** 3


def by_loops(real, fake):
    m, n = len(real), len(fake)
    within_real = sum(kernel(x, y) for x, y in itertools.permutations(real, 2)) / (m * (m - 1))
    within_fake = sum(kernel(x, y) for x, y in itertools.permutations(fake, 2)) / (n * (n - 1))
    across = sum(kernel(x, y) for x, y in itertools.product(real, fake)) / (m * n)
    return within_real + within_fake - 2 * across


def test_two_points_each_by_hand():
    # d = 1. Real 0 and 1: k(0, 1) = 1. Fake 1 and 2: k(1, 2) = 27.
    # Across: k(0, .) = 1 twice, k(1, 1) = 8, k(1, 2) = 27: 37 / 4. 1 + 27 - 2 * 9.25 = 9.5.
    real, fake = np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]])
    found = kernel_distance(real, fake, np.random.default_rng(0), subsets=3, subset_size=2)
    assert found.mean == pytest.approx(9.5, rel=1e-12)
    assert found.deviation == pytest.approx(0, abs=1e-12)


def test_whole_sets_by_loops():
    rng = np.random.default_rng(0)
    real, fake = rng.standard_normal((20, 7)), rng.standard_normal((20, 7)) + 0.5
    found = kernel_distance(real, fake, rng, subsets=2, subset_size=20)
    assert found.mean == pytest.approx(by_loops(real, fake), rel=1e-10)


def test_subsets_are_drawn_without_repetition_and_summed_up():
    """Of sets of 3, subsets of 2 have 9 possible values; mean and deviation are over the draws."""
    real, fake = np.array([[0.0], [1.0], [3.0]]), np.array([[1.0], [2.0], [-1.0]])
    pairs = list(itertools.combinations(range(3), 2))
    values = [by_loops(real[list(i)], fake[list(j)]) for i in pairs for j in pairs]
    found = kernel_distance(real, fake, np.random.default_rng(0), subsets=4000, subset_size=2)
    error = np.std(values) / np.sqrt(4000)
    assert found.mean == pytest.approx(np.mean(values), abs=4 * error)
    assert found.deviation == pytest.approx(np.std(values), rel=0.05)


def test_unbiased_for_one_law_and_positive_for_two():
    rng = np.random.default_rng(1)
    values = [
        kernel_distance(rng.standard_normal((50, 8)), rng.standard_normal((50, 8)), rng, 1, 50).mean
        for _ in range(400)
    ]
    error = np.std(values) / np.sqrt(len(values))
    assert abs(np.mean(values)) < 4 * error
    assert min(values) < 0 < max(values)
    shifted = kernel_distance(
        rng.standard_normal((50, 8)), rng.standard_normal((50, 8)) + 1, rng, 10, 50
    )
    assert shifted.mean > 10 * error


def test_the_generator_decides():
    rng = np.random.default_rng(2)
    real, fake = rng.standard_normal((100, 4)), rng.standard_normal((100, 4))
    once, twice, other = (
        kernel_distance(real, fake, np.random.default_rng(seed), 5, 50) for seed in (0, 0, 1)
    )
    assert once == twice != other


def test_what_is_refused():
    rows, rng = np.random.default_rng(0).standard_normal((10, 3)), np.random.default_rng(0)
    with pytest.raises(ValueError, match="subsets of 1000 from 10 real and 10 fake"):
        kernel_distance(rows, rows, rng)
    with pytest.raises(ValueError, match="3 wide and fake ones 2"):
        kernel_distance(rows, rows[:, :2], rng, 1, 5)
    with pytest.raises(ValueError, match="fake features: NaN"):
        kernel_distance(rows, rows * np.nan, rng, 1, 5)
    for subsets, size in ((0, 5), (5, 1)):
        with pytest.raises(ValueError, match="expected 1 or more of 2 or more"):
            kernel_distance(rows, rows, rng, subsets, size)
