"""How many modes of a mixture of Gaussians a generator found, and how well it keeps to them.

The two mixtures and the counts are those of PacGAN (Lin et al. 2018, arXiv:1712.04086, section 4).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

__all__ = ["ModeCount", "Modes", "count_modes", "grid_of_modes", "ring_of_modes"]

QUALITY_RADIUS = 3.0  # standard deviations


class Modes(NamedTuple):
    """A mixture of equally likely round Gaussians."""

    centres: np.ndarray  # float64 [M, 2]
    deviation: float

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Points of the mixture, float32 [count, 2]."""
        centres = self.centres[rng.integers(0, len(self.centres), count)]
        return (centres + self.deviation * rng.standard_normal((count, 2))).astype(np.float32)


class ModeCount(NamedTuple):
    """What `count_modes` finds."""

    modes: int  # that at least one sample of high quality is nearest to
    high_quality: float  # share of samples within 3 standard deviations of their mode, 0 … 1
    reverse_kl: float  # KL(samples' modes || uniform) in nats, 0 for evenly spread ones


def ring_of_modes() -> Modes:
    """8 modes at the angles 2πi/8 of a circle of radius 1, with deviation 0.01."""
    angles = 2 * math.pi * np.arange(8) / 8
    return Modes(np.stack([np.cos(angles), np.sin(angles)], -1), 0.01)


def grid_of_modes() -> Modes:
    """25 modes at {-4, -2, 0, 2, 4}², with deviation 0.05."""
    side = np.array([-4.0, -2.0, 0.0, 2.0, 4.0])
    return Modes(np.stack(np.meshgrid(side, side), -1).reshape(-1, 2), 0.05)


def count_modes(samples: np.ndarray, modes: Modes) -> ModeCount:
    """Count what samples [N, 2] make of a mixture.

    A perfect generator has 1 - exp(-9/2) = 98.9 % of its samples within 3 standard deviations in
    two dimensions. `reverse_kl` is taken over all samples, each counted for its nearest mode.
    Raises ValueError for samples that are not finite points.
    """
    points = np.asarray(samples, np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ValueError(f"samples of shape {points.shape}: expected [N, 2] with N from 1")
    if not np.all(np.isfinite(points)):
        raise ValueError("samples with NaN or infinity: the generator has diverged")
    distance = np.linalg.norm(points[:, None] - modes.centres[None], axis=-1)
    nearest = np.argmin(distance, axis=1)
    good = np.min(distance, axis=1) <= QUALITY_RADIUS * modes.deviation
    share = np.bincount(nearest, minlength=len(modes.centres)) / len(points)
    found = share[share > 0]
    reverse_kl = float(np.sum(found * np.log(found * len(modes.centres))))
    return ModeCount(len(np.unique(nearest[good])), float(np.mean(good)), reverse_kl)
