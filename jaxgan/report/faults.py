"""What real images themselves score once they are as blurred, noisy and pale as some fakes.

Blur, noise and contrast move every other score. Blur rounds a spectrum off at the floor of 8 bits,
where grids seem to stand out; it draws images nearer to each other, so that few of them reach much
of the data, and lie near to training images that they are no copies of. So what else is wrong with
fakes is judged beside real images with the faults that the spectral fit has found.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from jaxgan.metrics.checks import as_file
from jaxgan.metrics.planting import blurred, contrasted, noised
from jaxgan.report.card import Measured
from jaxgan.report.instruments import Instrument, Rows, band_of, chosen, splits, spread, widening

__all__ = ["Faults", "explained", "fitted_faults", "planted", "white_noise",
           "with_noise_of"]  # fmt: skip

SPLITS = 20
MISFIT_OF_PALE = 0.07  # nats above real images', that lost contrast may leave
LEAST_MEDIAN = 0.002  # by which the median noise bears out that of the fit, at least
LEAST_UNSEEN, MOST_UNSEEN = 0.008, 0.015  # of noise, that the fit may take for detail
LEAST_BORNE_OUT = 0.15  # of the fit's noise; clipping takes much of it from the median
ROUGH = 0.04  # median noise of real images whose content is as rough as noise
CLIPPED, ROUNDS = 300, 3  # real images that noise is tried on, and how often
MOST_CLIPPED = 4.0  # times the fit's noise, beyond which it is not white noise that is seen
CHUNK = 256  # images that faults are planted into at a time

Array = np.ndarray


class Faults(NamedTuple):
    """What is to be planted into real images."""

    radius: float = 0.0  # sigma of a Gaussian blur, pixels
    noise: float = 0.0  # deviation of white noise, of the range [0, 1]
    contrast: float = 1.0  # gain

    @property
    def any(self) -> bool:
        """Whether there is anything to plant."""
        return self != Faults()


LEAST = Faults(radius=0.2, noise=0.005, contrast=0.05)
"""Sizes below which nothing is planted; of the contrast, how far it is from 1."""


def fitted_faults(scores: Mapping[str, Measured]) -> Faults:
    """The blur, noise and contrast of the spectral fit, as far as they lie outside of their bands.

    Contrast is believed where the fit leaves no misfit: half of a set blurred looks pale to it.
    Noise needs the median noise above what is expected: what is left of a misfit ends in the fit's.
    """
    radius, gain = scores["blur_radius"], scores["contrast"]
    misfit = scores["misfit"]
    pale = abs(gain.surprise) > 1 and misfit.value - (misfit.null or 0.0) < MISFIT_OF_PALE
    return Faults(
        radius.value if radius.surprise > 1 and radius.value > LEAST.radius else 0.0,
        white_noise(scores["noise"], scores["median_noise"]),
        gain.value if pale and abs(gain.value - 1) > LEAST.contrast else 1.0,
    )


def white_noise(fitted: Measured, median: Measured) -> float:
    """The deviation of white noise by the spectral fit and the median noise; 0 where there is none.

    The fit's, if it is above its band and the median noise is too high by some of it; what the
    median noise is too high by, if the fit sees nearly as much. A checkerboard raises the median
    noise alone, and a misfit the fit's. Among content as rough as noise the fit sees none: there it
    is what must be added to real images, in squares, for the median noise to come out, if they are
    neither blurred nor pale.
    """
    if median.surprise <= 1 or median.expected is None:
        return 0.0
    excess = median.value - median.expected[0]
    if excess > max(LEAST_MEDIAN, LEAST_BORNE_OUT * fitted.value) and fitted.surprise > 1:
        return fitted.value
    if median.expected[0] > ROUGH and median.explained is None:
        added = math.sqrt(median.value**2 - median.expected[0] ** 2)
        return added if added > LEAST_UNSEEN else 0.0
    unseen = 1.5 * fitted.band[1] if fitted.band else 0.0  # of which the fit cannot be sure
    seen = LEAST_UNSEEN < excess < max(MOST_UNSEEN, 3 * fitted.value, unseen)
    return max(fitted.value, excess) if seen else 0.0


def with_noise_of(
    fakes: Measured, faults: Faults, noise: Instrument, real: Array, rng: np.random.Generator
) -> Faults:
    """The faults with so much noise that real images with them have the median noise of the fakes.

    Black and white clip noise, which the spectral fit takes for less of it. `fakes`: their median
    noise, beside what `faults` without noise give real images; `noise`: the instrument that reads
    it; of the `real` images uint8 [N, H, W, C], up to 300 are taken. Squares of deviations add.
    """
    if not faults.noise or fakes.expected is None:
        return faults
    some, least = spread(real, CLIPPED), fakes.expected[0] ** 2
    found, wanted = faults.noise, fakes.value**2 - least
    if wanted <= 0:
        return faults
    for _ in range(ROUNDS):
        rows = noise.rows(planted(some, faults._replace(noise=found), rng))
        reached = noise.compare(rows, rows)["median_noise"] ** 2 - least
        if reached <= 0:
            return faults
        found *= math.sqrt(wanted / reached)
    ends = (faults.noise / MOST_CLIPPED, faults.noise * MOST_CLIPPED)
    return faults._replace(noise=min(max(found, ends[0]), ends[1]))


def planted(images: Array, faults: Faults, rng: np.random.Generator) -> Array:
    """uint8 images [N, H, W, C] with the faults, as files hold them: uint8."""
    if not faults.any:
        return images
    found = np.empty_like(images)
    for first in range(0, len(images), CHUNK):
        part = slice(first, first + CHUNK)
        some = images[part] / 255.0
        if faults.contrast != 1:
            some = contrasted(some, faults.contrast)
        if faults.radius:
            some = blurred(some, faults.radius)
        if faults.noise:
            some = noised(some, faults.noise, rng)
        found[part] = as_file(some)
    return found


def explained(
    instrument: Instrument,
    scores: Mapping[str, Measured],
    rows: Rows,
    real: Array,
    judged: int,
    faults: Faults,
    rng: np.random.Generator,
) -> dict[str, Measured]:
    """The `scores` of an instrument, and beside each what real images with `faults` get.

    rows: what the instrument saw of the `real` images uint8 [N, H, W, C] when the fakes were read;
    where it looked at fewer, those are taken. Some of them, as many as the `judged` fakes or half
    of all, are given the faults and held against the others or, by an instrument for which sizes
    do not matter, against all.
    """
    if not faults.any:
        return dict(scores)
    real = spread(real, len(next(iter(rows.values()))))
    drawn = splits(len(real), judged, 1, rng)[0]
    size = len(drawn.held)
    few = np.concatenate([drawn.held, drawn.reference[:size]])
    faulty = instrument.rows(planted(real[few], faults, rng))
    found = instrument.compared(
        (
            chosen(rows, few[split.reference]) if instrument.equal else rows,
            chosen(faulty, split.held),
        )
        for split in splits(len(few), size, SPLITS, rng, equal=True)
    )
    factor = 1.0
    if not instrument.equal:
        factor = widening(size, size, len(few), judged, alone=True)
    return {name: _beside(score, name, found, factor) for name, score in scores.items()}


def _beside(score: Measured, name: str, found: list[dict[str, float]], factor: float) -> Measured:
    values = np.array([numbers[name] for numbers in found if name in numbers])
    if len(values) < SPLITS:
        return score
    middle = float(np.mean(values))
    low, high = band_of(list(middle + factor * (values - middle)))
    return score._replace(explained=middle, explained_band=(low, high))
