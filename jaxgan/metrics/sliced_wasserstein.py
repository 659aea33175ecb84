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
from scipy import ndimage

from jaxgan.metrics.checks import check_images, check_pair

__all__ = ["Patches", "ScaleDistances", "patch_distance", "patch_pyramid", "sliced_wasserstein"]

PATCH = 7  # pixels a side
COARSEST = 16  # pixels a side of the last level, at least
BINOMIAL = np.array([1, 4, 6, 4, 1]) / 16
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
    real, fake = check_pair(real, fake)
    ours = patch_pyramid(real, rng, patches_per_image)
    theirs = patch_pyramid(fake, rng, patches_per_image)
    return patch_distance(ours, theirs, rng, directions, reference)


def patch_pyramid(images: Array, rng: np.random.Generator, patches_per_image: int = 128) -> Patches:
    """Random 7x7 patches of every level of the Laplacian pyramids of images [N, H, W, C].

    The last level, the coarsest with 16 pixels or more, holds the smoothed image itself.
    """
    images = check_images(images)
    if patches_per_image < 1:
        raise ValueError(f"patches_per_image {patches_per_image}: expected 1 or more")
    if min(images.shape[1:3]) < COARSEST:
        raise ValueError(
            f"images of {images.shape[1]}x{images.shape[2]} pixels: expected {COARSEST} or more a "
            "side"
        )
    sides, levels = [], []
    for level in _pyramid(images.astype(np.float32)):
        sides.append(min(level.shape[1:3]))
        levels.append(_cut(level, rng, patches_per_image))
    return Patches(tuple(sides), tuple(levels))


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


def _pyramid(images: Array) -> Iterator[Array]:
    while min(images.shape[1:3]) // 2 >= COARSEST:
        smaller = _filtered(images, 1.0)[:, ::2, ::2]
        spread = np.zeros_like(images)
        spread[:, ::2, ::2] = smaller
        yield images - _filtered(spread, 4.0)  # 4: three of four pixels are 0
        images = smaller
    yield images


def _filtered(images: Array, gain: float) -> Array:
    rows = ndimage.correlate1d(images, gain * BINOMIAL, axis=1, mode="mirror")
    return ndimage.correlate1d(rows, BINOMIAL, axis=2, mode="mirror")


def _cut(level: Array, rng: np.random.Generator, count: int) -> Array:
    """`count` patches of each image, at places of their own: [N, count, C, 49]."""
    windows = np.lib.stride_tricks.sliding_window_view(level, (PATCH, PATCH), axis=(1, 2))
    images = np.arange(len(level))[:, None]
    row = rng.integers(0, windows.shape[1], (len(level), count))
    column = rng.integers(0, windows.shape[2], (len(level), count))
    patches = windows[images, row, column]  # [N, count, C, 7, 7]
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
