"""Levenberg's and Marquardt's descent within bounds, of many small problems at once.

SciPy's `least_squares` takes 7 ms for one of a card's spectral fits; a card asks for a thousand,
all of one form. Here they share every step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

__all__ = ["Descent", "descend"]

Array = np.ndarray
At = Callable[[Array, Array], tuple[Array, Array]]

MOST_STEPS = 60
FINISHED = 1e-7  # of the loss: a step that gains less is the last
FIRST_DAMPING, LEAST_DAMPING, MOST_DAMPING, LEAST_CURVATURE = 1e-3, 1e-9, 1e7, 1e-12
INSIDE = 1e-6  # distance from the bounds at the start


class Descent(NamedTuple):
    """Where each of K problems ended."""

    cost: Array  # float64 [K], the soft-L1 loss up to a factor
    x: Array  # float64 [K, n], the unknowns
    residual: Array  # float64 [K, m]


def descend(at: At, start: Array, lower: Array, upper: Array, scale: float) -> Descent:
    """The nearest minimum of each problem from `start` [K, n], within `lower` and `upper` [n].

    `at(x, which)` gives, for the problems `which` int [k] at the points x [k, n], the residuals
    [k, m] and their derivatives [k, n, m]. The loss is soft-L1, 2 (sqrt(1 + z) - 1) of
    z = (r / scale)². An unknown that is at a bound, and would leave it, is held there: clipping the
    step alone stalls.
    """
    x = np.clip(start, lower + INSIDE, upper - INSIDE)
    live = np.arange(len(x))
    residual, slopes = at(x, live)
    cost, damping = _soft(residual / scale), np.full(len(x), FIRST_DAMPING)
    for _ in range(MOST_STEPS):
        step = _step(x[live], residual[live], slopes[live], damping[live], lower, upper, scale)
        tried = np.clip(x[live] - step, lower, upper)
        next_residual, next_slopes = at(tried, live)
        next_cost = _soft(next_residual / scale)
        gain = cost[live] - next_cost
        better = gain > 0
        won = live[better]
        x[won], residual[won], slopes[won] = (
            found[better] for found in (tried, next_residual, next_slopes)
        )
        done = np.where(better, gain < FINISHED * cost[live], damping[live] > MOST_DAMPING / 10)
        cost[won] = next_cost[better]
        damping[live] = np.maximum(damping[live] * np.where(better, 0.1, 10.0), LEAST_DAMPING)
        live = live[~done]
        if not len(live):
            break
    return Descent(cost, x, residual)


def _step(
    x: Array, residual: Array, slopes: Array, damping: Array, lower: Array, upper: Array,
    scale: float,
) -> Array:  # fmt: skip
    """The damped Gauss-Newton step [k, n] of the reweighted squares, 0 for unknowns held."""
    weighted = slopes / np.sqrt(1 + (residual / scale) ** 2)[:, None]
    slope = (weighted @ residual[:, :, None])[:, :, 0]
    free = ~(((x <= lower) & (slope > 0)) | ((x >= upper) & (slope < 0)))
    curvature = (weighted @ slopes.transpose(0, 2, 1)) * (free[:, :, None] & free[:, None])
    unknowns = np.arange(x.shape[1])
    diagonal = curvature[:, unknowns, unknowns]
    curvature[:, unknowns, unknowns] += damping[:, None] * np.maximum(diagonal, LEAST_CURVATURE)
    return np.linalg.solve(curvature, np.where(free, slope, 0.0)[:, :, None])[:, :, 0]


def _soft(scaled: Array) -> Array:
    return np.sum(np.sqrt(1 + scaled**2) - 1, axis=1)
