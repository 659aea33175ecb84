"""A file of weights as arrays by name, whatever its format."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from jaxgan.errors import UserError, first_line
from jaxgan.weights.entry import Entry
from jaxgan.weights.hdf5 import open_hdf5
from jaxgan.weights.npz import open_npz
from jaxgan.weights.safetensors_file import open_safetensors
from jaxgan.weights.torch_legacy import open_torch_legacy
from jaxgan.weights.torch_zip import holds_a_pickle, open_torch_zip

__all__ = ["open_weights"]

Reader = Callable[[Path], AbstractContextManager[dict[str, Entry]]]

ZIP, HDF5, PICKLE = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"\x80"
DAMAGE = (
    *(OSError, ValueError, LookupError, EOFError, ArithmeticError, RuntimeError, MemoryError),
    *(zipfile.BadZipFile, zlib.error),
)
"""What readers and the libraries below raise for files that are not what they seem."""


@contextmanager
def open_weights(path: Path) -> Iterator[dict[str, Entry]]:
    """The arrays of a file by name; they can be read while it is open.

    The format (.pth, .safetensors, .npz, .h5) is known by the content, not by the name. Nothing
    that a file says is executed or imported. Raises UserError, with the block that reads the
    arrays, for a file that is missing, damaged, of another format, or asks for more than arrays.
    """
    if not path.is_file():
        raise UserError(f"{path}: there is no such file of weights")
    try:
        with _reader_of(path)(path) as entries:
            yield entries
    except DAMAGE as error:
        raise UserError(
            f"{path} is no whole file of weights ({first_line(error)}): expected .pth, "
            ".safetensors, .npz or .h5; fetch it again"
        ) from error


def _reader_of(path: Path) -> Reader:
    with path.open("rb") as file:
        start = file.read(9)
    if start.startswith(ZIP):
        return open_torch_zip if holds_a_pickle(path) else open_npz
    if start.startswith(HDF5):
        return open_hdf5
    if start.startswith(PICKLE):
        return open_torch_legacy
    if start.endswith(b"{") and len(start) == 9:  # after the length of the header
        return open_safetensors
    raise ValueError(f"it begins with {start!r}" if start else "it is empty")
