"""The blur radius of single images in pixels, from how their edges spread.

An ideal edge between levels lo and hi, blurred by a Gaussian of r pixels and averaged over unit
pixels, has the level lo + (hi - lo) E(d) at signed distance d from the edge. E is the Gaussian's
distribution function averaged over a pixel: all but Φ(d / s) with s² = r² + 1/12. The pixel's share
is 1/12 for every direction of the edge, as the unit square projected on a unit vector (c, s) has
the variance (c² + s²) / 12. It is part of what is fitted and not of the radius, so an edge that was
averaged exactly over pixels reads about 0, and so does one that was sampled at points.

For images of bright on dark (or the reverse) with one edge between; others are rejected.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from jaxgan.metrics.checks import check_images, grey
from jaxgan.metrics.contours import Contours, find_contours
from jaxgan.metrics.step_fit import blurred_step, fit_steps

__all__ = ["EdgeSpread", "edge_spread", "known_edge_spread", "mean_edge_profile"]

REACH = 6.0  # pixels from the edge, on both sides, that are looked at
LARGEST_MISFIT = 0.1  # of the contrast
LEAST_CONTRAST = 0.3  # of the nominal one
FEWEST_PIXELS = 12  # on each side of the edge; in a bin of the profile
BIN = 0.5  # pixels, of the profile in which overshoot is looked for
CHUNK = 2**15  # pixels fitted at a time, to stay in the processor's cache

Array = np.ndarray


class EdgeSpread(NamedTuple):
    """What the edges of N images are like. `radius` is NaN where `accepted` is False."""

    radius: Array  # float64 [N], sigma of the blur in pixels, the pixel's own spread not counted
    accepted: Array  # bool [N], whether the image has a clean edge to read
    overshoot: Array  # float64 [N], mean profile above hi or below lo, in contrasts; < 0: neither
    contrast: Array  # float64 [N], hi - lo; 0 where there is no edge
    misfit: Array  # float64 [N], rms of image less fit near the edge, in contrasts; inf: no edge
    low: Array  # float64 [N], lo, level of the dark side
    offset: Array  # float64 [N], place of the fitted edge in pixels, towards the bright side


def edge_spread(images: Array, nominal_contrast: float = 1.0) -> EdgeSpread:
    """Blur radius of each image, its own contour at mid level taken for the edge.

    images: [N, H, W, C] in [0, 1] or uint8. A radius of 0.5 … 3 pixels is found to 5 %, with noise
    of 6 % of the contrast too; a sharp edge reads 0.08.

    An image is rejected if no region of 1 % of its area is left of it, if its misfit is above 0.1,
    or its contrast below 0.3 of `nominal_contrast` (in (0, 1]: what the data has; 1 is black to
    white). The share of rejected images is itself a score. Raises ValueError for unusable images.
    """
    planes = grey(check_images(images))
    return _spread(planes, find_contours(planes, REACH), nominal_contrast)


def known_edge_spread(
    images: Array, signed_distance: Array, nominal_contrast: float = 1.0
) -> EdgeSpread:
    """The same where the true edge is known, as of a completed shape; found to 3 %.

    signed_distance: [N, H, W], pixels from each pixel's centre to the edge, positive on the bright
    side, as `jaxgan.data.geometry.signed_distance` has it. An image is also rejected if it does not
    show that shape, or shows it dark on bright.
    """
    planes = grey(check_images(images))
    return _spread(planes, _known(planes, signed_distance), nominal_contrast)


def mean_edge_profile(
    images: Array, spread: EdgeSpread, signed_distance: Array | None = None, width: float = 0.25
) -> tuple[Array, Array]:
    """The mean edge of the accepted images: (distance, level), each float64 [K].

    `spread` is what `edge_spread` gave for the same images, or `known_edge_spread` with the same
    `signed_distance`. Distances are means over bins `width` pixels wide, within 6 pixels of the
    edge and growing; levels are 0 for lo and 1 for hi. Bent pieces of contour count less.
    Raises ValueError if no image was accepted.
    """
    planes = grey(check_images(images))
    if len(planes) != len(spread.radius):
        raise ValueError(f"{len(planes)} images and {len(spread.radius)} results: give the same")
    chosen = np.flatnonzero(spread.accepted)
    if not len(chosen):
        raise ValueError("no image was accepted, so there is no mean edge; look at their misfit")
    if signed_distance is None:
        distance, weight = find_contours(planes[chosen], REACH)
    else:
        distance, weight = (part[chosen] for part in _known(planes, signed_distance))
    low, contrast, offset = (
        part[chosen, None, None] for part in (spread.low, spread.contrast, spread.offset)
    )
    near = weight > 0
    where, level = (distance - offset)[near], ((planes[chosen] - low) / contrast)[near]
    which = np.floor(where / width).astype(np.int64)
    count, total_where, total_level = (
        np.bincount(which - which.min(), weight[near] * part) for part in (1.0, where, level)
    )
    kept = count > 0
    return total_where[kept] / count[kept], total_level[kept] / count[kept]


def _known(planes: Array, signed_distance: Array) -> Contours:
    distance = np.asarray(signed_distance, np.float64)
    if distance.shape != planes.shape:
        raise ValueError(
            f"signed_distance of shape {distance.shape}: expected {planes.shape}, one a pixel"
        )
    if np.isnan(distance).any():
        raise ValueError("signed_distance: NaN among the distances; expected pixels")
    return Contours(distance, (np.abs(distance) <= REACH).astype(np.float64))


def _spread(planes: Array, contours: Contours, nominal_contrast: float) -> EdgeSpread:
    if not 0 < nominal_contrast <= 1:
        raise ValueError(f"nominal_contrast {nominal_contrast}: expected a level in (0, 1]")
    level, distance, weight = (part.reshape(len(planes), -1) for part in (planes, *contours))
    step = max(1, CHUNK // level.shape[1])
    cuts = [slice(first, first + step) for first in range(0, len(planes), step)]
    parts = [_measured(level[cut], distance[cut], weight[cut], nominal_contrast) for cut in cuts]
    return EdgeSpread(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def _measured(level: Array, distance: Array, weight: Array, nominal_contrast: float) -> EdgeSpread:
    """The scores of images whose pixels are laid out in rows [n, P]."""
    near = np.abs(distance) <= REACH
    sides = [np.sum(near & (distance * side > 0), axis=1) for side in (1, -1)]
    usable = np.minimum(sides[0], sides[1]) >= FEWEST_PIXELS
    distance = np.where(near, distance, 0.0)
    # Images without an edge are fitted along with the others, and the result is dropped.
    fit = fit_steps(distance, level, np.where(usable[:, None], weight, 1.0))
    shown = usable & (fit.contrast > 0)
    contrast = np.where(shown, fit.contrast, 0.0)
    unit = np.where(shown, fit.contrast, 1.0)[:, None]
    scaled = (level - fit.low[:, None]) / unit  # 0 for lo and 1 for hi
    step = blurred_step(distance - fit.offset[:, None], fit.radius[:, None])
    # Over all pixels, whatever their weight: an image of nothing but bends is not a clean one.
    squares = np.sum(near * (scaled - step) ** 2, axis=1) / np.maximum(near.sum(axis=1), 1)
    misfit = np.where(shown, np.sqrt(squares), np.inf)
    accepted = (misfit <= LARGEST_MISFIT) & (contrast >= LEAST_CONTRAST * nominal_contrast)
    return EdgeSpread(
        radius=np.where(accepted, fit.radius, np.nan),
        accepted=accepted,
        overshoot=np.where(shown, _overshoot(scaled, distance, near), 0.0),
        contrast=contrast,
        misfit=misfit,
        low=fit.low,
        offset=fit.offset,
    )


def _overshoot(scaled: Array, distance: Array, near: Array) -> Array:
    """How far the mean profile of each image leaves 0 … 1: float64 [n]."""
    count = len(scaled)
    bins = 1 + int(2 * REACH / BIN)
    which = np.floor((distance + REACH) / BIN).astype(np.int64) + bins * np.arange(count)[:, None]
    pixels, total = (
        np.bincount(which[near], part[near], count * bins).reshape(count, bins)
        for part in (near.astype(np.float64), scaled)
    )
    mean = np.where(pixels >= FEWEST_PIXELS, total / np.maximum(pixels, 1), 0.5)
    return np.maximum(mean.max(axis=1) - 1, -mean.min(axis=1))
