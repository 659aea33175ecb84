"""Figure 5: the blur of single images from their edges, or the pixels that scores stand for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from scipy.special import ndtr

from jaxgan.metrics.equivalent_blur import SIGMAS
from jaxgan.report.card import Card
from jaxgan.report.evidence import Evidence
from jaxgan.report.figures.style import (
    BAND,
    FAKE,
    INK,
    QUIET,
    REAL,
    Drawn,
    add_legend,
    new_figure,
    number,
    percent,
    tidy,
)

__all__ = ["edge_figure"]

Array = np.ndarray

SETS = (("real", REAL), ("fake", FAKE))
PIXEL_VARIANCE = 1 / 12  # pixels², of a unit square in any direction
LEAST_SPAN = 0.5  # pixels of the histogram's axis


def edge_figure(card: Card, evidence: Evidence) -> Drawn:
    """Mean edge and radii where images have clean edges, else the equivalent blurs as bars.

    `evidence.edges` holds, for each of real and fake: `*_radius` [n] of the images with a clean
    shape, `*_rejected` the share of the others, and the mean edge as `*_distance` [K] in pixels
    and `*_profile` [K] from 0 to 1. All but the share may be empty.
    """
    if evidence.edges is not None:
        return _edges(card, evidence.edges)
    if evidence.equivalent_blur:
        return _equivalents(card, evidence.equivalent_blur)
    return Drawn(
        "edges",
        "Blur by edges",
        "Left out: these images have no edges of known shape, and no score could be read as a "
        "blur in pixels.",
        "",
        None,
    )


def _edges(card: Card, edges: Mapping[str, Array]) -> Drawn:
    figure = new_figure(3.9)
    profile, radii = figure.subplots(1, 2)
    for name, colour in SETS:
        _draw_profile(profile, edges, name, colour)
    profile.axvline(0, color=QUIET, lw=0.8)
    tidy(profile, "distance from the edge, pixels     (dark side ←  → bright side)",
         "level, 0 dark … 1 bright", "Mean edge, and a blurred step")  # fmt: skip
    add_legend(profile, "lower right")
    if (legend := profile.get_legend()) is not None:
        legend.set_title("median radius", {"size": 8.5})
    _draw_radii(radii, edges)
    tidy(
        radii,
        "blur radius of an image, pixels",
        "share of accepted images",
        "Blur radius, image by image",
        "y",
    )
    add_legend(radii, "upper right")
    rejected = ", ".join(
        f"{percent(float(edges[f'{name}_rejected']))} of the {name}" for name, _ in SETS
    )
    overshoot = card.scores.get("overshoot")
    beyond = "" if overshoot is None else (
        f" Edges of fakes overshoot by {number(overshoot.value)} of their contrast"
        + (f" (real: {number(overshoot.null)})." if overshoot.null is not None else ".")
    )  # fmt: skip
    return Drawn(
        "edges",
        "Edges: the blur radius of every image",
        "A flatter fake edge is blur, one that leaves 0 … 1 is sharpening; radii of fakes should "
        "lie where the real ones do, not at 0. Images without one clean shape have no radius: "
        f"{rejected} images.{beyond}",
        "Mean edge profiles of real and fake images, and histograms of the blur radius of each "
        "image.",
        figure,
    )


def _draw_profile(axes: Axes, edges: Mapping[str, Array], name: str, colour: str) -> None:
    radius = _accepted(edges, name)
    if not len(radius):
        return
    axes.plot(edges[f"{name}_distance"], edges[f"{name}_profile"], "o", ms=3.2, mew=0, color=colour)
    middle = float(np.median(radius))
    x = np.linspace(-6, 6, 241)
    axes.plot(x, ndtr(x / np.sqrt(middle**2 + PIXEL_VARIANCE)), color=colour, lw=1.6,
              label=f"{name}: {number(middle)} px")  # fmt: skip


def _draw_radii(axes: Axes, edges: Mapping[str, Array]) -> None:
    found = {name: _accepted(edges, name) for name, _ in SETS}
    every = np.concatenate(list(found.values()))
    if not len(every):
        axes.text(
            0.5, 0.5, "no image has a clean shape", transform=axes.transAxes, ha="center", color=INK
        )
        return
    low, high = np.quantile(every, (0.0, 0.995))
    middle, span = (low + high) / 2, max(high - low, LEAST_SPAN)
    bins = np.linspace(max(0.0, middle - 0.55 * span), middle + 0.55 * span, 34)
    edges_of_bins = bins.tolist()
    for name, colour in SETS:
        if not len(found[name]):
            continue
        radius = np.clip(found[name], bins[0], bins[-1])
        share = np.full(len(radius), 1 / len(radius))
        axes.hist(
            radius, edges_of_bins, weights=share, histtype="stepfilled", color=colour, alpha=0.35
        )
        axes.hist(
            radius, edges_of_bins, weights=share, histtype="step", color=colour, lw=1.5, label=name
        )
        axes.axvline(float(np.median(radius)), color=colour, lw=1.4, ls="--")


def _accepted(edges: Mapping[str, Array], name: str) -> Array:
    radius = np.asarray(edges[f"{name}_radius"])
    return radius[np.isfinite(radius)]


def _equivalents(card: Card, equivalent: Mapping[str, float]) -> Drawn:
    names = list(equivalent)
    radius = card.radius_px
    values = [*(equivalent[name] for name in names), radius.value]
    rows = np.arange(len(values))
    figure = new_figure(1.2 + 0.4 * len(rows))
    axes = figure.add_subplot()
    axes.barh(rows, values, 0.6, color=[FAKE] * len(names) + [INK])
    ends = [max(value, 0.0) for value in values]
    if radius.interval:
        axes.plot(radius.interval, [rows[-1]] * 2, color=BAND, lw=3, solid_capstyle="butt")
        ends[-1] = max(ends[-1], radius.interval[1])
    for row, value, end in zip(rows, values, ends, strict=True):
        least = "≥ " if row < len(names) and value >= SIGMAS[-1] else ""
        axes.annotate(f"{least}{number(value)} px", (end, row), (5, 0), textcoords="offset points",
                      va="center", fontsize=9, color=INK)  # fmt: skip
    labels = [name.replace("_", " ") for name in names]
    axes.set_yticks(rows, [*labels, "spectral fit"])
    axes.invert_yaxis()
    axes.axvline(0, color=QUIET, lw=0.8)
    axes.set_xlim(min(0.0, axes.get_xlim()[0]), max(1.15 * max(ends), 0.5))
    tidy(axes, "sigma of the Gaussian that does as much to real images, pixels", "", "", "x")
    return Drawn(
        "edges",
        "Equivalent blur: scores in pixels",
        "Each bar is the Gaussian blur that gives held-out real images the fakes' score; 0 is as "
        "sharp as real, or sharper. Bars that agree say that blur is what the scores saw; a short "
        "one among long ones has been fooled, by noise most often. The black bar is the spectral "
        "fit, its line the 95 % interval.",
        "Bars of equivalent blur: "
        + ", ".join(f"{label} {number(v)} pixels" for label, v in zip(labels, values, strict=False))
        + ".",
        figure,
    )
