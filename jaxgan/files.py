"""Files that are seen whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["written_whole"]


@contextmanager
def written_whole(path: Path, ending: str = ".new") -> Iterator[Path]:
    """A path to write a file to, which takes the place of `path` when the block ends.

    Whoever reads `path` sees the old file or the whole new one, after a power cut, too; an error
    within the block leaves the old one. Processes that may write one file at the same time each
    give an `ending` of their own.
    """
    temporary = path.with_name(path.name + ending)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except Exception:
        temporary.unlink(missing_ok=True)
        raise
