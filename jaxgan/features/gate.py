"""Whether a network's features see blur and noise at all: to be asked before they judge anything.

A classifier may have learned to look past both, and then its distances call soft samples good.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from jaxgan.features.network import FeatureNetwork
from jaxgan.metrics.checks import check_images, eight_bits
from jaxgan.metrics.frechet import frechet_distance
from jaxgan.metrics.planting import blurred, noised

__all__ = ["GateFigures", "GateResult", "gate"]

BLURS = (0.0, 0.5, 1.0, 2.0)  # sigma in pixels
NOISES = (0.0, 0.02, 0.05, 0.1)  # standard deviation, of white 1
SPLITS = 10  # of the real images into halves, for the distance that chance makes
CLEARANCE = 3.0  # how many times that distance half a pixel of blur has to be
FEWEST_IMAGES = 400

Array = np.ndarray


class GateFigures(NamedTuple):
    """Fréchet distances between one half of the real images and the other, in what state it is."""

    blur: dict[float, float]  # by sigma in pixels
    noise: dict[float, float]  # by standard deviation
    real_vs_real: float  # mean over random halves, both as they are
    real_vs_real_deviation: float  # over those halves
    images: int  # in each half; distances of other counts do not compare


class GateResult(NamedTuple):
    """What `gate` finds."""

    passed: bool
    reasons: tuple[str, ...]  # why not; () where it passed
    figures: GateFigures


def gate(network: FeatureNetwork, real_images: Array, rng: np.random.Generator) -> GateResult:
    """Ask of a network that its Fréchet distance grows with blur and with noise.

    Real images [N, H, W, C], uint8 or float in [0, 1], N from 400 (2000 to 4000 are right, since
    chance makes the smaller distances the more images there are), are cut into random halves.
    Each half, blurred by 0, .5, 1 and 2 pixels, or with noise of 0, .02, .05 and .1 added, and
    rounded to 8 bits, is compared with the other half as it is, and the two distances are averaged.
    The network passes where both series rise strictly, and the distance at half a pixel is more
    than 3 times the mean distance of 10 other random pairs of halves, left as they are. A network
    may fail with few images and pass with many: ask with as many as it will be used on.
    Raises ValueError for images that are none, or too few.
    """
    images = check_images(real_images, "real images", FEWEST_IMAGES)
    half = len(images) // 2
    order = rng.permutation(len(images))[: 2 * half]
    images, plain = images[order], network.apply(images[order])

    def distance(planted: Array) -> float:
        changed = network.apply(eight_bits(planted))
        # Both ways: chance differences of the halves, which the fault may lessen in one of them,
        # cancel out.
        first = frechet_distance(plain[:half], changed[half:])
        second = frechet_distance(plain[half:], changed[:half])
        return (first + second) / 2

    blur = {sigma: distance(blurred(images, sigma)) for sigma in BLURS}
    noise = {sigma: distance(noised(images, sigma, rng)) for sigma in NOISES}
    chance = _distances_of_halves(plain, half, rng)
    figures = GateFigures(blur, noise, float(chance.mean()), float(chance.std(ddof=1)), half)
    reasons = _objections(network.identity, figures)
    return GateResult(not reasons, reasons, figures)


def _distances_of_halves(features: Array, half: int, rng: np.random.Generator) -> Array:
    orders = [rng.permutation(len(features)) for _ in range(SPLITS)]
    return np.array(
        [frechet_distance(features[o[:half]], features[o[half : 2 * half]]) for o in orders]
    )


def _objections(name: str, figures: GateFigures) -> tuple[str, ...]:
    objections = []
    for kind, series in (("blur", figures.blur), ("noise", figures.noise)):
        values = list(series.values())
        if not all(a < b for a, b in pairwise(values)):
            listed = ", ".join(f"{value:.4g} at {size:g}" for size, value in series.items())
            objections.append(f"{name}: distances do not rise strictly with {kind}: {listed}")
    ratio = CLEARANCE * figures.real_vs_real
    if not figures.blur[0.5] > ratio:
        objections.append(
            f"{name}: half a pixel of blur makes a distance of {figures.blur[0.5]:.4g}, not more "
            f"than {CLEARANCE:g} times the {figures.real_vs_real:.4g} between real halves"
        )
    return tuple(objections)
