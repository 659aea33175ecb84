"""Files of JSON: whole ones, written so that they are never seen half, and one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jaxgan.errors import UserError
from jaxgan.files import written_whole

__all__ = ["append_line", "read_json", "read_lines", "write_json", "write_lines"]


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file; whoever reads the path sees the old contents or the new ones."""
    _replace(path, json.dumps(value, indent=2) + "\n")


def read_json(path: Path) -> Any:
    """The value of a JSON file; raises UserError where it cannot be read as one."""
    try:
        return json.loads(_text(path))
    except (OSError, ValueError, RecursionError) as error:  # also no UTF-8, no JSON, 10^5 brackets
        raise UserError(
            f"{path} cannot be read ({error}): expected a JSON file of a run"
        ) from error


def append_line(path: Path, value: dict[str, Any]) -> None:
    """Add one object as a line."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(value) + "\n")


def read_lines(path: Path) -> list[Any]:
    """All values of a file; a last line that a killed process left unfinished is passed over."""
    if not path.exists():
        return []
    try:
        lines = _text(path).split("\n")
        return [json.loads(line) for line in lines[:-1] if line]
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(
            f"{path} is damaged ({error}): restore it, or begin anew with --restart"
        ) from error


def write_lines(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    """Write all lines of a file anew; whoever reads the path sees the old ones or the new ones."""
    _replace(path, "".join(json.dumps(line) + "\n" for line in lines))


def _text(path: Path) -> str:
    if path.is_fifo():  # reading would wait for a writer that never comes
        raise OSError("it is a pipe")
    return path.read_text(encoding="utf-8")


def _replace(path: Path, text: str) -> None:
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
