"""Counting modes, on points placed by hand and on the mixtures themselves."""

import math

import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.stats import entropy

from jaxgan.metrics import count_modes, grid_of_modes, ring_of_modes


def test_the_mixtures():
    ring, grid = ring_of_modes(), grid_of_modes()
    assert ring.centres.shape == (8, 2)
    assert grid.centres.shape == (25, 2)
    np.testing.assert_allclose(np.linalg.norm(ring.centres, axis=1), 1)
    # Neighbours on the ring are 2 sin(π/8) apart, all eight of them, the last and first as well.
    near = np.sort(np.linalg.norm(ring.centres[:, None] - ring.centres, axis=-1), axis=1)[:, 1:3]
    np.testing.assert_allclose(near, 2 * math.sin(math.pi / 8))
    assert {tuple(c) for c in grid.centres} == {
        (x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)
    }


def test_points_by_hand():
    grid = grid_of_modes()
    # Two at mode (0, 0), one of them 2 deviations off; one 2.8 deviations from (2, 0) along each
    # axis, so 3.96 in all; one between four modes. Good: two, at one mode.
    points = np.array([[0, 0], [0.1, 0], [2.14, 0.14], [1, 1.01]])
    found = count_modes(points, grid)
    assert (found.modes, found.high_quality) == (1, 0.5)
    # Nearest: (0, 0) twice, (2, 0) once, and (1, 1.01) is nearest to (0, 2) or (2, 2): once.
    expected = entropy([0.5, 0.25, 0.25]) * -1 + math.log(25)
    assert found.reverse_kl == pytest.approx(expected)


def test_the_edge_of_quality_counts():
    ring = ring_of_modes()
    for deviations, good in ((2.999, 1.0), (3.001, 0.0)):
        found = count_modes(np.array([[1 + 0.01 * deviations, 0]]), ring)
        assert found.high_quality == good
        assert found.modes == int(good)


@pytest.mark.parametrize("modes", [ring_of_modes(), grid_of_modes()])
def test_a_perfect_generator(modes):
    points = modes.draw(np.random.default_rng(0), 100_000)
    found = count_modes(points, modes)
    assert found.modes == len(modes.centres)
    # Within 3 sd in 2-D: 1 - exp(-9/2) = .98889, binomial sd .0003.
    assert found.high_quality == pytest.approx(1 - math.exp(-4.5), abs=0.0015)
    assert found.reverse_kl < 0.0005
    # The nearest modes by another way.
    distance, _ = cKDTree(modes.centres).query(points)
    assert found.high_quality == np.mean(distance <= 3 * modes.deviation)


def test_lost_modes_are_missed():
    grid = grid_of_modes()
    points = grid._replace(centres=grid.centres[:10]).draw(np.random.default_rng(0), 50_000)
    found = count_modes(points, grid)
    assert found.modes == 10
    assert found.reverse_kl == pytest.approx(math.log(25 / 10), abs=0.001)


@pytest.mark.parametrize("samples", [np.zeros((0, 2)), np.zeros((3, 3)), np.zeros(4)])
def test_other_shapes_are_refused(samples):
    with pytest.raises(ValueError, match="expected"):
        count_modes(samples, ring_of_modes())


def test_diverged_samples_are_refused():
    with pytest.raises(ValueError, match="diverged"):
        count_modes(np.array([[0, np.nan]]), ring_of_modes())
