"""Differentiable augmentation of Zhao et al. (2020), arXiv:2006.10738, section 3.2.

Every image that the discriminator is shown, real or fake, in its own steps and the generator's, is
changed at random by T: losses see D(T(x)) and D(T(G(z))). T must let gradients through to the
generator, and here without a scatter, whose order of addition GPUs leave open: pixels are moved by
products with matrices of zeros and ones and cut out by masks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import chex
import jax
import jax.numpy as jnp

from jaxgan.errors import UserError

__all__ = ["DiffAugment"]

POLICIES = ("color", "translation", "cutout")
SMALLEST_SIDE = 4
"""An eighth of a shorter side rounds to no pixel at all."""


@dataclass(frozen=True)
class DiffAugment:
    """Colours, place and completeness of each image, drawn anew for each image and call."""

    policy: str = "color,translation,cutout"
    """What is changed, comma-separated, one after another: color (brightness, saturation,
    contrast), translation (up to 1/8 of the side), cutout (of half the side). The paper's is
    color,cutout for CIFAR-10, all three where data are few."""

    role: ClassVar[str] = "augment"

    def __post_init__(self) -> None:
        chosen = self.policy.split(",")
        if not set(chosen) <= set(POLICIES) or len(set(chosen)) < len(chosen):
            raise UserError(
                f"DiffAugment with policy {self.policy!r}: expected some of {', '.join(POLICIES)}, "
                "each once, with commas and no spaces in between; for no augmentation, choose none"
            )

    def __call__(self, key: jax.Array, images: jax.Array) -> jax.Array:
        """Images [B, H, W, C] -> images of the same shape; colours may leave [-1, 1]."""
        chex.assert_rank(images, 4)
        _, height, width, channels = images.shape
        if min(height, width) < SMALLEST_SIDE:
            raise UserError(
                f"DiffAugment of {height}x{width} images: expected sides of {SMALLEST_SIDE} pixels "
                "and more, for shifts of an eighth of them; for no augmentation, choose none"
            )
        key_color, key_translation, key_cutout = jax.random.split(key, 3)
        for name in self.policy.split(","):
            if name == "color":
                if channels not in (1, 3):
                    raise UserError(
                        f"DiffAugment with color of images with {channels} channels: expected 1 or "
                        "3, because saturation is about one image's mean of red, green and blue; "
                        "use --augment.policy translation,cutout"
                    )
                images = _color(key_color, images)
            elif name == "translation":
                images = _translation(key_translation, images)
            else:
                images = _cutout(key_cutout, images)
        return images


def _color(key: jax.Array, images: jax.Array) -> jax.Array:
    """Brightness +U(-0.5, 0.5), saturation ×U(0, 2), contrast ×U(0.5, 1.5), one after another."""
    key_brightness, key_saturation, key_contrast = jax.random.split(key, 3)
    shape, dtype = (len(images), 1, 1, 1), images.dtype
    images = images + jax.random.uniform(key_brightness, shape, dtype, -0.5, 0.5)
    grey = jnp.mean(images, axis=3, keepdims=True)
    images = grey + (images - grey) * jax.random.uniform(key_saturation, shape, dtype, 0.0, 2.0)
    level = jnp.mean(images, axis=(1, 2, 3), keepdims=True)
    return level + (images - level) * jax.random.uniform(key_contrast, shape, dtype, 0.5, 1.5)


def _translation(key: jax.Array, images: jax.Array) -> jax.Array:
    """Shift by whole pixels, either axis uniform in ±1/8 of the side; what comes in is 0, grey."""
    key_rows, key_columns = jax.random.split(key)
    _, height, width, _ = images.shape
    rows = _shifts(key_rows, len(images), height).astype(images.dtype)
    columns = _shifts(key_columns, len(images), width).astype(images.dtype)
    # The default precision may round pixels to fewer bits; a shift must hand them on as they are.
    highest = jax.lax.Precision.HIGHEST
    images = jnp.einsum("bij,bjwc->biwc", rows, images, precision=highest)
    return jnp.einsum("bij,bhjc->bhic", columns, images, precision=highest)


def _shifts(key: jax.Array, count: int, side: int) -> jax.Array:
    """One matrix an image, [count, side, side], that holds true where pixel j moves to pixel i."""
    most = _rounded(side, 0.125)
    shift = jax.random.randint(key, (count, 1, 1), -most, most + 1)
    to, origin = jnp.arange(side)[None, :, None], jnp.arange(side)[None, None, :]
    return to == origin + shift


def _cutout(key: jax.Array, images: jax.Array) -> jax.Array:
    """0, grey, in a rectangle of half the sides. Its centre is anywhere in the image, so that at
    the border there is less of it, but never less than a quarter of its area."""
    key_rows, key_columns = jax.random.split(key)
    count, height, width, _ = images.shape
    rows = _stretch(key_rows, count, height)[:, :, None, None]
    columns = _stretch(key_columns, count, width)[:, None, :, None]
    return jnp.where(rows & columns, 0.0, images)


def _stretch(key: jax.Array, count: int, side: int) -> jax.Array:
    """Half the pixels of a side, one stretch an image: [count, side], true inside it."""
    length = _rounded(side, 0.5)
    # The centre is a pixel where the length is odd, a line between pixels or the border where even.
    centres = side if length % 2 else side + 1
    start = jax.random.randint(key, (count, 1), 0, centres) - length // 2
    pixel = jnp.arange(side)[None, :]
    return (start <= pixel) & (pixel < start + length)


def _rounded(side: int, share: float) -> int:
    return int(side * share + 0.5)
