"""A line for every image that was judged: which ones are soft, and where to find them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from jaxgan.errors import printable
from jaxgan.files import written_whole

__all__ = ["ImageTable", "largest_first", "write_csv"]

Array = np.ndarray

# What spreadsheets take for the beginning of a formula, the wide forms of Asian keyboards included.
FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class ImageTable(NamedTuple):
    """Scores of single images, in the order of the images."""

    columns: Mapping[str, Array]  # each [n]; NaN where an image has no such score
    names: tuple[str, ...]  # n: files relative to their folder, or "sample 17" of a run
    labels: tuple[str, ...] = ()  # n: the class of each by name; () where there are no classes


def largest_first(table: ImageTable, by: str = "radius_px") -> Array:
    """Indices int64 [n] of the images from the largest value of a column to the smallest.

    Of blur radii that is the softest image first. NaN comes last; equals keep their order.
    Raises ValueError for a column that is not there, and for columns, names and labels that are
    not of as many images.
    """
    count = len(table.names)
    for name, values in table.columns.items():
        if np.shape(values) != (count,):
            raise ValueError(f"{name} of shape {np.shape(values)} for {count} names")
    if table.labels and len(table.labels) != count:
        raise ValueError(f"{len(table.labels)} labels for {count} names")
    if by not in table.columns:
        raise ValueError(f"no column {by!r}: expected one of {', '.join(table.columns)}")
    return np.argsort(-np.asarray(table.columns[by], np.float64), kind="stable")


def write_csv(path: Path, table: ImageTable, by: str = "radius_px") -> None:
    """Write the images as lines of a CSV file in UTF-8, those with the largest `by` first.

    Columns: rank from 1, name, class (empty without classes), then the scores in their order, with
    4 significant digits, empty for NaN. Names are text to a spreadsheet, too: one that would be a
    formula has an apostrophe in front, and what cannot be printed is written as an escape (`\\n`),
    so that each image has one line. Whoever reads the path sees the old contents or the new ones.

    Raises ValueError as `largest_first` does.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["rank", "name", "class", *map(_as_text, table.columns)])
    for rank, index in enumerate(largest_first(table, by), start=1):
        label = table.labels[index] if table.labels else ""
        numbers = [_as_number(float(values[index])) for values in table.columns.values()]
        writer.writerow([rank, _as_text(table.names[index]), _as_text(label), *numbers])
    with written_whole(path) as temporary:
        temporary.write_text(text.getvalue(), encoding="utf-8", newline="")


def _as_text(name: str) -> str:
    name = printable(name)
    return "'" + name if name.lstrip().startswith(FORMULA) else name


def _as_number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.4g}"
