"""The law of gradient magnitudes: whether the edges of fakes are as strong as those of real images.

The scores of single images in `sharpness` take noise or contrast for detail. This distance is least
at the real images' own law, and blur, noise, ringing and lost contrast each raise it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import ndimage
from scipy.stats import wasserstein_distance

from jaxgan.metrics.checks import check_images, check_pair, grey

__all__ = ["GradientDistance", "gradient_distance", "gradient_magnitudes", "law_distance", "sobel"]

Array = np.ndarray
SOBEL_GAIN = 8.0  # what the unnormalised operator makes of a slope of 1 per pixel
TAIL = np.linspace(0.9, 0.999, 100)  # the quantiles where edges are, less the few brightest pixels


class GradientDistance(NamedTuple):
    """How far the gradients of fakes are from real ones, in units of the real mean magnitude."""

    distance: float  # Wasserstein-1 between the two laws, >= 0; two-sided
    tail: float  # mean of (fake - real) over the quantiles 0.9 … 0.999; < 0: edges too weak


def gradient_magnitudes(images: Array) -> Array:
    """Gradient magnitudes of luma, float64 [N, H - 2, W - 2], in grey levels (0 … 1) per pixel.

    Sobel's operator over 8, which reads a plane's slope exactly; the border is left out. Raises
    ValueError for images that `checks.check_images` refuses.
    """
    return _magnitudes(check_images(images))


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
    real, fake = check_pair(real, fake)
    return law_distance(_magnitudes(real), _magnitudes(fake))


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
    """Sobel's [1, 2, 1] x [-1, 0, 1], unnormalised, of planes [N, H, W]: down, right.

    Only the interior, [N, H - 2, W - 2], where no pixel outside the image is asked for.
    """
    found = []
    for axis, other in ((1, 2), (2, 1)):
        slope = ndimage.correlate1d(planes, [-1.0, 0.0, 1.0], axis)
        found.append(ndimage.correlate1d(slope, [1.0, 2.0, 1.0], other)[:, 1:-1, 1:-1])
    return found[0], found[1]


def _magnitudes(images: Array) -> Array:
    down, right = sobel(grey(images))
    return np.sqrt(down**2 + right**2) / SOBEL_GAIN  # np.hypot takes three times as long
