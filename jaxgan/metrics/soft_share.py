"""How many of a set of fakes are too soft, and how soft: a mixture of two laws of `softness`.

The mean spectrum of a set cannot tell a little blur in all images from much of it in some. Here
every image counts for itself. The softness of real images, and of the same images under planted
blurs, is the law of fakes as sharp as they are, and of fakes blurred by a Gaussian of any radius.
The fakes are taken for a mixture,

    (1 - share) · law of real images + share · law of real images blurred by one radius,

fitted by its likelihood over bins of softness.

The planted images must have what else is wrong with the fakes (noise, contrast, rounding to 8
bits), or noise is taken for sharpness. And fakes of other things than the real images, of softer
ones, are taken for blurred: a set of smooth pictures chosen from the real ones is not sharp.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.interpolate import PchipInterpolator

__all__ = [
    "SOFT",
    "SoftLaws",
    "SoftPart",
    "calibrated",
    "has_scale",
    "soft_part",
    "softer_share",
    "softness_scale",
]

BINS = 40  # of equally many planted readings each
RADII = 36  # tried, evenly spaced
SMALLEST_RADIUS, LARGEST_RADIUS = 0.5, 4.0  # pixels; below, chance alone looks like a blur of many
SOFT = 0.95  # of real images are less soft than what counts as softer
HALVINGS = 12  # of the interval that holds the likeliest share: to 1.2e-4
LEAST_COUNT = 0.5  # images, added to each bin: what few real images do not show may still be

Array = np.ndarray


class SoftPart(NamedTuple):
    """The part of the fakes that is too soft."""

    share: float  # 0 … 1
    radius: float  # pixels, of the Gaussian that makes real images as soft; means little at share 0


class SoftLaws(NamedTuple):
    """Where the softness of each real image falls under each blur: made once, to fit many fakes."""

    edges: Array  # float64 [bins - 1], rising, between the bins of softness
    radii: Array  # float64 [R], pixels: 0, and those that are tried
    bins: Array  # int64 [R, N], of the N real images under each radius

    @classmethod
    def planted(cls, series: Array, sigmas: Array) -> SoftLaws:
        """From the softness [K, N] of N real images under Gaussian blurs of `sigmas` [K] pixels.

        Sigmas rise from 0 to 1 pixel or more; 0, 0.5, 1, 1.5, 2, 3, 4 do. Between them, each
        image's own readings are interpolated, over the variance. Radii from 0.5 to 4 pixels are
        tried, or to the last of the sigmas. Raises ValueError for other shapes and sigmas.
        """
        series, sigmas = _planted(series, sigmas)
        tried = np.linspace(SMALLEST_RADIUS, min(LARGEST_RADIUS, sigmas[-1]), RADII)
        radii = np.append(0.0, tried)
        readings = PchipInterpolator(sigmas**2, series, axis=0)(radii**2)
        edges = np.unique(np.quantile(readings, np.arange(1, BINS) / BINS))
        return cls(edges, radii, np.searchsorted(edges, readings))

    def part(self, fakes: Array, weights: Array | None = None) -> SoftPart:
        """Share and radius of the softness of fakes [M]: as `soft_part`, in half a millisecond."""
        fakes, weights = _readings(fakes), _weights(weights, self.bins.shape[1])
        counts = np.bincount(np.searchsorted(self.edges, fakes), minlength=len(self.edges) + 1)
        laws = self._laws(weights)
        shares, gains = _likeliest_shares(counts, laws[1:] / laws[0] - 1)
        chances = np.exp(gains - gains.max())
        chances /= chances.sum()
        share = min(chances @ shares, 1.0)  # which rounding may exceed
        if share == 0:
            return SoftPart(0.0, 0.0)
        return SoftPart(float(share), float((chances * shares) @ self.radii[1:] / share))

    def _laws(self, weights: Array) -> Array:
        """Chance of each bin under each radius: [R, bins]."""
        count, bins = len(self.radii), len(self.edges) + 1
        places = self.bins + bins * np.arange(count)[:, None]
        repeated = np.broadcast_to(weights, self.bins.shape)
        counts = np.bincount(places.ravel(), repeated.ravel(), count * bins).reshape(count, bins)
        smoothed = counts + LEAST_COUNT
        return smoothed / smoothed.sum(axis=1, keepdims=True)


def soft_part(series: Array, sigmas: Array, fakes: Array, weights: Array | None = None) -> SoftPart:
    """Which share of the fakes is too soft, and the radius that makes real images as soft.

    `series` [K, N] is the softness of real images under Gaussian blurs of `sigmas` [K] pixels (see
    `SoftLaws.planted`), `fakes` [M] that of the fakes; `weights` [N], 0 or more, say how much each
    real image counts, None for all alike. Every radius from 0.5 to 4 pixels has a likeliest share;
    both numbers are means over the radii, by the likelihood of each (the radius by share, too).
    Where the radius is clear, that is the maximum of the likelihood. Where it is not, as for fakes
    that are not too soft at all, the maximum alone would be any share of a blur that nobody sees.

    Fakes sharper than real ones count as not too soft. Compare the share with what real images
    give among themselves, as it is never below 0. Blurs of less than half a pixel are
    not looked for: of all fakes, they read as half a pixel of a part of them. Those of more than
    the last sigma read as that one. Several blurs at once read as one between.

    Raises ValueError for arrays of other shapes, numbers that are not finite, and bad weights.
    """
    return SoftLaws.planted(series, sigmas).part(fakes, weights)


def softer_share(real: Array, fakes: Array, weights: Array | None = None) -> float:
    """Share of fakes [M] that are softer than 95 % of real images [N]: 0.05 where they are alike.

    `weights` [N], 0 or more, say how much each real image counts. Raises ValueError as `soft_part`.
    """
    real, fakes = _readings(real), _readings(fakes)
    weights = _weights(weights, len(real))
    order = np.argsort(real)
    below = np.cumsum(weights[order])
    place = np.searchsorted(below, SOFT * below[-1] * (1 - 1e-12))
    return float(np.mean(fakes > real[order][place]))


def has_scale(series: Array) -> bool:
    """Whether any blur raises the median softness of real images, `series` [K, N] from no blur on.

    None does where the images have the noise of very noisy fakes, and noise is all that is seen.
    """
    medians = np.median(series, axis=1)
    return bool(np.max(medians[1:]) > medians[0])


def softness_scale(series: Array, sigmas: Array) -> tuple[Array, Array]:
    """Blurs in pixels, and the median softness of real images under each: both [k], rising.

    Of `series` [K, N] at `sigmas` [K], those at which the median rises; beside noise, large blurs
    look no softer. Raises ValueError as `soft_part`, and where no blur raises the median.
    """
    series, sigmas = _planted(series, sigmas)
    if not has_scale(series):
        raise ValueError("series: no blur makes the real images softer; there is no scale")
    medians = np.median(series, axis=1)
    rising = np.append(True, medians[1:] > np.maximum.accumulate(medians)[:-1])
    return sigmas[rising], medians[rising]


def calibrated(series: Array, sigmas: Array, values: Array) -> Array:
    """Radius of a blur for each softness [M], in pixels: float64 [M], by the real images' medians.

    The curve runs through the medians of `series` [K, N] at `sigmas` [K], over the variance, and
    is monotone; where medians stop rising, it ends. What is sharper than the real median has a
    negative variance, on the line through the first two points, and reads minus its root, as
    `blur_fit.BlurFit.radius` does; what is beyond the end reads the end, and on the other side
    minus the end. Half of the real images read below 0: it is a scale for images, not a verdict.

    Raises ValueError as `soft_part`, and where no blur raises the median.
    """
    values = _readings(values)
    radii, medians = softness_scale(series, sigmas)
    variances = radii**2
    variance = PchipInterpolator(medians, variances)(np.clip(values, medians[0], medians[-1]))
    slope = (variances[1] - variances[0]) / (medians[1] - medians[0])
    variance += slope * np.minimum(values - medians[0], 0)
    return np.sign(variance) * np.minimum(np.sqrt(np.abs(variance)), np.sqrt(variances[-1]))


def _likeliest_shares(counts: Array, excess: Array) -> tuple[Array, Array]:
    """For each radius the likeliest share, and log likelihood over that of share 0: each [R].

    With the blurred law over the real one, less 1, as `excess` [R, bins], the log likelihood is
    Σ counts · log(1 + share · excess). It is concave: its slope falls, and is halved in on.
    """
    seen = counts > 0
    counts, excess = counts[seen].astype(np.float64), excess[:, seen]
    low, high = np.zeros(len(excess)), np.ones(len(excess))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        rises = (excess / (1 + middle[:, None] * excess)) @ counts > 0
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    shares = np.where(low == 0, 0.0, np.where(high == 1, 1.0, (low + high) / 2))
    return shares, np.log1p(shares[:, None] * excess) @ counts


def _planted(series: Array, sigmas: Array) -> tuple[Array, Array]:
    series, sigmas = np.asarray(series, np.float64), np.asarray(sigmas, np.float64)
    if sigmas.ndim != 1 or series.ndim != 2 or len(series) != len(sigmas) or not series.size:
        raise ValueError(
            f"series of shape {series.shape} for sigmas of shape {sigmas.shape}: expected [K, N] "
            "and [K], the softness of N real images under each blur"
        )
    if not (np.all(np.isfinite(series)) and np.all(np.isfinite(sigmas))):
        raise ValueError("series or sigmas: NaN or infinity; expected finite numbers")
    if sigmas[0] != 0 or np.any(np.diff(sigmas) <= 0) or sigmas[-1] < 1:
        raise ValueError(f"sigmas {sigmas}: expected to rise from 0 to 1 pixel or more")
    return series, sigmas


def _readings(values: Array) -> Array:
    values = np.asarray(values, np.float64)
    if values.ndim != 1 or not len(values) or not np.all(np.isfinite(values)):
        raise ValueError(
            f"softness of shape {values.shape}: expected [N], N from 1, of finite numbers"
        )
    return values


def _weights(weights: Array | None, count: int) -> Array:
    """Of mean 1, float64 [count]."""
    if weights is None:
        return np.ones(count)
    weights = np.asarray(weights, np.float64)
    if weights.shape != (count,):
        raise ValueError(f"weights of shape {weights.shape}: expected one a real image, ({count},)")
    if not np.all(np.isfinite(weights)) or np.any(weights < 0) or not weights.any():
        raise ValueError("weights: expected finite numbers, 0 or more, and one above 0")
    return weights / weights.mean()
