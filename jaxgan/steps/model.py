"""What the functions of one Gan share, and how a network's parameters move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import optax

from jaxgan.config import Config
from jaxgan.protocols import FrozenNetwork, Optimizer
from jaxgan.types import Network, Tree

__all__ = ["Model", "descend", "transformation"]


class Model(NamedTuple):
    """A config and its networks, built."""

    config: Config
    generator: Network
    discriminator: Network
    through: Mapping[int, FrozenNetwork]  # what a sharpness term looks through, by its place


def transformation(optimizer: Optimizer) -> optax.GradientTransformation:
    """The optax transformation of an optimiser, which may be one already."""
    if isinstance(optimizer, optax.GradientTransformation):
        return optimizer
    return optimizer.build()


def descend(
    optimizer: Optimizer,
    gradient: Tree,
    optimizer_state: optax.OptState,
    params: Tree,
) -> tuple[Tree, optax.OptState]:
    """Parameters after one step of an optimiser, and its state."""
    updates, new_state = transformation(optimizer).update(gradient, optimizer_state, params)
    return optax.apply_updates(params, updates), new_state
