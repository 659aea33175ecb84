"""Regions of a frame of 8x8 cells: halves, borders, corners; their contrasts and their names."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

__all__ = ["GRID", "NOTHING", "check_maps", "region_contrasts", "region_in_words", "softest_region"]

GRID = 8
"""Cells a side."""

NOTHING = 1e-9  # pixels: what rounding leaves of an even map
FEWEST_CELLS = 4  # with detail, inside a region and outside
RINGS = (1, 2, 3)  # cells: widths of borders
NEARLY = 0.95  # of the best region's contrast is enough for one with a simpler name

Array = np.ndarray


def softest_region(softness: Array) -> Array | None:
    """The softest region of one map [8, 8] as a mask bool [8, 8]; None if no cell is softer.

    That of `uneven`, or one of nearly its contrast with a simpler name. Whether the region means
    anything is for `uneven` and its null to say.
    """
    softness = check_maps(softness)
    seen = ~np.isnan(softness).ravel()
    weights = region_contrasts(seen.tobytes())
    contrast = weights @ np.where(seen, softness.ravel(), 0) if len(weights) else np.zeros(1)
    if contrast.max() <= NOTHING:
        return None
    near = np.flatnonzero(contrast >= NEARLY * contrast.max())
    masks = [_regions()[_judged(seen)[k]].reshape(GRID, GRID) for k in near]
    simplest = min(range(len(near)), key=lambda k: (_name(masks[k])[0], -contrast[near[k]]))
    return masks[simplest]


def region_in_words(softness: Array) -> str:
    """The softest region of one map [8, 8]: "left half", "border", "upper left quarter" …

    "whole frame" where `softest_region` finds none.
    """
    mask = softest_region(softness)
    return "whole frame" if mask is None else _name(mask)[1]


def check_maps(softness: Array) -> Array:
    """Maps [..., 8, 8] as float64; ValueError for another shape."""
    array = np.asarray(softness, np.float64)
    if array.shape[-2:] != (GRID, GRID):
        raise ValueError(f"map of shape {array.shape}: expected [..., {GRID}, {GRID}]")
    return array


@lru_cache(maxsize=1)
def _regions() -> Array:
    """Every region that is looked at: bool [regions, cells]."""
    found = []
    spans = [(a, b) for a in range(GRID) for b in range(a + 1, GRID + 1)]
    for top, bottom in spans:
        for left, right in spans:
            height, width = bottom - top, right - left
            long = max(height, width) == GRID
            if min(height, width) >= (1 if long else 2) and height * width < GRID * GRID:
                mask = np.zeros((GRID, GRID), bool)
                mask[top:bottom, left:right] = True
                found.append(mask)
    for width in RINGS:
        mask = np.ones((GRID, GRID), bool)
        mask[width:-width, width:-width] = False
        found.append(mask)
    return np.stack(found).reshape(len(found), -1)


def _judged(seen: Array) -> Array:
    """Indices of the regions with enough cells, inside and outside, of those `seen`."""
    inside = _regions() @ seen.astype(int)
    return np.flatnonzero((inside >= FEWEST_CELLS) & (seen.sum() - inside >= FEWEST_CELLS))


@lru_cache(maxsize=16)
def region_contrasts(seen_bytes: bytes) -> Array:
    """Matrix [judged regions, cells] that takes a map to the contrast of each region."""
    seen = np.frombuffer(seen_bytes, bool)
    inside = _regions()[_judged(seen)] & seen
    outside = ~inside & seen
    within, without = (mask.sum(axis=1, keepdims=True) for mask in (inside, outside))
    factor = np.sqrt(4 * within * without) / max(seen.sum(), 1)
    return factor * (inside / within - outside / without)


def _name(mask: Array) -> tuple[int, str]:
    """How simple a region is, 0 the simplest, and what it is called."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    height, width = bottom - top, right - left
    if not mask[top:bottom, left:right].all():
        return 0, "border"
    if height == GRID:
        return _band(left, right, "left", "right", "column")
    if width == GRID:
        return _band(top, bottom, "top", "bottom", "row")
    cells = f"{height}x{width} of {GRID}x{GRID} cells"
    upper, sideways = _edge(top, bottom, "upper", "lower"), _edge(left, right, "left", "right")
    if upper and sideways:
        if height == width == GRID // 2:
            return 1, f"{upper} {sideways} quarter"
        return 3, f"{upper} {sideways} corner ({cells})"
    if top + bottom == left + right == GRID:
        return (1 if height == width else 3), f"centre ({cells})"
    return 4, f"rows {top + 1} to {bottom}, columns {left + 1} to {right} of {GRID}"


def _band(start: int, stop: int, first: str, last: str, line: str) -> tuple[int, str]:
    edge, count = _edge(start, stop, first, last), stop - start
    if not edge:
        lines = f"{line}s {start + 1} to {stop}" if count > 1 else f"{line} {stop}"
        return 3, f"{lines} of {GRID}"
    if count == GRID // 2:
        return 0, f"{edge} half"
    return 2, f"{edge} {count} of {GRID} {line}s"


def _edge(start: int, stop: int, first: str, last: str) -> str:
    return first if start == 0 else last if stop == GRID else ""
