"""What all figures of a report share: size, colours, axes, and the way to a PNG file.

Figures are made with matplotlib's objects alone: no pyplot, so no global state and no display.
"""

from __future__ import annotations

import io
from typing import Literal, NamedTuple

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from jaxgan.report.card import Measured, Pair

__all__ = ["BAND", "DASH", "DPI", "FAKE", "FIT", "INK", "NEIGHBOUR", "QUIET", "REAL", "TIMES",
           "Drawn", "add_legend", "log_axis", "new_figure", "number", "pair", "percent",
           "ratio_axis", "tidy", "to_png", "with_interval"]  # fmt: skip

DPI = 110
WIDTH = 9.4  # inches: 1034 pixels, what a laptop shows without scaling

# Okabe and Ito's colours, which stay apart for the colour-blind, and in grey print.
REAL = "#0072B2"
FAKE = "#D55E00"
NEIGHBOUR = "#8E5A9B"
FIT = "#111111"
BAND = "#C9CED3"
INK = "#24292F"
QUIET = "#5F6B76"

TIMES, DASH = "\u00d7", "\u2013"

Corner = Literal["upper left", "upper right", "lower left", "lower right", "upper center", "above"]


class Drawn(NamedTuple):
    """A figure with its words, or, where there was nothing to draw, a sentence that says so."""

    name: str  # short, of letters and underscores: for file names and anchors
    title: str
    caption: str  # how to read it
    alt: str  # what it shows, for who cannot see it
    figure: Figure | None


def new_figure(height: float, width: float = WIDTH, layout: str | None = "constrained") -> Figure:
    """An empty figure with a canvas; sizes in inches."""
    figure = Figure(figsize=(width, height), dpi=DPI, layout=layout, facecolor="white")  # type: ignore[arg-type]
    FigureCanvasAgg(figure)
    return figure


def tidy(axes: Axes, x: str, y: str, title: str = "", grid: str = "both") -> None:
    """Labels, with units, and no more ink than the data needs; `grid` x, y, both or none."""
    axes.set_xlabel(x, fontsize=9.5, color=INK)
    axes.set_ylabel(y, fontsize=9.5, color=INK)
    axes.tick_params(labelsize=8.5, color=QUIET, labelcolor=INK)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("bottom", "left"):
        axes.spines[side].set_color(QUIET)
    if grid != "none":
        axes.grid(axis=grid, color="#E6E9EC", linewidth=0.8)  # type: ignore[arg-type]
    if title:
        axes.set_title(title, fontsize=10.5, color=INK, loc="left", fontweight="bold")


def ratio_axis(axes: Axes, least: float = 0.8, most: float = 1.6) -> None:
    """A logarithmic y axis of ratios, from `least` to `most` at least, labelled in times."""
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, least), max(high, most))
    log_axis(axes.yaxis, TIMES)


def log_axis(axis: Axis, unit: str = "") -> None:
    """Few, plain labels for an axis that is logarithmic; call it once the data are in."""
    low, high = sorted(axis.get_view_interval())
    steps = (1, 2, 5) if high < 300 * low else (1,)
    axis.set_major_locator(LogLocator(subs=steps, numticks=8))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}{unit}"))


def add_legend(axes: Axes, where: Corner, columns: int = 1) -> None:
    """A legend in a corner, or `above` the axes at the right, as data may lie in any corner."""
    above = where == "above"
    handles, labels = axes.get_legend_handles_labels()
    legend = axes.legend(handles, labels, loc=where if where != "above" else "lower right",
                         ncols=columns, fontsize=8.5, labelcolor=INK,
                         borderpad=0.1 if above else 0.4)  # fmt: skip
    if above:
        legend.set_bbox_to_anchor((1.0, 1.0))
    legend.get_frame().set(facecolor="white", edgecolor="none", alpha=0.85)


def to_png(figure: Figure) -> bytes:
    """The figure as a PNG file; the same figure gives the same bytes."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
    return file.getvalue()


NOTHING = 1e-6  # what rounding and fits leave of 0


def number(value: float) -> str:
    """Three digits that count: 0.0312, 1.02, 31.2, 312, 31,200."""
    return "0" if abs(value) < NOTHING else _written(value, abs(value))


def pair(values: Pair | None) -> str:
    """An interval, both ends with the digits that the larger needs; a dash where there is none.

    Ends that would read the same have more digits.
    """
    if values is None:
        return DASH
    low, high = (0.0 if abs(end) < NOTHING else end for end in values)
    size = max(abs(low), abs(high))
    first, last = _written(low, size), _written(high, size)
    if first == last:
        first, last = _written(low, size / 10), _written(high, size / 10)
    return f"{first} … {last}"


def percent(share: float) -> str:
    """A share as a percentage: 0.2 %, 5 %, 97 %."""
    return f"{100 * share:.2g} %" if share < 0.995 else f"{100 * share:.0f} %"


def with_interval(score: Measured) -> str:
    """A value with its 95 % interval."""
    interval = f" ({pair(score.interval)})" if score.interval else ""
    return number(score.value) + interval


def _written(value: float, size: float) -> str:
    if value == 0:
        return "0"
    if size >= 1e6 or size < 1e-4:
        text = f"{value:.2e}"
    else:
        digits = 0 if size >= 99.95 else 1 if size >= 9.995 else 2 if size >= 0.09995 else 4
        text = f"{value:,.{digits}f}"
    return text
