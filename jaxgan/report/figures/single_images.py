"""Figure 3: the blur radius of single images, the softest and the sharpest of them, and classes."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from jaxgan.report.card import Card, Evidence
from jaxgan.report.class_softness import ClassSoftness
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
LEAST_AT_END = 0.01  # of the images
MOST_CLASSES = 12  # bars; of more, the softest
TITLE = "One by one: how many are soft"


def single_image_figure(card: Card, evidence: Evidence) -> Drawn:
    """The law of the radius over fakes and real images, tiles of both ends, and bars of classes."""
    if evidence.fake_radius is None or evidence.real_radius is None:
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
        "Each image's softness, as the blur that makes the median real image as soft; below 0: "
        f"sharper than that one. 95 % of real images lie left of the line, {percent(softer)} of "
        f"the fakes right of it.{_end(evidence)} A blur of all images moves the whole law; one of "
        "some adds a hump; other content leaves the soft end where it is.",
        "Histograms of the blur radius of single real and fake images, above the softest and the "
        "sharpest fakes.",
        figure,
    )


def _end(evidence: Evidence) -> str:
    """Where the scale ends, if images lie there."""
    radii = np.concatenate([evidence.fake_radius, evidence.real_radius])
    largest = float(np.max(np.abs(radii)))
    if np.mean(np.abs(radii) == largest) < LEAST_AT_END:
        return ""
    return (
        f" The scale ends at {largest:.1f} pixels: beside the noise, larger blurs look no softer. "
        "Images beyond it stand at its end."
    )


def _law(axes: Axes, evidence: Evidence) -> None:
    real, fake = evidence.real_radius, evidence.fake_radius
    assert real is not None
    assert fake is not None
    low, high = np.quantile(np.concatenate([real, fake]), (0.002, 0.998))
    bins = np.linspace(low, max(high, low + 0.1), BINS)
    for values, colour, name, filled in ((real, REAL, "real", True), (fake, FAKE, "fake", False)):
        axes.hist(np.clip(values, bins[0], bins[-1]), bins.tolist(), color=colour, label=name,
                  density=True, histtype="stepfilled" if filled else "step", lw=1.8,
                  alpha=0.35 if filled else 1.0)  # fmt: skip
    axes.axvline(evidence.soft_limit, color=INK, lw=1, ls="--", label="95 % of real images")
    tidy(axes, "blur radius of an image, pixels", "density", "Law over images")
    add_legend(axes, "upper right")


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
