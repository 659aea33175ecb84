"""Multi-scale structural similarity (Wang et al. 2003), here a measure of diversity.

Between random pairs of fakes a mean above that of real pairs means lost modes (Odena et al. 2017,
arXiv:1610.09585, section 4.2, within each class). It says nothing of sharpness.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from jaxgan.metrics.checks import by_pieces, checked, checked_pair, planes

__all__ = ["PairDiversity", "Similarity", "ms_ssim", "ms_ssim_diversity"]

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # from the finest scale
TAPS, SIGMA = 11, 1.5
K1, K2 = 0.01, 0.03

Array = np.ndarray


class Similarity(NamedTuple):
    """Of each pair, and the scales it was measured at."""

    values: Array  # float64 [N], 0 … 1
    scales: int
    weights: tuple[float, ...]  # exponents of the scales, from the finest


class PairDiversity(NamedTuple):
    """Mean similarity of random pairs."""

    mean: float  # 0 … 1, lower is more diverse
    error: float  # standard error of the mean over the pairs
    pairs: int
    scales: int


def ms_ssim(a: Array, b: Array, scales: int | None = None) -> Similarity:
    """Similarity of each image of `a` [N, H, W, C] to the one at its place in `b`.

    Equation 7: contrast and structure at every scale, luminance at the coarsest one only, with an
    11-tap Gaussian window of sigma 1.5 where it fits wholly (and over channels alike), and means of
    2x2 pixels between scales. `scales` None takes as many as the window fits into, 5 at most: 2 at
    32 pixels, 3 at 64, 5 from 176. The weights of fewer than 5 are divided by their sum, so numbers
    at different scales are not comparable. A negative mean at one scale counts as 0.
    Raises ValueError for images of two forms, and where the window does not fit.
    """
    a, b = checked_pair(a, b, fewest=1)
    if len(a) != len(b):
        raise ValueError(f"{len(a)} and {len(b)} images: expected pairs")
    scales = _scales(a.shape[1:3], scales)
    weights = WEIGHTS if scales == len(WEIGHTS) else _shared(WEIGHTS[:scales])
    values = by_pieces(lambda some, others: _similarity(some, others, weights), a, b)
    return Similarity(values, scales, weights)


def ms_ssim_diversity(
    images: Array, rng: np.random.Generator, pairs: int, labels: Array | None = None
) -> PairDiversity:
    """Mean MS-SSIM of random pairs of different images, of one class where `labels` [N] are given.

    The first of a pair is any image (with others of its class), the second any other one.
    Raises ValueError for fewer than 2 images, or no class with 2.
    """
    images = checked(images, fewest=2)
    if pairs < 2:
        raise ValueError(f"pairs {pairs}: expected 2 or more")
    groups = np.zeros(len(images), int) if labels is None else np.asarray(labels)
    if groups.shape != (len(images),):
        raise ValueError(f"labels of shape {groups.shape} for {len(images)} images: expected [N]")
    first, second = _draw_pairs(groups, pairs, rng)
    found = ms_ssim(images[first], images[second])
    error = float(found.values.std(ddof=1) / np.sqrt(pairs))
    return PairDiversity(float(found.values.mean()), error, pairs, found.scales)


def _draw_pairs(groups: Array, pairs: int, rng: np.random.Generator) -> tuple[Array, Array]:
    order = np.argsort(groups, kind="stable")  # members of a group side by side
    _, start, home, size = np.unique(
        groups[order], return_index=True, return_inverse=True, return_counts=True
    )
    usable = np.flatnonzero(size[home] > 1)
    if not len(usable):
        raise ValueError("no two images have the same label: expected pairs within a class")
    place = rng.choice(usable, pairs)
    group = home[place]
    step = rng.integers(1, size[group])  # to another member, all alike
    other = start[group] + (place - start[group] + step) % size[group]
    return order[place], order[other]


def _scales(sides: tuple[int, ...], asked: int | None) -> int:
    fitting = int(np.log2(min(sides) / TAPS)) + 1 if min(sides) >= TAPS else 0
    most = min(fitting, len(WEIGHTS))
    if not most or (asked is not None and not 1 <= asked <= most):
        raise ValueError(
            f"{asked or 1} scales for images of {sides[0]}x{sides[1]} pixels: expected 1 to {most}"
            f", as {TAPS} pixels must be left at the coarsest, and {len(WEIGHTS)} at most"
        )
    return asked or most


def _shared(weights: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(weight / sum(weights) for weight in weights)


def _similarity(a: Array, b: Array, weights: tuple[float, ...]) -> Array:
    product = np.ones(len(a))
    a, b = planes(a), planes(b)
    for scale, weight in enumerate(weights):
        luminance, structure = _one_scale(a, b)
        last = scale == len(weights) - 1
        mean = (luminance * structure if last else structure).mean(axis=(1, 2, 3))
        product *= np.maximum(mean, 0) ** weight
        a, b = _halved(a), _halved(b)
    return product


def _one_scale(a: Array, b: Array) -> tuple[Array, Array]:
    """Luminance term, and contrast times structure term, at every place the window fits."""
    mean_a, mean_b = _window(a), _window(b)
    square_a, square_b, product = mean_a**2, mean_b**2, mean_a * mean_b
    covariance = _window(a * b) - product
    variances = _window(a * a + b * b) - square_a - square_b
    luminance = (2 * product + K1**2) / (square_a + square_b + K1**2)
    return luminance, (2 * covariance + K2**2) / (variances + K2**2)


def _window(images: Array) -> Array:
    """Weighted means under the Gaussian window: [N, C, H - 10, W - 10] of [N, C, H, W]."""
    return _window_along(_window_along(images, -2), -1)


def _window_along(images: Array, axis: int) -> Array:
    # By weight, of which two pixels have each but the middle one: faster than a correlation.
    lines = images.swapaxes(-2, axis)
    size, middle = lines.shape[-2] - TAPS + 1, TAPS // 2
    offset = np.arange(TAPS) - middle
    weights = np.exp(-(offset**2) / (2 * SIGMA**2))
    weights /= weights.sum()
    total = weights[middle] * lines[..., middle : middle + size, :]
    for place in range(middle):
        opposite = TAPS - 1 - place
        both = lines[..., place : place + size, :] + lines[..., opposite : opposite + size, :]
        both *= weights[place]
        total += both
    return total.swapaxes(-2, axis)


def _halved(images: Array) -> Array:
    """Means of 2x2 pixels; an odd last row or column is left out."""
    even = images[..., : images.shape[-2] // 2 * 2, : images.shape[-1] // 2 * 2]
    rows = even[..., ::2, :] + even[..., 1::2, :]
    return (rows[..., ::2] + rows[..., 1::2]) / 4
