"""Kernels of blurs that are no Gaussians, and images convolved with them.

A lens out of focus spreads a point over a disc, a running mean over a box, a moving camera along a
line. Each is what falls into the pixels of the ideal shape, so that any size is possible: whole
ones give the plain kernels, such as nine equal weights in a row.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import fft

__all__ = ["box", "convolved", "disc", "motion"]

FINE = 32  # points a pixel and direction, at which shapes are sampled
STEPS = 2048  # points on a line for every pixel of its length
CHUNK = 2**18  # pixels at a time

Array = np.ndarray


def disc(radius: float) -> Array:
    """A disc of `radius` pixels, as of a lens out of focus: float64 [K, K], K odd, sum 1.

    Weights are the areas of the disc within pixels. Raises ValueError for a radius not above 0, as
    the other shapes for theirs.
    """
    _check(radius, "radius")
    reach = math.ceil(radius - 0.5)
    fine = (np.arange((2 * reach + 1) * FINE) + 0.5) / FINE - reach - 0.5
    inside = fine[:, None] ** 2 + fine**2 <= radius**2
    size = 2 * reach + 1
    weights = inside.reshape(size, FINE, size, FINE).sum(axis=(1, 3), dtype=np.float64)
    return weights / weights.sum() if weights.any() else np.ones((1, 1))


def box(width: float) -> Array:
    """A square of `width` pixels, as of a running mean: float64 [K, K], K odd, sum 1."""
    _check(width, "width")
    reach = math.ceil((width - 1) / 2)
    along = np.clip(width / 2 - np.abs(np.arange(-reach, reach + 1)) + 0.5, 0, 1)
    along /= along.sum()
    return np.multiply.outer(along, along)


def motion(length: float, degrees: float) -> Array:
    """A line of `length` pixels, as of a moving camera: float64 [K, K], K odd, sum 1.

    `degrees` turn it from horizontal (0), counter-clockwise as seen on a screen, where rows run
    down: 45 rises to the right, 90 is vertical. Weights are the lengths of the line within pixels,
    so that a diagonal of 9 · sqrt(2) pixels has nine equal weights.
    """
    _check(length, "length")
    if not math.isfinite(degrees):
        raise ValueError(f"degrees {degrees}: expected a finite number")
    count = STEPS * math.ceil(length)
    along = ((np.arange(count) + 0.5) / count - 0.5) * length
    angle = math.radians(degrees)
    # Rounded first: along an axis, sin and cos leave 1e-16 of what should be 0.
    right, up = (np.round(along * turn, 9) for turn in (math.cos(angle), math.sin(angle)))
    column, row = (np.rint(place).astype(int) for place in (right, -up))
    reach = int(max(np.abs(row).max(), np.abs(column).max()))
    weights = np.zeros((2 * reach + 1, 2 * reach + 1))
    np.add.at(weights, (row + reach, column + reach), 1 / count)
    return weights


def convolved(images: Array, kernel: Array) -> Array:
    """Images [N, H, W, C] convolved with a kernel [K, L] of odd sides, mirrored at their borders.

    The border's pixels are repeated (half-sample symmetry), as scipy.ndimage's mode "reflect" does
    and `planting.blurred`. Floats, in any range, keep their type; uint8 are taken for 0 … 255 and
    come back as float64 in [0, 1]. Neither clipped nor rounded.

    Raises ValueError for other shapes, and for kernels with values that are not finite.
    """
    images, kernel = np.asarray(images), np.asarray(kernel, np.float64)
    if images.ndim != 4:
        raise ValueError(f"images of shape {images.shape}: expected [N, H, W, C]")
    if kernel.ndim != 2 or any(extent % 2 == 0 for extent in kernel.shape):
        raise ValueError(f"kernel of shape {kernel.shape}: expected [K, L], both odd")
    if not np.all(np.isfinite(kernel)):
        raise ValueError("kernel with NaN or infinity: expected finite weights")
    if images.dtype == np.uint8:
        images = images / 255.0
    elif not np.issubdtype(images.dtype, np.floating):
        raise ValueError(f"images of type {images.dtype}: expected floats, or uint8")
    found = np.empty_like(images)
    margins = [extent // 2 for extent in kernel.shape]
    shape = [
        fft.next_fast_len(extent + 2 * margin, real=True)
        for extent, margin in zip(images.shape[1:3], margins, strict=True)
    ]
    transfer = fft.rfft2(kernel, shape).astype(np.result_type(images.dtype, np.complex64))
    step = max(1, CHUNK // images[0].size) if len(images) else 1
    for first in range(0, len(images), step):
        rows = slice(first, first + step)
        found[rows] = _piece(images[rows], transfer, margins, shape)
    return found


def _piece(images: Array, transfer: Array, margins: list[int], shape: list[int]) -> Array:
    height, width = images.shape[1:3]
    down, right = margins
    around = ((0, 0), (0, 0), (down, down), (right, right))
    padded = np.pad(images.transpose(0, 3, 1, 2), around, mode="symmetric")
    whole = fft.irfft2(fft.rfft2(padded, shape) * transfer, shape)
    # What wraps around fills the first 2 · margin rows and columns, those of no picture.
    inner = whole[..., 2 * down : 2 * down + height, 2 * right : 2 * right + width]
    return inner.transpose(0, 2, 3, 1)


def _check(size: float, name: str) -> None:
    if not 0 < size < math.inf:
        raise ValueError(f"{name} {size}: expected more than 0 pixels")
