"""Fréchet distance: closed forms, and the two usual ways to take the root, where those work."""

import numpy as np
import pytest
from scipy import linalg

from jaxgan.metrics.frechet import Moments, frechet_between, frechet_distance, moments


def gaussian(rng, count, width, scale=1.0):
    mix = rng.standard_normal((width, width)) / np.sqrt(width)
    return scale * rng.standard_normal((count, width)) @ mix + rng.standard_normal(width)


def by_eigenvalues(real, fake):
    """As torch-fidelity: the root's trace is the sum of the roots of the eigenvalues of C1 C2."""
    c1, c2 = np.cov(real, rowvar=False), np.cov(fake, rowvar=False)
    roots = np.sqrt(np.linalg.eigvals(c1 @ c2).astype(complex)).real.sum()
    gap = real.mean(0) - fake.mean(0)
    return gap @ gap + np.trace(c1) + np.trace(c2) - 2 * roots


def by_matrix_root(real, fake):
    c1, c2 = np.cov(real, rowvar=False), np.cov(fake, rowvar=False)
    gap = real.mean(0) - fake.mean(0)
    return gap @ gap + np.trace(c1 + c2 - 2 * linalg.sqrtm(c1 @ c2)).real


def test_diagonal_gaussians_in_closed_form():
    # (1-0)² + (2-5)² + (2-1)² + (3-3)² + (0-4)²: means, then standard deviations.
    real = Moments(np.array([1.0, 2, 0]), np.diag([4.0, 9, 0]))
    fake = Moments(np.array([0.0, 5, 0]), np.diag([1.0, 9, 16]))
    assert frechet_between(real, fake) == pytest.approx(1 + 9 + 1 + 0 + 16, rel=1e-12)
    assert frechet_between(fake, real) == pytest.approx(27, rel=1e-12)


def test_four_points_by_hand():
    # Means 0 and 3; variances (1+1)/1 = 2 and (4+4)/1 = 8: 9 + (√8 - √2)² = 9 + 2.
    real, fake = np.array([[-1.0], [1.0]]), np.array([[1.0], [5.0]])
    assert frechet_distance(real, fake) == pytest.approx(11, rel=1e-12)
    assert frechet_between(moments(real), moments(fake)) == pytest.approx(11, rel=1e-12)


@pytest.mark.parametrize("width", [2, 16, 64])
def test_full_covariances_by_two_other_ways(width):
    rng = np.random.default_rng(width)
    real, fake = gaussian(rng, 500, width), gaussian(rng, 400, width, 1.3)
    found = frechet_distance(real, fake)
    assert found == pytest.approx(by_eigenvalues(real, fake), rel=1e-6)
    assert found == pytest.approx(by_matrix_root(real, fake), rel=1e-6)
    assert found == pytest.approx(frechet_between(moments(real), moments(fake)), rel=1e-9)
    assert found == pytest.approx(frechet_distance(fake, real), rel=1e-9)


def test_singular_covariances():
    """Fakes in a plane: of 5 axes, 3 have no variance; the distance is still in closed form."""
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((300, 5))
    values, vectors = np.linalg.eigh(np.cov(rows, rowvar=False))
    whitened = (rows - rows.mean(0)) @ vectors / np.sqrt(values)  # covariance exactly I
    turn = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    real = whitened * [1.0, 2, 3, 0, 0] @ turn
    fake = whitened * [2.0, 0, 3, 0, 4] @ turn + 0.5
    expected = 1 + 4 + 0 + 0 + 16 + 5 * 0.25
    assert frechet_distance(real, fake) == pytest.approx(expected, rel=1e-9)
    assert frechet_between(moments(real), moments(fake)) == pytest.approx(expected, rel=1e-6)


def test_fewer_rows_than_features():
    rng = np.random.default_rng(1)
    real, fake = gaussian(rng, 20, 64), gaussian(rng, 30, 64)
    found = frechet_distance(real, fake)
    assert found == pytest.approx(by_eigenvalues(real, fake), rel=1e-6)
    assert found == pytest.approx(frechet_between(moments(real), moments(fake)), rel=1e-6)


@pytest.mark.parametrize("count", [10, 200])
def test_equal_sets_are_at_zero(count):
    rng = np.random.default_rng(2)
    for _ in range(8):  # rounding must not make any of them negative
        features = gaussian(rng, count, 32) + 1000
        assert 0 <= frechet_distance(features, features[::-1]) < 1e-9
        assert 0 <= frechet_between(moments(features), moments(features)) < 1e-9


def test_collapsed_fakes_have_a_number():
    real = gaussian(np.random.default_rng(3), 100, 8)
    fake = np.repeat(real.mean(0)[None], 100, axis=0)
    assert frechet_distance(real, fake) == pytest.approx(np.trace(np.cov(real.T)), rel=1e-9)


def test_float32_statistics_are_accepted():
    rng = np.random.default_rng(4)
    real, fake = gaussian(rng, 20, 32), gaussian(rng, 200, 32)
    rounded = [Moments(*(x.astype(np.float32) for x in moments(set_))) for set_ in (real, fake)]
    assert frechet_between(*rounded) == pytest.approx(frechet_distance(real, fake), rel=1e-3)


def test_what_is_refused():
    rows = np.random.default_rng(0).standard_normal((10, 3))
    with pytest.raises(ValueError, match="3 wide and fake ones 2"):
        frechet_distance(rows, rows[:, :2])
    with pytest.raises(ValueError, match="fake features: 1 rows"):
        frechet_distance(rows, rows[:1])
    with pytest.raises(ValueError, match="real features: NaN"):
        frechet_distance(rows * np.nan, rows)
    with pytest.raises(ValueError, match="NaN"):
        moments(rows * np.inf)


@pytest.mark.parametrize(
    ("covariance", "message"),
    [
        (np.eye(2), "shapes"),
        (np.diag([1, 1, np.nan]), "NaN"),
        (np.diag([1.0, 1, -0.1]), "below 0"),
        (np.eye(3) + np.eye(3, k=1), "symmetric"),
    ],
)
def test_no_covariance_is_refused(covariance, message):
    good = Moments(np.zeros(3), np.eye(3))
    with pytest.raises(ValueError, match=message):
        frechet_between(good, Moments(np.zeros(3), covariance))
