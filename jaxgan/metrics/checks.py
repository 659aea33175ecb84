"""What every metric asks of the images it is given: said once, refused in the same words."""

from __future__ import annotations

import numpy as np

__all__ = ["as_file", "check_features", "check_images", "check_pair", "eight_bits", "grey"]

SMALLEST_SIDE = 8  # pixels: below, no spectrum and no edge is left to measure
LUMA = np.array([0.2125, 0.7154, 0.0721])  # Rec. 709, as scikit-image's rgb2gray

Array = np.ndarray


def check_images(images: Array, name: str = "images", fewest: int = 1) -> Array:
    """Images [N, H, W, C] as float64 in [0, 1]; uint8 ones are taken for 0 … 255.

    Raises ValueError, with `name` in it, for another rank or number of channels than 1 and 3,
    sides below 8 pixels, fewer than `fewest` images, values that are not finite or not in [0, 1],
    and for a set in which every pixel has the same value.
    """
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
    if array.dtype == np.uint8:
        array = array / 255.0
    elif not np.issubdtype(array.dtype, np.floating):
        raise ValueError(f"{name} of type {array.dtype}: expected floats in [0, 1], or uint8")
    array = array.astype(np.float64, copy=False)
    _check_values(array, name)
    return array


def check_pair(real: Array, fake: Array, fewest: int = 2) -> tuple[Array, Array]:
    """Both sets checked, and of one image shape."""
    real = check_images(real, "real images", fewest)
    fake = check_images(fake, "fake images", fewest)
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


def grey(images: Array) -> Array:
    """Luma [N, H, W] of images [N, H, W, C]: 0.2125 R + 0.7154 G + 0.0721 B, or the grey plane."""
    return images[..., 0] if images.shape[-1] == 1 else images @ LUMA


def as_file(images: Array) -> Array:
    """Images in [0, 1] as a file holds them: clipped, rounded to 256 levels, uint8."""
    return np.rint(np.clip(images, 0.0, 1.0) * 255.0).astype(np.uint8)


def eight_bits(images: Array) -> Array:
    """Images in [0, 1] as they come back from a file: of 256 levels, float64 in [0, 1]."""
    return as_file(images) / 255.0


def _check_values(array: Array, name: str) -> None:
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name}: NaN or infinity among the pixels; expected values in [0, 1]")
    low, high = float(array.min()), float(array.max())
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


def _form(images: Array) -> str:
    height, width, channels = images.shape[1:]
    return f"{height}x{width}x{channels}"
