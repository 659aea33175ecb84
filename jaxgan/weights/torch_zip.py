"""PyTorch's files since version 1.6: a zip archive, uncompressed, with a pickle and storages.

`NAME/data.pkl` is the pickle, `NAME/data/KEY` the bytes of each storage, `NAME/byteorder` their
order, where it is told (since 2.1).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jaxgan.weights.entry import Entry
from jaxgan.weights.pickled import Storage, load
from jaxgan.weights.tensors import entries_of

__all__ = ["holds_a_pickle", "open_torch_zip"]

PICKLE = "/data.pkl"


def holds_a_pickle(path: Path) -> bool:
    """Whether a zip archive is one of PyTorch's."""
    with zipfile.ZipFile(path) as archive:
        return any(name.endswith(PICKLE) for name in archive.namelist())


@contextmanager
def open_torch_zip(path: Path) -> Iterator[dict[str, Entry]]:
    """The tensors of a file by name; ValueError where it is none."""
    with zipfile.ZipFile(path) as archive:
        sizes = {info.filename: info for info in archive.infolist()}
        compressed = [i.filename for i in sizes.values() if i.compress_type != zipfile.ZIP_STORED]
        if compressed:
            raise ValueError(f"{compressed[0]:.60} is compressed, which PyTorch never does")
        (pickled,) = [name for name in sizes if name.endswith(PICKLE)]
        root = pickled.removesuffix(PICKLE)
        if f"{root}/byteorder" in sizes and archive.read(f"{root}/byteorder") != b"little":
            raise ValueError("its numbers are big-endian, expected little-endian")

        def read_storage(storage: Storage) -> bytes:
            return archive.read(f"{root}/data/{storage.key}")

        with archive.open(pickled) as file:
            value = load(file)  # type: ignore[arg-type]
        yield entries_of(value, read_storage)
