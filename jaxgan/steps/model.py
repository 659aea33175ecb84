"""What the functions of one Gan share, and how a network's parameters move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import optax

from jaxgan.config import Config
from jaxgan.types import Network, Tree

__all__ = ["Model", "descend"]


class Model(NamedTuple):
    """A config's networks and optimisers, built."""

    config: Config
    generator: Network
    discriminator: Network
    generator_optimizer: optax.GradientTransformation
    discriminator_optimizer: optax.GradientTransformation
    # The computations of frozen networks, by identity; their parameters are an argument.
    frozen: Mapping[str, Callable[[Tree, jax.Array], Any]]


def descend(
    optimizer: optax.GradientTransformation,
    gradient: Tree,
    optimizer_state: optax.OptState,
    params: Tree,
) -> tuple[Tree, optax.OptState]:
    """Parameters after one step of an optimiser, and its state."""
    updates, new_state = optimizer.update(gradient, optimizer_state, params)
    return optax.apply_updates(params, updates), new_state
