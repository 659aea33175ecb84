"""The discriminator's gradient in the image, which its penalties are about."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp

__all__ = ["image_slope"]


def image_slope(discriminate: Callable[[jax.Array], jax.Array], images: jax.Array) -> jax.Array:
    """∇D at each image, [B, H, W, C] -> [B, H, W, C]."""
    # The sum over the batch has each example's own gradient as its gradient, because no logit
    # depends on another example.
    return jax.grad(lambda x: jnp.sum(discriminate(x)))(images)
