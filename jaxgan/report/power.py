"""What a card of so many images could have seen, had it been there."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping

import numpy as np
from scipy.interpolate import PchipInterpolator

from jaxgan.metrics.equivalent_blur import BlurSeries
from jaxgan.report.card import Measured
from jaxgan.report.instruments import Numbers
from jaxgan.report.soft_rules import soft_or_other_content, too_soft
from jaxgan.report.standing import Standing

__all__ = ["smallest_blur"]

TRIED = np.arange(0.1, 3.0, 0.01)  # pixels
OFTEN = 0.9


def smallest_blur(
    scores: Mapping[str, Measured],
    spectral: list[Numbers],
    single: list[Numbers],
    edges: BlurSeries,
) -> float:
    """Blur of all images, in pixels, that has its word in 9 of 10 cases; infinity if none has.

    The words are "too soft" and "soft or other content". Their rules are asked about real images in
    the place of fakes, of which `spectral` and `single` are the scores by the spectrum and of
    single images, a split each, and `scores` the bands. A blur adds its variance to theirs, and
    leaves of the edge energy what it leaves in the series `edges`. No score of the fakes themselves
    enters.
    """
    among_real = {
        name: Measured(score.null, None, score.null, score.band)
        for name, score in scores.items()
        if score.null is not None
    }
    left = PchipInterpolator(np.log1p(edges.sigmas**2), np.log(edges.scores / edges.scores[0]))

    def share(sigma: float) -> float:
        kept = math.exp(left(math.log1p(sigma**2)))
        said = [_is_said(_blurred(among_real, *split, sigma**2, kept))
                for split in zip(spectral, single, strict=False)]  # fmt: skip
        return float(np.mean(said))

    place = bisect_left(TRIED, OFTEN, key=share)
    return float(TRIED[place]) if place < len(TRIED) else math.inf


def _blurred(
    scores: Mapping[str, Measured],
    spectral: Numbers,
    single: Numbers,
    variance: float,
    kept: float,
) -> Standing:
    """Real images of a split, under a blur."""
    seen = spectral["blur_variance"] + variance
    values = {
        "blur_variance": seen,
        "blur_radius": math.copysign(math.sqrt(abs(seen)), seen),
        "edge_energy": spectral["edge_energy"] * kept,
        "soft_end_radius": math.sqrt(single["soft_end_radius"] ** 2 + variance),
    }
    found = {name: scores[name]._replace(value=value) for name, value in values.items()}
    return Standing({**scores, **found}, {})


def _is_said(standing: Standing) -> bool:
    return any(rule(standing) for rule in (too_soft, soft_or_other_content))
