"""Figure 4: the law of gradient magnitudes, real against fake."""

from __future__ import annotations

import numpy as np

from jaxgan.report.card import Card
from jaxgan.report.evidence import Evidence
from jaxgan.report.figures.style import (
    BAND,
    FAKE,
    QUIET,
    REAL,
    Drawn,
    add_legend,
    log_axis,
    new_figure,
    number,
    ratio_axis,
    tidy,
)

__all__ = ["gradient_figure"]

Array = np.ndarray

LEAST_GRADIENT = 0.25 / 255  # grey levels a pixel: below is the rounding of 8 bits
LEAST_RATIO = 1 / 32  # a logarithm has no place for 0


def gradient_figure(card: Card, evidence: Evidence) -> Drawn:
    """Share of pixels with a steeper gradient (log), and the ratio of quantiles with its band."""
    share = 1 - np.asarray(evidence.quantiles)
    shown = share > 0  # a logarithm has no place for the very last quantile
    share = share[shown]
    real, fake = (np.asarray(x)[shown] for x in (evidence.real_gradients, evidence.fake_gradients))
    low, high = (np.asarray(x)[shown] for x in evidence.gradient_band)
    figure = new_figure(3.9)
    survival, ratio = figure.subplots(1, 2)
    survival.plot(real, share, color=REAL, lw=2, label="real")
    survival.plot(fake, share, color=FAKE, lw=2, label="fake")
    survival.set_yscale("log")
    log_axis(survival.yaxis)
    survival.set_xlim(left=0)
    tidy(
        survival,
        "gradient magnitude, grey levels (0 … 1) per pixel",
        "share of pixels that are steeper",
        "How steep the pixels are",
    )
    add_legend(survival, "upper right")
    steep = real > LEAST_GRADIENT
    if steep.any():
        x = share[steep]
        ratio.fill_between(
            x,
            *(np.maximum(edge[steep], LEAST_RATIO) for edge in (low, high)),
            color=BAND,
            lw=0,
            label="real over real, 95 %",
        )
        ratio.plot(
            x,
            np.maximum(fake[steep] / real[steep], LEAST_RATIO),
            color=FAKE,
            lw=2,
            label="fake over real",
        )
    ratio.axhline(1, color=QUIET, lw=0.8)
    ratio.set_xscale("log")
    log_axis(ratio.xaxis)
    ratio.invert_xaxis()
    ratio_axis(ratio, 0.4, 2.5)
    tidy(
        ratio,
        "share of pixels that are steeper     (flat parts ←  → edges)",
        "ratio of gradient quantiles",
        "Fake over real",
    )
    add_legend(ratio, "upper right")
    return Drawn(
        "gradients",
        "Gradients: are edges as steep as real ones?",
        _caption(card, bool((~steep).any())),
        "Share of pixels against gradient magnitude for real and fake images, and the ratio of "
        "their quantiles with the band of real images.",
        figure,
    )


def _caption(card: Card, flat: bool) -> str:
    words = (
        "Left, a fake curve that falls earlier has too few steep edges. Right, below the band at "
        "the right end means that the strongest edges are too weak (blur, lost contrast), above "
        "it at the left end that flat parts are too restless (noise)."
    )
    if flat:
        words += " Quantiles at which real images are flat have no ratio and are left out."
    distance = card.scores.get("gradient_distance")
    if distance is not None:
        words += f" Distance between the two laws: {number(distance.value)} of the mean gradient"
        if distance.ratio is not None:
            words += f", {number(distance.ratio)} times that of real images against real ones"
        words += "."
    return words
