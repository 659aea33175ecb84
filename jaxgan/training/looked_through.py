"""Frozen networks in a run's record: their parameters decide its bits, and lie in no checkpoint."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jaxgan.config import Config
from jaxgan.digest import combined_digest, leaf_digests
from jaxgan.errors import UserError
from jaxgan.protocols import LookingThrough, Remembering
from jaxgan.types import Gan

__all__ = ["FROZEN", "check_same_networks", "frozen_digests", "without_looking_through",
           "without_places"]  # fmt: skip

FROZEN = "frozen"  # entry of environment.json


def frozen_digests(gan: Gan) -> dict[str, str]:
    """SHA-256 of the parameters of each frozen network, by the network's identity.

    Equal parameters have one digest, whatever the format of the file that they were read from.
    """
    networks = gan.frozen or {}
    return {name: combined_digest(leaf_digests(tree)) for name, tree in networks.items()}


def check_same_networks(workdir: Path, environment: Mapping[str, Any], gan: Gan) -> None:
    """Refuse to go on with a run, or to repeat it, through other networks than its own."""
    there, here = environment.get(FROZEN, {}), frozen_digests(gan)
    if there != here:
        raise UserError(
            f"{workdir} looked through {_listed(there)}, here it would be {_listed(here)}: give "
            "the file of weights that it was made with"
        )


def without_places(config: Config) -> Config:
    """The config without the paths of weights, for which the digests of parameters stand."""
    terms = tuple(
        dataclasses.replace(term, weights=None) if isinstance(term, LookingThrough) else term  # type: ignore[type-var]
        for term in config.sharpness
    )
    return dataclasses.replace(config, sharpness=terms)


def without_looking_through(config: Config) -> Config:
    """The config without the terms that look through a network; with all where one remembers, so
    that the state keeps its shapes."""
    if any(isinstance(term, Remembering) for term in config.sharpness):
        return config
    terms = tuple(term for term in config.sharpness if not isinstance(term, LookingThrough))
    return dataclasses.replace(config, sharpness=terms)


def _listed(networks: Mapping[str, str]) -> str:
    return " and ".join(f"{name} ({digest[:12]})" for name, digest in networks.items()) or "none"
