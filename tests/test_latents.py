"""Ways between latents, mixes and truncation, against numbers worked out by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.latents import interpolate, mix_styles, truncate


def test_an_arc_keeps_to_the_circle():
    stops = jnp.array([[3.0, 0.0], [0.0, 3.0], [-3.0, 0.0]])
    points = interpolate(stops, 3, way="arc")
    # 0, 30, 60 … 180 degrees on a circle of radius 3.
    angles = np.radians(np.arange(0, 181, 30))
    expected = 3 * np.stack([np.cos(angles), np.sin(angles)], -1)
    np.testing.assert_allclose(points, expected, atol=1e-5)


def test_a_line_and_a_loop():
    stops = jnp.array([0.0, 4.0, 2.0]).reshape(3, 1, 1)
    line = interpolate(stops, 2, way="line")
    assert line.ravel().tolist() == [0, 2, 4, 3, 2]
    assert line.shape == (5, 1, 1)
    assert interpolate(stops, 2, way="line", loop=True).ravel().tolist() == [0, 2, 4, 3, 2, 1]


def test_an_arc_between_equal_points_stays_there():
    stops = jnp.ones((2, 4))
    np.testing.assert_allclose(interpolate(stops, 5, way="arc"), np.ones((6, 4)))


def test_an_arc_is_as_long_as_latents_are():
    stops = jax.random.normal(jax.random.key(0), (3, 512))
    lengths = np.linalg.norm(interpolate(stops, 8, way="arc"), axis=1)
    ends = np.linalg.norm(stops, axis=1)
    assert lengths.min() > 0.98 * ends.min()
    # In the middle of a line between two of them lengths are √½ of that.
    middle = np.linalg.norm(interpolate(stops, 2, way="line")[1])
    assert middle < 0.8 * ends.min()


def test_too_few_stops_are_refused():
    with pytest.raises(ValueError, match="got 1 and 3"):
        interpolate(jnp.ones((1, 2)), 3, way="arc")


def test_a_mix_has_the_first_layers_of_one_and_the_rest_of_the_other():
    coarse = jnp.arange(6.0).reshape(2, 3, 1)  # layers 0 1 2, and 3 4 5
    fine = 10 + jnp.arange(3.0).reshape(1, 3, 1)
    mixed = mix_styles(coarse, fine, 1)
    assert mixed.shape == (2, 1, 3, 1)
    assert mixed[:, 0, :, 0].tolist() == [[0, 11, 12], [3, 11, 12]]


def test_truncation_goes_to_the_mean():
    w, mean = jnp.array([[[1.0, 5.0]]]), jnp.array([3.0, 3.0])
    assert truncate(w, mean, 0.5).tolist() == [[[2.0, 4.0]]]
    assert truncate(w, mean, 0.0).tolist() == [[[3.0, 3.0]]]
