"""Many updates in one dispatch: the pure program that a run is made of.

An update is `n_critic` discriminator steps and one generator step. The number of updates is an
argument of the compiled program, not a constant in it, so one program serves every stretch of a
run and a run's bits do not depend on where it was cut.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from jaxgan.config import Config
from jaxgan.steps.lazy import with_earlier
from jaxgan.steps.terms import no_info
from jaxgan.types import Batch, Gan, GanState, StepInfo, Tree

__all__ = ["Feed", "UpdateInfo", "batches_per_update", "many_updates", "to_unit_range", "update"]


class UpdateInfo(NamedTuple):
    """Infos of one update: of its last discriminator step and of its generator step.

    A lazy term of the discriminator is that of the last of its steps that computed it.
    """

    discriminator: StepInfo
    generator: StepInfo


class Feed(NamedTuple):
    """The images of one dispatch.

    Either `images` holds the whole data set and `indices` [K, N, B] pick from it, or `images`
    holds the batches themselves, [K, N, B, …], and `indices` is None. K is the most updates that
    one dispatch can do, N the batches of an update. Leaves: uint8 `image`, int32 `label`.
    """

    images: Batch
    indices: jax.Array | None
    updates: jax.Array  # [] int32, how many to do, at most K


def batches_per_update(config: Config) -> int:
    """One for each discriminator step, and a fresh one where the generator's objective reads real
    images; else the generator step is shown the last discriminator step's, for its labels."""
    return config.n_critic + (1 if config.uses_real_for_generator else 0)


def to_unit_range(images: jax.Array) -> jax.Array:
    """uint8 in 0 … 255 -> float32 in [-1, 1]."""
    return images.astype(jnp.float32) / 127.5 - 1.0


def update(
    gan: Gan,
    config: Config,
    key: jax.Array,
    state: GanState,
    batches: Batch,
    *,
    frozen: Tree = (),
    axis_name: str | None = None,
) -> tuple[GanState, UpdateInfo]:
    """One update; `key` is the run's, and `batches` has leaves [N, B, …] (see Feed)."""
    key_discriminator, key_generator = jax.random.split(jax.random.fold_in(key, state.step))

    def body(i: jax.Array, carry: tuple[GanState, StepInfo]) -> tuple[GanState, StepInfo]:
        key_step = jax.random.fold_in(key_discriminator, i)
        batch = jax.tree.map(lambda x: x[i], batches)
        state, info = gan.discriminator_step(key_step, carry[0], batch, **beside)
        return state, with_earlier(config, carry[0].discriminator_step, info, carry[1])

    beside: Any = {"frozen": frozen, "axis_name": axis_name}
    carry = (state, no_info(config, "discriminator"))
    state, info_d = lax.fori_loop(0, config.n_critic, body, carry)
    last = jax.tree.map(lambda x: x[-1], batches)
    state, info_g = gan.generator_step(key_generator, state, last, **beside)
    return state, UpdateInfo(info_d, info_g)


def many_updates(gan: Gan, config: Config) -> Callable[..., tuple[GanState, UpdateInfo]]:
    """`(key, state, feed, *, frozen=(), axis_name=None) -> (state, infos)`, infos with leaves [K].

    Rows of `infos` past `feed.updates` are 0.
    """

    def run(
        key: jax.Array,
        state: GanState,
        feed: Feed,
        *,
        frozen: Tree = (),
        axis_name: str | None = None,
    ) -> tuple[GanState, UpdateInfo]:
        capacity = len(jax.tree.leaves(feed.images)[0] if feed.indices is None else feed.indices)
        no_infos = UpdateInfo(
            no_info(config, "discriminator", (capacity,)), no_info(config, "generator", (capacity,))
        )

        def body(i: jax.Array, carry: tuple[GanState, UpdateInfo]) -> tuple[GanState, UpdateInfo]:
            state, infos = carry
            batches = _batches(feed, i)
            state, info = update(
                gan, config, key, state, batches, frozen=frozen, axis_name=axis_name
            )
            return state, jax.tree.map(lambda rows, row: rows.at[i].set(row), infos, info)

        return lax.fori_loop(0, feed.updates, body, (state, no_infos))

    return run


def _batches(feed: Feed, i: jax.Array) -> Tree:
    if feed.indices is None:
        batches = jax.tree.map(lambda x: x[i], feed.images)
    else:
        picked = feed.indices[i]
        batches = jax.tree.map(lambda x: jnp.take(x, picked, axis=0, mode="clip"), feed.images)
    return {**batches, "image": to_unit_range(batches["image"])}
