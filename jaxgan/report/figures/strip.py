"""Figure 1: real and fake images at the same quantiles of sharpness, with enlarged crops."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from jaxgan.metrics.checks import check_images
from jaxgan.metrics.gradients import gradient_magnitudes
from jaxgan.report.card import Card
from jaxgan.report.evidence import Evidence
from jaxgan.report.figures.style import (
    DPI,
    FAKE,
    INK,
    NEIGHBOUR,
    QUIET,
    REAL,
    TIMES,
    Drawn,
    new_figure,
    percent,
)

__all__ = ["image_strip"]

Array = np.ndarray

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
ZOOM = 4
CELL = 92  # pixels of the screen, about, that an image gets
LEFT, TOP, GAP, BETWEEN, BELOW = 84, 42, 4, 8, 20  # pixels of the screen


def image_strip(card: Card, evidence: Evidence) -> Drawn:
    """Columns: quantiles of Tenengrad. Rows: real, fake, the training image nearest to the fake.

    Right of each image a crop, where its gradients are strongest, four times as large and without
    interpolation, so that the pixels can be seen. Raises ValueError where the numbers of images and
    of their scores differ.
    """
    scale, cell, crop = _sizes(evidence.fake.shape[1])
    median = float(np.median(evidence.real_tenengrad))
    rows = [
        ("Real", REAL, _at_quantiles(evidence.real, evidence.real_tenengrad, "real")),
        ("Fake", FAKE, _at_quantiles(evidence.fake, evidence.fake_tenengrad, "fake")),
    ]
    if evidence.neighbours is not None:
        rows.append(("Nearest\ntraining\nimage", NEIGHBOUR, rows[1][2]))
    step = 2 * cell + GAP + BETWEEN
    width, height = LEFT + len(QUANTILES) * step, TOP + len(rows) * (cell + BELOW)
    figure = new_figure(height / DPI, width / DPI, layout=None)
    for column, quantile in enumerate(QUANTILES):
        words = {0.05: ": soft end", 0.5: ": median", 0.95: ": sharp end"}.get(quantile, "")
        _write(figure, LEFT + column * step, 20, percent(quantile) + words, INK)
    _write(figure, 4, 20, "Quantile of\nsharpness", QUIET, size=8)
    for row, (name, colour, indices) in enumerate(rows):
        top = TOP + row * (cell + BELOW)
        _write(figure, 4, top + cell / 2, name, colour, size=10.5, weight="bold")
        for column, index in enumerate(indices):
            left = LEFT + column * step
            if row == 2 and evidence.neighbours is not None:
                image, text = evidence.neighbours[index], ""
            else:
                of = (
                    (evidence.real, evidence.real_tenengrad),
                    (evidence.fake, evidence.fake_tenengrad),
                )
                image, score = of[row][0][index], of[row][1][index]
                text = f"{score / median:.2f} {TIMES} real" if median else ""
            # A neighbour is shown at the place of its fake's crop.
            at = _busiest(evidence.fake[index] if row == 2 else image, crop)
            _place(figure, left, top, image, scale, cell, (at, crop), colour)
            _write(figure, left, top + cell + 9, text, QUIET, size=7.5)
    return Drawn("strip", "Images at the same quantiles of sharpness", _caption(evidence, crop),
                 _alt(evidence), figure)  # fmt: skip


def _caption(evidence: Evidence, crop: int) -> str:
    words = (
        "Each column holds the real and the fake image at the same quantile of their own set's "
        "Tenengrad (edge energy; its ratio to the real median stands below); the framed "
        f"{crop}{TIMES}{crop} pixels are shown {ZOOM} times as large. Compare down a column: "
        "washed-out steps between pixels are blur, speckle is noise."
    )
    if evidence.neighbours is None:
        return words + " No training images were at hand to show the nearest ones."
    return words + " A fake that is the same picture as its nearest training image was memorised."


def _alt(evidence: Evidence) -> str:
    third = "" if evidence.neighbours is None else ", and the training images nearest to the fakes"
    return f"Five real and five fake images from soft to sharp, with enlarged crops{third}."


def _sizes(side: int) -> tuple[float, int, int]:
    """Screen pixels of an image's pixel, of an image, and the crop in image pixels."""
    if side <= CELL * 1.5:
        scale = max(1, round(CELL / side))
        return scale, scale * side, max(2, side // ZOOM)
    return CELL / side, CELL, CELL // ZOOM  # larger than its cell: shown reduced, its crop is not


def _at_quantiles(images: Array, scores: Array, name: str) -> Array:
    """Index of the image nearest to each quantile of the scores."""
    if len(images) != len(scores):
        raise ValueError(f"{len(images)} {name} images and {len(scores)} scores: expected as many")
    order = np.argsort(scores, kind="stable")
    return order[np.rint(np.array(QUANTILES) * (len(order) - 1)).astype(int)]


def _busiest(image: Array, crop: int) -> tuple[int, int]:
    """Top and left of the crop with the largest sum of gradient magnitudes; the middle if plain."""
    middle = (image.shape[0] - crop) // 2, (image.shape[1] - crop) // 2
    if image.min() == image.max():
        return middle
    slopes = np.pad(gradient_magnitudes(check_images(image[None]))[0], 1)
    sums = np.pad(slopes, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    windows = sums[crop:, crop:] - sums[:-crop, crop:] - sums[crop:, :-crop] + sums[:-crop, :-crop]
    top, left = np.unravel_index(int(np.argmax(windows)), windows.shape)
    return int(top), int(left)


def _place(
    figure: Figure,
    left: float,
    top: float,
    image: Array,
    scale: float,
    cell: int,
    cut: tuple[tuple[int, int], int],
    colour: str,
) -> None:
    """The image, its crop to the right, and a frame that says where the crop is from."""
    width, height = figure.get_size_inches() * DPI
    (row, column), crop = cut
    parts = (image, image[row : row + crop, column : column + crop])
    for offset, part in zip((0, cell + GAP), parts, strict=True):
        box = ((left + offset) / width, 1 - (top + cell) / height, cell / width, cell / height)
        axes = figure.add_axes(box)
        axes.set_axis_off()
        small = scale < 1 and part is image
        picture = part[..., 0] if part.shape[-1] == 1 else part
        axes.imshow(picture, cmap="gray", vmin=0, vmax=255, aspect="auto",
                    interpolation="antialiased" if small else "nearest")  # fmt: skip
        if part is image:
            corner = (column - 0.5, row - 0.5)
            axes.add_patch(Rectangle(corner, crop, crop, fill=False, edgecolor="white", lw=2.2))
            axes.add_patch(Rectangle(corner, crop, crop, fill=False, edgecolor=colour, lw=1.1))


def _write(
    figure: Figure,
    x: float,
    y: float,
    text: str,
    colour: str,
    size: float = 9,
    weight: str = "normal",
) -> None:
    """Text whose left end and middle are at pixels (x, y) from the top left corner."""
    width, height = figure.get_size_inches() * DPI
    figure.text(x / width, 1 - y / height, text, fontsize=size, color=colour, fontweight=weight,
                va="center", ha="left", parse_math=False)  # fmt: skip
