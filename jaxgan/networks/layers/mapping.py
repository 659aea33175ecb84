"""The mapping network of StyleGAN (Karras et al. 2019, arXiv:1812.04948, section 2)."""

from __future__ import annotations

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax import lax

from jaxgan.networks.layers.equalized import EqualizedDense, leaky
from jaxgan.networks.layers.labels import one_hot

__all__ = ["Mapping"]


class Mapping(nn.Module):
    """Latents [B, Z] (None for none) and labels int32 [B] -> styles [B, features].

    Each latent is scaled to a mean square of 1. With `classes`, so is a learned vector of the
    label's class, and the two stand side by side. Then dense layers with leaky ReLU · √2, after
    the last one too.
    """

    features: int
    layers: int
    multiplier: float
    classes: int = 0

    @nn.compact
    def __call__(self, z: jax.Array | None, labels: jax.Array | None) -> jax.Array:
        known = [] if z is None else [_normalized(z)]
        if self.classes:
            row = EqualizedDense(self.features, name="classes")
            known.append(_normalized(row(one_hot(labels, self.classes, jnp.float32))))
        x = jnp.concatenate(known, axis=-1)
        for _ in range(self.layers):
            x = leaky(EqualizedDense(self.features, self.multiplier)(x))
        return x


def _normalized(x: jax.Array) -> jax.Array:
    return x * lax.rsqrt(jnp.mean(jnp.square(x), axis=-1, keepdims=True) + 1e-8)
