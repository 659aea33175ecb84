"""Flags that take several values: tyro takes none for an empty list, which nobody asks for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from jaxgan.errors import UserError

__all__ = ["check_lists"]


def check_lists(arguments: Sequence[str], *flags: str) -> None:
    """Refuse one of the flags without a value after it, which would have no effect."""
    for argument, following in pairwise([*arguments, "--"]):
        if argument in flags and following.startswith("--"):
            raise UserError(f"{argument} without a value: give one or more, or leave it out")
