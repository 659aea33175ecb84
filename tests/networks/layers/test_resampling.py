"""Enlarging and halving against NumPy, SciPy and the filters' own equations."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.networks.layers import enlarge, halve

# What each output pixel of an enlarged image with zeros between its pixels is weighted by; `lag` is
# how many output pixels the filter's first tap lies before the pixel that it adds to.
FILTERS = {
    "nearest": (np.array([1, 1]), 0),
    "bilinear": (np.array([1, 2, 1]) / 2, 1),
    "fir": (np.array([1, 3, 3, 1]) / 4, 1),
}
every_filter = pytest.mark.parametrize("kind", FILTERS)
SHAPE = (2, 5, 7, 3)

enlarged = jax.jit(enlarge, static_argnums=1)
halved = jax.jit(halve)


def data(seed=0, shape=SHAPE):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def test_nearest_repeats_pixels():
    x = data()
    expected = x.repeat(2, axis=1).repeat(2, axis=2)
    np.testing.assert_array_equal(enlarged(x, "nearest"), expected)


def test_fir_is_linear_interpolation_between_centres():
    x = data()
    zoomed = scipy.ndimage.zoom(x, (1, 2, 2, 1), order=1, mode="nearest", grid_mode=True)
    np.testing.assert_allclose(enlarged(x, "fir"), zoomed, rtol=1e-5, atol=1e-6)
    resized = jax.image.resize(x, (2, 10, 14, 3), "bilinear")
    np.testing.assert_allclose(enlarged(x, "fir"), resized, rtol=1e-5, atol=1e-6)


def test_bilinear_keeps_every_other_pixel_and_puts_means_between():
    x = data()
    y = np.asarray(enlarged(x, "bilinear"))
    np.testing.assert_array_equal(y[:, ::2, ::2], x)
    np.testing.assert_allclose(y[:, 1:-1:2, ::2], (x[:, :-1] + x[:, 1:]) / 2, rtol=1e-6)
    np.testing.assert_allclose(y[:, ::2, 1:-1:2], (x[:, :, :-1] + x[:, :, 1:]) / 2, rtol=1e-6)
    # The last row and column have nothing beyond them to be the mean with.
    np.testing.assert_array_equal(y[:, -1, ::2], x[:, -1])
    np.testing.assert_array_equal(y[:, ::2, -1], x[:, :, -1])


@every_filter
def test_filters_are_a_convolution_of_pixels_with_zeros_between(kind):
    x = data()
    taps, lag = FILTERS[kind]
    wide = np.zeros((2, 10, 14, 3))
    wide[:, ::2, ::2] = x
    plane = np.outer(taps, taps)[None, :, :, None]
    full = scipy.signal.convolve(wide, plane, mode="full", method="direct")
    expected = full[:, lag : lag + 10, lag : lag + 14]
    inside = (slice(None), slice(2, -2), slice(2, -2))
    np.testing.assert_allclose(enlarged(x, kind)[inside], expected[inside], rtol=1e-5, atol=1e-6)


@every_filter
def test_every_output_pixel_has_weights_that_sum_to_1(kind):
    # A gain of 1 at zero frequency in each of the four phases: no grid is printed. An impulse is
    # found with a weight of 1 in every phase, and so 4 in all.
    x = np.zeros((1, 5, 5, 1), np.float32)
    x[0, 2, 2, 0] = 1
    y = np.asarray(enlarged(x, kind))
    for i in range(2):
        for j in range(2):
            assert y[0, i::2, j::2, 0].sum() == 1


@every_filter
@settings(deadline=None, max_examples=10, derandomize=True)
@given(value=st.floats(-1e3, 1e3, width=32), channels=st.integers(1, 3))
def test_a_constant_stays_constant(kind, value, channels):
    x = np.full((1, 2, 3, channels), value, np.float32)
    y = enlarged(x, kind)
    np.testing.assert_allclose(y, np.full((1, 4, 6, channels), value), rtol=1e-6)
    np.testing.assert_allclose(halved(y), x, rtol=1e-6)


@every_filter
@pytest.mark.parametrize("axis", [1, 2])
def test_a_shift_of_1_pixel_becomes_one_of_2(kind, axis):
    x = data(1, (1, 8, 8, 2))
    shifted = np.roll(x, 1, axis)
    y, z = enlarged(x, kind), enlarged(shifted, kind)
    # Away from the edges, where pixels enter that were not there.
    inside = (slice(None), slice(4, -4), slice(4, -4))
    np.testing.assert_allclose(z[inside], np.roll(y, 2, axis)[inside], rtol=1e-6)
    assert np.abs(z - y).max() > 0.1


def test_halving_takes_means_of_blocks():
    x = data(0, (2, 6, 8, 3))
    expected = np.zeros((2, 3, 4, 3))
    for i, j in np.ndindex(3, 4):
        expected[:, i, j] = x[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].mean((1, 2))
    np.testing.assert_allclose(halved(x), expected, rtol=1e-5, atol=1e-6)


def test_halving_undoes_nearest_and_is_a_quarter_of_its_transpose():
    x, y = data(0, (2, 3, 4, 2)), data(1, (2, 6, 8, 2))
    np.testing.assert_allclose(halved(enlarged(x, "nearest")), x, rtol=1e-6)
    smaller, larger = np.asarray(halved(y)), np.asarray(enlarged(x, "nearest"))
    assert np.sum(smaller * x) == pytest.approx(np.sum(y * larger) / 4, rel=1e-4)


@pytest.mark.parametrize("kind", [*FILTERS, "halve"])
def test_no_scatter_in_any_derivative(kind):
    def penalty(x):
        def score(x):
            return jnp.sum(jnp.tanh(halve(x) if kind == "halve" else enlarge(x, kind)))

        return jnp.sum(jnp.square(jax.grad(score)(x)))

    text = jax.jit(jax.grad(penalty)).lower(jnp.ones((2, 4, 4, 3))).as_text()
    assert "tensor<2x4x4x3xf32>" in text
    assert "scatter" not in text
