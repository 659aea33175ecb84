"""Figure 8: how training went: losses, gradients with their spikes, and blur step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from scipy import ndimage

from jaxgan.report.card import Card, Measured
from jaxgan.report.evidence import Evidence
from jaxgan.report.figures.style import (
    BAND,
    FAKE,
    INK,
    QUIET,
    REAL,
    Drawn,
    add_legend,
    log_axis,
    new_figure,
    tidy,
)

__all__ = ["health_figure", "spikes"]

Array = np.ndarray
History = Mapping[str, Array]

TITLE = "Health of the run"
SPIKE, WINDOW = 10.0, 20  # times the running median, of so many logged values
NETWORKS = (("discriminator", REAL), ("generator", FAKE))
NOTHING = "Left out: there is no history of a training run with these images."


def health_figure(card: Card, evidence: Evidence) -> Drawn:
    """Panels against the generator's update step; those without a history are left out."""
    history = {name: _finite(values) for name, values in evidence.history.items()}
    history = {name: values for name, values in history.items() if len(values)}
    panels = _panels(card, history)
    if not panels:
        return Drawn("health", TITLE, NOTHING, "", None)
    columns = min(3, len(panels))
    rows = -(-len(panels) // columns)
    figure = new_figure(0.4 + 2.7 * rows)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, draw in zip(grid, panels, strict=False):
        draw(axes)
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    alt = "Curves against training steps: " + ", ".join(sorted(history)) + "."
    return Drawn("health", TITLE, _caption(evidence.history, history), alt, figure)


def spikes(values: Array) -> Array:
    """Where a value is above 10 times the median of the 20 up to it: bool [n].

    Few, since gradients that grow tenfold over a run do not spike.
    """
    before = (values[max(0, place - WINDOW + 1) : place + 1] for place in range(len(values)))
    median = np.array([np.median(window) for window in before])
    return values > SPIKE * median


def _caption(given: History, history: History) -> str:
    words = (
        "Thin lines are logged values, thick ones their running medians. Healthy losses settle "
        "without drifting apart."
    )
    norms = [history[f"{name}/gradient_norm"] for name, _ in NETWORKS
             if f"{name}/gradient_norm" in history]  # fmt: skip
    if norms:
        count = sum(int(spikes(values[:, 1]).sum()) for values in norms)
        words += (
            f" Triangles mark spikes, gradients above {SPIKE:.0f} times the median of the "
            f"{WINDOW} logged before: {count} of {sum(map(len, norms))}."
        )
    if any(name.startswith("blur/") for name in history):
        words += (
            " Blur falls and coverage rises where training goes well; a radius that still falls "
            "at the end asks for more steps. Coverage is told in 32 principal components of "
            "the pixels here, and is higher than the card's, which sees kinds of images. Grey is "
            "the 95 % band of real images against real ones."
        )
    lost = sum(len(np.asarray(values)) for values in given.values()) - sum(
        len(values) for values in history.values()
    )
    if lost:
        words += f" {lost} values that were not finite are left out."
    return words


def _panels(card: Card, history: History) -> list[Callable[[Axes], None]]:
    panels: list[Callable[[Axes], None]] = []
    for field, title, unit in (
        ("loss", "Losses", "loss, nats or logits"),
        ("gradient_norm", "Gradient norms", "norm of the gradient, log scale"),
    ):
        if any(f"{name}/{field}" in history for name, _ in NETWORKS):
            panels.append(
                partial(_draw_networks, history=history, field=field, title=title, unit=unit)
            )
    for name, score, title, unit in (
        ("blur/radius_px", card.radius_px, "Blur radius", "pixels"),
        ("blur/noise", card.noise, "Noise", "standard deviation, of the range"),
        ("blur/coverage", None, "Coverage of pixels", "share of real images reached"),
    ):
        if name in history:
            panels.append(
                partial(_draw_score, values=history[name], score=score, title=title, unit=unit)
            )
    return panels


def _draw_networks(axes: Axes, history: History, field: str, title: str, unit: str) -> None:
    for name, colour in NETWORKS:
        values = history.get(f"{name}/{field}")
        if values is None:
            continue
        if field == "gradient_norm":
            values = values[values[:, 1] > 0]
            axes.set_yscale("log")
            high = values[spikes(values[:, 1])]
            axes.plot(*high.T, "v", ms=6, color=INK, mec="white", mew=0.6, zorder=4)
        axes.plot(*values.T, color=colour, lw=0.6, alpha=0.4)
        window = max(1, min(101, len(values) // 20))
        axes.plot(values[:, 0], ndimage.median_filter(values[:, 1], window, mode="reflect"),
                  color=colour, lw=1.8, label=name)  # fmt: skip
    tidy(axes, "step (generator updates)", unit, title)
    low, high = axes.get_ylim()
    if field == "gradient_norm":
        axes.set_ylim(low, high * (high / low) ** 0.2)
        log_axis(axes.yaxis)
    else:
        axes.set_ylim(low, high + 0.2 * (high - low))
    add_legend(axes, "upper center", 2)


def _draw_score(axes: Axes, values: Array, score: Measured | None, title: str, unit: str) -> None:
    if score is not None and score.band:
        axes.axhspan(*score.band, color=BAND, lw=0, zorder=0.5)
    elif score is not None and score.null is not None:
        axes.axhline(score.null, color=QUIET, lw=0.8)
    axes.plot(*values.T, "o-", color=FAKE, lw=1.6, ms=3.5)
    if title.startswith("Coverage"):
        axes.set_ylim(0, 1.05)
    axes.set_xlim(0, 1.05 * values[-1, 0])
    tidy(axes, "step (generator updates)", unit, title)


def _finite(values: Array) -> Array:
    pairs = np.asarray(values, np.float64).reshape(-1, 2)
    return pairs[np.isfinite(pairs).all(axis=1)]
