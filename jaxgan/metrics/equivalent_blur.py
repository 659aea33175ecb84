"""Any score of a set as a blur in pixels: the Gaussian that does as much to real images.

Scores have units of their own and no meaning across data sets. Planting blurs of known size in real
images that nothing was trained on calibrates a score on the data at hand, and gives every score the
same unit. Where scores that look at different things agree on the pixels, blur is what they saw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np
from scipy.interpolate import PchipInterpolator

from jaxgan.metrics.checks import by_pieces, checked, eight_bits
from jaxgan.metrics.planting import blurred

__all__ = ["SIGMAS", "BlurSeries", "EquivalentBlur", "blur_series", "equivalent_blur"]

Array = np.ndarray
Outside = Literal["", "sharper than real", "softer than the series"]
SIGMAS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0)  # pixels


class EquivalentBlur(NamedTuple):
    """A blur that does to real images what a target score says of others."""

    sigma: float  # of the Gaussian, pixels; the nearer end of the series where `outside` says so
    outside: Outside  # "" where the target lies between the scores of the series


class BlurSeries(NamedTuple):
    """The scores, strictly rising or falling, of real images with planted blurs."""

    sigmas: Array  # float64 [K], pixels, from 0
    scores: Array  # float64 [K]

    def equivalent(self, target: float) -> EquivalentBlur:
        """The blur at which the series has the score `target`.

        Between the planted blurs, the inverse is a monotone cubic (Fritsch and Carlson 1980) of
        log(1 + σ²) over the score, or over its logarithm where all are positive: scores begin as
        σ², flat at 0, and end as powers of σ. A target beyond the real images' own score gives
        sigma 0 and "sharper than real": of a distance to real images, that is one nearer to them
        than the images of the series. One beyond the last score gives the last sigma, which is
        then only a lower bound. Raises ValueError for a target that is not finite.
        """
        if not np.isfinite(target):
            raise ValueError(f"target score {target}: expected a finite number")
        sign = np.sign(self.scores[-1] - self.scores[0])
        if sign * target < sign * self.scores[0]:
            return EquivalentBlur(0.0, "sharper than real")
        if sign * target > sign * self.scores[-1]:
            return EquivalentBlur(float(self.sigmas[-1]), "softer than the series")
        scores, at = self.scores, target
        if np.all(scores > 0):
            scores, at = np.log(scores), np.log(target)
        inverse = PchipInterpolator(sign * scores, np.log1p(self.sigmas**2))
        return EquivalentBlur(float(np.sqrt(np.expm1(inverse(sign * at)))), "")


def blur_series(
    score: Callable[[Array], float], real: Array, sigmas: Sequence[float] = SIGMAS
) -> BlurSeries:
    """Score real images [N, H, W, C] with every blur of `sigmas` planted, as 8-bit files hold them.

    One series serves any number of targets. `real` should be held out: neither trained on nor the
    reference of a score that is a distance; and as many as the images that the targets come
    from, where a score depends on the number. `score` is given float64 images in [0, 1].

    Raises ValueError for images that `checks.check_images` refuses, for sigmas that do not rise
    strictly from 0, and for scores that are not finite or neither rise nor fall strictly: such a
    score has no inverse, as a noise score on flat images.
    """
    real = checked(real, "real images")
    planted = np.asarray(sigmas, np.float64)
    if planted.ndim != 1 or len(planted) < 3 or planted[0] != 0 or not np.all(np.diff(planted) > 0):
        raise ValueError(f"sigmas {list(sigmas)}: expected three or more, rising strictly from 0")
    scores = np.array([float(score(_as_files(real, sigma))) for sigma in planted])
    if not np.all(np.isfinite(scores)) or abs(np.sign(np.diff(scores)).sum()) < len(scores) - 1:
        series = ", ".join(f"{y:.4g} at {x:g}" for x, y in zip(planted, scores, strict=True))
        raise ValueError(
            f"scores of planted blurs: {series} pixels; expected all finite and strictly rising or "
            "falling. This score cannot be read as a blur on these images: use another one, more "
            "images, or blurs further apart"
        )
    return BlurSeries(planted, scores)


def equivalent_blur(
    score: Callable[[Array], float],
    target: float,
    real: Array,
    sigmas: Sequence[float] = SIGMAS,
) -> EquivalentBlur:
    """The Gaussian blur, in pixels, with which `real` would have the score `target` of fakes.

    `score` maps images [N, H, W, C], float64 in [0, 1], to a number, as
    `lambda images: np.median(tenengrad(images))`; `target` is its value for the fakes, taken of
    8-bit images too. See `blur_series` on `real` and on the errors, and `BlurSeries.equivalent` on
    targets outside of the series.

    Interpolation errs by 0.03 pixels up to a sigma of 2.5 and 0.04 up to 3 (the scores of
    `sharpness` on MNIST, CIFAR-10 and shapes). Which images are in `real` matters more: with 200,
    another 200 with the same blur may read 0.1 to 0.3 pixels off, so give an interval over
    resamples. What is not blur is read as blur, too, by a score that sees it: lost contrast by
    Tenengrad, and by a distance every fault, even sharpening. The signed
    `gradient_distance(...).tail` is a better score than the distance, which near real images is
    lost in the error of sampling.
    """
    return blur_series(score, real, sigmas).equivalent(target)


def _as_files(images: Array, sigma: float) -> Array:
    """Blurred images as they come back from files, a piece at a time: float64."""
    return by_pieces(lambda some: eight_bits(blurred(some, sigma)), images)
