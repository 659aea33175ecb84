"""Marks that faults leave on single images: clipping, lone points, few grey levels, frames.

Taken on the 256 levels of a file, one row an image. No value means anything alone: digits stand on
black, cartoons use few levels, photographs of the night have plain borders. Compare the means over
a set with those of real images, in both directions.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from jaxgan.metrics.checks import as_file, by_pieces, checked

__all__ = ["SIDES", "clipped", "frame_widths", "grey_levels", "point_noise", "repeated_widths"]

LEVELS = 256
STAND_OUT = 64  # levels, a quarter of the range
PLAIN = 4  # levels: a frame under noise of ±2
REPEATED = 2  # levels: the same row twice, under noise of ±1
PARTS = 8  # of a side: what is wider than one of them is a plain image and would rule the mean

SIDES = ("top", "bottom", "left", "right")
"""The columns of `frame_widths` and `repeated_widths`."""

Array = np.ndarray


def clipped(images: Array) -> Array:
    """Share of the values of each image [N, H, W, C] at level 0, and at 255: float64 [N, 2].

    Generators that end in a tanh or a clip saturate; a raised contrast clips, a lowered one
    takes clipped values away. Noise added before clipping does both.

    Raises ValueError for images that `checks.check_images` refuses, as do the other scores.
    """
    return _of_levels(images, _clipped)


def point_noise(images: Array) -> Array:
    """Share of inner pixels brighter or darker than all 8 neighbours by 64 levels: float64 [N].

    Salt and pepper, dead pixels; a pixel that stands out in one channel counts. On real images one
    pixel in 3000 or fewer does, on cartoons of smooth shapes none, and blur takes them away. White
    noise of deviation 0.05 adds nearly none, 0.1 more than salt and pepper of 0.2 %: compare with
    real images under the noise that was measured. Blind to points on a ground of
    their own level (pepper on black) and to two that touch.
    """
    return _of_levels(images, _point_noise)


def grey_levels(images: Array) -> Array:
    """How many of 256 levels occur in each image [N, H, W, C], mean over channels: float64 [N].

    Falls where levels were lost: posterised or dithered to n, an image has n or fewer. A contrast
    of 1/2 halves it at most, one above 1 leaves it nearly alone; blur raises it on plain
    grounds and lowers it by less than half elsewhere; a little noise after the loss hides it. Grows
    with the number of pixels: compare images of one size.
    """
    return _of_levels(images, _grey_levels)


def frame_widths(images: Array) -> Array:
    """Width of the plain frame on each side of images [N, H, W, C]: float64 [N, 4], pixels.

    In the order of SIDES: how many rows or columns, counted inwards, lie within 4 levels of one
    another in every channel, up to an eighth of the side and no less than 2. Letterboxes have two.
    A plain ground of the image's own counts, and there a frame of another colour makes the width
    less, as noise does: read a fall only against real images under the same noise.
    """
    return _of_levels(images, lambda levels: _of_sides(levels, _frame_width))


def repeated_widths(images: Array) -> Array:
    """How often the outermost row of each side repeats inwards: float64 [N, 4], pixels.

    In the order of SIDES; rows within 2 levels of it at every pixel, up to an eighth of the side
    and no less than 2: what padding with the border's pixels leaves, or enlargement by nearest
    neighbours (1 for twice the size). Plain frames count too, less one row, and so does a wide
    blur, which flattens what was mirrored at the border.
    """
    return _of_levels(images, lambda levels: _of_sides(levels, _repeated_width))


def _clipped(levels: Array) -> Array:
    ends = (0, LEVELS - 1)
    return np.stack([np.mean(levels == end, axis=(1, 2, 3)) for end in ends], axis=1)


def _point_noise(levels: Array) -> Array:
    levels = levels.astype(np.int16)
    height, width = levels.shape[1:3]
    inner = levels[:, 1:-1, 1:-1]
    around = [
        levels[:, y : height - 2 + y, x : width - 2 + x]
        for y in range(3)
        for x in range(3)
        if (y, x) != (1, 1)
    ]
    high, low = around[0].copy(), around[0].copy()
    for neighbour in around[1:]:
        np.maximum(high, neighbour, out=high)
        np.minimum(low, neighbour, out=low)
    stands_out = (inner - high >= STAND_OUT) | (low - inner >= STAND_OUT)
    return np.mean(stands_out.any(axis=3), axis=(1, 2))


def _grey_levels(levels: Array) -> Array:
    count, height, width, channels = levels.shape
    planes = levels.transpose(0, 3, 1, 2).reshape(count * channels, height * width)
    occurs = np.zeros((count * channels, LEVELS), bool)
    occurs[np.arange(len(planes))[:, None], planes] = True
    return occurs.sum(axis=1).reshape(count, channels).mean(axis=1)


def _frame_width(rows: Array, widest: int) -> Array:
    low, high = rows[:, 0].min(axis=1), rows[:, 0].max(axis=1)
    width = np.zeros(len(rows))
    for row in rows.transpose(1, 0, 2, 3)[:widest]:
        low, high = np.minimum(low, row.min(axis=1)), np.maximum(high, row.max(axis=1))
        still = np.all(high - low <= PLAIN, axis=1)
        if not still.any():
            break
        width += still
    return width


def _repeated_width(rows: Array, widest: int) -> Array:
    first = rows[:, 0].astype(np.int16)
    width, still = np.zeros(len(rows)), np.ones(len(rows), bool)
    for row in rows.transpose(1, 0, 2, 3)[1 : widest + 1]:
        still &= np.all(np.abs(row - first) <= REPEATED, axis=(1, 2))
        if not still.any():
            break
        width += still
    return width


def _of_sides(levels: Array, width: Callable[[Array, int], Array]) -> Array:
    """`width` at each side, of rows [n, rows, along, C] from the outermost: float64 [n, 4]."""
    turned = levels.transpose(0, 2, 1, 3)
    sides = (levels, levels[:, ::-1], turned, turned[:, ::-1])
    return np.stack([width(rows, max(2, rows.shape[1] // PARTS)) for rows in sides], axis=1)


def _of_levels(images: Array, score: Callable[[Array], Array]) -> Array:
    """`score` of levels uint8 [n, H, W, C], of some images at a time."""

    def of_some(some: Array) -> Array:
        return score(some if some.dtype == np.uint8 else as_file(some))

    return by_pieces(of_some, checked(images))
