"""Figure 6: which scale of the images differs, by the sliced Wasserstein distances of patches."""

from __future__ import annotations

import re
from collections.abc import Mapping

from matplotlib.axes import Axes

from jaxgan.report.card import Card, Measured
from jaxgan.report.evidence import Evidence
from jaxgan.report.figures.style import (
    BAND,
    FAKE,
    INK,
    NEIGHBOUR,
    QUIET,
    TIMES,
    Drawn,
    add_legend,
    new_figure,
    number,
    ratio_axis,
    tidy,
)

__all__ = ["scale_figure"]

TITLE = "Scales: where the difference lives"
NOTHING = "Left out: no patch distance (swd) with a real-vs-real null was taken."
KINDS = {
    "reference": (FAKE, "by the real set's units (sees lost contrast)"),
    "progan": (NEIGHBOUR, "each set by its own units (as published)"),
}


def scale_figure(card: Card, evidence: Evidence) -> Drawn:
    """Bars of `swd_<kind>_<side>` over their nulls, from the finest level to the coarsest."""
    found = _levels(card.scores)
    if not found:
        return Drawn("scales", TITLE, NOTHING, "", None)
    sides = sorted({side for _, side in found}, reverse=True)
    kinds = [kind for kind in KINDS if any(name == kind for name, _ in found)]
    figure = new_figure(3.6)
    axes = figure.add_subplot()
    width = 0.8 / len(kinds)
    for place, kind in enumerate(kinds):
        for level, side in enumerate(sides):
            if (kind, side) in found:
                x = level - 0.4 + (place + 0.5) * width
                _bar(axes, x, width * 0.92, found[kind, side], KINDS[kind][0])
        axes.bar(0, 0, color=KINDS[kind][0], label=KINDS[kind][1])
    axes.fill_between([], [], [], color=BAND, label="real vs real, 95 %")
    axes.axhline(1, color=QUIET, lw=1)
    axes.set_yscale("log")
    axes.margins(y=0.2)
    ratio_axis(axes)
    axes.set_xticks(range(len(sides)), [_level_name(side, sides) for side in sides])
    axes.set_xlim(-0.6, len(sides) - 0.4)
    over_null = "distance over that of\nreal against real images"
    tidy(axes, "level of the pyramid, pixels a side", over_null, grid="y")
    add_legend(axes, "above", 3)
    return Drawn(
        "scales",
        TITLE,
        "Height is how many times further fakes are from real images than real images from each "
        "other (1: no difference). A blur raises the finest level first; wrong shapes or colours "
        "the coarse ones. Where only the bars by the real set's units are high, contrast was "
        "lost.",
        "Bars of patch distances over their null, by pyramid level: "
        + ", ".join(
            f"{kind} {side} pixels {number(score.ratio or 0)}"
            for (kind, side), score in sorted(found.items(), reverse=True)
        )
        + ".",
        figure,
    )


def _levels(scores: Mapping[str, Measured]) -> dict[tuple[str, int], Measured]:
    found = {}
    for name, score in scores.items():
        match = re.fullmatch(r"swd_(progan|reference)_(\d+)", name)
        if match and score.ratio and score.value > 0:
            found[match[1], int(match[2])] = score
    return found


def _bar(axes: Axes, x: float, width: float, score: Measured, colour: str) -> None:
    assert score.null
    assert score.ratio
    if score.band:
        low, high = (max(edge / score.null, 0.05) for edge in score.band)
        axes.bar(x, high - low, width * 1.08, bottom=low, color=BAND, zorder=1)
    axes.bar(x, score.ratio - 1, width * 0.8, bottom=1, color=colour, zorder=2)
    top = score.ratio
    if score.interval:
        low, high = (max(edge / score.null, 0.05) for edge in score.interval)
        axes.plot([x, x], [low, high], color=INK, lw=1.4, zorder=3)
        top = max(top, high)
    label = f"{number(score.ratio)}{TIMES}"
    axes.annotate(label, (x, max(top, 1)), (0, 4), textcoords="offset points", ha="center",
                  fontsize=8.5, color=INK, zorder=4)  # fmt: skip


def _level_name(side: int, sides: list[int]) -> str:
    where = {sides[0]: "\nfinest detail", sides[-1]: "\ncoarsest"}.get(side, "")
    return f"{side}{where}" if len(sides) > 1 else f"{side}"
