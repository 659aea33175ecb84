"""Exact geometry of discs and polygons: how much of a pixel they cover, how far it is to the edge.

Coordinates are pixels, x to the right and y down from the picture's top left corner; pixel (row i,
column j) is the square with centre (x, y) = (j + 0.5, i + 0.5). Host NumPy in float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

__all__ = ["CLASSES", "Shape", "chunks", "coverage", "signed_distance", "take"]

CLASSES = ("disc", "box", "triangle", "star")
STAR_INNER_RADIUS = (3 - math.sqrt(5)) / 2  # of the outer one: the pentagram, its arms straight
NODES = 12  # points of the boundary integral on each panel of a side

Array = np.ndarray


class Shape(NamedTuple):
    """Parameters of n shapes."""

    kind: Array  # int32 [n], index into CLASSES
    centre: Array  # float64 [n, 2], (x, y) in pixels
    radius: Array  # float64 [n], circumscribed circle, in pixels
    angle: Array  # float64 [n], radians, from x towards y
    aspect: Array  # float64 [n], a box's short side over its long side; 1 for the other kinds
    background: Array  # float64 [n], grey level in [0, 0.25], 0 black and 1 white
    foreground: Array  # float64 [n], grey level in [0.6, 1]


Geometry = Callable[[Shape, int], Array]


def coverage(parameters: Shape, size: int, blur: float = 0.0) -> Array:
    """Share of each pixel's square that the (blurred) shape covers: float64 [n, size, size].

    Exact without a blur. With one, the Gaussian is applied to the ideal shape, as a lens does,
    before there are pixels: blurring finished pixels would give an edge that lies on a pixel border
    another width than one within a pixel (0.41 against 0.65 for a sigma of 0.5).
    """
    if blur:
        blurred = partial(_blurred_coverage, sigma=blur)
        return _by_kind(parameters, size, blurred, blurred, work=1 + 4 / blur)
    return _by_kind(parameters, size, _disc_coverage, _polygon_coverage)


def signed_distance(parameters: Shape, size: int) -> Array:
    """Distance in pixels from each pixel's centre to the edge: float64 [n, size, size].

    Positive inside. The planted blur moves no edge, so this is the exact geometry of `render`.
    """
    return _by_kind(parameters, size, _disc_distance, _polygon_distance)


def _by_kind(
    parameters: Shape, size: int, disc: Geometry, polygon: Geometry, work: float = 1
) -> Array:
    values = np.empty((len(parameters.kind), size, size))
    for number, kind in enumerate(CLASSES):
        for rows in chunks(np.flatnonzero(parameters.kind == number), size, work):
            values[rows] = (disc if kind == "disc" else polygon)(take(parameters, rows), size)
    return values


def chunks(rows: Array, size: int, work: float = 1) -> Iterator[Array]:
    """Rows in pieces that stay in the processor's cache (twice as fast), `work` numbers a pixel."""
    step = max(1, int(2**16 / (size**2 * work)))
    return (rows[first : first + step] for first in range(0, len(rows), step))


def take(parameters: Shape, rows: Array) -> Shape:
    return Shape(*(values[rows] for values in parameters))


def _disc_coverage(discs: Shape, size: int) -> Array:
    """From the area of the disc above and left of every pixel corner, differenced twice."""
    radius = discs.radius[:, None]
    offset = np.arange(size + 1) - discs.centre[:, :, None]
    offset = np.clip(offset, -radius[:, None], radius[:, None])
    radius = radius[:, None]
    full = math.pi * radius**2
    # Area of the disc on the near side of a line at `offset` from its centre.
    beside = full / 2 + offset * np.sqrt(radius**2 - offset**2)
    beside += radius**2 * np.arcsin(offset / radius)
    x, y = offset[:, 0, None, :], offset[:, 1, :, None]
    left, above = beside[:, 0, None, :], beside[:, 1, :, None]
    corner_inside = (left + above) / 2 - full / 4 + x * y
    corner_right = np.where(y > 0, left + above - full, above)
    corner_left = np.where(y > 0, left, 0.0)
    corner_outside = np.where(x > 0, corner_right, corner_left)
    area = np.where(x**2 + y**2 < radius**2, corner_inside, corner_outside)
    return np.diff(np.diff(area, axis=1), axis=2)


def _disc_distance(discs: Shape, size: int) -> Array:
    x, y = _offsets(discs.centre, size)
    return discs.radius[:, None, None] - np.hypot(x, y)


def _vertices(polygons: Shape) -> Array:
    """Corners of polygons of one kind, in order of growing angle: float64 [n, corners, 2]."""
    kind = CLASSES[polygons.kind[0]]
    angle, radius = polygons.angle[:, None], polygons.radius[:, None]
    if kind == "box":
        half = np.arctan(polygons.aspect)[:, None]
        angle = angle + np.concatenate([-half, half, math.pi - half, math.pi + half], axis=1)
    else:
        corners = {"triangle": 3, "star": 10}[kind]
        angle = angle + 2 * math.pi / corners * np.arange(corners)
    if kind == "star":
        radius = radius * np.where(np.arange(10) % 2, STAR_INNER_RADIUS, 1.0)
    around = radius[:, :, None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return polygons.centre[:, None] + around


def _sides(polygons: Shape) -> Iterator[tuple[Array, Array]]:
    """Start and end (each float64 [n, 2]) of every side."""
    corners = _vertices(polygons)
    ends = np.roll(corners, -1, axis=1)
    return ((corners[:, side], ends[:, side]) for side in range(corners.shape[1]))


def _polygon_coverage(polygons: Shape, size: int) -> Array:
    """Green's theorem, pixel by pixel: area in a cell = boundary integral of clip(X - x, 0, 1) dY.

    Each side is cut at the pixel rows. With ramp(u) = max(u, 0), clip(X - x, 0, 1) is
    ramp(X - x) - ramp(X - x - 1): one ramp integral per column border, differenced at the end.
    """
    top = np.arange(size, dtype=np.float64)
    borders = np.arange(size + 1, dtype=np.float64)
    ramps = np.zeros((len(polygons.kind), size, size + 1))
    for start, end in _sides(polygons):
        (x0, y0), (x1, y1) = start.T[..., None], end.T[..., None]
        y_in, y_out = np.clip(y0, top, top + 1), np.clip(y1, top, top + 1)  # [n, size]
        slope = np.divide(x1 - x0, y1 - y0, out=np.zeros_like(x0), where=y1 != y0)
        u_in = (x0 + (y_in - y0) * slope)[..., None] - borders
        u_out = (x0 + (y_out - y0) * slope)[..., None] - borders
        ramp_in, ramp_out = np.maximum(u_in, 0), np.maximum(u_out, 0)
        # Mean of the ramp on the way: (ramp_in + ramp_out) / 2, times the share of the way that
        # is above 0. A ratio in [0, 1], so that upright sides (0 / 0) lose no digits.
        step = u_out - u_in
        share = np.divide(ramp_out - ramp_in, step, out=np.ones_like(step), where=step != 0)
        ramps += share * (ramp_in + ramp_out) * ((y_out - y_in) / 2)[..., None]
    return ramps[:, :, :-1] - ramps[:, :, 1:]


def _blurred_coverage(some: Shape, size: int, sigma: float) -> Array:
    """Green's theorem once more, for a shape under a Gaussian.

    At (x, y) it is the boundary integral of Phi((X - x) / sigma) phi((Y - y) / sigma) / sigma dY,
    Phi the normal distribution function and phi its density. Both are averaged over the pixel in
    closed form; only the integral along the boundary is a sum, over points about sigma apart
    (error below 2e-4 of the contrast).
    """
    points, rise = _boundary(some, 12 + math.ceil(2.5 * size / sigma))
    away = (points[..., None] - np.arange(size + 1)) / sigma  # [n, points, 2, size + 1]
    share = ndtr(away)
    x, share_x = away[:, :, 0], share[:, :, 0]
    ramp = x * share_x + np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)  # integral of Phi
    columns = -sigma * np.diff(ramp)
    rows = -np.diff(share[:, :, 1]) * rise[..., None]
    # In products of at most 2**18 terms: above, a BLAS starts threads, which would make the order
    # of the sum depend on the machine, and on a busy one take a hundred times as long.
    step = max(1, 2**18 // size**2)
    cuts = [slice(first, first + step) for first in range(0, rows.shape[1], step)]
    return sum(rows[:, cut].transpose(0, 2, 1) @ columns[:, cut] for cut in cuts)


def _boundary(some: Shape, count: int) -> tuple[Array, Array]:
    """About `count` points [n, points, 2] on the edge of shapes of one kind, and their dY."""
    if CLASSES[some.kind[0]] == "disc":
        turn = 2 * math.pi / count
        angle = turn * np.arange(count)
        around = np.stack([np.cos(angle), np.sin(angle)], -1)
        outward = some.radius[:, None, None] * around
        return some.centre[:, None] + outward, outward[..., 0] * turn
    corners = _vertices(some)[:, :, None]
    along = np.roll(corners, -1, axis=1) - corners  # [n, sides, 1, 2]
    share, weight = _quadrature(math.ceil(count / along.shape[1] / NODES))
    points = corners + along * share[:, None]
    rise = along[..., 1] * weight
    return points.reshape(len(points), -1, 2), rise.reshape(len(points), -1)


def _quadrature(panels: int) -> tuple[Array, Array]:
    """Places in [0, 1] and weights of Gauss-Legendre's rule, on each of equal panels."""
    place, weight = np.polynomial.legendre.leggauss(NODES)
    places = (np.arange(panels)[:, None] + (place + 1) / 2) / panels
    return places.ravel(), np.tile(weight / 2 / panels, panels)


def _polygon_distance(polygons: Shape, size: int) -> Array:
    """Distance to the nearest side; inside where a ray to the right crosses sides an odd number."""
    nearest = np.full((len(polygons.kind), size, size), np.inf)
    inside = np.zeros(nearest.shape, bool)
    for start, end in _sides(polygons):
        x, y = _offsets(start, size)
        along_x, along_y = (end - start).T[..., None, None]
        share = np.clip((x * along_x + y * along_y) / (along_x**2 + along_y**2), 0, 1)
        nearest = np.minimum(nearest, np.hypot(x - share * along_x, y - share * along_y))
        straddles = (y < 0) != (y < along_y)
        with np.errstate(divide="ignore", invalid="ignore"):  # flat sides straddle no row
            inside ^= straddles & (x < y * along_x / along_y)
    return np.where(inside, nearest, -nearest)


def _offsets(points: Array, size: int) -> tuple[Array, Array]:
    """x [n, 1, size] and y [n, size, 1] of the pixel centres, seen from points [n, 2]."""
    offset = np.arange(size) + 0.5 - points[:, :, None]
    return offset[:, 0, None, :], offset[:, 1, :, None]
