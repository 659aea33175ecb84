"""A mean over the batch that has the same bits on any number of devices.

A global batch is cut into `shards` equal pieces. Every piece is computed by itself, always with the
same shapes, and the results are added in an order that depends on the number of shards alone. How
many pieces a device holds is then of no consequence for the bits.
"""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import lax

from jaxgan.errors import UserError
from jaxgan.numerics import mean_in_order
from jaxgan.types import Batch, Tree

__all__ = ["check_shards", "mean_over_shards"]


def check_shards(batch_size: int, shards: int, devices: int) -> None:
    """Refuse a batch that does not split into the shards, or shards that do not fill devices."""
    if batch_size % shards:
        below = batch_size - batch_size % shards
        sizes = [size for size in (below, below + shards) if size]
        raise UserError(
            f"batch size {batch_size} with {shards} shards: the batch must split evenly; "
            f"use --batch-size {' or '.join(map(str, sizes))}, or other --shards"
        )
    if shards % devices:
        fitting = [n for n in range(devices, batch_size + 1, devices) if batch_size % n == 0]
        nearest = min(fitting, key=lambda n: abs(n - shards), default=None)
        raise UserError(
            f"{shards} shards on {devices} devices: every device must hold equally many; "
            f"use {f'--shards {nearest} or ' if nearest else ''}another number of devices"
        )


def mean_over_shards(
    per_shard: Callable[[jax.Array, Batch], Tree],
    key: jax.Array,
    batch: Batch,
    *,
    shards: int,
    axis_name: str | None,
) -> Tree:
    """Mean of `per_shard(key_i, shard_i)` over all shards of the global batch.

    `batch` is the local slice under a mapped axis `axis_name`, the global batch without one.
    Shard i, counted over all devices, gets the key `fold_in(key, i)`. Returns the same tree on
    every device.
    """
    devices = 1 if axis_name is None else lax.axis_size(axis_name)
    local_size = len(jax.tree.leaves(batch)[0])
    check_shards(local_size * devices, shards, devices)
    local = shards // devices
    first = 0 if axis_name is None else lax.axis_index(axis_name) * local
    pieces = jax.tree.map(lambda x: _two_or_more(x.reshape(local, -1, *x.shape[1:])), batch)

    def one(i: jax.Array) -> Tree:
        return per_shard(jax.random.fold_in(key, first + i), jax.tree.map(lambda x: x[i], pieces))

    if shards == 1:
        return one(jnp.int32(0))
    results = _in_a_loop(one, local)
    if axis_name is not None:
        gathered = lax.all_gather(results, axis_name)
        results = jax.tree.map(lambda x: x.reshape(shards, *x.shape[2:]), gathered)
    return mean_in_order(results)


def _two_or_more(rows: jax.Array) -> jax.Array:
    """Rows [N, ...] as they are, or, where there is one, with a second that is never looked at.

    Cutting the only row out is no cut to the compiler, which then fuses what follows in another
    way, and rounds it in another way.
    """
    return rows if len(rows) > 1 else jnp.concatenate([rows, jnp.zeros_like(rows)])


def _in_a_loop(one: Callable[[jax.Array], Tree], count: int) -> Tree:
    """`one(0) … one(count - 1)`, stacked, from one compiled body whatever the count.

    The compiler must not see how often it goes round: it would take a loop of one apart, and
    arithmetic that is fused with what surrounds it may round differently.
    """
    unseen_count = lax.optimization_barrier(jnp.int32(count))
    shapes = jax.eval_shape(one, jnp.int32(0))
    buffers = jax.tree.map(lambda x: _two_or_more(jnp.zeros((count, *x.shape), x.dtype)), shapes)

    def body(i: jax.Array, buffers: Tree) -> Tree:
        return jax.tree.map(lambda rows, row: rows.at[i].set(row), buffers, one(i))

    return jax.tree.map(lambda x: x[:count], lax.fori_loop(0, unseen_count, body, buffers))
