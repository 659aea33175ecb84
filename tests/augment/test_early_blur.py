"""The blur against a mirrored Fourier transform, SciPy's filter and exact moments."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.augment import EarlyBlur
from jaxgan.errors import UserError
from jaxgan.protocols import SofteningPart
from jaxgan.schedules import Linear, Now, settled


def blurred(images, sigma):
    return np.asarray(EarlyBlur(sigma)(jax.random.key(0), jnp.asarray(images, jnp.float32)))


def noise(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)


def mirrored(images, sigma):
    """The same by definition: mirror at the borders, multiply the spectrum, cut out the image."""
    _, height, width, _ = images.shape
    whole = np.concatenate([images, images[:, ::-1]], 1)
    whole = np.concatenate([whole, whole[:, :, ::-1]], 2)
    f2 = np.fft.fftfreq(2 * height)[:, None] ** 2 + np.fft.fftfreq(2 * width)[None, :] ** 2
    response = np.exp(-2 * np.pi**2 * sigma**2 * f2)[None, :, :, None]
    spectrum = np.fft.fft2(whole, axes=(1, 2)) * response
    return np.fft.ifft2(spectrum, axes=(1, 2)).real[:, :height, :width]


@settings(deadline=None, max_examples=25, derandomize=True)
@given(
    sigma=st.floats(0.01, 30),
    size=st.sampled_from([(2, 2), (3, 8), (16, 16), (33, 5)]),
    seed=st.integers(0, 1000),
)
def test_against_the_spectrum_of_the_mirrored_image(sigma, size, seed):
    images = noise(2, *size, 3, seed=seed)
    expected = mirrored(images.astype(np.float64), sigma)
    np.testing.assert_allclose(blurred(images, sigma), expected, atol=3e-6)


@pytest.mark.parametrize(("sigma", "error"), [(1.0, 5e-3), (1.5, 1e-5), (2.5, 1e-5), (6.0, 1e-5)])
def test_against_scipys_sampled_kernel(sigma, error):
    # Sampling folds what the Gaussian has beyond the Nyquist frequency back below it:
    # exp(-2 π² s² / 4) there, 0.7% for s = 1 and 1e-5 for s = 1.5.
    images = noise(2, 32, 32, 1)
    expected = scipy.ndimage.gaussian_filter(
        images, (0, sigma, sigma, 0), mode="reflect", truncate=8
    )
    np.testing.assert_allclose(blurred(images, sigma), expected, atol=error)


@pytest.mark.parametrize("sigma", [0.1, 0.3, 0.5, 0.7, 1.0, 2.0])
@pytest.mark.parametrize("axis", [1, 2])
def test_second_moment_of_a_point(sigma, axis):
    # Tapered by exp(-n² / 2T²), because below 1 pixel the response's tails fall as slowly as
    # n^-2: the integral of n² exp(-n² / 2T²) N(n; 0, s²) is s² (1 + s² / T²)^(-3/2).
    taper = 8.0
    n = np.arange(128) - 64
    image = np.zeros((1, 128, 128, 1), np.float32)
    image[0, 64, 64, 0] = 1
    along = blurred(image, sigma).astype(np.float64).sum(3 - axis).ravel()
    moment = np.sum(n**2 * np.exp(-(n**2) / (2 * taper**2)) * along)
    assert moment == pytest.approx(sigma**2 * (1 + (sigma / taper) ** 2) ** -1.5, rel=1e-4)


@pytest.mark.parametrize("sigma", [0.3, 1.0, 10.0])
def test_each_wave_of_a_mirrored_image_is_damped_by_the_gaussians_response(sigma):
    # c_k of 20 pixels has k / 40 cycles per pixel: exp(-2 π² s² (k / 40)²) of it is left.
    k = np.array([0, 1, 3, 10, 19])
    waves = np.cos(np.pi * np.outer(k, np.arange(20) + 0.5) / 20)
    images = np.repeat(waves[:, :, None, None], 6, axis=2)  # constant along the other axis
    left = np.exp(-2 * np.pi**2 * sigma**2 * (k / 40) ** 2)[:, None, None, None]
    np.testing.assert_allclose(blurred(images, sigma), left * images, atol=2e-6)


def test_nothing_wraps_around():
    image = np.zeros((1, 32, 32, 1))
    image[0, 0, 0, 0] = 1
    result = blurred(image, 2.0)
    assert np.abs(result[0, 16:]).max() < 1e-6
    assert np.abs(result[0, :, 16:]).max() < 1e-6
    assert result.sum() == pytest.approx(1, rel=1e-5)


def test_two_blurs_are_one_blur():
    # Variances add: 0.6² + 0.8² = 1.
    images = noise(2, 16, 16, 3)
    np.testing.assert_allclose(blurred(blurred(images, 0.6), 0.8), blurred(images, 1), atol=2e-6)


@settings(deadline=None, max_examples=20, derandomize=True)
@given(shown=st.integers(200_000, 2**31))
def test_no_bit_is_changed_in_the_end(shown):
    images = jnp.asarray(noise(2, 8, 8, 3))
    part = settled(EarlyBlur(), Now(jnp.float32(shown), 1))
    np.testing.assert_array_equal(part(jax.random.key(0), images), images)


def test_one_program_blurs_ever_less():
    traces = []

    @jax.jit
    def blur(images, shown):
        traces.append(shown)
        part = settled(EarlyBlur(Linear(3.0, 0.0, 100)), Now(shown, 1))
        return part(jax.random.key(0), images)

    images = noise(1, 16, 16, 1)
    spread = [float(np.std(blur(images, jnp.float32(shown)))) for shown in range(0, 101, 10)]
    assert spread == sorted(spread)
    assert len(traces) == 1


def test_the_gradient_is_the_same_blur_and_has_no_scatter():
    # The blur is linear and symmetric: the slope of w · Bx in x is B w.
    images, w = noise(2, 2, 12, 12, 3)

    def total(x):
        return jnp.sum(w * EarlyBlur(1.3)(jax.random.key(0), x))

    np.testing.assert_allclose(jax.grad(total)(images), blurred(w, 1.3), atol=2e-6)
    assert "scatter" not in jax.jit(jax.grad(total)).lower(images).as_text()


def test_no_key_changes_it():
    images = jnp.asarray(noise(1, 8, 8, 1))
    part = EarlyBlur(2.0)
    first, second = (part(jax.random.key(i), images) for i in range(2))
    np.testing.assert_array_equal(first, second)


def test_it_is_a_softening():
    assert isinstance(EarlyBlur(), SofteningPart)
    assert EarlyBlur.role == "softening"


@pytest.mark.parametrize("sigma", [0.0, -0.1, np.nan, np.inf])
def test_values_out_of_range_are_refused(sigma):
    with pytest.raises(UserError, match=r"with sigma .*above 0.*choose none"):
        EarlyBlur(sigma)


def test_points_are_refused():
    with pytest.raises(UserError, match=r"1x1 images: expected sides of 2.*instance noise or none"):
        EarlyBlur(1.0)(jax.random.key(0), jnp.zeros((4, 1, 1, 2)))
