"""How labels reach a layer."""

from __future__ import annotations

import flax.linen as nn
import jax
import jax.numpy as jnp

__all__ = ["LabelPlane", "beside_latent", "one_hot"]


def one_hot(labels: jax.Array | None, classes: int, dtype: jnp.dtype) -> jax.Array:
    """Labels int32 [B] -> rows [B, classes] with a 1 each; ValueError where there are no labels.

    Rows of a table are looked up as `one_hot(…) @ table`: the gradient of an index would be a
    scatter, which GPUs add up in any order.
    """
    if labels is None:
        raise ValueError("this network is conditioned on classes: pass labels, int32 [B]")
    return jax.nn.one_hot(labels, classes, dtype=dtype)


def beside_latent(z: jax.Array, labels: jax.Array | None, classes: int) -> jax.Array:
    """Latents [B, Z] and one-hot labels side by side, [B, Z + classes]; z alone for 0 classes."""
    if not classes:
        return z
    return jnp.concatenate([z, one_hot(labels, classes, z.dtype)], -1)


class LabelPlane(nn.Module):
    """One more channel that depends on the label: [B, H, W, C] -> [B, H, W, C + 1].

    The plane of each class is learned: concatenation (Mirza and Osindero 2014, arXiv:1411.1784)
    for images. Without classes images stay as they are.
    """

    classes: int

    @nn.compact
    def __call__(self, x: jax.Array, labels: jax.Array | None) -> jax.Array:
        if not self.classes:
            return x
        shape = (self.classes, x.shape[1] * x.shape[2])
        planes = self.param("planes", nn.initializers.normal(1.0), shape)
        plane = one_hot(labels, self.classes, x.dtype) @ planes
        return jnp.concatenate([x, plane.reshape(*x.shape[:3], 1)], -1)
