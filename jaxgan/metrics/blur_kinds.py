"""Which kind of blur fakes have: a Gaussian's, a defocused lens's, a running mean's, a motion's.

Where the Gaussian fit of `blur_fit` leaves a misfit, the blur may be of another shape. Each shape
is planted into real images, in the size that has the fakes' half-height (`transfer_height`) and in
sizes nearby, and the spectra by direction are compared with those of the fakes: contrast and white
noise are free. The shape whose spectra are nearest gives its name, if it is clearly nearer than a
Gaussian and near enough to be a blur of one kernel at all. What a few principal components leave,
a mixture of sharp and blurred images, an upsampler's copies or sharpening are not.

What it cannot do: shapes differ beyond the half-height, in what is left of high frequencies. Under
noise that hides that, or below about a pixel of half-height, they are all alike, and a Gaussian's
name is given to whatever is as near to one. Motions by more than a third of the side read short.
Where real images differ much among themselves, a mixture of sharp and soft ones may pass for a
slight Gaussian blur. Blurs of several shapes in one set are not told apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import least_squares

from jaxgan.metrics.blur_transfer import BlurTransfer
from jaxgan.metrics.checks import checked, luma
from jaxgan.metrics.kernels import box, convolved, disc, motion
from jaxgan.metrics.planting import blurred
from jaxgan.metrics.transfer_height import (
    DIRECTIONS,
    EIGHT_BIT_POWER,
    LOWEST_BIN,
    DirectionalHeight,
    directional_height,
    sector_spectra,
)

__all__ = ["KINDS", "BlurKind", "Candidate", "blur_kind"]

KINDS = ("gaussian", "disc", "box", "motion")
# Size over half-height sigma: 2.2151 / (2π · 0.18739) for a disc's radius, where 2 J1(x) / x is
# a half at 2.2151; 0.60335 / 0.18739 for a motion's length, where sin(πx) / (πx) is at 0.60335.
PER_SIGMA = {"gaussian": 1.0, "disc": 1.881, "box": 3.22, "motion": 3.22}
STEP = 0.12  # from one size to the next, in its logarithm
TURN = 4.0  # degrees, from one direction of motion to the next
ROUNDS = 2  # of searching the length and then the direction
MOVES = 12  # downhill at most, before the nearest of the sizes is taken as it is
SEARCHED, JUDGED = 2**17, 2**20  # pixels of real images that blurs are planted in
CLEARLY = 0.6  # of a Gaussian's residual, and less, is clearly nearer
FAR = 0.6  # nepers: beyond, not even that makes it a blur of the kind
NEAR = 0.12  # nepers, or
CHANCE = 1.5  # times what two sets of real images give: up to this, a Gaussian's residual is one
PLANTING_ERROR = 0.05  # nepers, of what planted blurs leave: other images, other pixel shapes

Array = np.ndarray


class Candidate(NamedTuple):
    """One kind of blur at its best."""

    size: float  # pixels: sigma, radius of the disc, width of the box, length of the motion
    degrees: float  # of a motion, counter-clockwise from horizontal, 0 … 180; 0 for others
    residual: float  # root mean square of the log power over sectors and bins, nepers


class BlurKind(NamedTuple):
    """What `blur_kind` finds."""

    kind: str  # of KINDS, or "none": no blur by one kernel, or none that is known
    size: float  # pixels, of that kind; of the nearest Gaussian if none
    degrees: float
    candidates: dict[str, Candidate]  # of every one of KINDS
    chance: float  # the residual that real images would have in the place of the fakes, nepers


def blur_kind(
    images: Array,
    real_rows: Array,
    fake_rows: Array,
    transfers: tuple[BlurTransfer, ...],
    noise: float = 0.0,
) -> BlurKind:
    """The kind of blur of fakes, from rows [N, 4, bins] and [M, 4, bins] of `sector_spectra`.

    `images` [N, H, W, C] are real ones, a million pixels of which have blurs planted in them;
    `transfers` are theirs (`sector_transfers`). `noise` in the fakes, if known, helps to find the
    size to start from; it is fitted again. Takes 0.5 to 1 s. To be asked where the Gaussian fit has
    a misfit that real images do not have.

    Raises ValueError for images that `check_images` refuses, for fewer than 2 rows of either, where
    noise leaves no frequency to see, and as `directional_height`.
    """
    real_rows, fake_rows = (np.asarray(rows, np.float64) for rows in (real_rows, fake_rows))
    for name, rows in (("real", real_rows), ("fake", fake_rows)):
        if rows.ndim != 3 or len(rows) < 2:
            raise ValueError(
                f"{name} rows of shape {rows.shape}: expected [N, 4, bins], N from 2, of "
                "sector_spectra"
            )
    images = np.asarray(images)
    real, fake = real_rows.mean(axis=0), fake_rows.mean(axis=0)
    height = directional_height(real, fake, images.shape[1], transfers, noise)
    if not all(math.isfinite(one.sigma) for one in (height.ring, *height.along)):
        raise ValueError("fakes: noise, or nothing, hides every frequency; their blur has no kind")
    few, many = (
        _Likeness.of(images, pixels, real_rows, fake_rows) for pixels in (SEARCHED, JUDGED)
    )
    candidates = {kind: _nearest(kind, height, few, many) for kind in KINDS}

    kind = min(KINDS, key=lambda kind: candidates[kind].residual)
    gaussian = candidates["gaussian"].residual
    if candidates[kind].residual > min(CLEARLY * gaussian, FAR):
        kind = "gaussian" if gaussian <= max(NEAR, CHANCE * many.chance) else "none"
    size, degrees, _ = candidates["gaussian" if kind == "none" else kind]
    return BlurKind(kind, size, degrees, candidates, many.chance)


class _Likeness(NamedTuple):
    """Real images to plant blurs in, and the fakes' spectra that are to be met."""

    planes: Array  # float32 [n, H, W, 1], luma
    log_sharp: Array  # [4, used bins], of these planes
    log_real: Array  # of all real images
    observed: Array  # log(S_f + q)
    variance: Array  # of log(S_f / S_r), by the number of images

    @classmethod
    def of(cls, images: Array, pixels: int, real_rows: Array, fake_rows: Array) -> _Likeness:
        """With about so many pixels of the images."""
        count = max(1, min(len(images), pixels // max(1, math.prod(images.shape[1:3]))))
        chosen = np.linspace(0, len(images) - 1, count).astype(int)
        planes = luma(checked(images[chosen]))[..., None].astype(np.float32)
        sharp, real, fake = (
            rows.mean(axis=0)[:, LOWEST_BIN:]
            for rows in (sector_spectra(planes), real_rows, fake_rows)
        )
        variance = sum(
            rows.var(axis=0)[:, LOWEST_BIN:] / (mean + EIGHT_BIT_POWER) ** 2 / len(rows)
            for rows, mean in ((real_rows, real), (fake_rows, fake))
        )
        observed = np.log(fake + EIGHT_BIT_POWER)
        return cls(planes, _log(sharp), _log(real), observed, np.asarray(variance))

    @property
    def weight(self) -> Array:
        """Of the sectors' bins, sum 1: less for those that few or unequal images make uncertain."""
        weight = 1 / (self.variance + PLANTING_ERROR**2)
        return weight / weight.sum()

    @property
    def chance(self) -> float:
        """The residual to be expected of real images in the place of fakes."""
        return math.sqrt(np.sum(self.weight * self.variance))

    def residual(self, kind: str, size: float, degrees: float) -> float:
        """Of the planted blur, at the contrast and noise that suit it best."""
        soft = sector_spectra(np.clip(_planted(self.planes, kind, size, degrees), 0, 1))
        left = _log(soft.mean(axis=0)[:, LOWEST_BIN:]) - self.log_sharp
        return _misfit(self.log_real + left, self.observed, self.weight)


def _planted(planes: Array, kind: str, size: float, degrees: float) -> Array:
    if kind == "gaussian":
        return blurred(planes, size)
    kernel = motion(size, degrees) if kind == "motion" else {"disc": disc, "box": box}[kind](size)
    return convolved(planes, kernel)


def _nearest(kind: str, height: DirectionalHeight, few: _Likeness, many: _Likeness) -> Candidate:
    """The size, and the direction if it is a motion, with the least residual."""
    if kind == "motion":
        return _nearest_motion(height, few, many)
    start = math.log(PER_SIGMA[kind] * height.ring.sigma)
    size = math.exp(_descent(lambda x: few.residual(kind, math.exp(x), 0.0), start, STEP))
    return Candidate(size, 0.0, many.residual(kind, size, 0.0))


def _nearest_motion(height: DirectionalHeight, few: _Likeness, many: _Likeness) -> Candidate:
    # In the direction φ, a motion by L towards θ has a half-height in proportion to L cos(θ - φ):
    # the neighbours of the sector with the largest, ± 45° from it, say how far θ is from there.
    sector = DIRECTIONS.index(height.direction)
    before, at, after = (height.along[(sector + turn) % 4].sigma for turn in (-1, 0, 1))
    length = PER_SIGMA["motion"] * at
    off = math.atan2(after - before, math.sqrt(2) * at)
    found = []
    # Many motions are along an axis: there, the length comes first, elsewhere the direction.
    for turn, step in ((off, STEP / 2), (0.0, STEP)):
        degrees, size = 45.0 * sector + math.degrees(turn), length / math.cos(turn)
        if turn:
            degrees = _nearer_direction(degrees, size, few)
        for _ in range(ROUNDS):
            size = _nearer_length(degrees, size, step, few)
            degrees = _nearer_direction(degrees, size, few)
        found.append((few.residual("motion", size, degrees), degrees, size))
    _, degrees, size = min(found)
    return Candidate(size, degrees % 180, many.residual("motion", size, degrees))


def _nearer_direction(degrees: float, length: float, few: _Likeness) -> float:
    return _descent(lambda x: few.residual("motion", length, x), degrees, TURN)


def _nearer_length(degrees: float, length: float, step: float, few: _Likeness) -> float:
    return math.exp(
        _descent(lambda x: few.residual("motion", math.exp(x), degrees), math.log(length), step)
    )


def _descent(function: Callable[[float], float], start: float, step: float) -> float:
    """Where a minimum near `start` lies: downhill by steps, then by the parabola of squares."""
    known: dict[float, float] = {move: function(start + move * step) for move in (-1, 0, 1)}
    for _ in range(MOVES):
        best = min(known, key=lambda move: known[move])
        missing = {best - 1, best + 1} - set(known)
        if not missing:
            break
        known.update({move: function(start + move * step) for move in missing})
    best = min(known, key=lambda move: known[move])
    if not {best - 1, best + 1} <= set(known):
        return start + best * step
    before, at, after = (known[best + move] ** 2 for move in (-1, 0, 1))
    bend = before - 2 * at + after
    between = best + (0.5 * (before - after) / bend if bend > 0 else 0)
    known[between] = function(start + between * step)  # a parabola does not always fit
    return start + step * min(best, between, key=lambda move: known[move])


def _misfit(expected: Array, observed: Array, weight: Array) -> float:
    """Weighted root mean square of log(g² S + t² + q) - observed, for the best g and t."""
    root = np.sqrt(weight)

    def residual(x: Array) -> Array:
        return (root * (np.logaddexp(x[0] + expected, x[1]) - observed)).ravel()

    def jacobian(x: Array) -> Array:
        share = 1 / (1 + np.exp(x[1] - x[0] - expected))
        return np.stack([(root * share).ravel(), (root * (1 - share)).ravel()], axis=1)

    floor = math.log(EIGHT_BIT_POWER)
    gain = float(np.median((observed - expected)[:, :3]))
    starts = [(gain, max(observed.min() - down, floor + 1e-3)) for down in (0.1, 3.0)]
    fits = [least_squares(residual, start, jacobian, ([-20, floor], [20, 2.0])) for start in starts]
    return math.sqrt(min(2 * fit.cost for fit in fits))


def _log(power: Array) -> Array:
    return np.log(np.maximum(power, EIGHT_BIT_POWER * 1e-3))
