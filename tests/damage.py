"""Damage done to a run's files, and what each command makes of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from jaxgan.errors import UserError

__all__ = ["DAMAGES", "Outcome", "damaged_copy", "files_of", "tried"]

Outcome = str
"""refused, harmless (the result of the whole run), or what is wrong with how the command ended."""


def flipped(path: Path, other: Path) -> None:
    content = bytearray(path.read_bytes())
    if content:
        content[len(content) // 2] ^= 0x10
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path, Path], Any]] = {
    "flipped": flipped,
    "halved": lambda path, other: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "emptied": lambda path, other: path.write_bytes(b""),
    "null": lambda path, other: path.write_text("null\n"),
    "swapped": lambda path, other: shutil.copy(other, path) if other.exists() else path.unlink(),
    "deleted": lambda path, other: path.unlink(),
}
"""What is done to a file; `other` is the file of that name in another run."""


def files_of(run: Path) -> list[Path]:
    """The files that commands read, relative to the run's directory."""
    parts = ("config.json", "environment.json", "digests.jsonl", "metrics.jsonl", "checkpoints")
    found = [path for part in parts for path in [run / part, *(run / part).rglob("*")]]
    return sorted(path.relative_to(run) for path in found if path.is_file())


def damaged_copy(run: Path, other: Path, file: Path, damage: str, target: Path) -> Path:
    """A copy of the run with one of its files damaged."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(run, target)
    DAMAGES[damage](target / file, other / file)
    return target


def tried(command: Callable[[Path], Any], whole: Any, run: Path) -> Outcome:
    """How a command on a damaged run ends, where the whole run gave it `whole`."""
    try:
        found = command(run)
    except UserError as error:
        return "refused" if "\n" not in str(error) else f"more than a line: {error}"
    except Exception as error:
        return f"traceback: {type(error).__name__}: {str(error)[:200]}"
    same = all(np.array_equal(a, b) for a, b in zip(found, whole, strict=True))
    return "harmless" if same else "silent: another result"
