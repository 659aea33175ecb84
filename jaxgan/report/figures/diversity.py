"""Figure 7: quality against diversity, and which classes appear."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from scipy.special import rel_entr

from jaxgan.report.card import Card, Measured, Pair
from jaxgan.report.evidence import Evidence
from jaxgan.report.figures.style import (
    BAND,
    FAKE,
    NEIGHBOUR,
    QUIET,
    REAL,
    Drawn,
    add_legend,
    new_figure,
    number,
    tidy,
)

__all__ = ["diversity_figure"]

Array = np.ndarray

TITLE = "Quality and diversity"
# Diversity first: it is what the x axis shows.
POINTS = (("recall", "precision", "o", FAKE), ("coverage", "density", "s", NEIGHBOUR))
NAMED_CLASSES = 20  # with more, their names do not fit


def diversity_figure(card: Card, evidence: Evidence) -> Drawn:
    """Precision-recall and density-coverage over their nulls; histogram of classes."""
    points = [
        (card.scores[x], card.scores[y], f"{y} and {x}", mark, colour)
        for x, y, mark, colour in POINTS
        if all(name in card.scores and card.scores[name].ratio is not None for name in (x, y))
    ]
    classes = _shares(evidence)
    if not points and classes is None:
        return Drawn(
            "diversity", TITLE,
            "Left out: neither features of the images (for precision, recall, density and "
            "coverage) "
            "nor classes were at hand.", "", None,
        )  # fmt: skip
    both = bool(points) and classes is not None
    figure = new_figure(4.1, 9.4 if both or not points else 5.4)
    panels = figure.subplots(1, 2, width_ratios=(1, 1.25)) if both else [figure.add_subplot()]
    if points:
        _draw_points(panels[0], points)
    if classes is not None:
        _draw_classes(panels[-1], evidence.class_names, *classes)
    return Drawn(
        "diversity",
        TITLE,
        _caption(bool(points), classes, card.scores.get("class_divergence")),
        _alt(points, classes),
        figure,
    )


def _caption(
    points: bool, classes: tuple[Array, Array] | None, divergence_score: Measured | None
) -> str:
    words = ""
    if points:
        words = (
            "(1, 1) is what real images reach against real images. Left of it, part of the data "
            "never appears; below it, some fakes look like no real image. Boxes hold 95 % of real "
            "against real. A sharp generator far to the left has bought its sharpness with "
            "variety. "
        )
    if classes is None:
        return words + "There are no classes to count."
    divergence = divergence_score.value if divergence_score else _divergence(*classes)
    words += "Bars of one class should be equally long for real and fake images; KL(fake ‖ real) "
    if np.isinf(divergence):
        return words + "is infinite: fakes fall into a class that no real image was judged to be."
    return words + f"is {number(divergence)} nats (0: the same shares)."


def _alt(points: list[tuple[Measured, Measured, str, str, str]], classes: object) -> str:
    said = [
        f"{name} over real against real: {number(y.ratio or 0)} and {number(x.ratio or 0)}"
        for x, y, name, _, _ in points
    ]
    if classes is not None:
        said.append("bars of the shares of classes among real and fake images")
    return "; ".join(said) + "."


def _draw_points(axes: Axes, points: list[tuple[Measured, Measured, str, str, str]]) -> None:
    axes.axhline(1, color=QUIET, lw=0.8)
    axes.axvline(1, color=QUIET, lw=0.8)
    for x, y, name, mark, colour in points:
        if x.band and y.band:
            (left, right), (bottom, top) = _over_null(x, x.band), _over_null(y, y.band)
            axes.add_patch(Rectangle((left, bottom), right - left, top - bottom, facecolor=BAND,
                                     edgecolor=colour, lw=0.8, alpha=0.6))  # fmt: skip
        for score, along in ((x, 0), (y, 1)):
            if score.interval:
                ends = _over_null(score, score.interval)
                other = ((y, x)[along].ratio,) * 2
                axes.plot(*((ends, other) if along == 0 else (other, ends)), color=colour, lw=1.4)
        place = [x.ratio or 0.0], [y.ratio or 0.0]
        axes.plot(*place, mark, ms=10, color=colour, mec="white", label=name, zorder=4)
    axes.plot(1, 1, "+", ms=13, mew=2, color=REAL, label="real against real", zorder=3)
    axes.autoscale_view()
    axes.set_xlim(min(0.0, axes.get_xlim()[0]), max(1.2, axes.get_xlim()[1]))
    axes.set_ylim(min(0.0, axes.get_ylim()[0]), max(1.2, axes.get_ylim()[1]))
    tidy(
        axes,
        "diversity: recall or coverage, over real vs real",
        "quality: precision or density, over real vs real",
        "Quality against diversity",
    )
    add_legend(axes, "lower left")


def _draw_classes(axes: Axes, names: tuple[str, ...], real: Array, fake: Array) -> None:
    x = np.arange(len(real))
    if len(real) <= NAMED_CLASSES:
        axes.bar(x - 0.2, real, 0.38, color=REAL, label="real")
        axes.bar(x + 0.2, fake, 0.38, color=FAKE, label="fake")
        axes.set_xticks(x, names if len(names) == len(x) else [str(i) for i in x])
        long = max(map(len, names), default=0) > 2
        for label in axes.get_xticklabels():
            label.set_parse_math(False)  # a folder's name may hold a $
            if long:
                label.set(rotation=40, ha="right", rotation_mode="anchor")
        title = "Classes, by a classifier"
    else:
        order = np.argsort(-real, kind="stable")
        axes.plot(x, real[order], color=REAL, lw=2, label="real")
        axes.plot(x, fake[order], "o", ms=3, color=FAKE, label="fake")
        title = "Classes, by how common they are among real images"
    axes.set_ylim(bottom=0)
    axes.margins(y=0.2)
    tidy(axes, "class", "share of images", title, "y")
    add_legend(axes, "upper right", columns=2)


def _shares(evidence: Evidence) -> tuple[Array, Array] | None:
    if evidence.real_classes is None or evidence.fake_classes is None:
        return None
    return np.asarray(evidence.real_classes, float), np.asarray(evidence.fake_classes, float)


def _divergence(real: Array, fake: Array) -> float:
    return max(0.0, float(rel_entr(fake, real).sum()))


def _over_null(score: Measured, ends: Pair) -> Pair:
    assert score.null
    return ends[0] / score.null, ends[1] / score.null
