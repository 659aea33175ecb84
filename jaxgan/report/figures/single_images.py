"""Figure 3: the softness of single images, the softest and the sharpest of them, and classes."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from jaxgan.metrics.soft_share import SOFT
from jaxgan.report.card import Card
from jaxgan.report.class_softness import ClassSoftness
from jaxgan.report.evidence import Evidence
from jaxgan.report.figures.style import (
    FAKE,
    INK,
    QUIET,
    REAL,
    Drawn,
    add_legend,
    new_figure,
    percent,
    tidy,
)

__all__ = ["single_image_figure"]

Array = np.ndarray

BINS = 48
MOST_CLASSES = 12  # bars; of more, the softest
TITLE = "One by one: how many are soft"


def single_image_figure(card: Card, evidence: Evidence) -> Drawn:
    """The law of softness over fakes and real images, tiles of both ends, and bars of classes."""
    if evidence.fake_softness is None or evidence.real_softness is None:
        return Drawn(
            "single_images",
            TITLE,
            "Left out: beside such noise, no blur shows in a single image.",
            "",
            None,
        )
    figure = new_figure(5.4)
    above, below = figure.subfigures(2, 1, height_ratios=(3, 2)).ravel()  # type: ignore[union-attr]
    if evidence.classes is None:
        _law(above.subplots(), evidence)
    else:
        law, classes = above.subplots(1, 2, width_ratios=(3, 2))
        _law(law, evidence)
        _classes(classes, evidence.classes)
    if evidence.extremes is not None:
        _tiles(below, evidence.extremes)
    softer = card.scores["softer_share"].value
    return Drawn(
        "single_images",
        TITLE,
        "Each image's softness; below the axis, the blur that makes the median real image as soft. "
        f"95 % of real images lie left of the line, {percent(softer)} of the fakes right of it. A "
        "blur of all images moves the whole law; one of some adds a hump; other content leaves the "
        "soft end where it is. Beside noise, marks end where larger blurs look no softer.",
        "Histograms of the softness of single real and fake images, above the softest and the "
        "sharpest fakes.",
        figure,
    )


def _law(axes: Axes, evidence: Evidence) -> None:
    real, fake = evidence.real_softness, evidence.fake_softness
    assert real is not None
    assert fake is not None
    low, high = np.quantile(np.concatenate([real, fake]), (0.002, 0.998))
    bins = np.linspace(low, max(high, low + 0.1), BINS)
    for values, colour, name, filled in ((real, REAL, "real", True), (fake, FAKE, "fake", False)):
        axes.hist(np.clip(values, bins[0], bins[-1]), bins.tolist(), color=colour, label=name,
                  density=True, histtype="stepfilled" if filled else "step", lw=1.8,
                  alpha=0.35 if filled else 1.0)  # fmt: skip
    axes.axvline(
        float(np.quantile(real, SOFT)), color=INK, lw=1, ls="--", label="95 % of real images"
    )
    shown = {size: at for size, at in evidence.softness_scale.items() if low <= at <= high}
    axes.set_xticks(list(shown.values()), [f"{size:g}" for size in shown])
    tidy(axes, "softness, as blur of the median real image in pixels", "density", "Law over images")
    add_legend(axes, "above", 3)


def _classes(axes: Axes, classes: ClassSoftness) -> None:
    order = np.argsort(-classes.radius)[:MOST_CLASSES][::-1]
    places = np.arange(len(order))
    colours = [FAKE if i in classes.softer(1.0) else QUIET for i in order]
    axes.barh(places, classes.radius[order], color=colours)
    axes.set_yticks(places, [classes.names[i] for i in order])
    for label in axes.get_yticklabels():
        label.set_parse_math(False)
    axes.axvline(0, color=INK, lw=0.8)
    tidy(axes, "pixels, beside real images of the class", "class", "Softness of classes", grid="x")


def _tiles(figure: SubFigure, extremes: tuple[Array, Array]) -> None:
    rows = figure.subplots(2, 1)
    for axes, images, name in zip(rows, extremes, ("softest fakes", "sharpest fakes"), strict=True):
        strip = np.concatenate(list(_padded(images)), axis=1)
        picture = strip[..., 0] if strip.shape[-1] == 1 else strip
        axes.imshow(picture, cmap="gray", vmin=0, vmax=255, interpolation="nearest", aspect="equal")
        axes.set_axis_off()
        axes.set_title(name, fontsize=9.5, color=QUIET, loc="left")


def _padded(images: Array) -> Array:
    """A white column right of each image."""
    gap = max(1, images.shape[2] // 16)
    return np.pad(images, ((0, 0), (0, 0), (0, gap), (0, 0)), constant_values=255)
