"""The grouped 3x3 convolution, in the form each platform runs fastest.

Channels stand in groups, and every output channel sees the inputs of its own group alone. On CPUs
the native one is far slower than the products it is made of, and its double backward slower still:
there the groups are the batch of one matrix product.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jaxgan.networks.layers.convolution import Form

__all__ = ["grouped_convolution"]


def grouped_convolution(x: jax.Array, kernel: jax.Array, *, form: Form) -> jax.Array:
    """3x3 cross-correlation within groups, with one zero around.

    x [B, H, W, I], kernel [O, 3, 3, I / groups], whose last axis says how many channels a group
    has -> [B, H, W, O]. Both forms have gradients of any order without scatter, and compute the
    same sums.
    """
    if form == "native":
        return lax.conv_general_dilated(
            x,
            kernel,
            (1, 1),
            ((1, 1), (1, 1)),
            dimension_numbers=("NHWC", "OHWI", "NHWC"),
            feature_group_count=x.shape[-1] // kernel.shape[-1],
        )
    return _by_rows(x, kernel)


def _by_rows(x: jax.Array, kernel: jax.Array) -> jax.Array:
    """Three neighbours in a row, side by side, times all three rows of the kernel at once; then the
    three sums that make an output pixel are added up from its row and the two beside it.

    That moves 3 numbers in and 3 out for every one of x, where patches move 9 in and 1 out.
    """
    batch, height, width, inputs = x.shape
    outputs, _, _, size = kernel.shape
    groups = inputs // size
    own = outputs // groups
    x = x.reshape(batch, height, width, groups, size).transpose(3, 0, 1, 2, 4)
    neighbours = jnp.concatenate([_moved(x, 3, by) for by in (-1, 0, 1)], axis=-1)
    rows = kernel.reshape(groups, own, 3, 3 * size).transpose(0, 2, 1, 3)
    sums = lax.dot_general(
        neighbours.reshape(groups, -1, 3 * size),
        rows.reshape(groups, 3 * own, 3 * size),
        (((2,), (2,)), ((0,), (0,))),
    ).reshape(groups, batch, height, width, 3, own)
    above, same, below = (lax.index_in_dim(sums, i, 4, keepdims=False) for i in range(3))
    y = _moved(above, 2, -1) + same + _moved(below, 2, 1)
    return y.transpose(1, 2, 3, 0, 4).reshape(batch, height, width, outputs)


def _moved(x: jax.Array, axis: int, by: int) -> jax.Array:
    """Element i + by of an axis in place i, zero beyond the ends; `by` is -1, 0 or 1."""
    if not by:
        return x
    pads = [(0, 0)] * x.ndim
    pads[axis] = (0, 1) if by > 0 else (1, 0)
    size = x.shape[axis]
    start = max(by, 0)
    return jnp.pad(lax.slice_in_dim(x, start, start + size - 1, axis=axis), pads)
