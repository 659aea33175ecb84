"""Arrays in an HDF5 file, as Keras writes weights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from jaxgan.weights.entry import Entry

__all__ = ["open_hdf5"]

COMPRESSIONS = (None, "gzip")  # that need no plug-in, which HDF5 would load


@contextmanager
def open_hdf5(path: Path) -> Iterator[dict[str, Entry]]:
    """The datasets of a file by path, as `block1/layers/conv2d/vars/0`.

    Links are not followed. Raises ValueError for a dataset whose numbers lie in another file, or
    are packed in a way that needs a plug-in.
    """
    import h5py  # here, for who reads no such file

    with h5py.File(path, "r") as file:
        entries: dict[str, Entry] = {}

        def visit(name: str, found: Any) -> None:
            if isinstance(found, h5py.Dataset):
                entries[name] = _entry(name, found)

        file.visititems(visit)
        yield entries


def _entry(name: str, dataset: Any) -> Entry:
    if dataset.external or dataset.is_virtual:
        raise ValueError(f"{name:.60} lies in another file")
    if dataset.compression not in COMPRESSIONS:
        raise ValueError(f"{name:.60} is compressed by {dataset.compression}, expected gzip")

    def read() -> np.ndarray:
        return np.asarray(dataset[()])

    return Entry(tuple(dataset.shape or ()), dataset.dtype, read)
