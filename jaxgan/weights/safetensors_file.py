"""Arrays in the safetensors format."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

from jaxgan.weights.entry import Entry

__all__ = ["open_safetensors"]

DTYPES = {
    "F32": np.float32, "F64": np.float64, "F16": np.float16, "BF16": ml_dtypes.bfloat16,
    "I64": np.int64, "I32": np.int32, "I16": np.int16, "I8": np.int8,
    "U64": np.uint64, "U32": np.uint32, "U16": np.uint16, "U8": np.uint8, "BOOL": np.bool_,
}  # fmt: skip


@contextmanager
def open_safetensors(path: Path) -> Iterator[dict[str, Entry]]:
    """The arrays of a file by name; ValueError where it is none, or holds other types."""
    from safetensors import SafetensorError, safe_open  # here, for who reads no such file

    try:
        with safe_open(path, framework="numpy") as file:
            yield {name: _entry(file, name) for name in file.keys()}  # noqa: SIM118  no dict
    except SafetensorError as error:
        raise ValueError(str(error)) from error


def _entry(file: Any, name: str) -> Entry:
    there = file.get_slice(name)
    if there.get_dtype() not in DTYPES:
        raise ValueError(f"{name:.60} is of type {there.get_dtype()}")
    dtype = np.dtype(DTYPES[there.get_dtype()])
    return Entry(tuple(there.get_shape()), dtype, partial(file.get_tensor, name))
