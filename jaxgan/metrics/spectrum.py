"""Power spectra of image sets, and what they say about blur, noise and grids.

The power of windowed images, averaged over directions as by Durall et al. (2020,
arXiv:2003.01826) but in power, not in logarithms, with the Kaiser window of Karras et al. (2021,
arXiv:2106.12423, appendix C): without a window, the jump from a picture's one border to the other
is a cross of false high frequencies.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import fft, sparse

from jaxgan.metrics.checks import as_floats, by_pieces, checked, pieces

__all__ = ["Spectra", "checkerboard_index", "checkerboard_ratio", "frequencies",
           "high_frequency_ratio", "image_spectra", "log_spectral_distance", "period_two_power",
           "power_spectrum_2d", "prepared", "slope", "spectra", "spectra_of_piece"]  # fmt: skip

KAISER_BETA = 8.0

Array = np.ndarray


class Spectra(NamedTuple):
    """Of every image, what `image_spectra` and `period_two_power` give."""

    radial: Array  # float64 [N, bins]
    period_two: Array | None  # float64 [N, 2]; None for odd sides


def frequencies(side: int) -> Array:
    """Frequency in cycles/pixel of each radial bin of images `side` pixels wide: float64 [bins].

    Bin r holds the frequencies f with round(side · f) = r, the corners of the plane (up to
    sqrt(1/2), where a checkerboard lives) included.
    """
    return np.arange(_bins(side).max() + 1) / side


def image_spectra(images: Array, mean: Array | None = None) -> Array:
    """Radial power spectrum of every image: float64 [N, bins], bins as in `frequencies`.

    White noise of standard deviation t gives the level t² in every bin; channels are averaged. The
    mean over rows is the set's spectrum. `mean` [C] is the level that is subtracted, None for the
    set's own: the window would spread it over the lowest bins. A mean image is not subtracted. It
    would hide what all images share, such as the grid that a transposed convolution leaves.

    Raises ValueError for images that `checks.check_images` refuses or that are not square.
    """
    return spectra(images, mean).radial


def spectra(images: Array, mean: Array | None = None) -> Spectra:
    """`image_spectra` and `period_two_power` from one transform of the images [N, H, H, C].

    Raises ValueError as `image_spectra`.
    """
    images, mean = prepared(images, mean)
    side = images.shape[1]
    rows = by_pieces(lambda some: spectra_of_piece(some, mean), images)
    bins = len(frequencies(side))
    return Spectra(rows[:, :bins], None if side % 2 else rows[:, bins:])


def spectra_of_piece(images: Array, mean: Array) -> Array:
    """Radial spectra and, for even sides, period-two powers of a few checked images, side by side.

    [n, bins (+ 2)]; a piece may be plain where a set may not.
    """
    power = _half_planes(images, mean).reshape(len(images), -1)
    return (_means(images.shape[1]) @ power.T.astype(np.float64)).T


def prepared(images: Array, mean: Array | None = None, name: str = "images") -> tuple[Array, Array]:
    """The images, checked and uncopied, and the level [C] to subtract: `mean`, or their own."""
    images = checked(images, name)
    height, width, channels = images.shape[1:]
    if height != width:
        raise ValueError(f"{name} of {height}x{width} pixels: expected squares; crop them first")
    if mean is None:
        return images, by_pieces(_channel_means, images).mean(axis=0)
    mean = np.asarray(mean, np.float64)
    if mean.shape != (channels,):
        raise ValueError(f"mean of shape {mean.shape}: expected a level per channel, ({channels},)")
    return images, mean


def power_spectrum_2d(images: Array, mean: Array | None = None) -> Array:
    """Mean power at every frequency: float64 [H, W], in the order of `numpy.fft.fft2`.

    Levelled, scaled and refused as `image_spectra`.
    """
    images, mean = prepared(images, mean)
    side = images.shape[1]
    total = np.zeros((side, side // 2 + 1))
    for _, part in pieces(lambda some: _half_planes(some, mean).sum(axis=0, dtype=float), images):
        total += part
    half = total / len(images)
    # The other half plane is the complex conjugate of this one, turned about the origin.
    turned = np.roll(half[::-1], 1, axis=0)[:, 1 : (side + 1) // 2]
    return np.concatenate([half, turned[:, ::-1]], axis=1)


def log_spectral_distance(real: Array, fake: Array, *, shape_only: bool = False) -> float:
    """Root mean square over bins of 10 log10(fake / real), in dB; 0 for equal spectra.

    `shape_only` removes the mean over bins first, so that a gain (contrast) is not counted.
    """
    real, fake = _check_spectra(real, fake)
    decibels = 10 * np.log10(fake / real)
    if shape_only:
        decibels -= decibels.mean()
    return float(np.sqrt(np.mean(decibels**2)))


def slope(spectrum: Array, side: int) -> float:
    """Exponent of the power law nearest to a radial spectrum: about -2 to -3 for photographs.

    Least squares of log power on log frequency, over the bins 2 … 0.9 · side / 2.
    """
    (spectrum,) = _check_spectra(spectrum)
    _check_side(spectrum, side)
    bins = slice(2, int(0.9 * side / 2) + 1)
    return float(np.polyfit(np.log(frequencies(side)[bins]), np.log(spectrum[bins]), 1)[0])


def high_frequency_ratio(spectrum: Array, side: int) -> float:
    """Energy above a quarter of a cycle per pixel over all up to Nyquist: 0 … 1.

    The energy of a bin is its power times its circumference. Noise raises it as sharpness does.
    """
    (spectrum,) = _check_spectra(spectrum)
    _check_side(spectrum, side)
    frequency = frequencies(side)
    energy = spectrum * frequency
    return float(energy[(frequency > 0.25) & (frequency <= 0.5)].sum()
                 / energy[frequency <= 0.5].sum())  # fmt: skip


def checkerboard_index(real: Array, fake: Array) -> float:
    """How much more of a grid of period 2 fakes have than real images: 1 for none.

    From 2-D spectra [H, W] of even sides (`power_spectrum_2d`): the mean power at (½, ½), (½, 0)
    and (0, ½) over that of the ring of frequencies 0.45 … 0.5, of fakes over that of real images.
    Transposed convolutions leave such grids (Odena et al. 2016, doi:10.23915/distill.00003).
    """
    real, fake = _check_spectra(real, fake)
    if real.ndim != 2 or real.shape[0] != real.shape[1] or real.shape[0] % 2:
        raise ValueError(
            f"spectrum of shape {real.shape}: expected [H, H] with H even, from power_spectrum_2d"
        )
    return _period_two(fake) / _period_two(real)


def period_two_power(images: Array, mean: Array | None = None) -> Array:
    """The two powers that `checkerboard_index` is made of, of every image: float64 [N, 2].

    Its ratio of means over fakes to that over real images is the index (`checkerboard_ratio`).
    Raises ValueError as `image_spectra`, and for odd sides.
    """
    found = spectra(images, mean).period_two
    if found is None:
        raise ValueError(f"images of {images.shape[1]} pixels a side: expected an even number")
    return found


def checkerboard_ratio(real: Array, fake: Array) -> float:
    """`checkerboard_index` from rows of `period_two_power`."""
    (peaks, ring), (fake_peaks, fake_ring) = real.mean(axis=0), fake.mean(axis=0)
    return float(fake_peaks / fake_ring / (peaks / ring))


def _period_two(spectrum: Array) -> float:
    side = len(spectrum)
    axis = fft.fftfreq(side)
    radius = np.hypot(axis[:, None], axis)
    half = side // 2
    peaks = (spectrum[half, half] + spectrum[half, 0] + spectrum[0, half]) / 3
    return float(peaks / spectrum[(radius >= 0.45) & (radius < 0.5)].mean())


def _channel_means(images: Array) -> Array:
    # Ten times as fast as a mean over the outer axes of all channels.
    channels = range(images.shape[3])
    return np.stack([as_floats(images[..., c]).mean(axis=(1, 2)) for c in channels], axis=1)


def _half_planes(images: Array, mean: Array) -> Array:
    """Power of the windowed images: float32 [n, H, W // 2 + 1]."""
    count, side, _, channels = images.shape
    window = _window(side)
    planes = np.empty((count, channels, side, side), np.float32)
    for channel in range(channels):
        level = as_floats(images[..., channel]) - mean[channel]
        np.multiply(level, window, out=planes[:, channel], casting="same_kind")
    found = fft.rfft2(planes, overwrite_x=True)
    squares = np.square(found.view(np.float32)).mean(axis=1)
    return squares[..., ::2] + squares[..., 1::2]  # real and imaginary parts


@lru_cache(maxsize=8)
def _window(side: int) -> Array:
    window = np.kaiser(side, KAISER_BETA)
    window /= np.linalg.norm(window)
    return np.multiply.outer(window, window)


@lru_cache(maxsize=8)
def _bins(side: int) -> Array:
    """Radial bin of each frequency of a half plane: int [side, side // 2 + 1]."""
    rows, columns = fft.fftfreq(side, 1 / side), fft.rfftfreq(side, 1 / side)
    return np.rint(np.hypot(rows[:, None], columns)).astype(int)


def _half_weight(side: int) -> Array:
    """How often each frequency of a half plane stands in the whole plane."""
    weight = np.full((side, side // 2 + 1), 2.0)  # a column stands for itself and its conjugate,
    weight[:, 0] = 1.0  # but for those that are their own
    if side % 2 == 0:
        weight[:, -1] = 1.0
    return weight


def _half_radius(side: int) -> Array:
    """Frequency in cycles/pixel of a half plane."""
    return np.hypot(fft.fftfreq(side)[:, None], fft.rfftfreq(side))


@lru_cache(maxsize=8)
def _means(side: int) -> sparse.csr_array:
    """Means over parts of a flat half plane: its radial bins and, of even sides, `_period_two`'s.

    Each with the weight of the whole plane: [bins (+ 2), side · (side // 2 + 1)].
    """
    weight = _half_weight(side)
    parts = [sparse.csr_array((weight.ravel(), (_bins(side).ravel(), np.arange(weight.size))))]
    if side % 2 == 0:
        radius, half = _half_radius(side), side // 2
        peaks = np.zeros_like(weight)
        peaks[half, half] = peaks[half, 0] = peaks[0, half] = 1
        ring = weight * ((radius >= 0.45) & (radius < 0.5))
        parts += [sparse.csr_array(part.reshape(1, -1)) for part in (peaks, ring)]
    sums = sparse.vstack(parts, format="csr")
    return sparse.csr_array(sums.multiply(1 / sums.sum(axis=1)[:, None]))


def _check_spectra(*spectra: Array) -> tuple[Array, ...]:
    arrays = tuple(np.asarray(spectrum, np.float64) for spectrum in spectra)
    if len({array.shape for array in arrays}) > 1:
        raise ValueError(
            f"spectra of shapes {[array.shape for array in arrays]}: expected two of one image size"
        )
    for array in arrays:
        if not np.all(np.isfinite(array)) or np.any(array <= 0):
            raise ValueError(
                "spectrum with powers that are not finite and above 0: plain images have "
                "none; add the floor of 8-bit images, (1 / 255)**2 / 12, to both spectra"
            )
    return arrays


def _check_side(spectrum: Array, side: int) -> None:
    expected = (len(frequencies(side)),)
    if spectrum.shape != expected:
        raise ValueError(
            f"spectrum of shape {spectrum.shape} for a side of {side}: expected {expected}, the "
            "mean over image_spectra's rows"
        )
