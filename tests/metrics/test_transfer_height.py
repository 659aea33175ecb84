"""Half-heights: by hand on made-up spectra, and on photographs under blurs of known half-height."""

import math
from functools import lru_cache

import numpy as np
import pytest
from scipy import fft, ndimage
from scipy.optimize import brentq

from jaxgan.metrics import planting
from jaxgan.metrics.blur_transfer import gaussian_transfer
from jaxgan.metrics.checks import eight_bits
from jaxgan.metrics.spectrum import image_spectra
from jaxgan.metrics.transfer_height import (
    DIRECTIONS,
    directional_height,
    half_height,
    ring,
    sector_spectra,
    sector_transfers,
)
from tests.photographs import crops

SIDE = 64
BINS = np.arange(SIDE // 2 + 1)
FORMULA = gaussian_transfer(SIDE).of_bins(slice(0, SIDE // 2 + 1))
REAL = 10 / (1 + BINS) ** 2.0


def of_gaussian(sigma: float) -> np.ndarray:
    return REAL * np.exp(-4 * np.pi**2 * sigma**2 * (BINS / SIDE) ** 2)


@lru_cache
def photographs(side: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """Real images, and others in the place of fakes."""
    images = crops(800, side, np.random.default_rng(0)) / 255.0
    return images[:400], images[400:]


@lru_cache
def of_photographs(side: int = 32):
    real = photographs(side)[0]
    return sector_spectra(real).mean(axis=0), sector_transfers(real)


def read(fakes: np.ndarray, noise: float = 0.0, side: int = 32):
    real, transfers = of_photographs(side)
    fake = sector_spectra(eight_bits(fakes)).mean(axis=0)
    return directional_height(real, fake, side, transfers, noise)


@pytest.mark.parametrize("sigma", [0.45, 0.9, 1.7, 3.0, 4.8])
def test_a_gaussian_is_read_as_itself(sigma):
    height = half_height(REAL, of_gaussian(sigma), SIDE, FORMULA)
    assert height.sigma == pytest.approx(sigma, rel=1e-4)
    assert height.crossed
    assert not height.beyond


def test_a_transfer_that_is_no_gaussian_by_hand():
    # Whole up to bin 9, a quarter from 10 on, and a little less, for rounding. The level is that of
    # bins 1, 2 and 3, weighted as their numbers; a Gaussian loses there (1·1 + 2·4 + 3·9) / 6 = 6
    # in squared bins, so that s = sqrt(ln 4) / (2π) · 64 / sqrt(100 - 6).
    fake = REAL * np.where(BINS < 10, 1.0, 0.25 - 1e-9)
    height = half_height(REAL, fake, SIDE, FORMULA)
    assert height.frequency == pytest.approx(10 / 64, rel=1e-6)
    assert height.sigma == pytest.approx(math.sqrt(math.log(4)) / (2 * math.pi) * 64 / 94**0.5)


@pytest.mark.parametrize("contrast", [0.3, 3.0])
def test_contrast_does_not_count(contrast):
    height = half_height(REAL, contrast**2 * of_gaussian(1.3), SIDE, FORMULA)
    assert height.sigma == pytest.approx(1.3, rel=1e-4)


def test_noise_is_taken_off():
    fake = of_gaussian(1.3) + 0.04**2
    assert half_height(REAL, fake, SIDE, FORMULA, noise=0.04).sigma == pytest.approx(1.3, rel=1e-3)


def test_what_is_not_halved_has_an_upper_bound():
    bound = half_height(REAL, REAL, SIDE, FORMULA)
    assert not bound.crossed
    assert bound.frequency == 0.5
    # 0.18739 / 0.5, but for the level: bins 1 … 10 lose the mean of r² weighted by r, 55.
    assert bound.sigma == pytest.approx(0.18739 * 64 / math.sqrt(32**2 - 55), rel=1e-3)
    assert half_height(REAL, of_gaussian(0.36), SIDE, FORMULA) == bound
    assert half_height(REAL, of_gaussian(0.40), SIDE, FORMULA).crossed


def test_noise_raises_the_upper_bound():
    # 10 / (1 + r)² / 4 > 0.3 · 0.3² up to r = 8.
    noisy = half_height(REAL, REAL + 0.3**2, SIDE, FORMULA, noise=0.3)
    assert not noisy.crossed
    assert noisy.frequency == 8 / SIDE
    hidden = half_height(REAL, REAL + 3.0**2, SIDE, FORMULA, noise=3.0)
    assert hidden.sigma == math.inf
    assert not hidden.crossed


def test_beyond_the_largest_gaussian():
    height = half_height(REAL, of_gaussian(7.0), SIDE, FORMULA)
    assert height.crossed
    assert height.beyond
    assert height.sigma == 5.0


@pytest.mark.parametrize("sigma", [0.6, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("side", [32, 64])
def test_gaussians_on_photographs(sigma, side):
    fakes = planting.blurred(photographs(side)[1], sigma)
    assert read(fakes, side=side).ring.sigma == pytest.approx(sigma, rel=0.08)


def test_on_photographs_neither_contrast_nor_noise_count():
    soft = planting.blurred(photographs()[1], 1.5)
    plain = read(soft).ring.sigma
    assert read(planting.contrasted(soft, 0.5)).ring.sigma == pytest.approx(plain, rel=0.01)
    noisy = planting.noised(soft, 0.05, np.random.default_rng(0))
    assert read(noisy, noise=0.05).ring.sigma == pytest.approx(plain, rel=0.05)


def equal_weights(count: int, apart: float = 1.0) -> float:
    """Deviation of the Gaussian that halves the amplitude where `count` equal weights in a row do.

    They leave sin(πnfd) / (n sin πfd) at the frequency f, d pixels apart.
    """

    def above(f: float) -> float:
        return math.sin(math.pi * count * f) / (count * math.sin(math.pi * f)) - 0.5

    return math.sqrt(math.log(4)) / (2 * math.pi) * apart / brentq(above, 1e-6, 1 / count)


@pytest.mark.parametrize("width", [3, 5, 7])
def test_boxes_on_photographs(width):
    fakes = ndimage.uniform_filter(photographs()[1], (0, width, width, 0), mode="reflect")
    height = read(fakes)
    for along in (height.along[0], height.along[2]):
        assert along.sigma == pytest.approx(equal_weights(width), rel=0.1)


def test_what_principal_components_leave():
    fakes = photographs(64)[1]
    flat = fakes.reshape(len(fakes), -1)
    mean = flat.mean(axis=0)
    _, modes = np.linalg.eigh((flat - mean) @ (flat - mean).T)  # in the space of images: smaller
    few = (modes[:, -16:] @ (modes[:, -16:].T @ (flat - mean)) + mean).reshape(fakes.shape)
    sigma = read(few, side=64).ring.sigma
    assert sigma == pytest.approx(0.18739 / mirrored_half_height(fakes, few), rel=0.15)
    assert sigma > 3.5


def mirrored_half_height(images: np.ndarray, left: np.ndarray) -> float:
    """Frequency at which the power of mirrored images falls to a quarter, no window used."""
    side = images.shape[1]
    order = np.arange(side)
    bins = np.rint(np.hypot(order[:, None], order)).astype(int).ravel()
    whole, part = (
        np.bincount(bins, np.mean(fft.dctn(x, axes=(1, 2)) ** 2, axis=(0, 3)).ravel())
        for x in (images, left)
    )
    ratio = (part / whole)[1:side] / (part / whole)[1]
    after = int(np.argmax(ratio < 0.25))
    bin_ = 1 + np.interp(math.log(4), -np.log(ratio[after - 1 : after + 1]), [after - 1, after])
    return bin_ / (2 * side)


@pytest.mark.parametrize(
    ("kernel", "direction", "sigma"),
    [
        (np.full((1, 9), 1 / 9), "horizontal", equal_weights(9)),
        (np.full((9, 1), 1 / 9), "vertical", equal_weights(9)),
        (np.eye(7)[::-1] / 7, "rising diagonal", equal_weights(7, math.sqrt(2))),
        (np.eye(7) / 7, "falling diagonal", equal_weights(7, math.sqrt(2))),
    ],
)
def test_motion_has_a_direction(kernel, direction, sigma):
    fakes = ndimage.convolve(photographs()[1], kernel[None, :, :, None], mode="reflect")
    height = read(fakes)
    assert height.direction == direction
    assert height.anisotropy > 4
    along = DIRECTIONS.index(direction)
    assert height.along[along].sigma == pytest.approx(sigma, rel=0.15)
    assert height.along[(along + 2) % 4].sigma < 0.5  # nothing, across it


def test_gaussians_have_no_direction():
    assert read(planting.blurred(photographs()[1], 1.0)).anisotropy < 1.3


def test_white_noise_has_its_power_in_every_direction():
    noise = 0.5 + 0.1 * np.random.default_rng(0).standard_normal((400, 24, 24, 3))
    spectra = sector_spectra(np.clip(noise, 0, 1))
    assert spectra.shape == (400, 4, 13)
    np.testing.assert_allclose(spectra.mean(axis=0)[:, 4:], 0.01, rtol=0.06)


@pytest.mark.parametrize(("right", "up", "sector"), [(9, 0, 0), (6, 6, 1), (0, 9, 2), (-6, 6, 3)])
def test_waves_are_found_in_their_sectors(right, up, sector):
    row, column = np.indices((32, 32))
    wave = 0.5 + 0.4 * np.cos(2 * np.pi * (right * column - up * row) / 32)
    power = sector_spectra(wave[None, :, :, None])[0]
    assert np.unravel_index(power.argmax(), power.shape) == (sector, round(math.hypot(right, up)))
    assert power[sector].sum() > 0.95 * power.sum()


def test_the_ring_is_the_radial_spectrum():
    images = photographs()[0]
    whole = ring(sector_spectra(images), 32)
    np.testing.assert_allclose(whole[:, 5:], image_spectra(images)[:, 5:17], rtol=0.02, atol=1e-5)


def test_brightness_does_not_count():
    images = 0.5 * photographs()[0][:50]
    lighter = images + np.linspace(0, 0.5, 50)[:, None, None, None]
    np.testing.assert_allclose(
        sector_spectra(lighter)[:, :, 1:], sector_spectra(images)[:, :, 1:], rtol=1e-3, atol=1e-6
    )


def test_refusals():
    spectrum = np.ones(33)
    with pytest.raises(ValueError, match=r"fake spectrum of shape \(32,\).*expected \(33,\)"):
        half_height(spectrum, spectrum[1:], SIDE, FORMULA)
    with pytest.raises(ValueError, match=r"transfer of shape \(46,\)"):
        half_height(spectrum, spectrum, SIDE, gaussian_transfer(SIDE))
    with pytest.raises(ValueError, match="real spectrum: powers"):
        half_height(0 * spectrum, spectrum, SIDE, FORMULA)
    with pytest.raises(ValueError, match="fake spectrum: powers"):
        half_height(spectrum, -spectrum, SIDE, FORMULA)
    with pytest.raises(ValueError, match="noise -1"):
        half_height(spectrum, spectrum, SIDE, FORMULA, -1)
    with pytest.raises(ValueError, match="16x20 pixels: expected squares"):
        sector_spectra(np.random.default_rng(0).random((2, 16, 20, 1)))
    stripes = np.zeros((4, 16, 16, 1))
    stripes[:, ::2] = 1
    with pytest.raises(ValueError, match="plain along a direction"):
        sector_transfers(stripes)
