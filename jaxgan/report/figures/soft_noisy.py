"""Figure 2: every image by its sharpness and its noise, between real images with planted faults."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from scipy import ndimage

from jaxgan.report.card import Card, Pair
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

__all__ = ["NOISE_FLOOR", "soft_noisy_map"]

Array = np.ndarray

NOISE_FLOOR = 0.5 / 255
"""Half a level of 8 bits. Less is taken for this much: flat backgrounds read 0, and have no log."""

FURTHEST = 9.0  # log2 units from the real median that are looked at
SHOWN = 600  # dots of each set; contours are of all
FEW = 40  # images, below which no contour means anything
CELLS, SMOOTHING = 64, 2.2  # of the histogram that contours are drawn of


def soft_noisy_map(card: Card, evidence: Evidence) -> Drawn:
    """log2 of Tenengrad (x) and of median noise (y) over the real images' medians."""
    middle = _middle(evidence)
    real = _place(evidence.real_tenengrad, evidence.real_noise, middle)
    fake = _place(evidence.fake_tenengrad, evidence.fake_noise, middle)
    blur, noise = (_rail(rail, middle) for rail in (evidence.blur_rail, evidence.noise_rail))
    limits = _limits([real, fake], [blur, noise])
    figure = new_figure(5.6)
    axes = figure.add_subplot()
    axes.axhline(0, color=QUIET, lw=0.8, zorder=0.5)
    axes.axvline(0, color=QUIET, lw=0.8, zorder=0.5)
    outside = sum(
        _cloud(axes, points, limits, colour, name)
        for points, colour, name in ((real, REAL, "real"), (fake, FAKE, "fake"))
    )
    _draw_rail(axes, evidence.blur_rail, blur, "o", "real + planted blur, sigma in pixels", " px")
    _draw_rail(axes, evidence.noise_rail, noise, "s", "real + planted noise, sd of the range", "")
    axes.set_xlim(limits[0])
    axes.set_ylim(limits[1])
    tidy(
        axes,
        "log2 of Tenengrad over the real median     (softer ←  → sharper, or noisier)",
        "log2 of median noise over the real median     (smoother ←  → noisier)",
    )
    _name_corners(axes)
    add_legend(axes, "upper left")
    return Drawn(
        "soft_noisy",
        "Soft or noisy: image by image",
        _caption(middle, evidence, outside),
        "Scatter of log2 sharpness ratio against log2 noise ratio for real and fake images, with "
        "the paths of real images under planted blur and planted noise.",
        figure,
    )


def _caption(middle: Pair, evidence: Evidence, outside: int) -> str:
    words = (
        "One dot is one image, contours hold 50 % and 95 % of a set, the large marks are the "
        "medians; (0, 0) is the real median. Fakes along the path of circles are as soft as real "
        "images blurred by that many pixels; along the path of squares, as noisy as real images "
        "with that much noise."
    )
    floored = np.mean(np.concatenate([evidence.real_noise, evidence.fake_noise]) < NOISE_FLOOR)
    if floored > 0:
        words += (
            f" {percent(float(floored))} of the images have a median noise below half a level of 8 "
            "bits (0.002; flat backgrounds read 0) and are drawn as if they had that much."
        )
    if middle[1] <= NOISE_FLOOR:
        words += " So has the real median, so only noise above that level shows here."
    if outside:
        words += f" {outside} images lie beyond the axes and are drawn on the border."
    return words


def _middle(evidence: Evidence) -> Pair:
    """Medians of the real images: Tenengrad, and noise from the floor up."""
    tenengrad = float(np.median(evidence.real_tenengrad))
    if tenengrad <= 0:
        raise ValueError("real images: the median Tenengrad is 0, most are plain; nothing to map")
    return tenengrad, max(float(np.median(evidence.real_noise)), NOISE_FLOOR)


def _place(tenengrad: Array, noise: Array, middle: Pair) -> Array:
    """[n, 2] on the map, within ±FURTHEST: a plain image has no sharpness at all."""
    ratio = np.maximum(np.asarray(tenengrad) / middle[0], 2.0**-FURTHEST)
    floored = np.maximum(noise, NOISE_FLOOR) / middle[1]
    return np.clip(np.log2(np.stack([ratio, floored], axis=1)), -FURTHEST, FURTHEST)


def _rail(rail: Mapping[float, Pair], middle: Pair) -> Array:
    """[sizes + 1, 2], from the real median on."""
    medians = np.array([rail[size] for size in sorted(rail)]).reshape(-1, 2)
    return np.concatenate([np.zeros((1, 2)), _place(medians[:, 0], medians[:, 1], middle)])


def _limits(clouds: list[Array], rails: list[Array]) -> tuple[Pair, Pair]:
    """Of both axes: the rails, and 99 % of each set."""
    shown = [np.quantile(cloud, (0.005, 0.995), axis=0) for cloud in clouds] + rails
    low, high = np.concatenate(shown).min(axis=0), np.concatenate(shown).max(axis=0)
    room = np.maximum(0.07 * (high - low), 0.25)
    low, high = low - room, high + room
    low[1] -= 0.06 * (high[1] - low[1])  # for the words in the corners
    high[1] += 0.16 * (high[1] - low[1])  # for the legend
    return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))


def _cloud(axes: Axes, points: Array, limits: tuple[Pair, Pair], colour: str, name: str) -> int:
    """Dots, contours and median; how many images lie beyond the axes."""
    low, high = np.array(limits).T
    inside = np.clip(points, low, high)
    outside = int(np.any(inside != points, axis=1).sum())
    dots = inside[np.linspace(0, len(inside) - 1, min(SHOWN, len(inside))).astype(int)]
    axes.plot(*dots.T, "o", ms=2.4, mew=0, color=colour, alpha=0.35, clip_on=False)
    if len(points) >= FEW:
        _contours(axes, inside, limits, colour)
    axes.plot(*np.median(points, axis=0), "X" if name == "fake" else "P", ms=11, color=colour,
              mec="white", mew=1.2, zorder=5, label=f"{name} images, and their median")  # fmt: skip
    return outside


def _contours(axes: Axes, points: Array, limits: tuple[Pair, Pair], colour: str) -> None:
    counts, (x, y) = np.histogramdd(points, [CELLS, CELLS], limits)
    density = ndimage.gaussian_filter(counts, SMOOTHING, mode="constant")
    ranked = np.sort(density, axis=None)[::-1]
    held = np.cumsum(ranked) / ranked.sum()
    levels = np.unique([ranked[np.searchsorted(held, share)] for share in (0.95, 0.5)])
    middles = [(edges[1:] + edges[:-1]) / 2 for edges in (x, y)]
    fill = [to_rgba(colour, alpha) for alpha in (0.10, 0.22)[: len(levels)]]
    axes.contourf(*middles, density.T, [*levels, density.max() * 1.01], colors=fill)
    axes.contour(*middles, density.T, levels, colors=[colour], linewidths=1.1)


def _draw_rail(
    axes: Axes, rail: Mapping[float, Pair], path: Array, mark: str, name: str, unit: str
) -> None:
    if not rail:
        return
    axes.plot(*path.T, "-", color=INK, lw=1.3, marker=mark, ms=5, mfc="white", mec=INK, zorder=4,
              label=name)  # fmt: skip
    last = path[0]
    for size, place in zip(sorted(rail), path[1:], strict=True):
        if size > 0 and np.abs(place - last).max() > 0.3:  # else the labels would overlap
            axes.annotate(f"{size:g}{unit}", place, (6, -10), textcoords="offset points",
                          fontsize=8, color=INK, zorder=6, clip_on=True)  # fmt: skip
            last = place


def _name_corners(axes: Axes) -> None:
    for x, y, text in ((0.01, 0.02, "soft"), (0.99, 0.02, "sharp"), (0.99, 0.97, "noisy")):
        across, up = "left" if x < 0.5 else "right", "bottom" if y < 0.5 else "top"
        axes.text(x, y, text, transform=axes.transAxes, ha=across, va=up, color=QUIET,
                  fontsize=11, style="italic")  # fmt: skip
