"""Exact Euclidean distances between large sets: the nearest of 50,000 pictures in a second or two.

A matrix product gives all distances roughly; the few that could decide are computed again as they
are defined, from differences in float64. So copies are at distance 0 and ties are ties.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import linalg

__all__ = ["Nearest", "exact_squares", "flat_rows", "nearest", "principal_directions", "projected"]

DIRECTIONS = 256  # rows wider than this are compared through so many directions first
SLACK = 1e-5  # of |x|² + |y|²: above the rounding of a float32 product of 256 terms
BLOCK = 2**22  # numbers held at a time
SAMPLE = 1000  # rows that the directions are found from

Array = np.ndarray


class Nearest(NamedTuple):
    """For each query, the reference nearest to it (the first one of equals)."""

    distance: Array  # float64 [Q], Euclidean
    place: Array  # int64 [Q], index into the references


def nearest(queries: Array, references: Array, exclude: Array | None = None) -> Nearest:
    """The nearest of references [N, ...] to each of queries [Q, ...], by Euclidean distance.

    Pictures or features: whatever follows the first axis is one point. uint8 counts as value / 255.
    `exclude` [Q] names one reference for each query that does not count, as its own place does
    where the queries are rows of the references.

    Exact. With p the part of a point within a few directions and r the length of the rest,
    |x - y|² is at least |p_x - p_y|² + (r_x - r_y)²: only references for which this bound is below
    the best distance found are looked at (some 20 of 50,000 for CIFAR-10).
    Raises ValueError for different widths, other types, NaN, and no reference that counts.
    """
    queries, references = flat_rows(queries, "queries"), flat_rows(references, "references")
    if queries.shape[1] != references.shape[1]:
        raise ValueError(
            f"queries are {queries.shape[1]} wide and references {references.shape[1]}: expected "
            "points of one form"
        )
    if (queries.dtype == np.uint8) != (references.dtype == np.uint8):
        raise ValueError(
            f"queries are {queries.dtype} and references {references.dtype}: expected uint8 or "
            "floats on both sides"
        )
    if exclude is not None and len(references) < 2:
        raise ValueError("one reference, and excluded: expected 2 or more")
    mean, directions = principal_directions(references, DIRECTIONS)
    ours = _short_form(queries, mean, directions)
    theirs = _short_form(references, mean, directions)
    theirs[:, :-1] *= -2
    unit = 255.0 if queries.dtype == np.uint8 else 1.0
    squares = ours[:, -1].copy()
    ours[:, -1] = 1  # so that the product adds the references' squares
    result = Nearest(np.empty(len(queries)), np.empty(len(queries), np.int64))
    step = max(1, BLOCK // len(references))
    for first in range(0, len(queries), step):
        rows = np.arange(first, min(first + step, len(queries)))
        bound = ours[rows] @ theirs.T
        if exclude is not None:
            bound[rows - first, exclude[rows]] = np.inf
        guess = exact_squares(queries, references, rows, bound.argmin(axis=1))
        row, column = np.nonzero(bound <= _above(guess - squares[rows])[:, None])
        square = exact_squares(queries, references, rows[row], column)
        order = np.lexsort((column, square, row))
        best = order[np.searchsorted(row, rows - first)]
        result.distance[rows], result.place[rows] = np.sqrt(square[best]) / unit, column[best]
    return result


def exact_squares(a: Array, b: Array, rows: Array, columns: Array) -> Array:
    """|a[row] - b[column]|² for each pair, float64, from the differences; the same either way."""
    squares = np.empty(len(rows))
    step = max(1, 2**17 // a.shape[1])  # stays in the processor's cache
    for first in range(0, len(rows), step):
        cut = slice(first, first + step)
        difference = a[rows[cut]].astype(np.float64) - b[columns[cut]]
        squares[cut] = np.square(difference, out=difference).sum(axis=1)
    return squares


def flat_rows(points: Array, name: str) -> Array:
    """Points [N, ...] as [N, d], of their own type: uint8, or floats that are all finite."""
    array = np.asarray(points)
    if array.ndim < 2 or not array.size:
        raise ValueError(f"{name} of shape {array.shape}: expected [N, ...] with N from 1")
    if array.dtype != np.uint8 and not np.issubdtype(array.dtype, np.floating):
        raise ValueError(f"{name} of type {array.dtype}: expected floats, or uint8 pictures")
    array = array.reshape(len(array), -1)
    if array.dtype != np.uint8 and not np.all(np.isfinite(array)):
        raise ValueError(f"{name}: NaN or infinity; expected finite numbers")
    return array


def principal_directions(points: Array, count: int) -> tuple[Array, Array]:
    """Mean [d] and the `count` orthonormal directions [d, count] in which points [N, d] vary most.

    From 1,000 rows evenly spaced over the set, in float64; fewer directions where those rows span
    fewer. Points no wider than `count` keep their own axes.
    """
    width = points.shape[1]
    spaced = np.unique(np.linspace(0, len(points) - 1, SAMPLE).astype(int))
    sample = points[spaced].astype(np.float64)
    mean = sample.mean(axis=0)
    if width <= count:
        return mean, np.eye(width)
    sample = sample - mean
    # Whichever of the d x d and N x N matrices is smaller; both have the wanted eigenvalues.
    wide = width > len(sample)
    product = sample @ sample.T if wide else sample.T @ sample
    span = [max(0, len(product) - count), len(product) - 1]
    values, vectors = linalg.eigh(product, subset_by_index=span)
    kept = values > 1e-10 * max(values[-1], 0.0)
    vectors = vectors[:, kept][:, ::-1]
    return mean, linalg.qr(sample.T @ vectors if wide else vectors, mode="economic")[0]


def projected(points: Array, mean: Array, directions: Array) -> Array:
    """(points - mean) @ directions, float32 [N, count], in blocks of rows."""
    directions = directions.astype(np.float32)
    return np.concatenate([block @ directions for block in _centred_blocks(points, mean)])


def _short_form(points: Array, mean: Array, directions: Array) -> Array:
    """Rows [p, r, s]: part within the directions, length of the rest, and their squared length.

    r is a little too long and s a little too short, by more than the rounding of float32, so that
    s_x + s_y - 2 (p_x · p_y + r_x r_y) is at most the squared distance.
    """
    directions = directions.astype(np.float32)
    whole_there = directions.shape[0] == directions.shape[1]
    forms = []
    for block in _centred_blocks(points, mean):
        parts = block @ directions
        within, whole = (np.einsum("ij,ij->i", rows, rows) for rows in (parts, block))
        rest = np.sqrt(np.maximum(whole - within, 0) + np.float32(SLACK) * whole)
        short = whole * np.float32(1 - SLACK)
        forms.append(np.column_stack([parts, short] if whole_there else [parts, rest, short]))
    return np.concatenate(forms)


def _above(values: Array) -> Array:
    """As float32, rounded up."""
    return np.nextafter(values.astype(np.float32), np.float32(np.inf))


def _centred_blocks(points: Array, mean: Array) -> Iterator[Array]:
    """points - mean, float32, some rows at a time.

    Only the difference is rounded: what float64 features far from 0 hold is in their last digits.
    """
    number = np.float64 if points.dtype == np.float64 else np.float32
    step = max(1, BLOCK // points.shape[1])
    for first in range(0, len(points), step):
        block = points[first : first + step].astype(number) - mean.astype(number)
        yield block.astype(np.float32, copy=False)
