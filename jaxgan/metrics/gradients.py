"""The law of gradient magnitudes: whether the edges of fakes are as strong as those of real images.

The scores of single images in `sharpness` take noise or contrast for detail. This distance is least
at the real images' own law, and blur, noise, ringing and lost contrast each raise it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.stats import wasserstein_distance

from jaxgan.metrics.checks import by_pieces, checked, checked_pair, luma

__all__ = ["GradientDistance", "difference", "gradient_distance", "gradient_magnitudes",
           "law_distance", "neighbours", "smoothed", "sobel"]  # fmt: skip

Array = np.ndarray
SOBEL_GAIN = 8.0  # what the unnormalised operator makes of a slope of 1 per pixel
TAIL = np.linspace(0.9, 0.999, 100)  # the quantiles where edges are, less the few brightest pixels


class GradientDistance(NamedTuple):
    """How far the gradients of fakes are from real ones, in units of the real mean magnitude."""

    distance: float  # Wasserstein-1 between the two laws, >= 0; two-sided
    tail: float  # mean of (fake - real) over the quantiles 0.9 … 0.999; < 0: edges too weak


def gradient_magnitudes(images: Array, places: Array | None = None) -> Array:
    """Gradient magnitudes of luma, float64 [N, H - 2, W - 2], in grey levels (0 … 1) per pixel.

    Sobel's operator over 8, which reads a plane's slope exactly; the border is left out. With
    `places`, integers [P] that count the pixels of the interior row by row, only those of every
    image: [N, P], for a small part of the price and the memory. Raises ValueError for images that
    `checks.check_images` refuses, and for places outside.
    """
    images = checked(images)
    if places is None:
        return by_pieces(_magnitudes, images)
    return by_pieces(lambda some: _magnitudes(some)[:, :, 0, 0], _around(images, places))


def gradient_distance(real: Array, fake: Array) -> GradientDistance:
    """Compare the magnitudes of all pixels of two sets of images [N, H, W, C] and [M, H, W, C].

    `distance` is the Wasserstein-1 distance of the two laws, the area between their quantile
    functions (Ramdas et al. 2015, arXiv:1509.02237), over the mean real magnitude. It does not
    say which fault there is, and two may undo each other in part: noise brings that of blurred
    images down. `tail` says more: it is negative where the strongest edges are too weak, by blur
    or lost contrast, positive where they are too strong, as after an unsharp mask, and hardly
    sees noise. Neither sees a checkerboard of single pixels, on which Sobel's operator reads 0.

    Of finite sets with one law the distance is still above 0: compare it with that of two halves
    of the real images. Equal counts are the fastest, several times.

    Raises ValueError for sets that `checks.check_pair` refuses and for real images without
    gradients.
    """
    real, fake = checked_pair(real, fake)
    return law_distance(by_pieces(_magnitudes, real), by_pieces(_magnitudes, fake))


def law_distance(real: Array, fake: Array) -> GradientDistance:
    """`gradient_distance` of magnitudes, arrays of any shape: of chosen pixels, say."""
    real_law, fake_law = np.sort(real, axis=None), np.sort(fake, axis=None)
    scale = float(np.mean(real_law))
    if scale == 0:
        raise ValueError("real images: each is of one plain level; there are no edges to compare")
    if len(real_law) == len(fake_law):
        distance = np.mean(np.abs(real_law - fake_law))
    else:
        distance = wasserstein_distance(real_law, fake_law)
    tail = np.mean(np.quantile(fake_law, TAIL) - np.quantile(real_law, TAIL))
    return GradientDistance(float(distance) / scale, float(tail) / scale)


def sobel(planes: Array) -> tuple[Array, Array]:
    """Sobel's [1, 2, 1] x [-1, 0, 1], unnormalised, of planes [..., H, W]: down, right.

    Only the interior, [..., H - 2, W - 2], where no pixel outside the image is asked for.
    """
    return difference(smoothed(planes, -1), -2), difference(smoothed(planes, -2), -1)


def smoothed(planes: Array, axis: int) -> Array:
    """[1, 2, 1] down (axis -2) or along (-1) the rows of planes, without their outermost pixels."""
    before, here, after = neighbours(planes, axis)
    total = before + after
    total += here
    total += here
    return total


def difference(planes: Array, axis: int) -> Array:
    """[-1, 0, 1] down (axis -2) or along (-1) the rows of planes, without the outermost pixels."""
    before, _, after = neighbours(planes, axis)
    return after - before


def neighbours(planes: Array, axis: int) -> tuple[Array, Array, Array]:
    """The pixel before, the pixel itself and the one after, of all but the outermost pixels."""
    if axis == -1:
        return planes[..., :-2], planes[..., 1:-1], planes[..., 2:]
    return planes[..., :-2, :], planes[..., 1:-1, :], planes[..., 2:, :]


def _magnitudes(images: Array) -> Array:
    down, right = sobel(luma(images))
    down *= down
    right *= right
    down += right
    np.sqrt(down, out=down)  # np.hypot takes three times as long
    down /= SOBEL_GAIN
    return down


def _around(images: Array, places: Array) -> Array:
    """The 3x3 pixels around some places of the interior: [N, P, 3, 3, C]."""
    places = np.asarray(places)
    height, width = (side - 2 for side in images.shape[1:3])
    if places.ndim != 1 or not len(places) or places.min() < 0 or places.max() >= height * width:
        raise ValueError(
            f"places of shape {places.shape}: expected [P], of 0 to {height * width - 1}"
        )
    row, column = np.divmod(places, width)
    near = np.arange(3)
    return images[:, (row[:, None] + near)[:, :, None], (column[:, None] + near)[:, None, :]]
