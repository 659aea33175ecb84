"""Quality and diversity of features apart, from the balls that reach to the k-th neighbour.

Precision and recall: Kynkäänniemi et al. 2019, arXiv:1904.06991, equations 1 and 2, with k = 3.
Density and coverage: Naeem et al. 2020, arXiv:2002.09797, equations 5 and 7, with k = 5.
Two sets of one law do not reach 1 (coverage: 1 - 2^-k): compare with real against real.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from jaxgan.metrics.checks import check_features
from jaxgan.metrics.distances import exact_squares

__all__ = ["DensityCoverage", "Neighbourhoods", "PrecisionRecall", "density_coverage",
           "neighbourhoods", "precision_recall"]  # fmt: skip

BLOCK = 2**20  # distances held at a time

Array = np.ndarray


class PrecisionRecall(NamedTuple):
    precision: float  # share of fakes within the ball of a real one, 0 … 1: quality
    recall: float  # share of real ones within the ball of a fake, 0 … 1: diversity


class DensityCoverage(NamedTuple):
    density: float  # real balls that a fake lies in, over k: 1 for one law, unbounded
    coverage: float  # share of real balls that hold a fake, 0 … 1


class Neighbourhoods(NamedTuple):
    """All four."""

    precision: float
    recall: float
    density: float
    coverage: float


def precision_recall(real: Array, fake: Array, k: int = 3) -> PrecisionRecall:
    """Improved precision and recall of features [N, d] and [M, d]; a ball holds its border."""
    found = neighbourhoods(real, fake, ball=k, crowd=k)
    return PrecisionRecall(found.precision, found.recall)


def density_coverage(real: Array, fake: Array, k: int = 5) -> DensityCoverage:
    """Density and coverage of features [N, d] and [M, d]; a ball does not hold its border."""
    found = neighbourhoods(real, fake, ball=k, crowd=k)
    return DensityCoverage(found.density, found.coverage)


def neighbourhoods(real: Array, fake: Array, ball: int = 3, crowd: int = 5) -> Neighbourhoods:
    """Precision and recall with k = `ball`, density and coverage with k = `crowd`, at one go.

    The k-th neighbour is counted without the point itself. Distances are exact where they decide:
    a copy is at 0, and equal distances compare equal. Memory is that of the features and some
    50 MB; time is three products [N, d] x [d, M] in float64.
    Raises ValueError for different widths, fewer than k + 1 rows, NaN or infinity.
    """
    if ball < 1 or crowd < 1:
        raise ValueError(f"neighbours {ball} and {crowd}: expected 1 or more")
    real = check_features(real, "real features", max(ball, crowd) + 1)
    fake = check_features(fake, "fake features", ball + 1)
    if real.shape[1] != fake.shape[1]:
        raise ValueError(
            f"real features are {real.shape[1]} wide and fake ones {fake.shape[1]}: expected one "
            "feature network"
        )
    real_ball, real_crowd = _reach(real, (ball, crowd))
    (fake_ball,) = _reach(fake, (ball,))
    precise, recalled, covered = np.zeros(len(fake), bool), [], []
    inside = 0
    for rows, squares, slack in _blocks(real, fake):
        near = _Exact(real, fake, rows, squares, slack)
        precise |= near.within(real_ball[rows, None], border=True).any(axis=0)
        recalled.append(near.within(fake_ball[None, :], border=True).any(axis=1))
        crowded = near.within(real_crowd[rows, None], border=False)
        covered.append(crowded.any(axis=1))
        inside += int(np.count_nonzero(crowded))
    return Neighbourhoods(
        float(np.mean(precise)),
        float(np.mean(np.concatenate(recalled))),
        inside / (crowd * len(fake)),
        float(np.mean(np.concatenate(covered))),
    )


class _Exact(NamedTuple):
    """A block of rough squared distances, |error| <= slack, between points of two sets."""

    ours: Array
    theirs: Array
    rows: Array  # of ours, in this block
    squares: Array  # [rows, theirs]
    slack: float

    def within(self, limits: Array, border: bool) -> Array:
        """Which pairs are nearer than the squared `limits`, or also at them; bool [rows, theirs]"""
        inside = self.squares < limits - self.slack
        row, column = np.nonzero(inside ^ (self.squares <= limits + self.slack))
        if len(row):  # too near to the limit to tell
            exact = exact_squares(self.ours, self.theirs, self.rows[row], column)
            limit = np.broadcast_to(limits, self.squares.shape)[row, column]
            inside[row, column] = exact <= limit if border else exact < limit
        return inside


def _reach(points: Array, neighbours: tuple[int, ...]) -> list[Array]:
    """Squared distance of each point to its k-th other one, float64 [N], for each k."""
    most = max(neighbours)
    reach = np.empty((len(points), most))
    for rows, squares, slack in _blocks(points, points):
        squares[np.arange(len(rows)), rows] = np.inf
        limit = np.partition(squares, most - 1, axis=1)[:, most - 1]
        row, column = np.nonzero(squares <= limit[:, None] + 2 * slack)
        exact = exact_squares(points, points, rows[row], column)
        order = np.lexsort((exact, row))
        first = np.searchsorted(row, np.arange(len(rows)))
        reach[rows] = exact[order][first[:, None] + np.arange(most)]
    return [reach[:, k - 1] for k in neighbours]


def _blocks(ours: Array, theirs: Array) -> Iterator[tuple[Array, Array, float]]:
    """Some rows of `ours` at a time, with rough squared distances and a bound on their error.

    |x|² + |y|² - 2 x·y, about the mean: the fewer digits cancel, the fewer pairs are looked at
    again.
    """
    mean = theirs.mean(axis=0)
    ours, theirs = ours - mean, theirs - mean
    our_squares, their_squares = (np.einsum("ij,ij->i", x, x) for x in (ours, theirs))
    rounding = (ours.shape[1] + 16) * np.finfo(np.float64).eps
    slack = float(rounding * (our_squares.max() + their_squares.max()))
    step = max(1, BLOCK // len(theirs))
    for first in range(0, len(ours), step):
        rows = np.arange(first, min(first + step, len(ours)))
        squares = ours[rows] @ theirs.T
        squares *= -2
        squares += their_squares
        squares += our_squares[rows, None]
        yield rows, squares, slack
