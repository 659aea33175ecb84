"""Sharpness and noise of single images: four scores without a reference, each float64 [N].

Taken alone, each is fooled. Noise raises the variance of the Laplacian and lowers Crete's blur, so
blurred samples with a little noise pass for sharp ones; contrast scales the first two. And their
absolute values mean nothing across data sets. Read them as ratios to the same data set's real
images, in both directions, and never a sharpness without the noise beside it.

All are taken on luma, and leave out the border, whose derivatives would need pixels outside.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import ndimage

from jaxgan.metrics.checks import check_images, grey
from jaxgan.metrics.gradients import sobel

__all__ = ["NOISE_FLOOR", "crete_blur", "median_noise", "tenengrad", "variance_of_laplacian"]

Array = np.ndarray
LAPLACIAN = np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])
# The difference of two Laplacians: planes, and edges along the axes, vanish; noise of deviation t
# becomes 6 t, the root of the sum of its squares.
IMMERKAER = np.array([[1.0, -2, 1], [-2, 4, -2], [1, -2, 1]])
IMMERKAER_GAIN = 6.0
NORMAL_MEDIAN = 0.6744897501960817  # of |x| for a standard normal x
LEAST_SLOPE = 2.0**-52  # keeps Crete's ratio defined where an image is flat

NOISE_FLOOR = 1 / (255 * math.sqrt(12))
"""Standard deviation of rounding to 8 bits, in grey levels of 0 … 1: the least noise of a file."""


def variance_of_laplacian(images: Array) -> Array:
    """Variance of the 4-neighbour Laplacian over each image [N, H, W, C]'s interior: float64 [N].

    In squared grey levels (of 0 … 1; of 0 … 255 it would be 65025 times larger). Falls steeply with
    blur. Scales with the square of the contrast; white noise of deviation t adds 20 t², whatever
    the image: it cannot tell noise from detail (Pech-Pacheco et al. 2000, ICPR).

    Raises ValueError for images that `checks.check_images` refuses, as do the other scores.
    """
    return np.var(_interior(images, LAPLACIAN), axis=(1, 2))


def tenengrad(images: Array) -> Array:
    """Mean squared Sobel gradient over each image [N, H, W, C]'s interior: float64 [N].

    In squared grey levels, of the unnormalised operator [1, 2, 1] x [-1, 0, 1], 8 times a slope per
    pixel. Falls with blur, less steeply than the Laplacian and with less trust in noise: t adds
    24 t². Scales with the square of the contrast (Krotkov 1987, IJCV 1).
    """
    down, right = sobel(grey(check_images(images)))
    return np.mean(down**2 + right**2, axis=(1, 2))


def crete_blur(images: Array, window: int = 11) -> Array:
    """Share of the slopes that survive another blur: float64 [N], 0 (sharp) … 1 (blurred).

    Crete et al. 2007 (SPIE 6492, 64920I), with Sobel's slopes as in scikit-image: each image
    [N, H, W, C] is blurred once more by a running mean of `window` pixels along an axis, and the
    slopes it loses there are compared with all it had; the worse axis counts. What was blurred
    before loses little. Blind to contrast. Noise draws it towards what white noise reads, 0.13
    (0.25 with a window of 5), less than most images: it passes for sharpness, save on plain
    backgrounds, where a little of it may raise the score. An image that is plain along an axis, as
    stripes are, reads 1. Scores of different windows do not compare: 11 is scikit-image's, 5 suits
    images of 28 … 32 pixels.

    Raises ValueError, too, for a window that is not odd, or not from 3 to the shorter side.
    """
    luma = grey(check_images(images))
    side = min(luma.shape[1:])
    if window % 2 == 0 or not 3 <= window <= side:
        raise ValueError(f"window {window}: expected an odd number of pixels from 3 to {side}")
    along_axes = []
    for axis in (1, 2):
        again = ndimage.uniform_filter1d(luma, window, axis)
        slope, left = (np.maximum(_slope(x, axis), LEAST_SLOPE) for x in (luma, again))
        total = slope.sum(axis=(1, 2))
        lost = np.maximum(slope - left, 0).sum(axis=(1, 2))
        along_axes.append((total - lost) / total)
    return np.maximum(*along_axes)


def median_noise(images: Array) -> Array:
    """Standard deviation of white noise in each image [N, H, W, C]: float64 [N], in grey levels.

    Immerkaer's (1996, CVIU 64) difference of two Laplacians, which sees neither planes nor edges
    along the axes, in its median form: median |Y * N| / (6 · 0.67449). In its mean form, the
    edges that blur takes away would cancel the noise that comes with it. Where every colour has
    noise of its own, it reads that of luma, 0.750 times theirs.

    Fine texture, too, is taken for noise, so only a comparison with real images says which; lost
    contrast and blur lower it. Where more than half of an image is flat, as a digit's
    background, a clean image reads 0 and no ratio to it exists. Compare the median over a set, and
    no less than NOISE_FLOOR: below that, noise does not survive rounding. Single images say nothing
    there: blurred digits, whose slopes spill over the background, read up to 0.007 without noise.
    Black or white backgrounds clip half of the noise on them, and it then reads too low.
    """
    response = np.abs(_interior(images, IMMERKAER))
    return np.median(response, axis=(1, 2)) / (IMMERKAER_GAIN * NORMAL_MEDIAN)


def _interior(images: Array, kernel: Array) -> Array:
    """Luma filtered by a 3x3 kernel where it needs no pixel outside: [N, H - 2, W - 2]."""
    return ndimage.correlate(grey(check_images(images)), kernel[None])[:, 1:-1, 1:-1]


def _slope(planes: Array, axis: int) -> Array:
    """|Sobel| along one axis, a slope per pixel, without the 2 first and the last pixels a side.

    The running mean repeats the border's pixels and so flattens them: hence Crete's wider margin.
    """
    smooth = ndimage.correlate1d(planes, [0.25, 0.5, 0.25], 3 - axis)
    return np.abs(ndimage.correlate1d(smooth, [-0.5, 0.0, 0.5], axis))[:, 2:-1, 2:-1]
