"""Marks of blocks of 8x8 pixels, as coarse JPEG compression leaves them and coarse upsampling can.

Blocks that were rounded one by one are smooth inside and do not meet at their edges. After the idea
of Wu and Yuen (1997, A generalized block-edge impairment metric for video coding), what happens
across block edges is compared with what happens beside them; here in third differences, which do
not see slopes and curvatures, where most of an image's own differences are.
"""

from __future__ import annotations

import numpy as np

from jaxgan.metrics.checks import as_floats, by_pieces, checked

__all__ = ["BLOCK", "block_edge_share", "block_edges"]

BLOCK = 8  # pixels
BESIDE = (-3, -2, 2, 3)  # gaps whose third difference takes no pixel from over the edge
SMALLEST_SIDE = 14  # pixels: one edge, and what lies beside it

Array = np.ndarray


def block_edges(images: Array) -> Array:
    """Mean size of third differences across block edges, and beside them: float64 [N, 2].

    Blocks begin in the upper left corner. Both directions and all channels are averaged, in units
    of the range [0, 1]. White noise gives as much of the one as of the other.

    Raises ValueError for images that `checks.check_images` refuses, or below 14 pixels a side.
    """
    images = checked(images)
    if min(images.shape[1:3]) < SMALLEST_SIDE:
        raise ValueError(
            f"images of {images.shape[1]}x{images.shape[2]} pixels: expected {SMALLEST_SIDE} or "
            "more a side, of which blocks of 8 have an edge"
        )
    return by_pieces(_both_directions, images)


def block_edge_share(rows: Array) -> float:
    """Of what `block_edges` found, the share that lies across: 0.5 for no blocks, to 1.

    Images may have marks of their own (photographs that were JPEG files do): compare with real
    ones. Raises ValueError where nothing lies across or beside, as on plain images.
    """
    across, beside = np.asarray(rows).mean(axis=0)
    if across + beside == 0:
        raise ValueError("images without any third differences: plain images have no edges")
    return float(across / (across + beside))


def _both_directions(images: Array) -> Array:
    count, height, width, channels = images.shape
    rows = as_floats(images).reshape(count, height, width * channels)
    third = _third_differences(rows[:, :-3], rows[:, 1:-2], rows[:, 2:-1], rows[:, 3:])
    down = third.mean(axis=2)
    next_ones = [rows[..., channels * i : channels * (width - 3 + i)] for i in range(4)]
    along = _third_differences(*next_ones).mean(axis=1)
    profiles = (down, along.reshape(count, width - 3, channels).mean(axis=2))
    return np.mean([_across_and_beside(profile) for profile in profiles], axis=0)


def _third_differences(first: Array, second: Array, third: Array, fourth: Array) -> Array:
    """Their size: |fourth - 3 third + 3 second - first|."""
    found = third - second
    found *= -3
    found += fourth
    found -= first
    return np.abs(found, out=found)


def _across_and_beside(profile: Array) -> Array:
    # Entry j of the differences lies over the gap between pixels j + 1 and j + 2.
    edges = np.arange(BLOCK - 2, profile.shape[1] - max(BESIDE), BLOCK)
    beside = np.concatenate([edges + offset for offset in BESIDE])
    return np.stack([profile[:, edges].mean(axis=1), profile[:, beside].mean(axis=1)], axis=1)
