"""Enlarging and halving images by fixed filters, without scatter in any gradient."""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp

from jaxgan.networks.layers.fir import fir_up

__all__ = ["Filter", "enlarge", "halve"]

Filter = Literal["nearest", "bilinear", "fir"]


def enlarge(x: jax.Array, kind: Filter) -> jax.Array:
    """Twice the size: [B, H, W, C] -> [B, 2H, 2W, C].

    The filters, applied to pixels with zeros put between them, are [1, 1] (nearest), [1, 2, 1]/2
    (bilinear: every other pixel keeps its value) and [1, 3, 3, 1]/4 (fir: linear interpolation
    between pixel centres, the low-pass of StyleGAN2). Edge pixels are repeated outwards, so a
    constant stays constant.
    """
    if kind == "fir":
        return fir_up(x, edge="repeat")
    for axis in (1, 2):
        x = _enlarge_along(x, axis, kind)
    return x


def halve(x: jax.Array) -> jax.Array:
    """Means of 2x2 pixels: [B, H, W, C] -> [B, H/2, W/2, C]; H and W even."""
    batch, height, width, channels = x.shape
    return x.reshape(batch, height // 2, 2, width // 2, 2, channels).mean((2, 4))


def _enlarge_along(x: jax.Array, axis: int, kind: Filter) -> jax.Array:
    odd = x if kind == "nearest" else (x + _next(x, axis)) / 2
    shape = (*x.shape[:axis], 2 * x.shape[axis], *x.shape[axis + 1 :])
    return jnp.stack([x, odd], axis + 1).reshape(shape)


def _next(x: jax.Array, axis: int) -> jax.Array:
    """The pixel after each, the edge pixel itself at the edge."""
    size = x.shape[axis]
    rest, last = (jax.lax.slice_in_dim(x, start, size, axis=axis) for start in (1, size - 1))
    return jnp.concatenate([rest, last], axis)
