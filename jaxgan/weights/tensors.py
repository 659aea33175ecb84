"""Tensors of PyTorch's files as arrays by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from jaxgan.weights.entry import Entry
from jaxgan.weights.pickled import Storage, Tensor

__all__ = ["entries_of"]

ReadStorage = Callable[[Storage], bytes]


def entries_of(value: Any, read_storage: ReadStorage) -> dict[str, Entry]:
    """The tensors in a nest of dicts, names joined by dots as in `model.features.0.weight`.

    What else the dicts hold, such as the number of an epoch, is left out. Raises ValueError where
    there is no dict, and for a tensor that does not lie in its storage.
    """
    if not isinstance(value, dict):
        raise ValueError(f"it holds a {type(value).__name__}, expected a dict of tensors")
    return {
        name: Entry(tensor.shape, tensor.storage.dtype, partial(_read, tensor, read_storage))
        for name, tensor in _tensors(value, "", set())
    }


def _tensors(values: dict[Any, Any], prefix: str, seen: set[int]) -> Iterator[tuple[str, Tensor]]:
    if id(values) in seen:
        raise ValueError("it holds a dict within itself, or twice")
    seen.add(id(values))
    for key, value in values.items():
        if isinstance(value, Tensor):
            _check_lies_in_storage(f"{prefix}{key}", value)
            yield f"{prefix}{key}", value
        elif isinstance(value, dict):
            yield from _tensors(value, f"{prefix}{key}.", seen)


def _check_lies_in_storage(name: str, tensor: Tensor) -> None:
    """Every element has a place of its own, within the storage."""
    sides = sorted(zip(tensor.strides, tensor.shape, strict=True))
    reach = 1  # elements from the first to the last, over the sides so far
    for stride, size in sides:
        if size > 1:
            if stride < reach:
                raise ValueError(f"elements of {name} overlap")
            reach += stride * (size - 1)
    if 0 not in tensor.shape and tensor.offset + reach > tensor.storage.length:
        raise ValueError(f"{name} reaches beyond its {tensor.storage.length} numbers")


def _read(tensor: Tensor, read_storage: ReadStorage) -> np.ndarray:
    storage = tensor.storage
    row = np.frombuffer(read_storage(storage), storage.dtype)
    if row.size != storage.length:
        raise ValueError(f"storage {storage.key} has {row.size} numbers, expected {storage.length}")
    strides = [stride * storage.dtype.itemsize for stride in tensor.strides]
    return np.lib.stride_tricks.as_strided(row[tensor.offset :], tensor.shape, strides).copy()
