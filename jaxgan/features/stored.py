"""Arrays and facts in one file that knows whether it is whole."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from jaxgan.errors import UserError
from jaxgan.files import written_whole

__all__ = ["check_writable", "load", "store"]

FACTS = "facts"
Arrays = dict[str, np.ndarray]


def check_writable(directory: Path) -> None:
    """Make a directory, or raise UserError where files cannot be written into it."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"no cache in {directory}: {error.strerror}; give another place") from error
    if not os.access(directory, os.W_OK):
        raise UserError(f"no cache in {directory}: it is not writable; give another place")


def store(path: Path, arrays: Arrays, facts: Mapping[str, Any]) -> None:
    """Write a file, all of it or nothing; several processes may share the directory.

    It begins with the SHA-256, in hex, of all that follows the first line.
    """
    buffer = io.BytesIO()
    text = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    np.savez(buffer, **{**arrays, FACTS: text})  # type: ignore[arg-type]
    content = buffer.getvalue()
    with written_whole(path, f".{os.getpid()}") as temporary:
        temporary.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)


def load(path: Path) -> tuple[Arrays, dict[str, Any]]:
    """Arrays and facts of a file that `store` wrote; ValueError where it is not as written."""
    digest, _, content = path.read_bytes().partition(b"\n")
    if hashlib.sha256(content).hexdigest().encode() != digest:
        raise ValueError(f"{path} is damaged: its content does not have the digest it begins with")
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return arrays, json.loads(arrays.pop(FACTS).tobytes())
