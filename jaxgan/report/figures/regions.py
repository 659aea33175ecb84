"""Figure 4: where in the frame the fakes are soft."""

from __future__ import annotations

import numpy as np
from matplotlib import colormaps

from jaxgan.report.card import Card
from jaxgan.report.evidence import Evidence
from jaxgan.report.figures.style import INK, Drawn, new_figure, number, pair

__all__ = ["region_figure"]

TITLE = "Where in the frame"
LEAST_TOP = 0.5  # pixels, of the colours' range: what is even looks even


def region_figure(card: Card, evidence: Evidence) -> Drawn:
    """The map of 8x8 cells, in pixels of blur beside the same cells of real images."""
    softness = evidence.region_map
    if softness is None or np.all(np.isnan(softness)):
        return Drawn(
            "regions",
            TITLE,
            "Left out: real images with the faults of the fakes show no detail to compare.",
            "",
            None,
        )
    figure = new_figure(3.6, 4.6)
    axes = figure.add_subplot()
    colours = colormaps["viridis"].with_extremes(bad="#E6E9EC")
    top = max(float(np.nanmax(softness)), LEAST_TOP)
    shown = axes.imshow(np.ma.masked_invalid(softness), cmap=colours, vmin=0, vmax=top)
    axes.set_axis_off()
    figure.colorbar(shown, ax=axes, label="blur, pixels")
    for (row, column), value in np.ndenumerate(softness):
        if not np.isnan(value):
            axes.text(column, row, f"{value:.1f}", ha="center", va="center", fontsize=7,
                      color="white" if value < 0.6 * top else INK)  # fmt: skip
    uneven = card.scores.get("uneven_softness")
    words = (
        ""
        if uneven is None
        else f" The softest region is softer than the rest by {number(uneven.value)} pixels; real "
        f"images against real ones: {pair(uneven.band)}."
    )
    return Drawn(
        "regions",
        TITLE,
        "Each cell's loss of detail, as the blur that does as much to that cell of real images; "
        f"0: as sharp. Grey cells have no detail in real images.{words}",
        "A map of 8 by 8 cells, coloured by their blur in pixels.",
        figure,
    )
