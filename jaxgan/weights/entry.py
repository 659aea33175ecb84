"""An array in a file of weights, and the arrays that a network expects of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from jaxgan.errors import UserError

__all__ = ["Entry", "arrays_of"]

MOST_NAMES = 3  # of a file, shown where others were expected
EXPECTED = np.dtype(np.float32)


class Entry(NamedTuple):
    """An array that is still in the file: what it will be, and how to read it."""

    shape: tuple[int, ...]
    dtype: np.dtype
    read: Callable[[], np.ndarray]


def arrays_of(
    path: Path, entries: Mapping[str, Entry], shapes: Mapping[str, tuple[int, ...]], what: str
) -> dict[str, np.ndarray]:
    """The arrays of these names, float32 and of these shapes; others in the file are left alone.

    `what` names the network in messages. Raises UserError, before anything is read, for an array
    that is missing, or has another shape or type; then for one that is not finite.
    """
    for name, shape in shapes.items():
        if name not in entries:
            raise UserError(
                f"{path} has no {name}, which {what} has: it holds {_named(entries)}; give a file "
                "of that network, whole"
            )
        found = entries[name]
        if found.shape != shape:
            raise UserError(
                f"{path}: {name} has the shape {found.shape}, expected {shape} of {what}: give a "
                "file of that network"
            )
        if found.dtype != EXPECTED:
            raise UserError(
                f"{path}: {name} is {found.dtype}, expected {EXPECTED}: give the file as published"
            )
    arrays = {name: entries[name].read() for name in shapes}
    for name, array in arrays.items():
        if not np.all(np.isfinite(array)):
            raise UserError(f"{path}: {name} holds a NaN or an infinity: fetch the file again")
    return arrays


def _named(entries: Mapping[str, Entry]) -> str:
    first = ", ".join(name[:40] for name in list(entries)[:MOST_NAMES])
    more = len(entries) - MOST_NAMES
    return (f"{first} and {more} others" if more > 0 else first) or "no array"
