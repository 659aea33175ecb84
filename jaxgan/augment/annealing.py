"""How much is left of something that fades while the discriminator is shown images."""

from __future__ import annotations

import jax
import jax.numpy as jnp

__all__ = ["share_left"]


def share_left(shown: jax.Array, until: int) -> jax.Array:
    """1 before the first image, 0 from image `until` on, a straight line in between."""
    return jnp.clip(1.0 - shown / until, 0.0, 1.0)
