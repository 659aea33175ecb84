"""The blur of a set of fakes in pixels, from its power spectrum against that of real images.

Fakes that are real images at the contrast g, under a Gaussian blur of variance v pixels² and white
noise of deviation t, have at the frequency f the mean power

    S_f(f) = g² S_r(f) T(f, v) + t²,    T(f, v) = exp(-4π² v f²)

(T as the window shows it: `blur_transfer`). No pairs, labels or network are needed, and blur is
told from noise, where scores of sharpness take the one for a lack of the other. The misfit says
whether the difference is of this kind at all: an unsharp mask, the grid of an upsampler or a set
half sharp and half blurred is not.

What it cannot do: blur and noise of less than about 0.2 pixels and 0.02 are traded for each other,
most of all where the real spectrum is steep, so that v and t are to be read against the band that
real images give among themselves (`blur_bands.null_band`). Clipping to [0, 1] takes noise away:
where most pixels are black, t reads low and v below 0.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from jaxgan.metrics.blur_transfer import BlurTransfer, gaussian_transfer, measured_transfer
from jaxgan.metrics.checks import check_pair, eight_bits
from jaxgan.metrics.descent import descend
from jaxgan.metrics.spectrum import frequencies, image_spectra

__all__ = ["BlurFit", "BlurModel", "blur", "fit_blur", "fit_blurs"]

EIGHT_BIT_POWER = (1 / 255) ** 2 / 12
"""Power q of rounding to 8 bits. It is added to S_f and to its model, so that what lies below does
not count: there, smooth images have what rounding leaves of them, which is no white noise."""

SMALLEST_SIDE = 16  # pixels: 7 bins for 3 unknowns
LOWEST_BIN = 2  # below, the window mixes in the brightness of the images
SOFT_L1_SCALE = 0.1  # nepers: residuals below count by their square, those above by their size
LEAST_SIGNAL = 0.1  # of the noise's power, in the best bin: with less there is no blur to be seen

# log g², v, log(t² + q)
LOWER = np.array([-14.0, -0.6, math.log(EIGHT_BIT_POWER)])
UPPER = np.array([7.0, 25.0, 0.0])
TRIED_VARIANCES = np.array([-0.1, 0.0, 0.1, 0.5, 1.5, 4.0, 9.0, 16.0])  # pixels², to start from
STARTS = 3

Array = np.ndarray


class BlurFit(NamedTuple):
    """What `fit_blur` finds."""

    variance: float  # v of the Gaussian, -0.6 … 25 pixels²; below 0 for fakes sharper than real
    radius: float  # pixels: the root of |v|, with v's sign
    noise: float  # t, standard deviation of white noise, pixels in [0, 1]; 0.0011 is rounding
    contrast: float  # g, of fakes over real
    misfit: float  # root mean square residual of the log power, nepers


class BlurModel(NamedTuple):
    """Real images that K sets of fakes are fitted to, and what a blur makes of their power."""

    log_power: Array  # float64 [K, used bins], of real images
    transfer: BlurTransfer  # of the same bins

    def fit(self, observed: Array, starts: Array) -> list[BlurFit]:
        """The best of the fits to log(S_f + q) [K, used bins] from several points [K, S, 3]."""
        count, several = starts.shape[:2]
        of = np.repeat(np.arange(count), several)  # which set each descent is of

        def at(x: Array, which: Array) -> tuple[Array, Array]:
            return self._at(x, of[which], observed)

        found = descend(at, starts.reshape(-1, 3), LOWER, UPPER, SOFT_L1_SCALE)
        best = np.arange(count) * several + found.cost.reshape(count, several).argmin(axis=1)
        misfit = np.sqrt(np.mean(found.residual[best] ** 2, axis=1))
        unknowns = zip(*found.x[best].T.tolist(), misfit.tolist(), strict=True)
        return [_fit_of(*numbers) for numbers in unknowns]

    def starts(self, observed: Array, tries: int) -> Array:
        """The most promising points [K, tries, 3] of a coarse grid over v and t, g by low bins."""
        least = np.maximum(observed.min(axis=1), LOWER[2] + 0.2)
        some = np.full_like(least, LOWER[2] + 0.1)
        noises = np.stack(
            [some, least - 0.1, np.maximum(least - 1, some), np.median(observed, axis=1)]
        ).T[:, None, :, None]  # [K, 1, noises, 1]
        blurred = (self.log_power[:, None] + self.transfer(TRIED_VARIANCES)[0])[:, :, None]
        signal = np.exp(observed)[:, None, None] - np.exp(noises)
        signal = np.log(np.maximum(signal, EIGHT_BIT_POWER / 10))
        gains = np.median((signal - blurred)[..., :6], axis=3, keepdims=True)
        fitted = np.logaddexp(gains + blurred, noises) - observed[:, None, None]
        costs = np.sum(np.sqrt(1 + (fitted / SOFT_L1_SCALE) ** 2), axis=3)
        best = np.argsort(costs.reshape(len(costs), -1), axis=1, kind="stable")[:, :tries]
        grid = np.broadcast_arrays(gains, TRIED_VARIANCES[:, None, None], noises)
        points = np.stack(grid, axis=-1).reshape(len(costs), -1, 3)
        return np.take_along_axis(points, best[:, :, None], axis=1)

    def signal(self, fits: list[BlurFit]) -> Array:
        """Power of the picture over that of the noise, in the bin where it is greatest: [K]."""
        variance, _, noise, contrast, _ = np.array(fits).T
        power = np.max(self.log_power + self.transfer(variance)[0], axis=1)
        return np.exp(power) * contrast**2 / (noise**2 + EIGHT_BIT_POWER)

    def _at(self, x: Array, of: Array, observed: Array) -> tuple[Array, Array]:
        """Residuals [k, bins] and their derivatives [k, 3, bins] in log g², v and log(t² + q)."""
        log_transfer, slope = self.transfer(x[:, 1])
        picture = x[:, :1] + self.log_power[of] + log_transfer
        total = np.logaddexp(picture, x[:, 2:])
        share = np.exp(picture - total)
        return total - observed[of], np.stack([share, share * slope, 1 - share], axis=1)


def _fit_of(gain: float, variance: float, power: float, misfit: float) -> BlurFit:
    radius = math.copysign(math.sqrt(abs(variance)), variance)
    noise = math.sqrt(max(math.exp(power) - EIGHT_BIT_POWER, 0.0))
    return BlurFit(variance, radius, noise, math.exp(gain / 2), misfit)


def blur(real: Array, fake: Array) -> BlurFit:
    """The fit to images [N, H, W, C] in [0, 1], square, 16 pixels or more; any N from 2.

    They are rounded to 8 bits first, as files would be, and T is measured on the real ones.
    Raises ValueError as `check_pair`, `image_spectra` and `fit_blur`.
    """
    real, fake = (eight_bits(images) for images in check_pair(real, fake))
    real_spectrum, fake_spectrum = (image_spectra(images).mean(axis=0) for images in (real, fake))
    return fit_blur(real_spectrum, fake_spectrum, real.shape[1], measured_transfer(real))


def fit_blur(
    real_spectrum: Array,
    fake_spectrum: Array,
    side: int,
    transfer: BlurTransfer | None = None,
    tries: int = STARTS,
) -> BlurFit:
    """The fit to mean radial spectra [bins] (`image_spectra`) of images `side` pixels wide.

    As `fit_blurs` of one set of fakes.
    """
    real, fake = (np.asarray(spectrum)[None] for spectrum in (real_spectrum, fake_spectrum))
    return fit_blurs(real, fake, side, transfer, tries=tries)[0]


def fit_blurs(
    real_spectra: Array,
    fake_spectra: Array,
    side: int,
    transfer: BlurTransfer | None = None,
    *,
    near: BlurFit | None = None,
    tries: int = STARTS,
) -> list[BlurFit]:
    """The fits to K mean radial spectra [K, bins] of real images and fakes, `side` pixels wide.

    Soft-L1 least squares of log power over the bins 2 … side / 2; what lies below the power of
    8-bit rounding does not count. `transfer` is best measured on the real images; None takes the
    formula, which reads large blurs of small images low. The best of `tries` starts (1 … 3) is
    taken, or where all are much like a known fit, the one from there.

    Raises ValueError for spectra of another length or that are not finite, for sides below 16
    pixels, for a set of plain images without any detail and, without a known fit, for fakes of
    noise alone.
    """
    power = np.stack([powers(spectrum, side, "real spectrum") for spectrum in real_spectra])
    observed = np.stack([observed_power(spectrum, side) for spectrum in fake_spectra])
    model = BlurModel(np.log(np.maximum(power, EIGHT_BIT_POWER / 1000)), _transfer(transfer, side))
    if near is not None:
        return model.fit(observed, _warm_starts(near, observed))
    fits = model.fit(observed, model.starts(observed, tries))
    signal = model.signal(fits)
    if np.any(signal < LEAST_SIGNAL):
        noise = fits[int(signal.argmin())].noise
        raise ValueError(
            f"fake spectrum: flat, white noise of deviation {noise:.3g} and no picture in it; "
            "a blur cannot be measured: the generator is untrained or has diverged"
        )
    return fits


def _transfer(transfer: BlurTransfer | None, side: int) -> BlurTransfer:
    """Of the bins that are fitted; the formula for None."""
    transfer = gaussian_transfer(side) if transfer is None else transfer
    if transfer.coefficients.shape[2] != len(frequencies(side)):
        raise ValueError(
            f"transfer of {transfer.coefficients.shape[2]} bins for a side of {side}: expected "
            f"{len(frequencies(side))}; measure it on images of that side"
        )
    return transfer.of_bins(used_bins(side))


def observed_power(fake_spectrum: Array, side: int) -> Array:
    """log(S_f + q) in the bins that are fitted."""
    return np.log(powers(fake_spectrum, side, "fake spectrum") + EIGHT_BIT_POWER)


def powers(spectrum: Array, side: int, name: str) -> Array:
    """The power in the bins that are fitted; refuses what `fit_blur` does."""
    if side < SMALLEST_SIDE:
        raise ValueError(f"images of {side} pixels a side: expected {SMALLEST_SIDE} or more")
    power = np.asarray(spectrum, np.float64)
    expected = (len(frequencies(side)),)
    if power.shape != expected:
        raise ValueError(
            f"{name} of shape {power.shape} for a side of {side}: expected {expected}, the mean "
            "over image_spectra's rows"
        )
    if not np.all(np.isfinite(power)) or np.any(power < 0):
        raise ValueError(f"{name}: powers that are not finite or below 0")
    power = power[used_bins(side)]
    if power.max() <= EIGHT_BIT_POWER:
        raise ValueError(
            f"{name}: no power above that of 8-bit rounding, {EIGHT_BIT_POWER:.3g}; the images are "
            "plain and a blur cannot be measured: is the generator untrained, has it collapsed?"
        )
    return power


def used_bins(side: int) -> slice:
    """From the lowest bin without the images' brightness to Nyquist."""
    return slice(LOWEST_BIN, side // 2 + 1)


def _warm_starts(near: BlurFit, observed: Array) -> Array:
    """The unknowns [K, 1, 3] to start with near a known fit, to fakes of `observed` [K, bins].

    With a noise that shows a little: from none at all, its logarithm has no slope to follow.
    """
    noise = np.maximum(math.log(near.noise**2 + EIGHT_BIT_POWER), observed.min(axis=1) - 3)
    start = np.empty((len(observed), 1, 3))
    start[:, 0] = 2 * math.log(near.contrast), near.variance, 0.0
    start[:, 0, 2] = noise
    return start
