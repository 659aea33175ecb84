"""The augmentation pipeline of ADA: Karras et al. (2020), arXiv:2006.06676, appendix B.

Each transform is applied to an image with a probability p, which is low enough for the generator
not to learn it: below about 0.8 nothing of it leaks into samples (section 2.2 of the paper).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import chex
import jax
import jax.numpy as jnp

from jaxgan.augment.affine import drawn_geometry, flipped_and_turned
from jaxgan.augment.coins import for_some
from jaxgan.augment.colours import drawn_colours, recoloured
from jaxgan.augment.resampling import resampled
from jaxgan.errors import UserError
from jaxgan.ranges import check_number, field_of

__all__ = ["Pipeline"]

SMALLEST_SIDE = 4
"""An eighth of a shorter side is no pixel at all."""


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """What is done to images, each thing with a probability p times the factor of its group."""

    geometry: float = 1.0
    """Factor of p for flips, quarter turns, shifts, scales and rotations: 1 in bgc and R3GAN, 0 for
    none of them."""
    colour: float = 1.0
    """Factor of p for brightness, contrast, mirrored lightness, hue and saturation: 1 in bgc, 0.5
    in R3GAN, 0 for none of them."""
    cutout: float = 0.0
    """Factor of p for a grey square of half the side: 0 in bgc, 1 in R3GAN."""

    def __post_init__(self) -> None:
        for field in ("geometry", "colour", "cutout"):
            check_number(*field_of(self, field), least=0, most=1)
        if not (self.geometry or self.colour or self.cutout):
            raise UserError(
                f"{type(self).__name__} with geometry, colour and cutout of 0: expected one above "
                "0; for no augmentation, choose none"
            )

    def augmented(self, key: jax.Array, images: jax.Array, probability: Any) -> jax.Array:
        """Images [B, S, S, C], p in [0, 1] -> images of the same shape; colours may leave [-1, 1].

        An image that no transform was drawn for is handed on as it is, to the bit.
        """
        chex.assert_rank(images, 4)
        self._check_shape(*images.shape)
        key_geometry, key_colour, key_cutout = jax.random.split(key, 3)
        count, side, _, channels = images.shape
        if self.geometry:
            drawn = drawn_geometry(key_geometry, self.geometry * probability, count, side)
            images = flipped_and_turned(images, drawn.flip, drawn.turns)
            images = resampled(images, drawn.matrix)
        if self.colour:
            matrix = drawn_colours(key_colour, self.colour * probability, count, channels > 1)
            images = recoloured(images, matrix)
        if self.cutout:
            images = _cutout(key_cutout, images, self.cutout * probability)
        return images

    def _check_shape(self, count: int, height: int, width: int, channels: int) -> None:
        del count
        name = type(self).__name__
        if height != width or height < SMALLEST_SIDE:
            raise UserError(
                f"{name} of {height}x{width} images: expected square images with sides of "
                f"{SMALLEST_SIDE} pixels and more; for no augmentation, choose none"
            )
        if self.colour and channels not in (1, 3):
            raise UserError(
                f"{name} with colour of images with {channels} channels: expected 1 or 3, because "
                "hue is about red, green and blue; use --augment.colour 0"
            )


def _cutout(key: jax.Array, images: jax.Array, probability: jax.Array | float) -> jax.Array:
    """0, grey, in a square of half the side, with its centre anywhere in the image."""
    key_coin, key_centre = jax.random.split(key)
    count, side, _, _ = images.shape
    centre = jax.random.uniform(key_centre, (count, 2, 1))
    at = (jnp.arange(side, dtype=centre.dtype)[None, None] + 0.5) / side
    inside = jnp.abs(at - centre) < 0.25
    hole = inside[:, 0, :, None] & inside[:, 1, None, :]
    hole = for_some(key_coin, probability, hole, False)
    return jnp.where(hole[..., None], 0.0, images)
