"""Faults of known size, planted into images: what an instrument for blur is calibrated with.

All take images [N, H, W, C], floats with [0, 1] as black and white or uint8, and return float64.
None clips or rounds, so that a fault has exactly the size that was asked for and may leave [0, 1];
another may then be planted on top. `checks.eight_bits` makes of the result what a file would hold.

Raises ValueError, each of them, for images of another rank or type and for sizes out of range.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from scipy import ndimage
from scipy.fft import dctn, idctn

from jaxgan.metrics.checks import as_floats, by_pieces

__all__ = ["blurred", "blurred_by_each", "checkered", "contrasted", "enlarged", "noised",
           "quantized", "shifted", "unsharpened"]  # fmt: skip

Array = np.ndarray
PIXELS = (1, 2)  # the axes of height and width


def blurred(images: Array, sigma: float) -> Array:
    """Convolved with a Gaussian of `sigma` pixels, planted in Fourier space: exp(-2π²σ²f²).

    Exact at any sigma, where a sampled kernel is not below 0.7 pixels. Images are mirrored at
    their borders (half-sample symmetry), so that no edge appears where they would wrap around.
    """
    images = _images(images)
    if not 0 <= sigma < np.inf:
        raise ValueError(f"sigma {sigma}: expected 0 or more pixels")
    return by_pieces(lambda some: next(blurred_by_each(some, [sigma])), images)


def blurred_by_each(images: Array, sigmas: Iterable[float]) -> Iterator[Array]:
    """`blurred` by one sigma after the other, for less: the images are transformed only once.

    All at once, in four times the memory of the result: for some images at a time.
    """
    images = _pixels(images)
    coefficients = dctn(images, axes=PIXELS)  # of the mirrored image: frequencies k / 2N
    frequencies = [np.arange(n) / (2 * n) for n in images.shape[1:3]]
    for sigma in sigmas:
        if sigma == 0:
            yield images.copy()
            continue
        transfer = np.outer(*(np.exp(-2 * np.pi**2 * sigma**2 * f**2) for f in frequencies))
        yield idctn(coefficients * transfer[None, :, :, None], axes=PIXELS, overwrite_x=True)


def noised(images: Array, deviation: float, rng: np.random.Generator) -> Array:
    """With white Gaussian noise of `deviation`, drawn for every pixel and channel."""
    images = _pixels(images)
    if not 0 <= deviation < np.inf:
        raise ValueError(f"deviation {deviation}: expected 0 or more grey levels (of 0 … 1)")
    noise = rng.standard_normal(images.shape)
    noise *= deviation
    noise += images
    return noise


def contrasted(images: Array, gain: float) -> Array:
    """Each image's distance from its own mean times `gain`."""
    images = _pixels(images)
    mean = images.mean(axis=(1, 2, 3), keepdims=True)
    return mean + gain * (images - mean)


def unsharpened(images: Array, amount: float, sigma: float = 1.0) -> Array:
    """An unsharp mask: x + amount · (x - blurred(x, sigma))."""
    images = _pixels(images)
    return images + amount * (images - blurred(images, sigma))


def checkered(images: Array, amplitude: float) -> Array:
    """With a checkerboard of ±amplitude, the finest pattern that pixels can hold."""
    images = _pixels(images)
    height, width = images.shape[1:3]
    sign = 1.0 - 2.0 * (np.indices((height, width)).sum(axis=0) % 2)
    return images + amplitude * sign[None, :, :, None]


def enlarged(images: Array, order: int) -> Array:
    """Halved by means of 2x2 pixels and enlarged again: order 0 nearest, 1 bilinear."""
    images = _pixels(images)
    count, height, width, channels = images.shape
    if height % 2 or width % 2:
        raise ValueError(f"images of {height}x{width} pixels: expected even sides")
    small = images.reshape(count, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))
    if order == 0:
        return small.repeat(2, axis=1).repeat(2, axis=2)
    if order != 1:
        raise ValueError(f"order {order}: expected 0 (nearest) or 1 (bilinear)")
    zoom = (1, 2, 2, 1)
    return ndimage.zoom(small, zoom, order=1, mode="nearest", grid_mode=True)


def shifted(images: Array, pixels: float) -> Array:
    """Moved down and right by `pixels`, bilinear between them; the border's pixels repeat."""
    images = _pixels(images)
    shift = (0, pixels, pixels, 0)
    return ndimage.shift(images, shift, order=1, mode="nearest")


def quantized(images: Array, step: float) -> Array:
    """As after a coarse JPEG: the cosine coefficients of 8x8 blocks rounded to multiples of `step`.

    Blocks that reach over the border are filled up with its pixels, as JPEG files are. `step` is
    in grey levels (of 0 … 1), above 0.
    """
    images = _pixels(images)
    if not 0 < step < np.inf:
        raise ValueError(f"step {step}: expected more than 0 grey levels (of 0 … 1)")
    count, height, width, channels = images.shape
    filled = np.pad(images, ((0, 0), (0, -height % 8), (0, -width % 8), (0, 0)), mode="edge")
    blocks = filled.reshape(count, filled.shape[1] // 8, 8, filled.shape[2] // 8, 8, channels)
    coefficients = dctn(blocks, axes=(2, 4), norm="ortho")
    rounded = step * np.rint(coefficients / step)
    back = idctn(rounded, axes=(2, 4), norm="ortho")
    return back.reshape(filled.shape)[:, :height, :width]


def _pixels(images: Array) -> Array:
    """As float64, uint8 taken for 0 … 255; values may be outside [0, 1], where a fault put them."""
    return as_floats(_images(images))


def _images(images: Array) -> Array:
    """As they are."""
    array = np.asarray(images)
    if array.ndim != 4:
        raise ValueError(f"images of shape {array.shape}: expected [N, H, W, C]")
    if array.dtype != np.uint8 and not np.issubdtype(array.dtype, np.floating):
        raise ValueError(f"images of type {array.dtype}: expected floats in [0, 1], or uint8")
    return array
