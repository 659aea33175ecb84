"""Sliced Wasserstein distance of small patches, one number for each scale of a Laplacian pyramid.

Karras et al. 2018, arXiv:1710.10196, section 5: which scale differs says what is wrong, the finest
one first of all where fakes are blurred. Their version standardises each set by its own mean and
deviation, which hides a loss of contrast and much of a blur; `reference=True` standardises both by
the real set's. Neither is 0 for one law: compare with real against real.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from jaxgan.metrics.checks import checked, checked_pair, pieces, planes

__all__ = ["Patches", "ScaleDistances", "patch_distance", "patch_pyramid", "sliced_wasserstein"]

PATCH = 7  # pixels a side
COARSEST = 16  # pixels a side of the last level, at least
TOGETHER = 128  # directions at a time

Array = np.ndarray


class Patches(NamedTuple):
    """Random patches of a set, level by level from the finest."""

    sides: tuple[int, ...]  # pixels of the level's shorter side
    levels: tuple[Array, ...]  # float32 [N, patches per image, C, 49]

    def take(self, rows: Array) -> Patches:
        """Those of some images: halves of a real set, say, without cutting patches anew."""
        return Patches(self.sides, tuple(level[rows] for level in self.levels))


class ScaleDistances(NamedTuple):
    """Distances at each scale from the finest, times 1,000."""

    sides: tuple[int, ...]  # pixels
    values: Array  # float64 [levels], 0 or more


def sliced_wasserstein(
    real: Array,
    fake: Array,
    rng: np.random.Generator,
    patches_per_image: int = 128,
    directions: int = 512,
    reference: bool = False,
) -> ScaleDistances:
    """Distances between as many real as fake images [N, H, W, C], sides from 16 pixels.

    The defaults are those of the paper's 16,384 images. Memory is 196 · N · patches_per_image · C
    bytes a level and set; for quick looks 16 patches and 128 directions do.
    Raises ValueError for images of two forms or below 16 pixels, unequal numbers of them, and a set
    without any detail at some scale.
    """
    real, fake = checked_pair(real, fake)
    ours = patch_pyramid(real, rng, patches_per_image)
    theirs = patch_pyramid(fake, rng, patches_per_image)
    return patch_distance(ours, theirs, rng, directions, reference)


def patch_pyramid(images: Array, rng: np.random.Generator, patches_per_image: int = 128) -> Patches:
    """Random 7x7 patches of every level of the Laplacian pyramids of images [N, H, W, C].

    The last level, the coarsest with 16 pixels or more, holds the smoothed image itself.
    """
    images = checked(images)
    if patches_per_image < 1:
        raise ValueError(f"patches_per_image {patches_per_image}: expected 1 or more")
    if min(images.shape[1:3]) < COARSEST:
        raise ValueError(
            f"images of {images.shape[1]}x{images.shape[2]} pixels: expected {COARSEST} or more a "
            "side"
        )
    shapes = list(_level_shapes(images.shape[1:3]))
    size = (len(images), patches_per_image)
    corners = [[rng.integers(0, side - PATCH + 1, size) for side in shape] for shape in shapes]
    levels = tuple(np.empty((*size, images.shape[3], PATCH**2), np.float32) for _ in shapes)
    # The rows and columns of corners, laid out by image: [N, levels, 2, patches]
    for rows, part in pieces(_patches, images, np.moveaxis(np.array(corners), 2, 0)):
        for number, level in enumerate(levels):
            level[rows] = part[:, number]
    return Patches(tuple(min(shape) for shape in shapes), levels)


def patch_distance(
    real: Patches,
    fake: Patches,
    rng: np.random.Generator,
    directions: int = 512,
    reference: bool = False,
) -> ScaleDistances:
    """The distances from patches: what `sliced_wasserstein` does once they are cut.

    Mean over random unit directions of the mean difference between sorted projections.
    """
    if directions < 1:
        raise ValueError(f"directions {directions}: expected 1 or more")
    values = []
    for side, ours, theirs in zip(real.sides, real.levels, fake.levels, strict=True):
        if ours.shape != theirs.shape:
            raise ValueError(
                f"patches {ours.shape} of real and {theirs.shape} of fake images: expected as many "
                "images of one form, and patches of each"
            )
        scale = _standard(ours, f"real images at {side} pixels")
        other = scale if reference else _standard(theirs, f"fake images at {side} pixels")
        values.append(_level_distance(ours, scale, theirs, other, rng, directions))
    return ScaleDistances(real.sides, 1e3 * np.array(values))


def _level_shapes(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    while min(shape) // 2 >= COARSEST:
        yield shape
        shape = tuple((side + 1) // 2 for side in shape)
    yield shape


def _patches(images: Array, corners: Array) -> Array:
    """Patches with their upper left corners at `corners`: [n, levels, count, C, 49]."""
    levels = _pyramid(planes(images, np.float32), corners.shape[1])
    found = [_cut(level, *corners[:, i].swapaxes(0, 1)) for i, level in enumerate(levels)]
    return np.stack(found, axis=1)


def _pyramid(level: Array, count: int) -> Iterator[Array]:
    for _ in range(count - 1):
        smaller = _halved(_halved(level, -2), -1)
        down, along = (size % 2 for size in level.shape[2:])
        yield level - _doubled(_doubled(smaller, -2, down), -1, along)
        level = smaller
    yield level


def _halved(images: Array, axis: int) -> Array:
    """Every other pixel along an axis after [1, 4, 6, 4, 1] / 16, mirrored at the last pixels."""
    lines = _padded(images, axis, (2, 2)).swapaxes(-2, axis)
    last = lines.shape[-2] - 4
    two_before, before, here, after, two_after = (lines[..., i : i + last : 2, :] for i in range(5))
    near = before + after
    near *= 4
    near += two_before
    near += two_after
    near += 6 * here
    near /= 16
    return near.swapaxes(-2, axis)


def _doubled(images: Array, axis: int, odd: int) -> Array:
    """Twice as many pixels, less one if `odd`: 0 in between, and [1, 4, 6, 4, 1] / 8."""
    lines = _padded(images, axis, (1, 1)).swapaxes(-2, axis)
    if not odd:  # a 0 is the last, and the pixel before it comes again after it
        lines[..., -1, :] = lines[..., -2, :]
    before, here, after = lines[..., :-2, :], lines[..., 1:-1, :], lines[..., 2:, :]
    shape = list(here.shape)
    shape[-2] = 2 * shape[-2] - odd
    doubled = np.empty(shape, images.dtype)
    doubled[..., ::2, :] = (before + 6 * here + after) / 8
    between = (here + after) / 2
    doubled[..., 1::2, :] = between[..., : shape[-2] // 2, :]
    return doubled.swapaxes(-2, axis)


def _padded(images: Array, axis: int, ends: tuple[int, int]) -> Array:
    return np.pad(images, [ends if a - 4 == axis else (0, 0) for a in range(4)], mode="reflect")


def _cut(level: Array, row: Array, column: Array) -> Array:
    """Patches of each image [n, C, H, W] with corners [n, count]: [n, count, C, 49]."""
    windows = np.lib.stride_tricks.sliding_window_view(level, (PATCH, PATCH), axis=(2, 3))
    patches = windows[np.arange(len(level))[:, None], :, row, column]  # [n, count, C, 7, 7]
    return patches.reshape(*patches.shape[:3], -1)


def _standard(patches: Array, name: str) -> tuple[Array, Array]:
    """Mean and deviation of each channel over all patches, float64 [C]."""
    # A patch in float32, which is fast; all of them in float64.
    mean = patches.mean(axis=-1).mean(axis=(0, 1), dtype=np.float64)
    centred = patches - mean.astype(np.float32)[:, None]
    squares = np.einsum("npck,npck->npc", centred, centred) / centred.shape[-1]
    deviation = np.sqrt(squares.mean(axis=(0, 1), dtype=np.float64))
    if deviation.min() < 1e-6:  # of the grey range: the rounding of float32
        raise ValueError(
            f"{name} have no detail in a channel, so that no unit is left: flat images"
        )
    return mean, deviation


def _level_distance(
    real: Array,
    real_scale: tuple[Array, Array],
    fake: Array,
    fake_scale: tuple[Array, Array],
    rng: np.random.Generator,
    directions: int,
) -> float:
    total = 0.0
    for first in range(0, directions, TOGETHER):
        unit = rng.standard_normal((min(TOGETHER, directions - first), *real.shape[2:]))
        unit /= np.sqrt(np.sum(unit**2, axis=(1, 2), keepdims=True))
        gap = _sorted_projections(real, real_scale, unit)
        gap -= _sorted_projections(fake, fake_scale, unit)
        total += float(np.abs(gap, out=gap).mean(axis=1, dtype=np.float64).sum())
    return total / directions


def _sorted_projections(patches: Array, scale: tuple[Array, Array], unit: Array) -> Array:
    """Of standardised patches on directions [D, C, 49], each row sorted: float32 [D, patches].

    The directions are scaled in place of the patches, of which there are many more.
    """
    mean, deviation = scale
    scaled = unit / deviation[:, None]
    offset = np.sum(scaled * mean[:, None], axis=(1, 2))[:, None]
    flat = patches.reshape(-1, patches.shape[2] * patches.shape[3])
    projections = scaled.reshape(len(unit), -1).astype(np.float32) @ flat.T
    projections -= offset.astype(np.float32)
    projections.sort(axis=1)
    return projections
