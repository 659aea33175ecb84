"""Colour of images: how saturated, of which cast, and how sharp beside their luma.

Eyes, and scores on luma, forgive soft or pale colours; coders that halve the chroma live on it.
Colours are taken apart into an intensity and two chroma planes, by a rotation: white noise of
deviation t in every channel is white noise of deviation t in every plane.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from jaxgan.metrics.checks import as_floats, by_pieces, checked
from jaxgan.metrics.spectrum import frequencies, image_spectra

__all__ = ["cast", "cast_shift", "chroma_detail", "chroma_sharpness", "chroma_spectra", "opponent",
           "saturation"]  # fmt: skip

# Rows: intensity, red - blue, magenta - green. Orthonormal, so that its inverse is its transpose.
LENGTHS = np.sqrt(np.array([[3.0], [2.0], [6.0]]))
OPPONENT = np.array([[1.0, 1.0, 1.0], [1.0, 0.0, -1.0], [1.0, -2.0, 1.0]]) / LENGTHS
EIGHT_BIT_POWER = (1 / 255) ** 2 / 12
INTO_RANGE = 0.6  # a chroma plane times this, plus a half, lies in [0, 1]

Array = np.ndarray


def opponent(images: Array) -> Array:
    """Orthonormal planes of images [N, H, W, 3] in [0, 1]: float64 [N, H, W, 3].

    Intensity (R + G + B) / √3, then chroma (R - B) / √2 and (R - 2G + B) / √6, which are 0 where a
    pixel is grey. The planes times the matrix `colour.OPPONENT` are the images again. Intensity is
    not luma: it weighs the channels alike.

    Raises ValueError for images that `checks.check_images` refuses or of another number of
    channels than 3, as do the other scores.
    """
    return _of_planes(images, lambda planes: planes)


def saturation(images: Array) -> Array:
    """Root mean square distance of each image [N, H, W, 3]'s pixels from grey: float64 [N].

    0 for grey images, to 0.816 for pure colours; of 0 … 1 in every channel, so that darker is less
    saturated. A cast counts, and so does noise: white noise of deviation t adds 2t² to its square.
    """

    def from_grey(planes: Array) -> Array:
        return np.sqrt(np.sum(planes[..., 1:] ** 2, axis=3).mean(axis=(1, 2)))

    return _of_planes(images, from_grey)


def cast(images: Array) -> Array:
    """Mean of the two chroma planes of each image [N, H, W, 3]: float64 [N, 2].

    Red against blue, and magenta against green. Noise and blur leave it alone. `cast_shift` makes
    a set's score of it.
    """
    return _of_planes(images, lambda planes: planes[..., 1:].mean(axis=(1, 2)))


def cast_shift(real: Array, fake: Array) -> float:
    """How far the means of `cast`'s rows lie apart, in standard deviations over real images.

    The Mahalanobis length √(d' C⁻¹ d), d the difference of means and C the covariance over real
    images (with the power of 8-bit rounding, so that grey ones have one): 0 … infinity. Faded
    colours shift it too, where the real ones have a cast. Blind to a cast that is warm on half of
    the images and cold on the others.
    """
    shift = fake.mean(axis=0) - real.mean(axis=0)
    covariance = np.cov(real, rowvar=False) + EIGHT_BIT_POWER * np.eye(2)
    return float(np.sqrt(shift @ np.linalg.solve(covariance, shift)))


def chroma_detail(images: Array) -> Array:
    """Rows that `chroma_sharpness` is made of, of images [N, H, W, 3]: float64 [N, 2].

    Root mean squares, over both chroma planes: of the differences of neighbouring pixels, over √2,
    and of the distance from the image's mean chroma. Both are t for white noise of deviation t, and
    0 for grey images, which thereby have no say in the set's sharpness.
    """

    def detail(planes: Array) -> Array:
        chroma = planes[..., 1:]
        down, right = (np.mean(np.diff(chroma, axis=axis) ** 2, axis=(1, 2, 3)) for axis in (1, 2))
        whole = chroma.var(axis=(1, 2)).mean(axis=1)
        return np.sqrt(np.stack([(down + right) / 4, whole], axis=1))

    return _of_planes(images, detail)


def chroma_sharpness(rows: Array) -> float:
    """Of the chroma that `chroma_detail` found, the share in fine detail: 0 … about 1.4, noise 1.

    The ratio of the columns' means, as amplitudes. Saturation and casts do not move it. Blurred
    chroma lowers it, and so does the blur of all channels; noise raises it steeply, and hides a
    blur of the chroma where that lies below the noise. So compare with real images under the blur
    and the noise that were measured, or fit the blur to `chroma_spectra`.

    Raises ValueError where no image has any chroma.
    """
    fine, whole = np.asarray(rows).mean(axis=0)
    if whole == 0:
        raise ValueError("images without any chroma: grey images have no colours to be sharp")
    return float(fine / whole)


def chroma_spectra(images: Array) -> Array:
    """Radial power spectrum of the chroma of each image [N, H, W, 3], square: float64 [N, bins].

    The mean of both planes', in bins and units of `spectrum.image_spectra`: white noise of
    deviation t gives the level t². `blur_fit.fit_blur` to the sets' means finds the blur of the
    chroma, the ratio of saturations as its contrast, and the noise. 0 where no image has chroma,
    which that fit refuses.
    """
    images = _in_colour(images)
    total = np.zeros((len(images), len(frequencies(images.shape[1]))))
    for weights in OPPONENT[1:]:
        plane = by_pieces(lambda some, w=weights: _in_range(as_floats(some) @ w), images)
        if plane.min() < plane.max():
            total += image_spectra(plane[..., None])
    return total / (2 * INTO_RANGE**2)


def _in_range(plane: Array) -> Array:
    return (0.5 + INTO_RANGE * plane).astype(np.float32)


def _of_planes(images: Array, score: Callable[[Array], Array]) -> Array:
    """`score` of the planes [n, H, W, 3] of some images at a time."""
    return by_pieces(lambda some: score(as_floats(some) @ OPPONENT.T), _in_colour(images))


def _in_colour(images: Array) -> Array:
    images = checked(images)
    if images.shape[3] != 3:
        raise ValueError(f"images of {images.shape[3]} channel: expected 3 (RGB)")
    return images
