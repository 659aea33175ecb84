"""Dead leaves: pictures of discs that hide one another, with edges and spectra like nature's.

Discs of radius r, with p(r) ~ 1 / r³, of uniform place and grey level, fall one on top of the other
until nothing else is seen (Matheron 1968; Lee, Mumford & Huang 2001, "Occlusion models for natural
images"). The law makes the picture look alike at every scale, and its power falls with
frequency as that of photographs does. All edges are known exactly.

As in `jaxgan.data.shapes`, a pixel is the mean of the ideal picture over the pixel's square, and
a planted blur is applied to the ideal picture, before there are pixels. Host NumPy in float64.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from jaxgan.data.drawn import first_index
from jaxgan.data.images import ImageSet, check_indices, fingerprint

__all__ = ["Leaves", "dead_leaves", "leaves", "paint"]

VERSION = 1
"""Raised whenever a change to this file changes a pixel: it is part of the fingerprint."""

LEAST_RADIUS, LARGEST_RADIUS = 1 / 32, 1 / 2  # picture widths
MARGIN = 3 / 8  # picture widths on each side that are covered with leaves too, for the blur's sake
LEAVES = 3072  # fallen leaves: a point of the picture stays bare with a chance of 3e-7
LEAST_BLUR = 0.1  # pixels; less is below a cell's own width
CELLS = 8  # a pixel and axis: the ideal picture is computed as means over these
LARGEST_TILE = 32  # pixels a side, painted at a time with the leaves that touch it
BATCH = 64  # leaves laid on a tile at a time

Array = np.ndarray


class Leaves(NamedTuple):
    """The leaves of one picture, the topmost first."""

    x: Array  # float64 [n], centre, in picture widths from the left
    y: Array  # float64 [n], and from the top
    radius: Array  # float64 [n], picture widths
    level: Array  # float64 [n], grey in [0, 1)
    ground: float  # grey in [0, 1), where no leaf has fallen


def dead_leaves(
    size: int = 20000,
    image_size: int = 32,
    seed: int = 0,
    blur: float = 0.0,
    *,
    channels: int = 1,
    split: str = "train",
) -> ImageSet:
    """A set of `size` pictures of dead leaves, painted when read; there are no labels.

    `blur` is the sigma of a planted Gaussian in pixels: 0, or 0.1 to an eighth of `image_size`.
    Example i is a pure function of (seed, i): a larger set starts with the smaller one, and the
    same picture at another `image_size` has the same leaves, scaled; a blur moves none of them.
    `channels=3` repeats the grey plane.

    Raises UserError for arguments out of range and for a split other than "train" and "test".
    """
    first = first_index(
        "dead_leaves",
        size=size,
        image_size=image_size,
        channels=channels,
        seed=seed,
        blur=blur,
        blurs=(LEAST_BLUR, image_size / 8),
        split=split,
    )
    shape = (image_size, image_size, channels)

    def read(indices: Array) -> dict[str, Array]:
        chosen = first + check_indices(indices, size)
        image = np.empty((len(chosen), *shape), np.uint8)
        for picture, index in zip(image, chosen, strict=True):
            levels = paint(leaves(seed, int(index)), image_size, blur)
            picture[:] = np.rint(255 * levels)[:, :, None]
        return {"image": image}

    return ImageSet(
        name="dead_leaves",
        size=size,
        image_shape=shape,
        classes=(),
        read=read,
        fingerprint=fingerprint("dead_leaves", VERSION, size, shape, seed, float(blur), split),
    )


def leaves(seed: int, index: int) -> Leaves:
    """The leaves of example `index` (>= 0) of a seed in [0, 2**64)."""
    key = np.array([seed, index], np.uint64)
    # The counter sets this use of the seed apart from others, such as the order of examples.
    bits = np.random.Philox(key=key, counter=[0, 0, 0, 2]).random_raw(4 * LEAVES + 1)
    uniform = (bits >> np.uint64(11)) * 2.0**-53
    x, y, size, level = uniform[:-1].reshape(4, LEAVES)
    radius = np.interp(size, *_RADIUS_LAW)
    reach = MARGIN + radius  # a leaf may lie outside as far as it can still be seen
    x, y = (place * (1 + 2 * reach) - reach for place in (x, y))
    return Leaves(x, y, radius, level, float(uniform[-1]))


def _radius_law() -> tuple[Array, Array]:
    """Distribution function and radii of the leaves that can be seen.

    Leaves of radius r are seen from places in a square of side W + 2 r, W the width that is
    covered: the density is (W + 2 r)² / r³, cut to the radii that there are.
    """
    width = 1 + 2 * MARGIN
    radius = np.geomspace(LEAST_RADIUS, LARGEST_RADIUS, 4097)
    below = -(width**2) / (2 * radius**2) - 4 * width / radius + 4 * np.log(radius)
    return (below - below[0]) / (below[-1] - below[0]), radius


_RADIUS_LAW = _radius_law()


def paint(fallen: Leaves, size: int, blur: float = 0.0) -> Array:
    """The picture of leaves: float64 [size, size] in [0, 1), `blur` the planted sigma in pixels.

    Means over cells of an eighth of a pixel, in which an edge is a straight line (error of a pixel
    below 0.01), are averaged over pixels.
    """
    if not blur:
        return _cells(fallen, size, 0, size).reshape(size, CELLS, size, CELLS).mean(axis=(1, 3))
    margin = int(min(math.ceil(4 * blur), MARGIN * size))
    spread = _blurring(size, margin, blur)
    cells = _cells(fallen, size, -margin, size + margin)
    return _product(spread, _product(spread, cells).T).T


def _product(left: Array, right: Array) -> Array:
    """left @ right, in products of at most 2**18 terms.

    Above, a BLAS starts threads, which would make the order of a sum depend on the machine.
    """
    step = max(1, 2**18 // left.size)
    cuts = range(0, right.shape[1], step)
    return np.concatenate([left @ right[:, cut : cut + step] for cut in cuts], axis=1)


def _blurring(size: int, margin: int, blur: float) -> Array:
    """Weights [size, cells] of the cells along one axis in pixels under a Gaussian.

    Cells are means over their own width, which is a blur of variance 1 / (12 CELLS²) already.
    """
    sigma = math.sqrt(blur**2 - 1 / (12 * CELLS**2))
    cells = np.arange(-margin + 0.5 / CELLS, size + margin, 1 / CELLS)
    pixels = np.arange(size)[:, None]
    weight = ndtr((pixels + 1 - cells) / sigma) - ndtr((pixels - cells) / sigma)
    return weight / weight.sum(axis=1, keepdims=True)


def _cells(fallen: Leaves, size: int, start: int, stop: int) -> Array:
    """Means of the ideal picture over cells, for pixels `start` to `stop` on both axes."""
    width = stop - start
    tiles = math.ceil(width / LARGEST_TILE)
    side = math.ceil(width / tiles)
    cells = np.empty((tiles * side, tiles * side, CELLS, CELLS))
    x, y = fallen.x * size - start, fallen.y * size - start  # pixels of the result
    radius = fallen.radius * size
    for top in range(0, tiles * side, side):
        for left in range(0, tiles * side, side):
            away_x, away_y = _outside(x - left, side), _outside(y - top, side)
            seen = np.flatnonzero(away_x**2 + away_y**2 < radius**2)
            local = Leaves(x[seen] - left, y[seen] - top, radius[seen], fallen.level[seen],
                           fallen.ground)  # fmt: skip
            cells[top : top + side, left : left + side] = _tile(local, side)
    fine = cells[:width, :width].transpose(0, 2, 1, 3)
    return fine.reshape(width * CELLS, width * CELLS)


def _outside(place: Array, width: float) -> Array:
    """How far places are outside of the interval from 0 to `width`."""
    return np.maximum(np.maximum(-place, place - width), 0)


def _tile(local: Leaves, side: int) -> Array:
    """Cells [side, side, CELLS, CELLS] of a tile, the leaves in pixels from its top left corner.

    Most pixels show one leaf. Only where edges of leaves cross a pixel, above the first leaf that
    fills it, is there more to do; those leaves are laid down from the lowest up.
    """
    levels, pixels, crossing = _seen(local, side)
    cells = np.repeat(levels, CELLS**2).reshape(-1, CELLS, CELLS)
    middle = (np.arange(CELLS) + 0.5) / CELLS
    for some in _layers(pixels):
        pixel, leaf = pixels[some], crossing[some]
        radius = local.radius[leaf, None]
        away_x = (pixel % side - local.x[leaf])[:, None] + middle
        away_y = (pixel // side - local.y[leaf])[:, None] + middle
        # Near the edge, r - d is (r² - d²) / 2r: the cell's share, without a root for each.
        in_cells = CELLS / (2 * radius)
        cover = ((radius**2 - away_y**2) * in_cells + 0.5)[:, :, None]
        cover = cover - (away_x**2 * in_cells)[:, None, :]
        np.clip(cover, 0, 1, out=cover)
        below = cells[pixel]
        cover *= local.level[leaf, None, None] - below
        cells[pixel] = below + cover
    return cells.reshape(side, side, CELLS, CELLS)


def _seen(local: Leaves, side: int) -> tuple[Array, Array, Array]:
    """What each pixel of a tile shows: the level [side²] of the topmost leaf that fills it, and
    pairs (pixel [k], leaf [k]) of the edges that cross it above; in order, the topmost leaf first.
    """
    levels = np.full(side * side, local.ground)
    open_pixels = np.arange(side * side)  # those not filled by a leaf so far
    pairs = [(open_pixels[:0], open_pixels[:0])]
    for first in range(0, len(local.x), BATCH):
        x, y, radius, level = (values[first : first + BATCH] for values in local[:4])
        rows, columns = np.divmod(open_pixels, side)
        away_x, away_y = (np.abs(np.arange(side)[:, None] + 0.5 - place) for place in (x, y))
        farthest = ((away_y + 0.5) ** 2)[rows] + ((away_x + 0.5) ** 2)[columns]
        fills = farthest <= radius**2
        filled = fills.any(axis=1)
        topmost = np.where(filled, fills.argmax(axis=1), len(x))
        nearest = (np.maximum(away_y - 0.5, 0) ** 2)[rows]
        nearest += (np.maximum(away_x - 0.5, 0) ** 2)[columns]
        crosses = (nearest < radius**2) & (np.arange(len(x)) < topmost[:, None])
        which, leaf = np.nonzero(crosses)
        pairs.append((open_pixels[which], first + leaf))
        levels[open_pixels[filled]] = level[topmost[filled]]
        open_pixels = open_pixels[~filled]
        if not len(open_pixels):
            break
    pixels, crossing = (np.concatenate(found) for found in zip(*pairs, strict=True))
    order = np.argsort(pixels, kind="stable")
    return levels, pixels[order], crossing[order]


def _layers(pixels: Array) -> Iterator[Array]:
    """Places in sorted `pixels` [k] of the last of each pixel, of the last but one, and so on."""
    _, count = np.unique(pixels, return_counts=True)
    last = np.cumsum(count) - 1
    for depth in range(count.max(initial=0)):
        yield last[count > depth] - depth
