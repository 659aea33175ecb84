"""What real images themselves score once they are as blurred and as noisy as some fakes.

Blur and noise move features, and draw images nearer to each other. Blurred fakes reach little of
the data even where every kind of image is there, and lie near to training images that they are no
copies of. So fakes are called narrow or memorised only beside real images with their faults.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from jaxgan.metrics.checks import as_file
from jaxgan.metrics.planting import blurred, noised
from jaxgan.report.card import Measured
from jaxgan.report.instruments import Instrument, Rows, chosen, splits, spread

__all__ = ["FAULTS", "JUDGED", "scores_with_faults"]

FAULTS = {"too soft", "too noisy"}  # words of a verdict
JUDGED = {"diversity": ("coverage", "recall"), "memorisation": ("memorisation",)}
"""Scores that are taken again, by the instrument they are of."""
SPLITS = 5

Array = np.ndarray


def scores_with_faults(
    instrument: Instrument,
    names: Collection[str],
    rows: Rows,
    real: Array,
    scores: Mapping[str, Measured],
    words: Collection[str],
    size: int,
    rng: np.random.Generator,
) -> dict[str, Measured]:
    """The scores `names` of real images uint8 [N, H, W, C] with faults, as `NAME_with_faults`.

    `rows` is what the instrument saw of them when the fakes were read; where it looked at fewer,
    those are taken. Some are given the blur and the noise of `scores`, as far as the verdict's
    `words` say that they are there, and compared with others, `size` against `size` as the fakes
    were; means over five such splits.
    """
    looked_at = len(next(iter(rows.values())))
    faulty = spread(real, looked_at) / 255.0
    if "too soft" in words:
        faulty = blurred(faulty, scores["blur_radius"].value)
    if "too noisy" in words:
        median = scores["median_noise"]
        deviation = max(scores["noise"].value, median.value - (median.null or 0.0))
        faulty = noised(faulty, deviation, rng)
    faulty_rows = instrument.rows(as_file(faulty))
    drawn = splits(looked_at, size, SPLITS, rng)
    found = [
        instrument.compare(chosen(rows, reference), chosen(faulty_rows, held))
        for reference, held in zip(*drawn, strict=True)
    ]
    return {
        f"{name}_with_faults": scores[name]._replace(
            value=float(np.mean([numbers[name] for numbers in found])),
            interval=None,
            protocol=f"of real images with the fakes' blur and noise; {scores[name].protocol}",
        )
        for name in names
    }
