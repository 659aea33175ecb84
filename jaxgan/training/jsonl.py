"""Files of JSON: whole ones, written so that they are never seen half, and one object a line."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from jaxgan.errors import UserError

__all__ = ["append_line", "keep_until", "read_json", "read_lines", "write_json"]


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file; whoever reads the path sees the old contents or the new ones."""
    _replace(path, json.dumps(value, indent=2) + "\n")


def read_json(path: Path) -> Any:
    """The value of a JSON file; raises UserError where it cannot be read as one."""
    try:
        return json.loads(path.read_text())
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UserError(
            f"{path} cannot be read ({error}): expected a JSON file of a run"
        ) from error


def append_line(path: Path, value: dict[str, Any]) -> None:
    """Add one object as a line."""
    with path.open("a") as file:
        file.write(json.dumps(value) + "\n")


def read_lines(path: Path) -> list[dict[str, Any]]:
    """All objects of a file; a last line that a killed process left unfinished is passed over."""
    if not path.exists():
        return []
    lines = path.read_text().split("\n")
    complete = [line for line in lines[:-1] if line]
    try:
        return [json.loads(line) for line in complete]
    except json.JSONDecodeError as error:
        raise UserError(
            f"{path} is damaged ({error}): restore it, or begin anew with --restart"
        ) from error


def keep_until(path: Path, step: int) -> None:
    """Drop the lines of later steps, which a resumed run will write again."""
    lines = read_lines(path)
    kept = [line for line in lines if line["step"] <= step]
    if path.exists():
        _replace(path, "".join(json.dumps(line) + "\n" for line in kept))


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".new")
    with temporary.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
