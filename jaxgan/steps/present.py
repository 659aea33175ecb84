"""A config as it is at one update: numbers in the place of its schedules."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp

from jaxgan.config import Config
from jaxgan.parts import PART_FIELDS, TERM_FIELDS, names_of_terms
from jaxgan.protocols import Reporting
from jaxgan.schedules import Now, annealed, settled
from jaxgan.steps.memory import Memory, memory_of
from jaxgan.types import GanState

__all__ = ["now_of", "numbers_of", "present"]

OF_STEPS = {
    "discriminator": ("penalty", "augment", "softening", "loss", "discriminator_optimizer"),
    "generator": ("generator_penalty", "sharpness", "generator_optimizer"),
}
"""Whose info tells of the numbers of which parts; the config's own are told with the generator."""


def now_of(config: Config, state: GanState) -> Now:
    """Where a run is: real images shown before this update, of all that it will show."""
    shown_each = config.n_critic * config.batch_size
    return Now(state.step * jnp.float32(shown_each), config.steps * shown_each)


def present(config: Config, now: Now) -> Config:
    """The config with a number in the place of every schedule; only steps may look at it."""
    new = copy.copy(settled(config, now))
    for field in PART_FIELDS:
        parts = tuple(settled(part, now) for part in config.parts(field))
        value = parts if field in TERM_FIELDS else parts[0] if parts else None
        object.__setattr__(new, field, value)
    return new


def numbers_of(config: Config, now: Now, memory: Memory, of: str) -> dict[str, jax.Array]:
    """Numbers that a person reads after a step, float32 []: annealed ones, and what parts report.

    They are called as their flags are: `penalty.gamma`. `of` is "discriminator" or "generator".
    """
    numbers = {
        f"{name}.{_flag(field)}": schedule.at(now)
        for name, _, part in _parts(config, of)
        for field, schedule in annealed(part).items()
    }
    if of == "generator":
        numbers |= {_flag(field): schedule.at(now) for field, schedule in annealed(config).items()}
    for name, (field, i), part in _parts(config, of):
        if isinstance(part, Reporting):
            told = part.report(memory_of(memory, field, i))
            numbers |= {f"{name}.{key}": value for key, value in told.items()}
    return numbers


def _parts(config: Config, of: str) -> Iterator[tuple[str, tuple[str, int], Any]]:
    """The parts that a step tells of: what each is called, its place, itself."""
    for field in OF_STEPS[of]:
        parts = config.parts(field)
        for i, (name, part) in enumerate(zip(names_of_terms(parts), parts, strict=True)):
            yield _flag(field) + (f".{name}" if len(parts) > 1 else ""), (field, i), part


def _flag(field: str) -> str:
    return field.replace("_", "-")
