"""Arrays that NumPy wrote into a zip archive, without any objects."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from jaxgan.weights.entry import Entry

__all__ = ["open_npz"]

HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
ENDING = ".npy"


@contextmanager
def open_npz(path: Path) -> Iterator[dict[str, Entry]]:
    """The arrays of a file by name; ValueError for an array of objects, which would be pickles."""
    with zipfile.ZipFile(path) as archive, np.load(path, allow_pickle=False) as arrays:
        yield {
            name.removesuffix(ENDING): _entry(archive, arrays, name)
            for name in archive.namelist()
            if name.endswith(ENDING)
        }


def _entry(archive: zipfile.ZipFile, arrays: np.lib.npyio.NpzFile, name: str) -> Entry:
    with archive.open(name) as file:
        version = npy.read_magic(file)
        if version not in HEADERS:
            raise ValueError(f"{name:.60} has the version {version} of the .npy format")
        shape, _, dtype = HEADERS[version](file)
    if dtype.hasobject:
        raise ValueError(f"{name:.60} holds objects, expected numbers")
    return Entry(shape, dtype, partial(arrays.__getitem__, name))
