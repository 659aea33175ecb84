"""The geometry of ADA: Karras et al. (2020), arXiv:2006.06676, appendix B.

A pixel at (x, y), counted from the image's centre, is looked up at G (x, y, 1) of the image before.
G is the product of the inverses of what is done to the image, the first thing done on the left.
Flips and quarter turns move whole pixels into the places of others; the rest is G.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp

from jaxgan.augment.coins import for_some

__all__ = ["Geometry", "drawn_geometry", "flipped_and_turned"]

HIGHEST = jax.lax.Precision.HIGHEST


class Geometry(NamedTuple):
    """What is done to each image: first flipped, then turned, then looked up at `matrix`."""

    flip: jax.Array  # [B] bool, left and right are swapped
    turns: jax.Array  # [B] int32 in 0 … 3, quarter turns against the clock
    matrix: jax.Array  # [B, 3, 3] float32, from a pixel to where it is looked up, in pixels


def drawn_geometry(
    key: jax.Array, probability: jax.Array | float, count: int, side: int
) -> Geometry:
    """What is done to `count` images of side x side pixels, each transform with `probability`.

    In this order: x-flip (a half of those chosen), quarter turns (0 to 3), shift by whole pixels
    (U(±1/8 side) along either axis, rounded), scale 2^N(0, 0.2), rotation U(±π), anisotropic scale
    (s, 1/s) with s = 2^N(0, 0.2), rotation U(±π), shift N(0, 1/8 side) along either axis. The two
    rotations have probability 1 - √(1 - p) each, so that p of the images are rotated.
    """
    keys = iter(jax.random.split(key, 16))
    rotated = 1.0 - jnp.sqrt(jnp.maximum(1.0 - jnp.asarray(probability, jnp.float32), 0.0))

    def chosen(
        drawn: jax.Array, otherwise: float, share: jax.Array | float = probability
    ) -> jax.Array:
        return for_some(next(keys), share, drawn, otherwise)

    def normal(deviation: float, *shape: int) -> jax.Array:
        return deviation * jax.random.normal(next(keys), (count, *shape))

    def angle() -> jax.Array:
        return jax.random.uniform(next(keys), (count,), minval=-jnp.pi, maxval=jnp.pi)

    flip = chosen(jax.random.bernoulli(next(keys), 0.5, (count,)), False)
    turns = chosen(jax.random.randint(next(keys), (count,), 0, 4), 0)
    whole = jnp.round(jax.random.uniform(next(keys), (count, 2), minval=-1, maxval=1) * side / 8)
    steps = [_shift(chosen(whole, 0))]
    scale = chosen(jnp.exp2(normal(0.2)), 1)
    steps += [_scale(scale, scale), _rotation(chosen(angle(), 0, rotated))]
    stretch = chosen(jnp.exp2(normal(0.2)), 1)
    steps += [_scale(stretch, 1 / stretch), _rotation(chosen(angle(), 0, rotated))]
    steps += [_shift(chosen(normal(side / 8, 2), 0))]
    matrix = steps[0]
    for step in steps[1:]:
        matrix = jnp.matmul(matrix, step, precision=HIGHEST)
    return Geometry(flip, turns, matrix)


def flipped_and_turned(images: jax.Array, flip: jax.Array, turns: jax.Array) -> jax.Array:
    """Square images [B, S, S, C], each flipped and then turned, or not: no number is changed."""
    each = (len(images), 1, 1, 1)
    images = jnp.where(flip.reshape(each), images[:, :, ::-1], images)
    for k in (1, 2, 3):
        # Of turns 0 … 3 an image has only one, so what is turned by k was not turned before.
        images = jnp.where((turns == k).reshape(each), jnp.rot90(images, k, axes=(1, 2)), images)
    return images


def _rows(*rows: tuple[jax.Array, jax.Array, jax.Array]) -> jax.Array:
    zero, one = jnp.zeros_like(rows[0][0]), jnp.ones_like(rows[0][0])
    return jnp.stack([jnp.stack(row, -1) for row in (*rows, (zero, zero, one))], -2)


def _shift(by: jax.Array) -> jax.Array:
    """To the right and down by [B, 2] pixels: looked up to the left and above."""
    one, zero = jnp.ones_like(by[:, 0]), jnp.zeros_like(by[:, 0])
    return _rows((one, zero, -by[:, 0]), (zero, one, -by[:, 1]))


def _scale(x: jax.Array, y: jax.Array) -> jax.Array:
    """Wider x times and higher y times, [B] each."""
    zero = jnp.zeros_like(x)
    return _rows((1 / x, zero, zero), (zero, 1 / y, zero))


def _rotation(angle: jax.Array) -> jax.Array:
    """By [B] radians against the clock, as the image is looked at (its y points down)."""
    cos, sin, zero = jnp.cos(angle), jnp.sin(angle), jnp.zeros_like(angle)
    return _rows((cos, -sin, zero), (sin, cos, zero))
