"""Procedural discs, boxes, triangles and stars whose edges are known exactly. No files needed.

One shape per picture, of random place, size, angle and grey level, on a plain background, wholly
inside the picture. Every pixel is the exact mean of the ideal picture over that pixel's square
(box-filter anti-aliasing), so the edge profile is known: a straight edge has standard deviation
sqrt(1 / 12) = 0.289 pixels along the axes, and sqrt(1 / 12 + blur**2) with a planted blur.

Everything is host NumPy in float64: the same bits whatever the device. Coordinates are pixels,
x to the right and y down from the picture's top left corner; pixel (row i, column j) is the square
with centre (x, y) = (j + 0.5, i + 0.5).
"""

from __future__ import annotations

import math

import numpy as np

from jaxgan.data.drawn import first_index
from jaxgan.data.geometry import CLASSES, Shape, chunks, coverage, signed_distance, take
from jaxgan.data.images import ImageSet, check_indices, fingerprint

__all__ = ["CLASSES", "Shape", "coverage", "parameters", "render", "shapes", "signed_distance"]

VERSION = 1
"""Raised whenever a change to this file changes a pixel: it is part of the fingerprint."""

LEAST_BLUR = 0.05  # pixels; less widens an edge by under 2 %, and takes long to integrate
MARGIN = 1 / 16  # least distance of a shape from the picture's border, in picture widths

Array = np.ndarray


def shapes(
    size: int = 20000,
    image_size: int = 32,
    seed: int = 0,
    blur: float = 0.0,
    *,
    channels: int = 1,
    split: str = "train",
) -> ImageSet:
    """A set of `size` shapes, rendered when read; the label is the kind of shape.

    `blur` is the sigma of a planted Gaussian in pixels: 0, or 0.05 to half of `image_size`. Example
    i is a pure function of (seed, i): a larger set starts with the smaller one, and the same
    picture at another `image_size` is the same shape, scaled. `channels=3` repeats the grey plane.

    Raises UserError for arguments out of range and for a split other than "train" and "test".
    """
    first = first_index(
        "shapes",
        size=size,
        image_size=image_size,
        channels=channels,
        seed=seed,
        blur=blur,
        blurs=(LEAST_BLUR, image_size / 2),
        split=split,
    )
    shape = (image_size, image_size, channels)

    def read(indices: Array) -> dict[str, Array]:
        drawn = parameters(seed, first + check_indices(indices, size), image_size)
        image = np.repeat(render(drawn, image_size, blur), channels, axis=-1)
        return {"image": image, "label": drawn.kind}

    return ImageSet(
        name="shapes",
        size=size,
        image_shape=shape,
        classes=CLASSES,
        read=read,
        fingerprint=fingerprint("shapes", VERSION, size, shape, seed, float(blur), split),
    )


def parameters(seed: int, indices: Array, size: int) -> Shape:
    """The shapes at `indices` (int [n], >= 0) of a seed in [0, 2**64), for pictures `size` wide.

    All lengths scale with `size`; which other indices are asked for makes no difference.
    """
    kind, x, y, radius, angle, aspect, background, foreground = _uniforms(seed, indices)
    kinds = (kind * len(CLASSES)).astype(np.int32)
    radius = size * (0.18 + 0.22 * radius)
    room = size / 2 - size * MARGIN - radius
    centre = size / 2 + np.stack([2 * x - 1, 2 * y - 1], -1) * room[:, None]
    return Shape(
        kind=kinds,
        centre=centre,
        radius=radius,
        angle=2 * math.pi * angle,
        aspect=np.where(kinds == CLASSES.index("box"), 0.4 + 0.6 * aspect, 1.0),
        background=0.25 * background,
        foreground=0.6 + 0.4 * foreground,
    )


def _uniforms(seed: int, indices: Array) -> Array:
    """Eight numbers in [0, 1) per index: float64 [8, n]."""
    words, block_size = 8, 256  # by blocks, since making a generator costs as much as 200 draws
    indices = np.asarray(indices, np.int64)
    blocks, which = np.unique(indices // block_size, return_inverse=True)
    bits = np.empty((len(blocks), block_size, words), np.uint64)
    for row, block in zip(bits, blocks, strict=True):
        # As uint64: NumPy would make floats of a list, and one seed of many large ones. The
        # counter sets this use of the seed apart from others, such as the order of examples.
        key = np.array([seed, block], np.uint64)
        row[:] = np.random.Philox(key=key, counter=[0, 0, 0, 1]).random_raw((block_size, words))
    return (bits[which, indices % block_size] >> np.uint64(11)).T * 2.0**-53


def render(parameters: Shape, size: int, blur: float = 0.0) -> Array:
    """Pictures of the shapes: uint8 [n, size, size, 1], `blur` the planted sigma in pixels."""
    pictures = np.empty((len(parameters.kind), size, size, 1), np.uint8)
    for rows in chunks(np.arange(len(pictures)), size):
        some = take(parameters, rows)
        dark, bright = some.background[:, None, None], some.foreground[:, None, None]
        levels = 255 * (dark + (bright - dark) * coverage(some, size, blur))
        pictures[rows, :, :, 0] = np.rint(levels)
    return pictures
