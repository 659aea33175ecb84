"""The pictures of a run's folder, as they were: which of them are missing when a run goes on.

The fingerprint decides whether they are the same. The list only names those that are not.
"""

from __future__ import annotations

from pathlib import Path

from jaxgan.data.images import ImageSet
from jaxgan.errors import UserError, printable
from jaxgan.training.jsonl import read_lines, write_lines

__all__ = ["what_changed", "write_picture_list"]

MOST_NAMED = 3


def write_picture_list(path: Path, images: ImageSet) -> None:
    """Write a line for each picture; nothing for data that are no folder."""
    if images.files:
        pairs = zip(images.files, images.contents, strict=True)
        write_lines(path, ({"path": file, "content": content} for file, content in pairs))


def what_changed(path: Path, images: ImageSet) -> str:
    """Which pictures are missing, changed or new since the list was written, in words.

    Empty where that is not known: there is no list, or none that can be read.
    """
    try:
        before = {line["path"]: line["content"] for line in read_lines(path)}
    except (UserError, TypeError, KeyError):
        return ""
    now = dict(zip(images.files, images.contents, strict=True))
    if not before or not now:
        return ""
    groups = {
        "missing": [file for file in before if file not in now],
        "changed": [
            file
            for file, content in now.items()
            # Of a set that has grown too large to be read, contents are sizes.
            if file in before and type(before[file]) is type(content) and before[file] != content
        ],
        "new": [file for file in now if file not in before],
    }
    return "; ".join(f"{word}: {_named(files)}" for word, files in groups.items() if files)


def _named(files: list[str]) -> str:
    more = len(files) - MOST_NAMED
    named = ", ".join(printable(str(file)) for file in sorted(files, key=str)[:MOST_NAMED])
    return named + (f" and {more} more" if more > 0 else "")
