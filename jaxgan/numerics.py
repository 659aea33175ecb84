"""A few lines of arithmetic each, where the obvious form is wrong at a corner."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import optax

from jaxgan.types import Tree

__all__ = ["half_life_decay", "mean_in_order", "moving_average", "safe_norm"]


def safe_norm(x: jax.Array) -> jax.Array:
    """L2 norm of each example, [B, ...] -> [B], with gradient 0 (not NaN) where the norm is 0.

    sqrt has an infinite slope at 0, and infinity times the zero of x·dx is NaN. The square root
    is therefore taken of 1 there, and the result and its gradient are replaced by 0.
    """
    squared = jnp.sum(jnp.square(x), axis=tuple(range(1, x.ndim)))
    is_zero = squared == 0
    return jnp.where(is_zero, 0.0, jnp.sqrt(jnp.where(is_zero, 1.0, squared)))


def mean_in_order(tree: Tree) -> Tree:
    """Mean over the leading axis of every leaf, [S, ...] -> [...], added up in one fixed order.

    Neighbours are added pairwise until one value is left. The order depends on S alone, so equal
    inputs give equal bits wherever they were computed; a `psum`'s order is the backend's choice.
    """

    def mean(x: jax.Array) -> jax.Array:
        rows = [x[i] for i in range(x.shape[0])]
        while len(rows) > 1:
            pairs = [a + b for a, b in zip(rows[::2], rows[1::2], strict=False)]
            rows = pairs + ([rows[-1]] if len(rows) % 2 else [])
        return rows[0] / x.shape[0]

    return jax.tree.map(mean, tree)


def half_life_decay(
    batch_size: int,
    half_life: float | jax.Array,
    ramp_up: float = 0.0,
    shown: jax.Array | float = math.inf,
) -> jax.Array | float:
    """Decay per step for which a contribution halves every `half_life` images; 0 when that is 0.

    With `ramp_up` > 0 the half-life is at most that share of the `shown` images, so that an
    average does not hold on to its first, untrained values (StyleGAN2: 0.05).
    """
    if isinstance(half_life, float | int):
        if not half_life:
            return 0.0
        if not ramp_up:
            return 0.5 ** (batch_size / half_life)
    ramped = jnp.minimum(half_life, ramp_up * shown) if ramp_up else half_life
    return 0.5 ** (batch_size / jnp.maximum(ramped, 1e-8))


def moving_average(average: Tree, new: Tree, decay: jax.Array | float) -> Tree:
    """decay · average + (1 - decay) · new, leaf by leaf; `new` itself for the number 0."""
    if isinstance(decay, float) and decay == 0:
        return new
    return optax.incremental_update(new, average, 1.0 - decay)
