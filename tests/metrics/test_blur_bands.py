"""Intervals and the null band: they hold what they should, and shrink as they should."""

from functools import lru_cache

import numpy as np
import pytest

from jaxgan.metrics import planting
from jaxgan.metrics.blur_bands import blur_interval, null_band
from jaxgan.metrics.blur_fit import fit_blur
from jaxgan.metrics.blur_transfer import measured_transfer
from jaxgan.metrics.checks import eight_bits
from jaxgan.metrics.spectrum import frequencies, image_spectra
from tests.metrics.real_sets import halves

BINS = len(frequencies(32))


@lru_cache
def spectra():
    """Of real images, of others blurred by 0.5 pixels and under noise of 0.03, and the transfer."""
    real, other = halves("cifar10")
    fake = planting.noised(planting.blurred(other, 0.5), 0.03, np.random.default_rng(0))
    real = eight_bits(real)
    return image_spectra(real), image_spectra(eight_bits(fake)), measured_transfer(real)


def rng():
    return np.random.default_rng(1)


def test_the_interval_holds_the_fit_and_the_truth():
    real, fake, transfer = spectra()
    low, high = blur_interval(real, fake, 32, rng(), 100, transfer)
    fit = fit_blur(real.mean(axis=0), fake.mean(axis=0), 32, transfer)
    for number, truth in (("variance", 0.25), ("radius", 0.5), ("noise", 0.03), ("contrast", 1.0)):
        edges = getattr(low, number), getattr(high, number)
        assert edges[0] < getattr(fit, number) < edges[1]
        assert edges[0] < truth < edges[1]
    assert 0.01 < high.variance - low.variance < 0.08


def test_the_interval_of_equal_images_is_a_point():
    shape = 1e-3 * np.maximum(frequencies(32), 1 / 32) ** -2.6
    real = np.tile(shape, (20, 1))
    fake = real * np.exp(-4 * np.pi**2 * 0.5 * frequencies(32) ** 2)
    low, high = blur_interval(real, fake, 32, rng(), 5)
    assert low.variance == pytest.approx(0.5, abs=1e-3)
    np.testing.assert_allclose(low, high, atol=1e-4)


def test_the_interval_goes_by_the_measured_transfer():
    real, _, transfer = spectra()
    real = np.tile(real.mean(axis=0), (9, 1))
    fake = real * np.exp(transfer(4.0)[0]) + 0.02**2
    low, high = blur_interval(real, fake, 32, rng(), 5, transfer)
    assert low.radius == pytest.approx(2, abs=0.01)
    assert high.radius == pytest.approx(2, abs=0.01)


def test_the_interval_shrinks_with_the_root_of_the_images():
    real, fake, transfer = spectra()
    widths = []
    for count in (60, 480):
        low, high = blur_interval(real[:count], fake[:count], 32, rng(), 100, transfer)
        widths.append(high.variance - low.variance)
    assert widths[0] / widths[1] == pytest.approx(np.sqrt(8), rel=0.5)


def test_the_band_of_real_images_holds_no_blur():
    real, fake, transfer = spectra()
    low, high = null_band(real, 32, 250, rng(), 100, transfer)
    assert -0.05 < low.variance < 0 < high.variance < 0.06
    assert low.radius == pytest.approx(-np.sqrt(-low.variance), abs=1e-3)
    assert low.noise < 0.002
    assert high.noise < 0.03
    assert 0.9 < low.contrast < 1 < high.contrast < 1.1
    assert 0 < low.misfit < high.misfit < 0.08
    # And the planted blur and noise are outside.
    fit = fit_blur(real.mean(axis=0), fake.mean(axis=0), 32, transfer)
    assert fit.variance > high.variance
    assert fit.noise > high.noise


def test_the_two_halves_are_disjoint():
    # Images with a power of their own, 1 or 4: the halves of four always hold all four, so that
    # only two against two can be, and the gain is one of sqrt(2.5 / 2.5) and 2 or 1/2.
    shape = 1e-3 * np.maximum(frequencies(32), 1 / 32) ** -2.6
    real = np.outer([1.0, 1.0, 4.0, 4.0], shape)
    low, high = null_band(real, 32, 2, rng(), 40)
    assert high.contrast == pytest.approx(2, rel=0.01)
    assert low.contrast == pytest.approx(0.5, rel=0.01)


def test_bands_repeat_with_their_generator():
    real, fake, transfer = spectra()
    assert null_band(real, 32, 100, rng(), 4, transfer) == null_band(
        real, 32, 100, rng(), 4, transfer
    )
    assert blur_interval(real, fake, 32, rng(), 4, transfer) == blur_interval(
        real, fake, 32, rng(), 4, transfer
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: null_band(np.ones((10, BINS)), 32, 6, rng()), "expected 1 to 5"),
        (lambda: null_band(np.ones((10, BINS)), 32, 0, rng()), "expected 1 to 5"),
        (lambda: null_band(np.ones(BINS), 32, 6, rng()), r"expected \[N, bins\]"),
        (lambda: null_band(np.ones((10, BINS)), 28, 2, rng()), "real spectrum of shape"),
        (lambda: null_band(spectra()[0], 32, 10, rng(), 1), "1 fits make no band"),
        (
            lambda: blur_interval(np.ones((9, BINS)), np.zeros((9, BINS)), 32, rng()),
            "fake spectrum: no power",
        ),
        (lambda: blur_interval(np.ones((1, BINS)), np.ones((9, BINS)), 32, rng()), "N from 2"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()
