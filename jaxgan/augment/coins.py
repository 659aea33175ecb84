"""What is drawn for some of the images of a batch."""

from __future__ import annotations

import jax
import jax.numpy as jnp

__all__ = ["for_some"]


def for_some(
    key: jax.Array, probability: jax.Array | float, drawn: jax.Array, otherwise: float
) -> jax.Array:
    """`drawn` [B, ...] where an image's coin falls so, `otherwise` for the rest.

    One coin an image, whatever the shape. A coin is below 1: at probability 1 all are drawn, at 0
    none.
    """
    coins = jax.random.uniform(key, (len(drawn), *[1] * (drawn.ndim - 1)))
    return jnp.where(coins < probability, drawn, jnp.asarray(otherwise, drawn.dtype))
