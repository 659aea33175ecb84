"""PyTorch's files before version 1.6: five pickles in a row, then the storages.

The pickles are a magic number, the protocol's version, the machine's sizes and byte order, the
object, and the keys of its storages; of each storage in that order follow its count of numbers, as
8 bytes, and the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from jaxgan.weights.entry import Entry
from jaxgan.weights.pickled import Storage, Tensor, load
from jaxgan.weights.tensors import entries_of

__all__ = ["open_torch_legacy"]

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
COUNT = 8  # bytes


@contextmanager
def open_torch_legacy(path: Path) -> Iterator[dict[str, Entry]]:
    """The tensors of a file by name; ValueError where it is none."""
    with path.open("rb") as file:
        magic, protocol, machine = load(file), load(file), load(file)
        if (magic, protocol) != (MAGIC, PROTOCOL):
            raise ValueError("it is a pickle, and none of PyTorch's")
        if not isinstance(machine, dict) or machine.get("little_endian") is not True:
            raise ValueError("its numbers are big-endian, expected little-endian")
        value, keys = load(file), load(file)
        places = _places(file, keys, _storages(value))

        def read_storage(storage: Storage) -> bytes:
            file.seek(places[storage.key])
            return file.read(storage.length * storage.dtype.itemsize)

        yield entries_of(value, read_storage)


def _storages(value: Any) -> dict[str, Storage]:
    """The storages of all tensors by key."""
    found, waiting, seen = {}, [value], set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, Tensor):
            found[one.storage.key] = one.storage
        elif isinstance(one, dict) and id(one) not in seen:
            seen.add(id(one))
            waiting += one.values()
    return found


def _places(file: BinaryIO, keys: Any, storages: dict[str, Storage]) -> dict[str, int]:
    """Where the numbers of each storage begin."""
    if not isinstance(keys, list) or not set(storages) <= set(keys):
        raise ValueError("it does not list the storages that its tensors lie in")
    places = {}
    for key in keys:
        if key not in storages:
            raise ValueError("it has a storage that no tensor lies in")
        storage, count = storages[key], int.from_bytes(file.read(COUNT), "little")
        if count != storage.length:
            raise ValueError(f"storage {key:.20} has {count} numbers, expected {storage.length}")
        places[key] = file.tell()
        file.seek(count * storage.dtype.itemsize, 1)
    return places
