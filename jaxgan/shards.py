"""A mean over the batch that has the same bits on any number of devices.

A global batch is cut into `shards` equal parts. Every part is computed by itself, always with the
same shapes, and the results are added in an order that depends on the number of shards alone. How
many parts a device holds is then of no consequence for the bits.
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
        raise UserError(
            f"batch size {batch_size} with {shards} shards: the batch must split evenly; "
            f"use --batch-size {below or shards} or {below + shards}, or other --shards"
        )
    if shards % devices:
        raise UserError(
            f"{shards} shards on {devices} devices: every device must hold equally many; "
            f"use --shards {devices * max(1, round(shards / devices))} or another number of devices"
        )


def mean_over_shards(
    per_shard: Callable[[jax.Array, Batch], Tree],
    key: jax.Array,
    batch: Batch,
    *,
    shards: int,
    axis_name: str | None,
) -> Tree:
    """Mean of `per_shard(key_i, part_i)` over all shards of the global batch.

    `batch` is the local part under a mapped axis `axis_name`, the global batch without one.
    Shard i, counted over all devices, gets the key `fold_in(key, i)`. Returns the same tree on
    every device.
    """
    devices = 1 if axis_name is None else lax.axis_size(axis_name)
    local_size = len(jax.tree.leaves(batch)[0])
    check_shards(local_size * devices, shards, devices)
    local = shards // devices
    first = 0 if axis_name is None else lax.axis_index(axis_name) * local
    parts = jax.tree.map(lambda x: x.reshape(local, -1, *x.shape[1:]), batch)
    keys = jax.vmap(jax.random.fold_in, (None, 0))(key, first + jnp.arange(local))

    def isolated(argument: tuple[jax.Array, Batch]) -> Tree:
        # The barriers keep the compiler from fusing a shard's arithmetic with what surrounds
        # it, which differs with the number of shards on the device.
        return lax.optimization_barrier(per_shard(*lax.optimization_barrier(argument)))

    if local == 1:
        only = isolated((keys[0], jax.tree.map(lambda x: x[0], parts)))
        results = jax.tree.map(lambda x: x[None], only)
    else:
        results = lax.map(isolated, (keys, parts))
    if axis_name is not None:
        gathered = lax.all_gather(results, axis_name)
        results = jax.tree.map(lambda x: x.reshape(shards, *x.shape[2:]), gathered)
    return mean_in_order(results)
