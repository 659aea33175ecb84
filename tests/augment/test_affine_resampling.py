"""The resampling against plain loops, and its transpose."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.augment.resampling import _added_up, _looked_up, resampled
from jaxgan.augment.wavelet import SYM6


def noise(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape)


def affine(angle=0.0, x=1.0, y=1.0, shift=(0.0, 0.0)):
    cos, sin = np.cos(angle), np.sin(angle)
    linear = np.array([[cos, -sin], [sin, cos]]) @ np.diag([1 / x, 1 / y])
    return np.vstack([np.column_stack([linear, -np.asarray(shift)]), [0, 0, 1]])


MAPS = {
    "rotated": affine(0.7),
    "wider": affine(0, 1.4, 1 / 1.4),
    "smaller": affine(-2.0, 0.6, 0.6),
    "twice as large": affine(0.1, 2.1, 2.1),
    "shifted": affine(0, shift=(2.3, -5.1)),
    "all": affine(2.4, 1.3, 0.7, (-3.3, 9.6)),
}


def by_hand(image, matrix):
    """The same by definition, at float64: mirror far, double, look up, halve, in loops."""
    side, taps, far = len(image), SYM6 / np.sqrt(2), 3 * len(image)
    wide = np.pad(image, ((far, far), (far, far), (0, 0)), mode="reflect")
    for axis in (0, 1):
        zeros = np.zeros([2 * n if i == axis else n for i, n in enumerate(wide.shape)])
        zeros[(slice(None),) * axis + (slice(0, None, 2),)] = wide
        wide = np.apply_along_axis(lambda row: np.convolve(row, 2 * taps)[5:-6], axis, zeros)
    centre, size = (side - 1) / 2, 2 * side + 12
    found = np.zeros((size, size, image.shape[2]))
    for row, column in np.ndindex(size, size):
        at = matrix @ [(column - 6) / 2 - centre, (row - 6) / 2 - centre, 1]
        x, y = 2 * (at[:2] + centre + far)
        i, j = int(np.floor(y)), int(np.floor(x))
        v, u = y - i, x - j
        found[row, column] = (1 - v) * ((1 - u) * wide[i, j] + u * wide[i, j + 1]) + v * (
            (1 - u) * wide[i + 1, j] + u * wide[i + 1, j + 1]
        )
    for axis in (0, 1):
        kept = np.apply_along_axis(lambda row: np.correlate(row, taps), axis, found)
        found = np.take(kept, np.arange(1, 2 * side + 1, 2), axis)
    return found


@pytest.mark.parametrize("side", [16, 17])
def test_against_loops(side):
    images = noise(len(MAPS), side, side, 1)
    matrices = np.stack(list(MAPS.values()))
    expected = np.stack([by_hand(x, m) for x, m in zip(images, matrices, strict=True)])
    result = resampled(jnp.float32(images), jnp.float32(matrices))
    np.testing.assert_allclose(result, expected, atol=5e-5)


def test_whole_pixels_are_shifted_and_mirrored():
    image = noise(1, 16, 16, 3)
    result = resampled(jnp.float32(image), jnp.float32(affine(shift=(3, -2))[None]))
    # To the right by 3 and up by 2; what comes in is the mirror image without the edge itself.
    expected = np.pad(image, ((0, 0), (0, 2), (3, 0), (0, 0)), mode="reflect")[:, 2:, :16]
    np.testing.assert_allclose(result, expected, atol=1e-5)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_quarter_turn_and_a_mirror_image_are_close_to_pixels_moved(sign):
    # Not equal: the filter is not symmetric. Smooth images show the direction and the centre.
    y, x = np.mgrid[:24, :24] / 24
    image = (np.sin(3 * x) + np.cos(2 * y + 1) * x)[None, :, :, None]
    turned = resampled(jnp.float32(image), jnp.float32(affine(sign * np.pi / 2)[None]))
    np.testing.assert_allclose(turned, np.rot90(image, sign, (1, 2)), atol=0.025)
    mirrored = resampled(jnp.float32(image), jnp.float32(np.diag([-1, 1, 1.0])[None]))
    np.testing.assert_allclose(mirrored, image[:, :, ::-1], atol=0.025)


def test_the_identity_changes_no_bit():
    images = jnp.float32(noise(3, 19, 19, 3))
    matrices = jnp.float32(np.stack([np.eye(3), affine(0.3), np.eye(3)]))
    result = resampled(images, matrices)
    np.testing.assert_array_equal(result[::2], images[::2])
    assert not np.array_equal(result[1], images[1])


def test_constants_stay_constant():
    images = jnp.full((len(MAPS), 16, 16, 1), 0.7)
    result = resampled(images, jnp.float32(np.stack(list(MAPS.values()))))
    np.testing.assert_allclose(result, images, atol=1e-5)


@pytest.mark.parametrize("scale", [0.4, 1.0, 3.0])
def test_the_transpose_is_the_transpose(scale):
    with jax.enable_x64(True):
        places = jnp.asarray(noise(3, 2, 200, seed=1) * 30 * scale)
        x, y = jnp.asarray(noise(3, 20, 20, 2, seed=2)), jnp.asarray(noise(3, 200, 2, seed=3))
        there = jnp.sum(_looked_up(x, places) * y)
        back = jnp.sum(x * _added_up(y, places, 20))
        assert float(there) == pytest.approx(float(back), rel=1e-12)


def test_first_and_second_slopes_are_those_of_a_linear_map():
    matrices = np.stack(list(MAPS.values()))
    with jax.enable_x64(True):
        x, d, w = (jnp.asarray(noise(len(MAPS), 16, 16, 2, seed=i)) for i in range(3))

        def moved(images):
            return resampled(images, jnp.asarray(matrices))

        @jax.jit
        def slopes(x, d):
            def cubed(x):
                return jnp.sum(w * moved(x) ** 3)

            slope, along = jax.grad(cubed)(x), jax.grad(lambda x: jnp.sum(jax.grad(cubed)(x) * d))
            return slope, along(x), moved(x), moved(d)

        slope, second, at, step = slopes(x, d)
        # d/dt Σ w A(x + td)³ = Σ 3 w (Ax)² Ad, and its slope along e of x is Σ 6 w Ax Ad Ae.
        assert float(jnp.sum(slope * d)) == pytest.approx(float(jnp.sum(3 * w * at**2 * step)))
        expected = float(jnp.sum(6 * w * at * step**2))
        assert float(jnp.sum(second * d)) == pytest.approx(expected)


def test_no_gradient_has_a_scatter():
    matrices = jnp.float32(np.stack([MAPS["all"], np.eye(3)]))

    def total(images):
        return jnp.sum(resampled(images, matrices) ** 2)

    def steepness(images):
        return jnp.sum(jax.grad(total)(images) ** 2)

    images = jnp.zeros((2, 16, 16, 1))
    for function in (jax.grad(total), jax.grad(steepness)):
        text = jax.jit(function).lower(images).as_text()
        assert "stablehlo" in text
        assert "scatter" not in text


def test_it_maps():
    images, matrix = jnp.float32(noise(2, 3, 16, 16, 1)), jnp.float32(affine(0.4)[None])
    matrices = jnp.broadcast_to(matrix, (3, 3, 3))
    mapped = jax.vmap(lambda x: resampled(x, matrices))(images)
    np.testing.assert_allclose(mapped[1], resampled(images[1], matrices), atol=1e-6)
