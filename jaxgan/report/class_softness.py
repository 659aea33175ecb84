"""Whether fakes of one class are softer than real images of it, beyond what all fakes are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import norm

from jaxgan.metrics.soft_share import calibrated, has_scale
from jaxgan.report.card import Measured

__all__ = ["ClassSoftness", "class_softness"]

Array = np.ndarray

FEWEST = 20  # images of a class, real and fake: with fewer nothing is said of it
LEAST = 0.3  # pixels by which a class is softer than the others


class ClassSoftness(NamedTuple):
    """Every class that has enough images."""

    names: tuple[str, ...]
    radius: Array  # float64 [K], pixels: blur of the median fake beside real images of its class
    surprise: Array  # float64 [K], softer than the others, in half-widths of a band for all classes
    counts: Array  # int64 [K], fakes
    score: Measured  # of the class that stands out most: pixels softer than the others

    def softer(self, surprise: float) -> list[int]:
        """Places of the classes that stand out, the softest first."""
        others = np.median(self.radius)
        found = np.flatnonzero((self.surprise > surprise) & (self.radius > others + LEAST))
        return sorted(found.tolist(), key=lambda place: -self.radius[place])

    def in_words(self, surprise: float) -> str:
        """Names and radii of the classes that stand out."""
        return ", ".join(f"{self.names[i]} {self.radius[i]:.1f} px" for i in self.softer(surprise))


def class_softness(
    series: Array,
    real_labels: Array,
    fakes: Array,
    fake_labels: Array,
    sigmas: Array,
    names: Sequence[str],
) -> ClassSoftness | None:
    """Compare the softness of fakes [M] with that of real images under planted blurs [N, K].

    A class stands out if its fakes' mean softness exceeds that of its real images by more than the
    other classes' does: by Welch's error, with Šidák's correction for the number of classes.
    None where fewer than two classes have 20 images on either side, and blurs that show.
    """
    rows = []
    for label, name in enumerate(names):
        real, fake = series[real_labels == label], fakes[fake_labels == label]
        if min(len(real), len(fake)) >= FEWEST and has_scale(real.T):
            excess = fake.mean() - real[:, 0].mean()
            error = np.sqrt(fake.var(ddof=1) / len(fake) + real[:, 0].var(ddof=1) / len(real))
            radius = calibrated(real.T, sigmas, np.array([np.median(fake)]))[0]
            rows.append((name, excess, error, radius, len(fake)))
    if len(rows) < 2:
        return None
    kept, *numbers = zip(*rows, strict=True)
    excess, error, radius, counts = (np.array(column) for column in numbers)
    others = np.array([np.median(np.delete(excess, i)) for i in range(len(excess))])
    limit = norm.ppf(0.975 ** (1 / len(rows)))
    surprise = (excess - others) / np.maximum(error, 1e-9) / limit
    most = int(np.argmax(surprise))
    softer = float(radius[most] - np.median(np.delete(radius, most)))
    half = abs(softer / surprise[most]) if surprise[most] else 0.0
    score = Measured(
        softer, None, 0.0, (-half, half), f"softness of {len(rows)} classes, the softest of them"
    )
    return ClassSoftness(tuple(kept), radius, surprise, counts, score)
