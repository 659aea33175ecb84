"""What the functions of one Gan share, and how a network's parameters move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import optax

from jaxgan.config import Config
from jaxgan.protocols import FrozenNetwork
from jaxgan.types import Network, Tree

__all__ = ["Model", "descend"]


class Model(NamedTuple):
    """A config's networks and optimisers, built."""

    config: Config
    generator: Network
    discriminator: Network
    generator_optimizer: optax.GradientTransformation
    discriminator_optimizer: optax.GradientTransformation
    through: Mapping[int, FrozenNetwork]  # what a sharpness term looks through, by its place


def descend(
    optimizer: optax.GradientTransformation,
    gradient: Tree,
    optimizer_state: optax.OptState,
    params: Tree,
) -> tuple[Tree, optax.OptState]:
    """Parameters after one step of an optimiser, and its state."""
    updates, new_state = optimizer.update(gradient, optimizer_state, params)
    return optax.apply_updates(params, updates), new_state
