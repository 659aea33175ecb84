"""How labels reach a layer."""

from __future__ import annotations

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.types import Given, Judgement

__all__ = ["BesideLabel", "LabelPlane", "beside_row", "one_hot"]


def one_hot(labels: jax.Array | None, classes: int, dtype: jnp.dtype) -> jax.Array:
    """Labels int32 [B] -> rows [B, classes] with a 1 each; ValueError where there are no labels.

    Rows of a table are looked up as `one_hot(…) @ table`: the gradient of an index would be a
    scatter, which GPUs add up in any order.
    """
    if labels is None:
        raise ValueError("this network is conditioned on classes: pass labels, int32 [B]")
    return jax.nn.one_hot(labels, classes, dtype=dtype)


def beside_row(x_BN: jax.Array, given: Given, classes: int) -> jax.Array:
    """Rows and their one-hot labels side by side: [B, N] -> [B, N + classes]."""
    return jnp.concatenate([x_BN, one_hot(given.label, classes, x_BN.dtype)], -1)


class LabelPlane(nn.Module):
    """One more channel that depends on the label: [B, H, W, C] -> [B, H, W, C + 1].

    The plane of each class is learned: concatenation (Mirza and Osindero 2014, arXiv:1411.1784)
    for images.
    """

    classes: int

    @nn.compact
    def __call__(self, x_BHWC: jax.Array, given: Given) -> jax.Array:
        batch, height, width, _ = x_BHWC.shape
        shape = (self.classes, height * width)
        planes = self.param("planes", nn.initializers.normal(1.0), shape)
        plane = one_hot(given.label, self.classes, x_BHWC.dtype) @ planes
        return jnp.concatenate([x_BHWC, plane.reshape(batch, height, width, 1)], -1)


class BesideLabel(nn.Module):
    """A network that finds the label beside its inputs: a row beside latents, a plane beside
    images. Its parameters have the paths that they have without one."""

    network: nn.Module
    classes: int

    def setup(self) -> None:
        nn.share_scope(self, self.network)

    @nn.compact
    def __call__(self, x: jax.Array, given: Given, *, train: bool) -> jax.Array | Judgement:
        if x.ndim == 2:
            x = beside_row(x, given, self.classes)
        else:
            x = LabelPlane(self.classes)(x, given)
        return self.network(x, given, train=train)
