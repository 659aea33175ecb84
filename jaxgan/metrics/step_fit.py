"""Least squares of a blurred step to the levels of many images at once.

The step is lo + (hi - lo) E(d - o), with E(d) the mean of Φ(t / r) for t from d - 1/2 to d + 1/2: a
step under a Gaussian of r pixels, averaged over pixels. In closed form, with R(x) = x Φ(x) + φ(x)
the integral of the normal distribution function, E(d) = r R((d + 1/2) / r) - r R((d - 1/2) / r).

Two of the four unknowns are linear, so they are projected out (Golub & Pereyra 1973, with the
Jacobian of Kaufman 1975), and the other two are found by the damped steps of Levenberg and
Marquardt, every image with a damping of its own. An image's result does not depend on the others.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

__all__ = ["StepFit", "blurred_step", "fit_steps"]

STARTS = (0.2, 0.7, 1.5, 3.0)  # of r in pixels; the best of them starts a fit
LEAST_RADIUS, LARGEST_RADIUS = 0.02, 12.0  # pixels, between which r is looked for
LARGEST_OFFSET = 1.5  # pixels
LARGEST_STEP = 0.7  # of log r, and pixels
ENOUGH = 1e-4  # an image whose step is smaller has been fitted
STEPS = 40

Array = np.ndarray


class StepFit(NamedTuple):
    """The fitted step of n images, each float64 [n]."""

    low: Array  # lo
    contrast: Array  # hi - lo, negative where the levels fall with the distance
    offset: Array  # o, pixels
    radius: Array  # r, pixels, 0.02 … 12


def fit_steps(distance: Array, level: Array, weight: Array) -> StepFit:
    """Fit level [n, P] at signed distance [n, P]; weight [n, P] >= 0, not all 0 for any image."""
    unknowns = _start(distance, level, weight)
    damping = np.full(len(level), 1e-3)
    active = np.arange(len(level))
    for _ in range(STEPS):
        if not len(active):
            break
        d, y, w, old = distance[active], level[active], weight[active], unknowns[active]
        line = _project(d, y, w, old)
        new = _bounded(old + _step(d, w, old, line, damping[active]))
        better = _project(d, y, w, new).cost < line.cost
        unknowns[active] = np.where(better[:, None], new, old)
        damping[active] *= np.where(better, 0.2, 8.0)
        active = active[np.abs(new - old).max(axis=1) > ENOUGH]
    line = _project(distance, level, weight, unknowns)
    return StepFit(line.low, line.contrast, unknowns[:, 0], np.exp(unknowns[:, 1]))


def blurred_step(distance: Array, radius: Array) -> Array:
    """E(d) of the module's docstring, 0 … 1."""
    near, far = (distance + 0.5) / radius, (distance - 0.5) / radius
    return radius * (near * ndtr(near) - far * ndtr(far) + _density(near) - _density(far))


def _density(x: Array) -> Array:
    return np.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)


class _Line(NamedTuple):
    """The best lo and hi - lo for given unknowns (o, log r)."""

    low: Array
    contrast: Array
    cost: Array  # sum of the weighted squares of the residual
    residual: Array  # [n, P]
    shape: Array  # [n, P], the step less its weighted mean


def _project(distance: Array, level: Array, weight: Array, unknowns: Array) -> _Line:
    step = blurred_step(distance - unknowns[:, :1], np.exp(unknowns[:, 1:]))
    step_mean, level_mean = _mean(weight, step), _mean(weight, level)
    shape = step - step_mean
    contrast = _along(level, shape, weight)
    residual = level - level_mean - contrast * shape
    cost = np.sum(weight * residual**2, axis=1)
    return _Line((level_mean - contrast * step_mean)[:, 0], contrast[:, 0], cost, residual, shape)


def _step(distance: Array, weight: Array, unknowns: Array, line: _Line, damping: Array) -> Array:
    """The damped Gauss-Newton step [n, 2] of (o, log r)."""
    radius = np.exp(unknowns[:, 1:])
    near, far = ((distance - unknowns[:, :1] + side) / radius for side in (0.5, -0.5))
    by_offset = ndtr(far) - ndtr(near)
    by_log_radius = (_density(near) - _density(far)) * radius
    slopes = [by_offset, by_log_radius]
    for i, slope in enumerate(slopes):  # less what lo and hi - lo can make up for
        slope = slope - _mean(weight, slope)
        slope = slope - _along(slope, line.shape, weight) * line.shape
        slopes[i] = line.contrast[:, None] * slope
    a, b, c = (np.sum(weight * slopes[i] * slopes[j], axis=1) for i, j in ((0, 0), (0, 1), (1, 1)))
    u, v = (np.sum(weight * slope * line.residual, axis=1) for slope in slopes)
    tiny = math.sqrt(np.finfo(float).tiny)  # where nothing changes, no step is made
    a, c = a * (1 + damping) + tiny, c * (1 + damping) + tiny
    step = np.stack([c * u - b * v, a * v - b * u], axis=1) / (a * c - b * b)[:, None]
    return np.clip(step, -LARGEST_STEP, LARGEST_STEP)


def _start(distance: Array, level: Array, weight: Array) -> Array:
    starts = [np.tile([0.0, math.log(radius)], (len(level), 1)) for radius in STARTS]
    costs = [_project(distance, level, weight, start).cost for start in starts]
    return np.stack(starts)[np.argmin(costs, axis=0), np.arange(len(level))]


def _bounded(unknowns: Array) -> Array:
    most = np.array([LARGEST_OFFSET, math.log(LARGEST_RADIUS)])
    least = np.array([-LARGEST_OFFSET, math.log(LEAST_RADIUS)])
    return np.clip(unknowns, least, most)


def _mean(weight: Array, values: Array) -> Array:
    return np.sum(weight * values, axis=1, keepdims=True) / np.sum(weight, axis=1, keepdims=True)


def _along(values: Array, shape: Array, weight: Array) -> Array:
    """Coefficient [n, 1] of `shape` in values [n, P]."""
    weighted = weight * shape
    power = np.sum(weighted * shape, axis=1, keepdims=True)
    return np.sum(weighted * values, axis=1, keepdims=True) / np.maximum(power, 1e-300)
