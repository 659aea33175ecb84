"""How much of real images' own diversity is still recognised once they are as blurred and noisy.

Blur and noise move features. Coverage and recall of blurred fakes are low even where every kind of
image is there, so a generator is called narrow only beside real images with its faults.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from jaxgan.metrics.checks import as_file
from jaxgan.metrics.planting import blurred, noised
from jaxgan.report.card import Measured
from jaxgan.report.instruments import Instrument, Rows, chosen, splits, spread

__all__ = ["FAULTS", "faulty_diversity"]

FAULTS = {"too soft", "too noisy"}  # words of a verdict
SPLITS = 5
NAMES = ("coverage", "recall")

Array = np.ndarray


def faulty_diversity(
    diversity: Instrument,
    rows: Rows,
    real: Array,
    scores: Mapping[str, Measured],
    words: Collection[str],
    size: int,
    rng: np.random.Generator,
) -> dict[str, Measured]:
    """`coverage_with_faults` and `recall_with_faults` of real images uint8 [N, H, W, C].

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
    faulty_rows = diversity.rows(as_file(faulty))
    drawn = splits(looked_at, size, SPLITS, rng)
    found = [
        diversity.compare(chosen(rows, reference), chosen(faulty_rows, held))
        for reference, held in zip(*drawn, strict=True)
    ]
    return {
        f"{name}_with_faults": scores[name]._replace(
            value=float(np.mean([numbers[name] for numbers in found])),
            interval=None,
            protocol=f"of real images with the fakes' blur and noise; {scores[name].protocol}",
        )
        for name in NAMES
    }
