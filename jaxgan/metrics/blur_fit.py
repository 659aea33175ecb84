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
from jaxgan.metrics.spectrum import frequencies, image_spectra

__all__ = ["BlurFit", "BlurModel", "blur", "fit_blur"]

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
TRIED_VARIANCES = (-0.1, 0.0, 0.1, 0.5, 1.5, 4.0, 9.0, 16.0)  # pixels², to start from
STARTS = 3
MOST_STEPS = 60
FINISHED = 1e-7  # of the loss: a step that gains less is the last
LEAST_DAMPING, MOST_DAMPING, LEAST_CURVATURE = 1e-9, 1e7, 1e-12

Array = np.ndarray


class BlurFit(NamedTuple):
    """What `fit_blur` finds."""

    variance: float  # v of the Gaussian, -0.6 … 25 pixels²; below 0 for fakes sharper than real
    radius: float  # pixels: the root of |v|, with v's sign
    noise: float  # t, standard deviation of white noise, pixels in [0, 1]; 0.0011 is rounding
    contrast: float  # g, of fakes over real
    misfit: float  # root mean square residual of the log power, nepers


class BlurModel(NamedTuple):
    """Real images to fit fakes to: the logarithm of their power, and what a blur makes of it."""

    log_power: Array  # float64 [used bins], of real images
    transfer: BlurTransfer  # of the same bins

    def fit(self, observed: Array, starts: list[Array]) -> BlurFit:
        """The best of the fits to log(S_f + q) [used bins] from several points."""
        found = min((self._from(observed, start) for start in starts), key=lambda fit: fit[0])
        _, (gain, variance, power), misfit = found
        radius = math.copysign(math.sqrt(abs(variance)), variance)
        noise = math.sqrt(max(math.exp(power) - EIGHT_BIT_POWER, 0.0))
        return BlurFit(variance, radius, noise, math.exp(gain / 2), misfit)

    def starts(self, observed: Array) -> list[Array]:
        """The three most promising ones of a coarse grid over v and t, g by the lowest bins."""
        least = max(observed.min(), LOWER[2] + 0.2)
        noises = np.array(
            [LOWER[2] + 0.1, least - 0.1, max(least - 1, LOWER[2] + 0.1), np.median(observed)]
        )
        blurred = np.stack([self.log_power + self.transfer(v)[0] for v in TRIED_VARIANCES])
        signal = np.maximum(np.exp(observed) - np.exp(noises)[:, None], EIGHT_BIT_POWER / 10)
        gains = np.median((np.log(signal) - blurred[:, None])[..., :6], axis=2)
        fitted = np.logaddexp(gains[..., None] + blurred[:, None], noises[:, None])
        costs = np.sum(np.sqrt(1 + ((fitted - observed) / SOFT_L1_SCALE) ** 2), axis=2)
        best = np.argsort(costs, axis=None, kind="stable")[:STARTS]
        places = zip(*np.unravel_index(best, costs.shape), strict=True)
        return [np.array([gains[v, n], TRIED_VARIANCES[v], noises[n]]) for v, n in places]

    def signal(self, fit: BlurFit) -> float:
        """Power of the picture over that of the noise, in the bin where it is greatest."""
        power = np.max(self.log_power + self.transfer(fit.variance)[0])
        return math.exp(power) * fit.contrast**2 / (fit.noise**2 + EIGHT_BIT_POWER)

    def _from(self, observed: Array, start: Array) -> tuple[float, tuple[float, ...], float]:
        """Levenberg's and Marquardt's descent within the bounds: cost, unknowns, misfit.

        SciPy's `least_squares` takes three times as long, and a card asks for a thousand. The
        weights are those of the soft-L1 loss, 2 (sqrt(1 + z) - 1) of z = (r / c)². An unknown that
        is at a bound, and would leave it, is held there: clipping the step alone stalls.
        """
        x = np.clip(start, LOWER + 1e-6, UPPER - 1e-6)
        residual, slopes = self._at(x, observed)
        cost, damping = _soft(residual), 1e-3
        for _ in range(MOST_STEPS):
            weighted = slopes / np.sqrt(1 + (residual / SOFT_L1_SCALE) ** 2)
            slope = weighted @ residual
            stuck = ((x <= LOWER) & (slope > 0)) | ((x >= UPPER) & (slope < 0))
            free = np.where(stuck[:, None], 0.0, slopes)
            slope = np.where(stuck, 0.0, slope)
            curvature = np.where(stuck[:, None], 0.0, weighted) @ free.T
            held = np.diag(damping * np.maximum(np.diag(curvature), LEAST_CURVATURE))
            step = np.linalg.solve(curvature + held, slope)
            tried = np.minimum(np.maximum(x - step, LOWER), UPPER)
            next_residual, next_slopes = self._at(tried, observed)
            next_cost = _soft(next_residual)
            if next_cost >= cost:
                damping *= 10
                if damping > MOST_DAMPING:
                    break
                continue
            done = cost - next_cost < FINISHED * cost
            x, residual, slopes, cost = tried, next_residual, next_slopes, next_cost
            damping = max(damping / 10, LEAST_DAMPING)
            if done:
                break
        return cost, tuple(x.tolist()), math.sqrt(float(residual @ residual) / len(residual))

    def _at(self, x: Array, observed: Array) -> tuple[Array, Array]:
        """Residuals [bins] and their derivatives [3, bins] in log g², v and log(t² + q)."""
        log_transfer, slope = self.transfer(float(x[1]))
        picture = x[0] + self.log_power + log_transfer
        total = np.logaddexp(picture, x[2])
        share = np.exp(picture - total)
        return total - observed, np.stack([share, share * slope, 1 - share])


def _soft(residual: Array) -> float:
    """The soft-L1 loss, up to a factor."""
    return float(np.sum(np.sqrt(1 + (residual / SOFT_L1_SCALE) ** 2) - 1))


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
    start: BlurFit | None = None,
    tries: int = STARTS,
) -> BlurFit:
    """The fit to mean radial spectra [bins] (`image_spectra`) of images `side` pixels wide.

    Soft-L1 least squares of log power over the bins 2 … side / 2; what lies below the power of
    8-bit rounding does not count. `transfer` is best measured on the real images; None takes the
    formula, which reads large blurs of small images low. From `start`, a fit much like this
    one, it takes 1 ms; without, the best of `tries` starts (1 … 3) is taken, in 20 ms.

    Raises ValueError for spectra of another length or that are not finite, for sides below 16
    pixels, for a set of plain images without any detail and for fakes of noise alone.
    """
    model = model_of(real_spectrum, side, transfer)
    observed = observed_power(fake_spectrum, side)
    fit = model.fit(
        observed, model.starts(observed)[:tries] if start is None else [warm_start(start, observed)]
    )
    if model.signal(fit) < LEAST_SIGNAL:
        raise ValueError(
            f"fake spectrum: flat, white noise of deviation {fit.noise:.3g} and no picture in it; "
            "a blur cannot be measured: the generator is untrained or has diverged"
        )
    return fit


def model_of(real_spectrum: Array, side: int, transfer: BlurTransfer | None) -> BlurModel:
    """The model that fakes are fitted to; None takes the formula for T."""
    power = powers(real_spectrum, side, "real spectrum")
    log_power = np.log(np.maximum(power, EIGHT_BIT_POWER / 1000))
    transfer = gaussian_transfer(side) if transfer is None else transfer
    if transfer.coefficients.shape[2] != len(frequencies(side)):
        raise ValueError(
            f"transfer of {transfer.coefficients.shape[2]} bins for a side of {side}: expected "
            f"{len(frequencies(side))}; measure it on images of that side"
        )
    return BlurModel(log_power, transfer.of_bins(used_bins(side)))


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


def warm_start(near: BlurFit, observed: Array) -> Array:
    """The unknowns to start with near a known fit, to fakes of log(S_f + q) `observed`.

    With a noise that shows a little: from none at all, its logarithm has no slope to follow.
    """
    noise = max(math.log(near.noise**2 + EIGHT_BIT_POWER), observed.min() - 3)
    return np.array([2 * math.log(near.contrast), near.variance, noise])
