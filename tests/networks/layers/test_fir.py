"""StyleGAN2's low-pass against SciPy and numbers worked out by hand."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.signal import convolve, upfirdn

from jaxgan.networks.layers import enlarge, fir
from jaxgan.networks.layers.convolution import convolution

fir_up = jax.jit(fir.fir_up, static_argnames="edge")
fir_down = jax.jit(fir.fir_down, static_argnames="edge")
fir_up_convolution = jax.jit(fir.fir_up_convolution, static_argnames="form")
fir_down_convolution = jax.jit(fir.fir_down_convolution, static_argnames="form")
nearest_up_convolution = jax.jit(fir.nearest_up_convolution, static_argnames="form")
blur = jax.jit(fir.blur)
convolved = jax.jit(convolution, static_argnames=("stride", "padding", "form"))

TAPS = np.array([1, 3, 3, 1]) / 8
both_forms = pytest.mark.parametrize("form", ["patches", "native"])


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def column(values):
    """[H] as an image [1, H, 2, 1] of two equal columns."""
    x = np.asarray(values, np.float32)[None, :, None, None]
    return np.concatenate([x, x], axis=2)


def along_one_axis(resample, values, edge):
    """What becomes of a column: the other axis, constant, is kept by repeating its edge."""
    if edge == "repeat":
        return np.asarray(resample(column(values), edge=edge))[0, :, 0, 0]
    wide = np.broadcast_to(np.asarray(values, np.float32)[:, None], (len(values), 8))
    return np.asarray(resample(wide[None, :, :, None], edge=edge))[0, :, 2, 0]


def test_up_is_upfirdn_to_the_last_bit():
    # 16 is a power of two and the taps are dyadic: with small whole numbers no sum is rounded.
    x = np.random.default_rng(0).integers(-8, 9, (1, 5, 7, 1)).astype(np.float32)
    rows = upfirdn(2 * TAPS, x[0, :, :, 0], up=2, axis=0)[1 : 1 + 10]
    expected = upfirdn(2 * TAPS, rows, up=2, axis=1)[:, 1 : 1 + 14]
    np.testing.assert_array_equal(fir_up(x, edge="zero")[0, :, :, 0], expected)


def test_down_is_upfirdn_to_the_last_bit():
    x = np.random.default_rng(0).integers(-8, 9, (1, 6, 8, 1)).astype(np.float32)
    # Output i is centred between pixels 2i and 2i + 1: the sample at 2i + 2 of the full product.
    rows = upfirdn(TAPS, x[0, :, :, 0], axis=0)[2::2][:3]
    expected = upfirdn(TAPS, rows, axis=1)[:, 2::2][:, :4]
    np.testing.assert_array_equal(fir_down(x, edge="zero")[0, :, :, 0], expected)


@pytest.mark.parametrize("edge", ["zero", "repeat"])
def test_an_impulse_going_up_and_down(edge):
    up = along_one_axis(fir_up, [0, 0, 1, 0, 0, 0], edge)
    np.testing.assert_array_equal(up, [0, 0, 0, 0.25, 0.75, 0.75, 0.25, 0, 0, 0, 0, 0])
    even = along_one_axis(fir_down, [0, 0, 0, 0, 1, 0, 0, 0], edge)
    np.testing.assert_array_equal(even, [0, 0.125, 0.375, 0])
    odd = along_one_axis(fir_down, [0, 0, 0, 1, 0, 0, 0, 0], edge)
    np.testing.assert_array_equal(odd, [0, 0.375, 0.125, 0])


def test_a_checkerboard_vanishes_inside():
    y = along_one_axis(fir_down, [1, -1] * 4, "zero")
    np.testing.assert_array_equal(y[1:-1], 0)
    # Without a pixel before the first: (3 - 3 + 1) / 8.
    np.testing.assert_array_equal(y[[0, -1]], [1 / 8, -1 / 8])


@pytest.mark.parametrize(("edge", "up", "down"), [("zero", 0.75, 0.875), ("repeat", 1.0, 1.0)])
def test_a_constant_at_the_border(edge, up, down):
    ones = jnp.ones((1, 6, 6, 1))
    larger, smaller = fir_up(ones, edge=edge)[0, ..., 0], fir_down(ones, edge=edge)[0, ..., 0]
    # [0, 0] is in the border of both axes, [0, 4] of one.
    np.testing.assert_array_equal([larger[0, 4], larger[0, 0], larger[4, 4]], [up, up**2, 1])
    np.testing.assert_array_equal([smaller[0, 1], smaller[0, 0], smaller[1, 1]], [down, down**2, 1])


def test_white_noise_loses_variance():
    # Up: .75² + .25² = .625 an axis; down: (1 + 9 + 9 + 1) / 64 = .3125.
    noise = normal(4, 64, 64, 2)
    inside = slice(2, -2)
    up = np.var(fir_up(noise, edge="zero")[:, inside, inside])
    down = np.var(fir_down(noise, edge="zero")[:, inside, inside])
    assert abs(up / 0.625**2 - 1) < 0.02
    assert abs(down / 0.3125**2 - 1) < 0.04


def test_repeated_edges_are_those_of_the_other_networks():
    x = normal(2, 3, 4, 2)
    np.testing.assert_array_equal(fir_up(x, edge="repeat"), enlarge(x, "fir"))


def linear(x, kernel, stride_in):
    """Zeros put between pixels, the full filter, the full correlation with a kernel, in float64."""
    wide = np.zeros((stride_in * x.shape[0], stride_in * x.shape[1]))
    wide[::stride_in, ::stride_in] = x
    filtered = convolve(wide, stride_in**2 * np.outer(TAPS, TAPS), method="direct")
    return convolve(filtered, kernel[::-1, ::-1], method="direct")


@both_forms
def test_up_convolution_sees_the_tail_of_the_filter_outside_the_image(form):
    x, kernel = normal(1, 4, 5, 2), normal(3, 3, 3, 2, seed=1)
    found = np.asarray(fir_up_convolution(x, kernel, form=form))
    assert found.shape == (1, 8, 10, 3)
    for o in range(3):
        full = sum(linear(x[0, :, :, i], kernel[o, :, :, i], 2) for i in range(2))
        np.testing.assert_allclose(found[0, :, :, o], full[2:10, 2:12], rtol=1e-4, atol=1e-5)
    padded = convolved(fir_up(x, edge="zero"), kernel, stride=1, padding=1, form=form)
    np.testing.assert_allclose(found[:, 1:-1, 1:-1], padded[:, 1:-1, 1:-1], rtol=1e-4, atol=1e-5)
    assert np.abs(found - padded)[:, 0].max() > 0.1  # what a padded convolution gets wrong


@both_forms
def test_down_convolution_sees_the_tail_of_the_filter_outside_the_image(form):
    x, kernel = normal(1, 6, 8, 2), normal(3, 3, 3, 2, seed=1)
    found = np.asarray(fir_down_convolution(x, kernel, form=form))
    assert found.shape == (1, 3, 4, 3)
    for o in range(3):
        full = sum(linear(x[0, :, :, i], kernel[o, :, :, i], 1) for i in range(2))
        expected = full[3::2, 3::2][:3, :4]
        np.testing.assert_allclose(found[0, :, :, o], expected, rtol=1e-4, atol=1e-5)


def test_the_middle_tap_going_down_is_the_halved_image():
    x, middle = normal(1, 6, 6, 1), np.zeros((1, 3, 3, 1), np.float32)
    middle[0, 1, 1, 0] = 1
    found = fir_down_convolution(x, middle, form="patches")
    np.testing.assert_allclose(found, fir_down(x, edge="zero"), rtol=1e-5, atol=1e-6)


@both_forms
def test_nearest_up_convolution_repeats_pixels_and_convolves(form):
    x, kernel = normal(2, 3, 4, 2), normal(3, 3, 3, 2, seed=1)
    found = nearest_up_convolution(x, kernel, form=form)
    wide = enlarge(x, "nearest")
    expected = convolved(wide, kernel, stride=1, padding=1, form=form)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_blur_by_hand():
    x = np.zeros((1, 4, 4, 1), np.float32)
    x[0, 0, 2, 0] = 32
    expected = [[0, 4, 8, 4], [0, 2, 4, 2], [0, 0, 0, 0], [0, 0, 0, 0]]
    np.testing.assert_array_equal(blur(x)[0, :, :, 0], expected)


LAYERS = {
    "up": lambda x, kernel: fir_up(x, edge="zero"),
    "up, repeated": lambda x, kernel: fir_up(x, edge="repeat"),
    "down": lambda x, kernel: fir_down(x, edge="zero"),
    "up convolution": lambda x, kernel: fir_up_convolution(x, kernel, form="patches"),
    "down convolution": lambda x, kernel: fir_down_convolution(x, kernel, form="patches"),
    "nearest up": lambda x, kernel: blur(nearest_up_convolution(x, kernel, form="patches")),
}


@pytest.mark.parametrize("name", LAYERS)
def test_no_scatter_in_second_derivatives(name):
    def slope(x, kernel):
        def score(x):
            return jnp.sum(jnp.tanh(LAYERS[name](x, kernel)))

        return jnp.sum(jnp.square(jax.grad(score)(x)))

    second = jax.jit(jax.grad(slope, (0, 1)))
    text = second.lower(jnp.ones((2, 4, 4, 2)), jnp.ones((2, 3, 3, 2))).as_text()
    assert "tensor<2x4x4x2" in text
    assert "scatter" not in text
