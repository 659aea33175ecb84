"""The nearest of many, against all distances written out."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from jaxgan.metrics import distances
from jaxgan.metrics.distances import exact_squares, nearest, principal_directions, projected


def check(queries, references, exclude=None):
    wide = [np.reshape(x, (len(x), -1)).astype(np.float64) for x in (queries, references)]
    every = cdist(*wide)
    if exclude is not None:
        every[np.arange(len(queries)), exclude] = np.inf
    found = nearest(queries, references, exclude)
    np.testing.assert_array_equal(found.place, every.argmin(axis=1))
    unit = 255 if np.asarray(queries).dtype == np.uint8 else 1
    np.testing.assert_allclose(found.distance, every.min(axis=1) / unit, rtol=1e-12)


# Narrower and wider than the directions that wide points are compared through.
@pytest.mark.parametrize("width", [1, 64, 256, 257, 700])
@pytest.mark.parametrize("number", [np.float32, np.float64])
def test_features(width, number):
    rng = np.random.default_rng(width)
    spread = np.linspace(2, 0.01, width)
    queries = (rng.standard_normal((50, width)) * spread).astype(number)
    references = (rng.standard_normal((700, width)) * spread).astype(number)
    check(queries, references)
    check(references[:50], references, exclude=np.arange(50))


def test_pictures_of_bytes():
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (300, 8, 8, 3), np.uint8)
    wide = rng.integers(0, 256, (300, 16, 16, 3), np.uint8)
    check(pictures[:20], pictures[20:])
    check(wide[:20], wide[20:])


def test_in_many_blocks(monkeypatch):
    rng = np.random.default_rng(0)
    queries, references = rng.standard_normal((40, 300)), rng.standard_normal((90, 300))
    monkeypatch.setattr(distances, "BLOCK", 700)
    check(queries, references)


def test_far_from_the_origin_and_close_together():
    """In float32, and in |x|² + |y|² - 2xy even in float64, these distances would be noise."""
    rng = np.random.default_rng(0)
    for spread in (0.1, 1e-3):
        points = 1e6 + spread * rng.standard_normal((200, 10))
        check(points[:50], points[50:])
        wide = 1e6 + spread * rng.standard_normal((60, 300))
        check(wide[:20], wide[20:])


@pytest.mark.parametrize("width", [5, 600])
def test_tight_clusters_far_apart(width):
    rng = np.random.default_rng(0)
    centres = 1000 * rng.standard_normal((4, width))
    points = centres[rng.integers(0, 4, 300)] + 1e-4 * rng.standard_normal((300, width))
    check(points[:60], points[60:])


@pytest.mark.parametrize("width", [7, 400])
def test_points_that_lie_in_the_directions_wholly(width):
    """No rest is left outside the few directions for some points, and much for one."""
    rng = np.random.default_rng(1)
    points = rng.standard_normal((300, 3)) @ rng.standard_normal((3, width))
    points[7] += 5 * rng.standard_normal(width)
    check(points[:40], points[40:])
    check(points[:40], points, exclude=np.arange(40))


@pytest.mark.parametrize("width", [10, 500])
def test_copies_are_at_zero_and_the_first_of_equals_is_found(width):
    rng = np.random.default_rng(0)
    points = rng.standard_normal((100, width)) + 3
    found = nearest(points[[5, 50]], np.concatenate([points, points]))
    assert found.distance.tolist() == [0, 0]
    assert found.place.tolist() == [5, 50]
    doubled = nearest(points[[5]], np.concatenate([points, points]), exclude=np.array([5]))
    assert doubled.place.tolist() == [105]


def test_all_points_alike():
    found = nearest(np.ones((3, 300)), np.ones((5, 300)))
    assert found.distance.tolist() == [0, 0, 0]
    assert found.place.tolist() == [0, 0, 0]


def test_few_are_looked_at_twice(monkeypatch):
    """What makes it fast: of 2,000 smooth pictures the bound leaves a few."""
    rng = np.random.default_rng(0)
    coefficients = rng.standard_normal((2000, 1024)) / np.arange(1, 1025)
    pictures = coefficients @ np.linalg.qr(rng.standard_normal((1024, 1024)))[0]
    counted = []

    def counting(a, b, rows, columns):
        counted.append(len(rows))
        return exact_squares(a, b, rows, columns)

    monkeypatch.setattr(distances, "exact_squares", counting)
    nearest(pictures[:100], pictures[100:])
    assert sum(counted) < 100 * 20


def test_principal_directions():
    rng = np.random.default_rng(0)
    axes = np.linalg.qr(rng.standard_normal((300, 300)))[0][:, :4]
    points = rng.standard_normal((500, 4)) * [8, 4, 2, 1] @ axes.T + 7
    mean, directions = principal_directions(points, 2)
    np.testing.assert_allclose(mean, points.mean(axis=0))
    np.testing.assert_allclose(directions.T @ directions, np.eye(2), atol=1e-12)
    values, vectors = np.linalg.eigh(np.cov(points, rowvar=False))
    np.testing.assert_allclose(np.abs(directions.T @ vectors[:, [-1, -2]]), np.eye(2), atol=1e-6)
    along = projected(points, mean, directions)
    np.testing.assert_allclose(along.var(axis=0, ddof=1), values[[-1, -2]], rtol=1e-4)
    # Through the N x N matrix as well, and no more directions than the points span.
    few = principal_directions(points[:100], 50)[1]
    assert few.shape == (300, 4)
    np.testing.assert_allclose(few @ (few.T @ axes), axes, atol=1e-9)


def test_what_is_refused():
    rows = np.zeros((4, 3))
    with pytest.raises(ValueError, match="queries are 3 wide and references 2"):
        nearest(rows, rows[:, :2])
    with pytest.raises(ValueError, match="uint8"):
        nearest(rows.astype(np.uint8), rows)
    with pytest.raises(ValueError, match="references: NaN"):
        nearest(rows, rows * np.nan)
    with pytest.raises(ValueError, match="queries of type int64"):
        nearest(rows.astype(np.int64), rows)
    with pytest.raises(ValueError, match="references of shape"):
        nearest(rows, rows[:0])
    with pytest.raises(ValueError, match="2 or more"):
        nearest(rows[:1], rows[:1], exclude=np.array([0]))
