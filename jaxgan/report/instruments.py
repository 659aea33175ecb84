"""One way of comparing two sets of images, as every score of a card is taken.

Each image is looked at once and leaves a row; two sets of rows give numbers. So real images can be
compared with real ones, and both sets resampled, many times for the price of one look.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np
from scipy.stats import binomtest

from jaxgan.metrics.middle import middle
from jaxgan.report.card import Measured, Pair

__all__ = ["Instrument", "Numbers", "Pairs", "Reading", "Readings", "Rows", "Split", "band_of",
           "chosen", "intervals", "read", "resampled", "splits", "spread",
           "widening"]  # fmt: skip

Array = np.ndarray
Rows = Mapping[str, Array]  # each [N, …], one row an image
Numbers = dict[str, float]
Pairs = Iterable[tuple[Rows, Rows]]  # of references and sets to be judged

FEW = 100  # values from which on 95 % are taken as quantiles; of fewer, from their deviation
TIED = 0.025  # share of values at an end that makes it one of the scale
STUDENT = 2.093  # 97.5 % point of Student's t with 19 degrees of freedom


class Instrument(NamedTuple):
    """How to take some scores."""

    rows: Callable[[Array], Rows]  # of uint8 images [N, H, W, C]
    # (real reference, set to be judged): a score that such fakes do not have may be left out
    compare: Callable[[Rows, Rows], Numbers]
    repeats: int  # real-against-real splits, and resamples
    protocol: str
    features: str = ""
    most: int | None = None  # images of each set that are looked at; None: all
    most_real: int | None = None  # real images, where they are dearer; None: twice `most`
    equal: bool = False  # whether its numbers depend on how many images either set has
    alone: frozenset[str] = frozenset()  # scores of the judged set alone, without the reference
    distances: frozenset[str] = frozenset()  # scores that are 0 but for chance at best
    shares: frozenset[str] = frozenset()  # scores that are shares of the judged images, 0 … 1
    # of some scores, 1.96 deviations of the method's own error, which no resample shows
    errors: Callable[[Numbers], Numbers] = lambda numbers: {}
    rows_real: Callable[[Array], Rows] | None = None  # of real images, where more is to be known
    # the same as `compare` of each pair, where many at once are cheaper
    compare_many: Callable[[Pairs], list[Numbers]] | None = None

    def compared(self, pairs: Pairs) -> list[Numbers]:
        """The scores of each pair of a reference and a set to be judged."""
        if self.compare_many is not None:
            return self.compare_many(pairs)
        return [self.compare(*pair) for pair in pairs]


Readings = dict[str, "tuple[Reading, Rows, Rows]"]  # of instruments by name: and real, fake rows


class Split(NamedTuple):
    """Real images as reference, and others in the place of fakes: indices into them."""

    reference: Array  # int64 [R]
    held: Array  # int64 [H]


class Reading(NamedTuple):
    """What an instrument says."""

    scores: dict[str, Measured]
    null: list[Numbers]  # of each split, as it came
    resampled: list[Numbers]  # of each resample of both sets


def read(
    instrument: Instrument, real: Array, fake: Array, rng: np.random.Generator
) -> tuple[Reading, Rows, Rows]:
    """All scores of an instrument, and the rows of the real and the fake images.

    Every real image is the reference, or, for a score that depends on the number of images, as many
    as there are fakes. Real images against real ones give null and band.
    """
    real, fake = _looked_at(instrument, real, fake)
    rows_real = (instrument.rows_real or instrument.rows)(real)
    rows_fake = instrument.rows(fake)
    drawn = splits(len(real), len(fake), instrument.repeats, rng, equal=instrument.equal)
    null = instrument.compared(
        (chosen(rows_real, split.reference), chosen(rows_real, split.held)) for split in drawn
    )
    reference = chosen(rows_real, drawn[0].reference) if instrument.equal else rows_real
    value = instrument.compare(reference, rows_fake)
    again = resampled(instrument, reference, rows_fake, rng)
    around = intervals(instrument, value, again, len(fake))
    sizes = f"{len(fake)} against {len(next(iter(reference.values())))} images"
    scores = {}
    for name in value:
        among_real = _as_for_fakes(instrument, name, null, drawn[0], len(real), len(fake))
        scores[name] = Measured(
            value[name],
            around[name],
            float(np.mean(among_real)),
            band_of(among_real),
            f"{instrument.protocol}; {sizes}",
            instrument.features,
        )
    return Reading(scores, null, again), rows_real, rows_fake


def splits(
    images: int, size: int, repeats: int, rng: np.random.Generator, *, equal: bool = False
) -> list[Split]:
    """`repeats` times `size` of the images, half of all at most, and the others as reference.

    Drawn without replacement; the reference is as small as the held-out set if `equal`.
    """
    if images < 2 or size < 1:
        raise ValueError(f"sets of {size} of {images} images: expected 1 or more, of 2 or more")
    size = min(size, images // 2)
    last = 2 * size if equal else images
    orders = (rng.permutation(images) for _ in range(repeats))
    return [Split(order[size:last], order[:size]) for order in orders]


def resampled(
    instrument: Instrument, real: Rows, fake: Rows, rng: np.random.Generator
) -> list[Numbers]:
    """The scores of halves of both sets, drawn without replacement.

    Halves vary around the whole as wholes do around the truth, s² (2/n - 1/n) = s²/n, and repeat no
    image, which neighbours and ranks would take for structure.
    """
    return instrument.compared(
        (chosen(real, _half(real, rng)), chosen(fake, _half(fake, rng)))
        for _ in range(instrument.repeats)
    )


def intervals(
    instrument: Instrument, value: Numbers, again: list[Numbers], judged: int
) -> dict[str, Pair]:
    """95 % intervals of all scores in `value` of `judged` images, from what `resampled` gave."""
    found, errors = {}, instrument.errors(value)
    for name, number in value.items():
        low, high = _around(number, _of(name, again), centred=name in instrument.distances)
        error = errors.get(name, 0.0)
        low, high = (
            number - math.hypot(number - low, error),
            number + math.hypot(high - number, error),
        )
        if name in instrument.shares:
            least, most = _of_share(number, judged)
            low, high = max(min(low, least), 0.0), min(max(high, most), 1.0)
        found[name] = (low, high)
    return found


def chosen(rows: Rows, indices: Array) -> Rows:
    """Some of the rows."""
    return {name: values[indices] for name, values in rows.items()}


def spread(images: Array, count: int | None) -> Array:
    """At most `count` images, evenly spread over all of them."""
    if count is None or len(images) <= count:
        return images
    return images[np.linspace(0, len(images) - 1, count).astype(int)]


def widening(held: int, reference: int, pool: int, judged: int, *, alone: bool) -> float:
    """How much wider a score of `judged` new images against the whole pool lies than the splits'.

    Of sets drawn out of a pool of N without replacement, a difference of `held` and `reference`
    images varies by σ² (1/h + 1/r), a score of the held ones alone by σ² (1/h - 1/N). New images
    vary by σ² (1/n + 1/N) around either.
    """
    among = 1 / held - 1 / pool if alone else 1 / held + 1 / reference
    return float(np.sqrt((1 / judged + 1 / pool) / among))


def band_of(values: list[float]) -> Pair:
    """Where 95 % of more such values fall: quantiles of many, from the deviation of few."""
    if len(values) >= FEW:
        low, high = middle(values)
        return float(low), float(high)
    mean, half = float(np.mean(values)), STUDENT * float(np.std(values, ddof=1))
    half *= math.sqrt(1 + 1 / len(values))  # the mean is not known better than that
    return mean - half, mean + half


def _looked_at(instrument: Instrument, real: Array, fake: Array) -> tuple[Array, Array]:
    if instrument.equal:
        size = min(len(fake), len(real) // 2, instrument.most or len(fake))
        return spread(real, instrument.most and 2 * size), spread(fake, size)
    most_real = instrument.most_real or (instrument.most and 2 * instrument.most)
    return spread(real, most_real), spread(fake, instrument.most)


def _half(rows: Rows, rng: np.random.Generator) -> Array:
    count = len(next(iter(rows.values())))
    return rng.permutation(count)[: count // 2]


def _of(name: str, found: list[Numbers]) -> list[float]:
    return [numbers[name] for numbers in found if name in numbers]


def _as_for_fakes(
    instrument: Instrument, name: str, null: list[Numbers], split: Split, pool: int, judged: int
) -> list[float]:
    """The splits' scores, as far apart as those of so many new images would be."""
    values = np.array(_of(name, null))
    alone = name in instrument.alone
    if instrument.equal and not alone:
        return list(values)
    factor = widening(len(split.held), len(split.reference), pool, judged, alone=alone)
    mean = 0.0 if name in instrument.distances else float(np.mean(values))
    scaled = mean + factor * (values - mean)
    for end in (values.min(), values.max()):  # beyond which nothing can be, as 0 of a share
        at_end = values == end
        if np.mean(at_end) > TIED:
            scaled[at_end] = end
    return list(scaled)


def _around(value: float, again: list[float], *, centred: bool) -> Pair:
    """An interval for a value, from resamples of half the images; it holds the value.

    Few say how wide it is, not where; neither do those of a distance, which is larger the fewer
    images there are.
    """
    if len(again) < FEW:
        half = STUDENT * float(np.std(again, ddof=1))
        return value - half, value + half
    shift = value - float(np.mean(again)) if centred else 0.0
    low, high = (float(end) + shift for end in middle(again))
    return min(low, value), max(high, value)


def _of_share(share: float, count: int) -> Pair:
    """Wilson's interval of a share: where all images or none count, all resamples are alike."""
    interval = binomtest(round(share * count), count).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)
