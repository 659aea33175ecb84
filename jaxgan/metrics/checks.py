"""What every metric asks of the images it is given: said once, refused in the same words.

And how it goes through many of them: as bytes where they are bytes, piece by piece.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

__all__ = ["as_file", "as_floats", "by_pieces", "check_features", "check_images", "check_pair",
           "checked", "checked_pair", "eight_bits", "grey", "luma", "pieces", "planes"]  # fmt: skip

PIECE = 2**17  # pixel values at a time: as floats they stay in the processor's cache
KEPT = 30 * 2**20  # bytes
SMALLEST_SIDE = 8  # pixels: below, no spectrum and no edge is left to measure
LUMA = np.array([0.2125, 0.7154, 0.0721])  # Rec. 709, as scikit-image's rgb2gray

Array = np.ndarray


def check_images(images: Array, name: str = "images", fewest: int = 1) -> Array:
    """Images [N, H, W, C] as float64 in [0, 1]; uint8 ones are taken for 0 … 255.

    Raises ValueError, with `name` in it, for another rank or number of channels than 1 and 3,
    sides below 8 pixels, fewer than `fewest` images, values that are not finite or not in [0, 1],
    and for a set in which every pixel has the same value.
    """
    return as_floats(checked(images, name, fewest))


def checked(images: Array, name: str = "images", fewest: int = 1) -> Array:
    """The images as they are, uint8 or floats, uncopied; refuses what `check_images` refuses."""
    array = np.asarray(images)
    if array.ndim != 4 or array.shape[3] not in (1, 3):
        raise ValueError(
            f"{name} of shape {array.shape}: expected [N, H, W, C] with C 1 (grey) or 3 (RGB)"
        )
    if len(array) < fewest:
        raise ValueError(f"{name}: {len(array)} images, expected {fewest} or more")
    if min(array.shape[1:3]) < SMALLEST_SIDE:
        raise ValueError(
            f"{name} of {array.shape[1]}x{array.shape[2]} pixels: expected {SMALLEST_SIDE} or more "
            "a side"
        )
    if array.dtype != np.uint8 and not np.issubdtype(array.dtype, np.floating):
        raise ValueError(f"{name} of type {array.dtype}: expected floats in [0, 1], or uint8")
    _check_values(array, name)
    return array


def check_pair(real: Array, fake: Array, fewest: int = 2) -> tuple[Array, Array]:
    """Both sets checked, as float64, and of one image shape."""
    real, fake = checked_pair(real, fake, fewest)
    return as_floats(real), as_floats(fake)


def checked_pair(real: Array, fake: Array, fewest: int = 2) -> tuple[Array, Array]:
    """Both sets as they are, uncopied; refuses what `check_pair` refuses."""
    real = checked(real, "real images", fewest)
    fake = checked(fake, "fake images", fewest)
    if real.shape[1:] != fake.shape[1:]:
        raise ValueError(
            f"real images are {_form(real)} and fakes {_form(fake)}: expected one form; resize or "
            "convert one of the sets first"
        )
    return real, fake


def check_features(features: Array, name: str = "features", fewest: int = 2) -> Array:
    """Features [N, d] as float64; ValueError for another rank, too few rows or NaN or infinity."""
    array = np.asarray(features, np.float64)
    if array.ndim != 2 or not array.shape[1]:
        raise ValueError(f"{name} of shape {array.shape}: expected [N, d]")
    if len(array) < fewest:
        raise ValueError(f"{name}: {len(array)} rows, expected {fewest} or more")
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name}: NaN or infinity; expected finite numbers")
    return array


def as_floats(images: Array) -> Array:
    """Bytes as their 255th, floats as they are: float64."""
    return images / 255.0 if images.dtype == np.uint8 else images.astype(np.float64, copy=False)


def grey(images: Array) -> Array:
    """Luma [N, H, W] of images [N, H, W, C]: 0.2125 R + 0.7154 G + 0.0721 B, or the grey plane."""
    return images[..., 0] if images.shape[-1] == 1 else images @ LUMA


def planes(images: Array, dtype: type = np.float64) -> Array:
    """The channels of images, bytes or floats, one after the other: [N, C, H, W] in [0, 1]."""
    count, height, width, channels = images.shape
    found: Array = np.empty((count, channels, height, width), dtype)
    for channel in range(channels):
        found[:, channel] = as_floats(images[..., channel])
    return found


def luma(images: Array) -> Array:
    """Luma of images that are bytes or floats: float64 [N, H, W] in [0, 1]."""
    return grey(as_floats(images))


def pieces(function: Callable[..., Array], *images: Array) -> Iterator[tuple[slice, Array]]:
    """`function` of some images at a time, in their order: (which ones, what it found).

    Several sets of as many images are cut alike. All cores work at once, each on a piece; how many
    they are changes no result, as the cuts are the same.
    """
    first = images[0]
    step = max(1, PIECE // max(1, first[:1].size))
    cuts = [slice(start, start + step) for start in range(0, max(1, len(first)), step)]

    def found(cut: slice) -> Array:
        return function(*(some[cut] for some in images))

    # glibc returns freed memory to the system, and pays for it anew, unless it has seen a large
    # block come and go (mallopt(3), M_MMAP_THRESHOLD): half of the time of what is done here.
    np.empty(KEPT, np.uint8)
    workers = min(_cores(), len(cuts))
    if workers < 2:
        yield from ((cut, found(cut)) for cut in cuts)
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from zip(cuts, pool.map(found, cuts), strict=True)


def by_pieces(function: Callable[..., Array], *images: Array) -> Array:
    """What `function` finds of each image, a row [n, …] for each of n, in one array [N, …]."""
    whole = np.empty(0)
    for rows, part in pieces(function, *images):
        if not rows.start:
            whole = np.empty((len(images[0]), *part.shape[1:]), part.dtype)
        whole[rows] = part
    return whole


def as_file(images: Array) -> Array:
    """Images in [0, 1] as a file holds them: clipped, rounded to 256 levels, uint8."""
    levels = np.asarray(np.multiply(images, 255.0))  # the one copy, changed in place
    np.clip(levels, 0.0, 255.0, out=levels)
    return np.rint(levels, out=levels).astype(np.uint8)


def eight_bits(images: Array) -> Array:
    """Images in [0, 1] as they come back from a file: of 256 levels, float64 in [0, 1]."""
    return as_file(images) / 255.0


def _check_values(array: Array, name: str) -> None:
    low, high = float(array.min()), float(array.max())  # NaN where there is one
    if array.dtype == np.uint8:
        low, high = low / 255, high / 255
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ValueError(f"{name}: NaN or infinity among the pixels; expected values in [0, 1]")
    if low < 0 or high > 1:
        if low > -0.5 and high < 1.5:
            remedy = "clip and round them as a file would, with checks.eight_bits"
        elif low >= 0:
            remedy = "divide by 255"
        else:
            remedy = "map [-1, 1] with (x + 1) / 2, and clip to [0, 1]"
        raise ValueError(f"{name} with values from {low:g} to {high:g}: expected [0, 1]; {remedy}")
    if low == high:
        raise ValueError(f"{name}: every pixel is {low:g}; there is nothing to measure")


def _cores() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _form(images: Array) -> str:
    height, width, channels = images.shape[1:]
    return f"{height}x{width}x{channels}"
