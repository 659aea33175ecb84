"""How soft single images are: a score that blur raises, and contrast and brightness do not.

An image is blurred once more by a small kernel b = [1, 2, 1] / 4 in both directions. How much goes
there is set against the slopes that stay, both as sums of squares over the image's interior,

    softness = ½ log(Σ |∇(b * x)|² / Σ (x - b * x)²) - ½ log 32,

which is contrast-free, since both sums grow with the square of the contrast. It is the
reblurring of Crete et al. (2007, SPIE 6492, 64920I) with squares in place of absolute values, so
that an image's strongest edges decide and not its flat parts. x - b * x is near -∇²x / 4: for edges
of a Gaussian profile of s pixels, the ratio of the sums is near 32 s², and the score near log s.

Taken alone the score says little: photographs of sand are less soft than those of skies. Read it
against real images with planted blur, as `soft_share` does.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from jaxgan.metrics.checks import by_pieces, checked, luma

__all__ = ["softness"]

SMALL_BLUR = np.array([1.0, 2.0, 1.0]) / 4
GAUSSIAN_EDGE = 32.0  # slopes over loss, for an edge of one pixel, in the limit of wide edges
MARGIN = 2  # pixels at each border, whose slopes would take pixels from outside
LEAST_LOSS = 1e-20  # per pixel, of squared grey levels: far below 8 bits, far above float64's error
LEAST_SQUARED_RADIUS = 1e-6  # keeps the logarithm finite where no slope stays

Array = np.ndarray


def softness(images: Array) -> Array:
    """Softness of each image [N, H, W, C], on luma: float64 [N], in log pixels of edge radius.

    The higher, the softer. Drawings and photographs that fill their pixels read -1.4 to -1.0; under
    a blur of 1 pixel, -0.5 to 0, and of 3 pixels about 0.5; an edge of Gaussian profile alone reads
    the log of its radius, to 0.04 from half a pixel on. Plain images have no edges, and no image
    has wider ones than its side: plain ones read log min(H, W), and no image reads more. None reads
    less than -6.9, as a checkerboard does.

    Blind spots. Noise passes for sharpness: white noise reads -2.7. So plant the noise of the fakes
    into the real images that they are compared with. To images of low contrast under large blurs,
    rounding to 8 bits is such a noise: dull photographs are no softer at 4 pixels than at 3. Round
    all images or none. Fine texture beside soft objects makes an image sharp, and one sharp caption
    is enough. The two pixels at each border are not looked at.

    Raises ValueError for images that `checks.check_images` refuses.
    """
    return by_pieces(lambda some: _of_planes(luma(some)), checked(images))


def _of_planes(planes: Array) -> Array:
    """Softness of planes [N, H, W]."""
    smooth = ndimage.correlate1d(ndimage.correlate1d(planes, SMALL_BLUR, 1), SMALL_BLUR, 2)
    lost = _energy(planes - smooth)
    slopes = sum(_energy(_slope(smooth, axis)) for axis in (1, 2))
    least = LEAST_LOSS * planes[0].size
    squared_radius = slopes / np.maximum(lost, least) / GAUSSIAN_EDGE
    largest = float(min(planes.shape[1:])) ** 2
    squared_radius[slopes + lost <= least] = largest
    return 0.5 * np.log(np.clip(squared_radius, LEAST_SQUARED_RADIUS, largest))


def _slope(planes: Array, axis: int) -> Array:
    """Sobel's slope per pixel along one axis."""
    across = ndimage.correlate1d(planes, SMALL_BLUR, 3 - axis)
    return ndimage.correlate1d(across, [-0.5, 0.0, 0.5], axis)


def _energy(planes: Array) -> Array:
    inner = planes[:, MARGIN:-MARGIN, MARGIN:-MARGIN]
    return np.einsum("nhw,nhw->n", inner, inner)
