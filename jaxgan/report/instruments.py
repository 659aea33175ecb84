"""One way of comparing two sets of images, as every score of a card is taken.

Each image is looked at once and leaves a row; two sets of rows give numbers. So real images can be
compared with real ones, and fakes resampled, many times for the price of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from jaxgan.report.card import Measured, Pair

__all__ = ["Instrument", "Reading", "Rows", "Splits", "chosen", "read", "splits", "spread"]

Array = np.ndarray
Rows = Mapping[str, Array]  # each [N, …], one row an image

FEW = 100  # values from which on 95 % are taken as quantiles; of fewer, from their deviation
STUDENT = 2.093  # 97.5 % point of Student's t with 19 degrees of freedom
NORMAL = 1.96


class Instrument(NamedTuple):
    """How to take some scores."""

    rows: Callable[[Array], Rows]  # of uint8 images [N, H, W, C]
    # (real reference, set to be judged): a score that such fakes do not have may be left out
    compare: Callable[[Rows, Rows], dict[str, float]]
    repeats: int  # real-against-real splits, and resamples of the fakes
    protocol: str
    features: str = ""
    most: int | None = None  # images of a set that are looked at; None: all
    alone: frozenset[str] = frozenset()  # scores of the judged set alone, without the reference


class Splits(NamedTuple):
    """Disjoint halves of the real images: rows of indices into them."""

    reference: Array  # int64 [S, n]
    held: Array  # int64 [S, n]


class Reading(NamedTuple):
    """What an instrument says."""

    scores: dict[str, Measured]
    null: list[dict[str, float]]  # of each split, as it came
    resampled: list[dict[str, float]]  # of each resample of the fakes


def splits(images: int, size: int, repeats: int, rng: np.random.Generator) -> Splits:
    """`repeats` times two sets of `size` of the images, drawn without replacement."""
    if 2 * size > images:
        raise ValueError(f"two sets of {size} of {images} images: expected {2 * size} or more")
    drawn = np.stack([rng.permutation(images)[: 2 * size] for _ in range(repeats)])
    return Splits(drawn[:, :size], drawn[:, size:])


def chosen(rows: Rows, indices: Array) -> Rows:
    """Some of the rows."""
    return {name: values[indices] for name, values in rows.items()}


def read(
    instrument: Instrument, real: Array, fake: Array, rng: np.random.Generator
) -> tuple[Reading, Rows, Rows]:
    """All scores of an instrument, and the rows of the real and the fake images.

    Real images against real ones, on disjoint halves of as many images as there are fakes, give
    null and band. The interval is of fakes resampled by half without replacement, which has the
    variance of a bootstrap and repeats no image.
    """
    size = min(len(fake), len(real) // 2, instrument.most or len(fake))
    real, fake = spread(real, instrument.most and 2 * size), spread(fake, size)
    rows_real, rows_fake = instrument.rows(real), instrument.rows(fake)
    drawn = splits(len(real), size, instrument.repeats, rng)
    null = [
        instrument.compare(chosen(rows_real, reference), chosen(rows_real, held))
        for reference, held in zip(*drawn, strict=True)
    ]
    reference = chosen(rows_real, drawn.reference[0])
    value = instrument.compare(reference, rows_fake)
    resampled = [
        instrument.compare(reference, chosen(rows_fake, half))
        for half in _halves(size, instrument.repeats, rng)
    ]
    scores = {
        name: Measured(
            value[name],
            _around(value[name], [numbers[name] for numbers in resampled if name in numbers]),
            float(np.mean([numbers[name] for numbers in null])),
            _band(
                [numbers[name] for numbers in null],
                _widening(size, len(real)) if name in instrument.alone else 1.0,
            ),
            f"{instrument.protocol}; {size} against {size} images",
            instrument.features,
        )
        for name in value
    }
    return Reading(scores, null, resampled), rows_real, rows_fake


def spread(images: Array, count: int | None) -> Array:
    """At most `count` images, evenly spread over all of them."""
    if count is None or len(images) <= count:
        return images
    return images[np.linspace(0, len(images) - 1, count).astype(int)]


def _halves(size: int, repeats: int, rng: np.random.Generator) -> Iterator[Array]:
    return (rng.permutation(size)[: size // 2] for _ in range(repeats))


def _widening(size: int, pool: int) -> float:
    """How much wider than among sets of `size` out of a pool a score of a new such set lies.

    Sets drawn without replacement vary by σ² (1/n - 1/N) around the pool, a new one by
    σ² (1/n + 1/N). Differences of two disjoint sets have 2 σ²/n either way and need nothing.
    """
    return float(np.sqrt((pool + size) / (pool - size)))


def _band(values: list[float], widening: float) -> Pair:
    """95 % of values of one law: quantiles of many, from the deviation of few."""
    middle = float(np.mean(values))
    if len(values) >= FEW:
        low, high = np.quantile(values, (0.025, 0.975))
    else:
        half = STUDENT * float(np.std(values, ddof=1))
        low, high = middle - half, middle + half
    return middle + widening * (float(low) - middle), middle + widening * (float(high) - middle)


def _around(value: float, resampled: list[float]) -> Pair:
    """An interval for a value, from resamples of half its images; it holds the value.

    Few say how wide it is, not where: they are biased as scores of half as many images are.
    """
    if len(resampled) < FEW:
        half = NORMAL * float(np.std(resampled, ddof=1))
        return value - half, value + half
    low, high = np.quantile(resampled, (0.025, 0.975))
    return min(float(low), value), max(float(high), value)
