"""Kernel distance of features: the squared maximum mean discrepancy with a cubic kernel.

On Inception's pool_3 it is called KID (Bińkowski et al. 2018, arXiv:1801.01401, section 4).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from jaxgan.metrics.checks import check_features

__all__ = ["KernelDistance", "kernel_distance"]

Array = np.ndarray


class KernelDistance(NamedTuple):
    """Over random subsets. The literature prints both numbers times 1,000."""

    mean: float  # unbiased: 0 on average for one law, so it may be negative; never divide by it
    deviation: float  # standard deviation over the subsets


def kernel_distance(
    real: Array, fake: Array, rng: np.random.Generator, subsets: int = 100, subset_size: int = 1000
) -> KernelDistance:
    """Unbiased MMD² of features [N, d] and [M, d] with the kernel (x·y / d + 1)³.

    Each subset draws `subset_size` rows of either set without replacement. Costs about
    3 · subsets · subset_size² · d multiplications, in float64.
    Raises ValueError for different widths, NaN, and sets smaller than a subset.
    """
    if subsets < 1 or subset_size < 2:
        raise ValueError(f"{subsets} subsets of {subset_size}: expected 1 or more of 2 or more")
    real, fake = check_features(real, "real features"), check_features(fake, "fake features")
    if real.shape[1] != fake.shape[1]:
        raise ValueError(
            f"real features are {real.shape[1]} wide and fake ones {fake.shape[1]}: expected one "
            "feature network"
        )
    if subset_size > min(len(real), len(fake)):
        raise ValueError(
            f"subsets of {subset_size} from {len(real)} real and {len(fake)} fake rows: draw more "
            "samples or set a smaller subset_size, the same for every number compared"
        )
    values = [
        _squared_discrepancy(_draw(real, subset_size, rng), _draw(fake, subset_size, rng))
        for _ in range(subsets)
    ]
    return KernelDistance(float(np.mean(values)), float(np.std(values)))


def _draw(features: Array, count: int, rng: np.random.Generator) -> Array:
    return features[rng.choice(len(features), count, replace=False)]


def _squared_discrepancy(x: Array, y: Array) -> float:
    """Mean kernel within x and within y (pairs of different rows), less twice that across."""
    pairs = len(x) * (len(x) - 1)
    within = (_within(x) + _within(y)) / pairs
    return within - 2 * float(np.mean(_kernel(x, y)))


def _within(x: Array) -> float:
    kernel = _kernel(x, x)
    return float(kernel.sum() - np.trace(kernel))


def _kernel(x: Array, y: Array) -> Array:
    base = x @ y.T
    base /= x.shape[1]
    base += 1
    cube = base * base  # a power of 3 would go through logarithms: ten times as long
    cube *= base
    return cube
