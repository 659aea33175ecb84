"""The radius of a blur of any kind, and its direction: where half of the contrast is lost.

The ratio of the fakes' power to that of real images is the square of what a blur leaves of each
frequency's amplitude. Over its own level at low frequencies, it falls to a quarter, amplitude to a
half, at some frequency f (MTF50, as of ISO 12233). As a radius, that is the deviation s of the
Gaussian that falls to a half there, exp(-2π² s² f²) = 1/2: s = sqrt(ln 4) / (2π f) = 0.187 / f
pixels. The window of the spectra moves f. So s is that of the Gaussian whose own effect on the real
images, as seen through the window, falls to a quarter at the same place.

Where the blur is a Gaussian, this is its deviation, with less precision than `blur_fit` has. For a
disc of radius R it is 0.53 R, for a box of width w about 0.3 w, for motion by a length L 0.31 L
along it and nothing across. Contrast does not count, and needs no fit.

What it cannot do: blurs below 0.39 pixels leave more than half at every frequency that pixels hold.
Of a set half sharp and half blurred, it sees the sharp half. Sharpening before the fall lowers s.
Sectors are 45° wide: between two directions of half-heights a and 0, it reads about 0.7 a. Noise
that was estimated too high, as a Gaussian fit with a large misfit can, raises s where it is small.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import fft, sparse
from scipy.interpolate import CubicSpline

from jaxgan.metrics.blur_transfer import RADII, BlurTransfer
from jaxgan.metrics.checks import by_pieces, checked, luma, planes
from jaxgan.metrics.spectrum import _bins, _half_weight, _window

__all__ = ["DIRECTIONS", "DirectionalHeight", "HalfHeight", "directional_height", "half_height",
           "ring", "sector_spectra", "sector_transfers"]  # fmt: skip

DIRECTIONS = ("horizontal", "rising diagonal", "vertical", "falling diagonal")
"""Along which pixels differ, in each of the four sectors: 0°, 45°, 90° and 135°, ± 22.5°.

A blur by horizontal motion takes from the horizontal sector."""

LARGE_RADII = (7.0, 10.0, 14.0)  # pixels, beyond RADII: up to an eighth of the side
LARGEST_SHARE = 1 / 8
CALIBRATED = 2**20  # pixels that T is measured on, of at most 500 images
IMAGES = 500

EIGHT_BIT_POWER = (1 / 255) ** 2 / 12
NOISE_DOUBT = 0.3  # of the noise's power: what is left of it where it was taken away with an error
LOWEST_BIN = 1  # each image's brightness is taken out
LEVEL_SHARE = 3  # the level is that of bins up to a third of the one where the ratio has fallen
LN4 = math.log(4)
HALVINGS = 30

Array = np.ndarray


class HalfHeight(NamedTuple):
    """What `half_height` finds."""

    sigma: float  # pixels, of the Gaussian that halves the amplitude at the same frequency
    crossed: bool  # False: it was not halved where it can be seen; sigma is an upper bound
    beyond: bool  # True: blurred more than by the largest known Gaussian; sigma is a lower bound
    frequency: float  # cycles/pixel, as seen through the window; the last that counts if not so


class DirectionalHeight(NamedTuple):
    """What `directional_height` finds."""

    ring: HalfHeight  # of all directions together
    along: tuple[HalfHeight, ...]  # of each of DIRECTIONS
    anisotropy: float  # largest over smallest sigma along a direction, 1 or more
    direction: str  # of DIRECTIONS, the one with the largest


def sector_spectra(images: Array) -> Array:
    """Power spectrum of every image by direction: float64 [N, 4, side // 2 + 1].

    Sectors as in DIRECTIONS; bin r holds the frequencies f with round(side · f) = r, up to Nyquist.
    As in `spectrum.image_spectra`, white noise of deviation t gives t² and channels are averaged,
    but each image's own level under the window is taken out, and bin 0 means nothing.

    Raises ValueError for images that `checks.check_images` refuses or that are not square.
    """
    images = checked(images)
    height, width = images.shape[1:3]
    if height != width:
        raise ValueError(f"images of {height}x{width} pixels: expected squares; crop them first")
    return by_pieces(_spectra_of_piece, images)


def ring(sectors: Array, side: int) -> Array:
    """All directions together, of spectra […, 4, bins] by direction: […, bins]."""
    weight = _sectors(side)[1]
    return np.sum(sectors * weight, axis=-2) / weight.sum(axis=0)


def sector_transfers(images: Array) -> tuple[BlurTransfer, ...]:
    """What Gaussians leave of real images' spectra: of the ring, then of each of DIRECTIONS.

    Measured as `blur_transfer.measured_transfer`, up to 5 pixels or about an eighth of the side,
    on luma and on about a million pixels of images spread evenly over the set. Images that are
    plain in a direction raise ValueError, as what `sector_spectra` refuses does.
    """
    images = np.asarray(images)
    count = min(len(images), IMAGES, max(1, CALIBRATED // max(1, math.prod(images.shape[1:3]))))
    chosen = np.linspace(0, len(images) - 1, count).astype(int)
    pictures = luma(checked(images[chosen], "real images")).astype(np.float32)
    side = pictures.shape[1]
    radii = RADII + tuple(radius for radius in LARGE_RADII if radius <= side * LARGEST_SHARE)
    coefficients = fft.dctn(pictures, axes=(1, 2))  # of mirrored images, as in planting.blurred
    squared = (np.arange(side) / (2 * side)) ** 2
    squared = squared[:, None] + squared
    spectra = []
    for radius in radii:
        left = np.exp(-2 * np.pi**2 * radius**2 * squared).astype(np.float32)
        soft = np.clip(fft.idctn(coefficients * left, axes=(1, 2)), 0, 1)
        sectors = sector_spectra(soft[..., None]).mean(axis=0)
        spectra.append([ring(sectors, side), *sectors])
    power = np.array(spectra)  # [radii, 5, bins]
    if np.any(power[0, :, LOWEST_BIN:] <= 0):
        raise ValueError("real images: plain along a direction; a blur cannot be measured there")
    log_power = np.log(np.maximum(power, EIGHT_BIT_POWER * 1e-6))
    variances = np.square(radii)
    found = CubicSpline(variances, log_power - log_power[0]).c
    return tuple(BlurTransfer(variances, found[:, :, i]) for i in range(found.shape[2]))


def half_height(
    real_spectrum: Array,
    fake_spectrum: Array,
    side: int,
    transfer: BlurTransfer,
    noise: float = 0.0,
) -> HalfHeight:
    """The half-height of mean spectra [side // 2 + 1] of real images and fakes, in 0.1 ms.

    Both of one sector, or of the `ring`, with its `transfer` from `sector_transfers`. `noise` is
    the deviation t of white noise in the fakes, such as `BlurFit.noise`; t² is taken off.

    The level is the mean log ratio, by number of frequencies, over the bins from 1 to a third of
    the one where it has fallen to a quarter. Bins in which that quarter would be less than 0.3 t²
    or the power of 8-bit rounding do not count. Where it never falls among the others, `crossed`
    is False and sigma that of the Gaussian that would be at a quarter in the last one: 0.39 pixels
    without noise, infinity where not even the second bin counts. Where it falls sooner than under
    the largest Gaussian of `transfer`, `beyond` is True and sigma that Gaussian's.

    Raises ValueError for spectra or a transfer of another length, for powers that are not finite
    and above 0 (real) or not below it (fakes), and for noise below 0.
    """
    real, fake = _checked(real_spectrum, fake_spectrum, side, transfer, noise)
    left = np.maximum(fake - noise**2, EIGHT_BIT_POWER * 1e-3)
    log_ratio = np.log(left / np.maximum(real, EIGHT_BIT_POWER * 1e-3))
    bins = np.arange(len(real))
    number = np.where(bins >= LOWEST_BIN, bins, 0)  # of frequencies, in proportion
    last = np.maximum(LOWEST_BIN, bins // LEVEL_SHARE)  # of those that make the level
    level = (np.cumsum(number * log_ratio) / np.maximum(np.cumsum(number), 1))[last]
    height = log_ratio - level + LN4

    seen = np.exp(level) * real / 4 > max(NOISE_DOUBT * noise**2, EIGHT_BIT_POWER)
    end = _first(~seen, LOWEST_BIN + 1)
    fallen = _first(height[:end] < 0, LOWEST_BIN + 1)
    crossed = fallen < end
    if not crossed and end == LOWEST_BIN + 1:
        return HalfHeight(math.inf, False, False, 0.0)
    upper = fallen if crossed else end - 1
    before = max(log_ratio[upper - 1] - level[upper] + LN4, 0.0)
    part = before / (before - height[upper]) if crossed else 1.0

    # The same height of a Gaussian is a sum over the same bins, and so a cubic in its variance.
    weight = np.zeros(len(real))
    weight[upper - 1], weight[upper] = 1 - part, part
    below = slice(LOWEST_BIN, last[upper] + 1)
    weight[below] -= number[below] / number[below].sum()
    sigma, beyond = _at_a_quarter(transfer, weight)
    return HalfHeight(sigma, crossed, crossed and beyond, float((upper - 1 + part) / side))


def directional_height(
    real_sectors: Array,
    fake_sectors: Array,
    side: int,
    transfers: tuple[BlurTransfer, ...],
    noise: float = 0.0,
) -> DirectionalHeight:
    """The half-height of mean spectra [4, bins] by direction, and of all together.

    Directions in which nothing is halved enter the anisotropy with their upper bound, so that it
    is a lower bound of its own. Content alone gives 1.05 to 1.3: read it against what real images
    give among themselves. Raises ValueError as `half_height`.
    """
    reals, fakes = (
        [ring(np.asarray(sectors), side), *sectors] for sectors in (real_sectors, fake_sectors)
    )
    whole, *along = (
        half_height(real, fake, side, transfer, noise)
        for real, fake, transfer in zip(reals, fakes, transfers, strict=True)
    )
    sigmas = np.array([height.sigma for height in along])
    most = int(np.argmax(sigmas))
    anisotropy = float(sigmas[most] / sigmas.min()) if math.isfinite(sigmas[most]) else 1.0
    return DirectionalHeight(whole, tuple(along), anisotropy, DIRECTIONS[most])


def _spectra_of_piece(images: Array) -> Array:
    """`sector_spectra` of some images at a time, not checked."""
    window = _window(images.shape[1])
    pictures = planes(images) * window
    pictures -= pictures.sum(axis=(2, 3), keepdims=True) / window.sum() * window
    found = fft.rfft2(pictures.astype(np.float32))
    power = np.mean(found.real**2 + found.imag**2, axis=1).reshape(len(images), -1)
    sums = _sectors(images.shape[1])[0] @ power.T.astype(np.float64)
    return sums.T.reshape(len(images), len(DIRECTIONS), -1)


def _at_a_quarter(transfer: BlurTransfer, weight: Array) -> tuple[float, bool]:
    """Deviation at which the weighted sum of log T first falls to log 1/4, and if none does."""
    variances = transfer.variances
    coefficients = transfer.coefficients @ weight  # [4, J - 1]
    last = np.polyval(coefficients[:, -1], variances[-1] - variances[-2])
    knot = _first(np.append(coefficients[3], last) < -LN4, 1)
    if knot == len(variances):
        return math.sqrt(variances[-1]), True
    cubic, square, linear, constant = (float(number) for number in coefficients[:, knot - 1])
    low, high = 0.0, float(variances[knot] - variances[knot - 1])
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if ((cubic * middle + square) * middle + linear) * middle + constant > -LN4:
            low = middle
        else:
            high = middle
    return math.sqrt(variances[knot - 1] + low), False


def _first(flags: Array, start: int) -> int:
    """Index of the first True from `start` on, the length if there is none."""
    found = np.flatnonzero(flags[start:])
    return start + int(found[0]) if len(found) else max(start, len(flags))


def _checked(
    real: Array, fake: Array, side: int, transfer: BlurTransfer, noise: float
) -> tuple[Array, Array]:
    expected = (side // 2 + 1,)
    real, fake = np.asarray(real, np.float64), np.asarray(fake, np.float64)
    for name, shape in (
        ("real spectrum", real.shape),
        ("fake spectrum", fake.shape),
        ("transfer", transfer.coefficients.shape[2:]),
    ):
        if shape != expected:
            raise ValueError(
                f"{name} of shape {shape} for a side of {side}: expected {expected}, means of "
                "sector_spectra, and one of sector_transfers on images of that side"
            )
    if not (np.all(np.isfinite(real)) and np.all(real[LOWEST_BIN:] > 0)):
        raise ValueError("real spectrum: powers that are not finite and above 0")
    if not (np.all(np.isfinite(fake)) and np.all(fake >= 0)):
        raise ValueError("fake spectrum: powers that are not finite or below 0")
    if not 0 <= noise < math.inf:
        raise ValueError(f"noise {noise}: expected 0 or more grey levels (of 0 … 1)")
    return real, fake


@lru_cache(maxsize=8)
def _sectors(side: int) -> tuple[sparse.csr_array, Array]:
    """Means over sectors' bins of a flat half plane [4 · bins, …], and their sizes [4, bins].

    Each frequency counts as often as it stands in the whole plane.
    """
    rows, columns = fft.fftfreq(side)[:, None], fft.rfftfreq(side)
    degrees = np.degrees(np.arctan2(-rows, columns))  # rows run down
    sector = np.floor((degrees + 22.5) / 45).astype(int) % len(DIRECTIONS)
    count = side // 2 + 1
    bins = _bins(side)
    place = np.flatnonzero(bins < count)  # the corners are beyond
    part = (sector * count + bins).ravel()[place]
    weight = _half_weight(side).ravel()[place]
    sizes = np.bincount(part, weight, len(DIRECTIONS) * count)
    sizes[sizes == 0] = 1.0  # the zero frequency is in one sector only
    shape = (len(sizes), bins.size)
    means = sparse.csr_array((weight / sizes[part], (part, place)), shape=shape)
    return means, sizes.reshape(len(DIRECTIONS), count)
