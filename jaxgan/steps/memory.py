"""What parts carry from step to step, in two phases.

A part that remembers is called with its memory and returns what it observed beside its value, shard
by shard. The observations are averaged in order, and only then does `update` turn them into the new
memory, once: a rule with a sign or a clip would otherwise depend on how the batch was cut.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from jaxgan.config import Config
from jaxgan.parts import TERM_FIELDS
from jaxgan.protocols import Remembering, SteeredAugment
from jaxgan.types import Tree

__all__ = ["Memory", "called", "first_memory", "memory_of", "steered", "with_observed"]

FIELDS = ("augment", *TERM_FIELDS)
"""Where parts that remember may stand. (An optax transformation has `init` and `update`, too.)"""

Memory = dict[str, tuple[Tree, ...]]
"""By a field of Config, what each of its parts carries; only fields with a part that remembers."""


def first_memory(config: Config) -> Memory:
    """The memory of a state at step 0."""
    memory: Memory = {}
    for field in FIELDS:
        parts = config.parts(field)
        if any(isinstance(part, Remembering) for part in parts):
            memory[field] = tuple(
                part.init() if isinstance(part, Remembering) else () for part in parts
            )
    return memory


def memory_of(memory: Memory, field: str, index: int) -> Tree:
    """What one part of a field carries; () where it carries nothing."""
    return memory[field][index] if field in memory else ()


def called(part: Any, memory: Tree, *arguments: Any) -> tuple[jax.Array, Tree]:
    """What a part makes of the arguments, and what it observed; () where it remembers nothing."""
    if isinstance(part, Remembering):
        return part(*arguments, memory)  # type: ignore[operator]
    return part(*arguments), ()


def with_observed(
    config: Config, memory: Memory, field: str, observed: tuple[Tree, ...], step: jax.Array
) -> Memory:
    """The memory after the observations of a step, as they are over all shards."""
    if field not in memory:
        return memory
    new = tuple(
        _updated(part, old, seen, step) if isinstance(part, Remembering) else old
        for part, old, seen in zip(config.parts(field), memory[field], observed, strict=True)
    )
    return {**memory, field: new}


def steered(augment: SteeredAugment, memory: Memory, observed: Tree, batch_size: int) -> Memory:
    """The memory after a step's observations of how real images were judged, over all shards."""
    new = augment.update(memory_of(memory, "augment", 0), observed, batch_size)
    return {**memory, "augment": (new,)}


def _updated(part: Any, memory: Tree, observed: Tree, step: jax.Array) -> Tree:
    """The part's new memory; the old one at a step that it was not due at."""
    new, interval = part.update(memory, observed), getattr(part, "interval", 1)
    if interval == 1:
        return new
    return jax.tree.map(lambda x, y: jnp.where(step % interval == 0, x, y), new, memory)
