"""Paths that people give, looked at before anything is written to them."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from jaxgan.errors import UserError

__all__ = ["check_encoding", "check_path", "check_run_path", "lies_in"]

LONGEST = 100  # signs of a path in a message


def lies_in(place: Path, folder: Path) -> bool:
    """Whether a path is that of a folder, or of something below it, links followed."""
    return place.resolve().is_relative_to(folder.resolve())


def check_run_path(workdir: Path) -> None:
    """Refuse a path that no run can lie under, nor its checkpoints: TensorStore takes UTF-8."""
    check_path("the run's directory", workdir)
    name = str(workdir.absolute())
    check_encoding(name)
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise UserError(
            f"{_cut(workdir)}: this name is not UTF-8: give another directory"
        ) from error


def check_encoding(name: str) -> None:
    """Refuse a name that this process reads as another text than one under UTF-8 does."""
    encoding = sys.getfilesystemencoding()
    if encoding != "utf-8" and not name.isascii():
        raise UserError(
            f"{name[:LONGEST]}: names of files are read as {encoding} here, not as UTF-8: set "
            "PYTHONUTF8=1 and run the same command again"
        )


def check_path(what: str, path: Path) -> None:
    """Refuse a path that nothing can lie under; `what` says what it is for."""
    try:
        os.stat(path)
    except FileNotFoundError as error:
        if path.is_symlink():
            raise UserError(
                f"{what} {_cut(path)} is a link to nothing: give another path"
            ) from error
    except ValueError as error:  # a NUL
        raise UserError(f"{what} {_cut(path)!r}: {error}; give another path") from error
    except OSError as error:
        if error.errno != errno.ENOTDIR:  # which is told where the directory is made
            raise UserError(f"{what} {_cut(path)}: {error.strerror}; give another path") from error


def _cut(path: Path) -> str:
    text = str(path)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
