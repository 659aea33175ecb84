"""What a blur leaves of a spectrum: the formula, and that measuring finds it where it holds."""

from functools import lru_cache

import numpy as np
import pytest

from jaxgan.metrics import blur_transfer
from jaxgan.metrics.blur_transfer import gaussian_transfer, measured_transfer
from jaxgan.metrics.planting import blurred
from jaxgan.metrics.spectrum import frequencies, image_spectra
from tests.metrics.real_sets import halves


@lru_cache
def of_photographs():
    return measured_transfer(halves("cifar10")[0])


@pytest.mark.parametrize("variance", [-0.6, -0.01, 0.0, 0.03, 0.25, 1.7, 9.0, 24.0])
def test_the_formula(variance):
    f = frequencies(32)
    value, slope = gaussian_transfer(32)(variance)
    np.testing.assert_allclose(value, -4 * np.pi**2 * variance * f**2, atol=1e-9)
    np.testing.assert_allclose(slope, -4 * np.pi**2 * f**2, atol=1e-9)


@pytest.mark.parametrize("variance", [-0.3, 0.001, 0.2, 0.9, 3.0, 20.0])
def test_the_slope_is_the_derivative(variance):
    transfer = of_photographs()
    step = 1e-5
    difference = (transfer(variance + step)[0] - transfer(variance - step)[0]) / (2 * step)
    np.testing.assert_allclose(transfer(variance)[1], difference, rtol=1e-4, atol=1e-6)


def test_on_large_noise_images_the_measure_is_the_formula():
    # White noise, 128 pixels, blurs that leave f ± 3/128 much alike.
    rng = np.random.default_rng(0)
    images = np.clip(0.5 + 0.1 * rng.standard_normal((20, 128, 128, 1)), 0, 1)
    for variance in (0.0625, 0.4, 1.0):
        measured, formula = (t(variance)[0] for t in (measured_transfer(images),
                                                      gaussian_transfer(128)))  # fmt: skip
        np.testing.assert_allclose(measured[4:65], formula[4:65], atol=0.03 + 0.1 * variance)


@pytest.mark.parametrize("sigma", [0.35, 0.6, 1.2, 2.5, 3.5])
def test_between_the_measured_blurs(sigma):
    # Where anything is left above the power of rounding to 8 bits.
    images = halves("cifar10")[0]
    sharp, soft = (image_spectra(np.clip(x, 0, 1)).mean(axis=0)
                   for x in (images, blurred(images, sigma)))  # fmt: skip
    found = sharp * np.exp(of_photographs()(sigma**2)[0])
    rounding = 1 / 255**2 / 12
    np.testing.assert_allclose(found[2:17] + rounding, soft[2:17] + rounding, rtol=0.08)


def test_a_window_on_small_images_leaves_more_than_the_formula():
    measured = of_photographs()(4.0)[0]
    formula = gaussian_transfer(32)(4.0)[0]
    assert np.all(measured[6:17] > formula[6:17] + 0.2)


def test_below_zero_is_the_tangent():
    transfer = of_photographs()
    value, slope = transfer(-0.5)
    np.testing.assert_allclose(slope, transfer(0.0)[1])
    np.testing.assert_allclose(value, -0.5 * slope)


def test_some_of_the_bins():
    transfer = gaussian_transfer(32)
    value, slope = transfer.of_bins(slice(2, 17))(0.7)
    np.testing.assert_array_equal(value, transfer(0.7)[0][2:17])
    np.testing.assert_array_equal(slope, transfer(0.7)[1][2:17])


def test_fewer_large_images_are_taken_evenly(monkeypatch):
    rng = np.random.default_rng(0)
    for name, value in (("PIXELS", 6 * 32**2), ("FEWEST", 4), ("MOST", 10)):
        monkeypatch.setattr(blur_transfer, name, value)
    for side, count in ((16, 10), (32, 6), (64, 4)):
        images = rng.integers(0, 256, (2 * count, side, side, 1), np.uint8)
        chosen = images[np.linspace(0, 2 * count - 1, count).astype(int)]
        found, expected = (measured_transfer(x)(1.0)[0] for x in (images, chosen))
        np.testing.assert_array_equal(found, expected)
        assert not np.array_equal(found, measured_transfer(chosen[:-1])(1.0)[0])


def test_oblong_images_are_refused():
    with pytest.raises(ValueError, match="real images of 16x20 pixels: expected squares"):
        measured_transfer(np.random.default_rng(0).random((3, 16, 20, 1)))
