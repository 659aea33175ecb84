"""Fréchet distance between two sets of features, each taken for a Gaussian (Heusel et al. 2017).

On Inception's pool_3 this number is called FID; on any other network it must carry that network's
name. It falls by about c / N with the number of rows, so compare only equal N, and divide by the
distance of real to real at the same N.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import linalg

from jaxgan.metrics.checks import check_features

__all__ = ["Moments", "frechet_between", "frechet_distance", "moments"]

Array = np.ndarray


class Moments(NamedTuple):
    """All that the distance uses of a set of features."""

    mean: Array  # float64 [d]
    covariance: Array  # float64 [d, d], divided by N - 1


def moments(features: Array) -> Moments:
    """Mean and unbiased covariance of features [N, d]. ValueError for fewer than 2 rows or NaN."""
    features = check_features(features)
    return Moments(features.mean(axis=0), np.atleast_2d(np.cov(features, rowvar=False)))


def frechet_distance(real_features: Array, fake_features: Array) -> float:
    """‖μ₁ - μ₂‖² + Tr(C₁ + C₂ - 2 (C₁C₂)^½) of features [N, d] and [M, d]; 0 or more.

    Equation 6 of arXiv:1706.08500. Float64; exact also for singular covariances and N < d, where
    the usual matrix square root gives complex numbers or NaN.
    Raises ValueError for fewer than 2 rows, different widths, NaN or infinity.
    """
    real = check_features(real_features, "real features")
    fake = check_features(fake_features, "fake features")
    _same_width(real.shape[1], fake.shape[1])
    return _distance(*_centred_root(real), *_centred_root(fake))


def frechet_between(real: Moments, fake: Moments) -> float:
    """The same distance from means and covariances, as published statistics files hold them.

    Raises ValueError for other shapes than [d] and [d, d], NaN or infinity, and for a matrix that
    is no covariance (not symmetric, or with an eigenvalue clearly below 0).
    """
    for gaussian, name in ((real, "real moments"), (fake, "fake moments")):
        _check_moments(gaussian, name)
    _same_width(len(real.mean), len(fake.mean))
    return _distance(
        np.asarray(real.mean, np.float64), _root(real.covariance, "real"),
        np.asarray(fake.mean, np.float64), _root(fake.covariance, "fake"),
    )  # fmt: skip


def _distance(mean1: Array, root1: Array, mean2: Array, root2: Array) -> float:
    """From roots A [r, d] with AᵀA = C.

    The eigenvalues of C₁C₂ are the squared singular values of A₁A₂ᵀ, so the trace of the root is
    their plain sum: real and never negative, and without the lost half of the digits that a root
    of eigenvalues near 0 costs.
    """
    shared = linalg.svdvals(root1 @ root2.T).sum()
    spread = np.sum(root1**2) + np.sum(root2**2)
    return max(0.0, float(np.sum((mean1 - mean2) ** 2) + spread - 2 * shared))


def _centred_root(features: Array) -> tuple[Array, Array]:
    """Mean, and A [min(N, d), d] with AᵀA the covariance."""
    mean = features.mean(axis=0)
    root = (features - mean) / np.sqrt(len(features) - 1)
    return mean, root if len(root) <= root.shape[1] else linalg.qr(root, mode="r")[0][: len(mean)]


def _root(covariance: Array, name: str) -> Array:
    values, vectors = linalg.eigh(np.asarray(covariance, np.float64))
    noise = len(values) * np.finfo(np.float64).eps * np.abs(values).max()
    # Files may hold float32 statistics, whose rounding makes small eigenvalues negative.
    if values[0] < -1e-4 * np.abs(values).max():
        raise ValueError(
            f"{name} covariance with the eigenvalue {values[0]:g}, expected none below 0; "
            "is it the covariance, and of the right features?"
        )
    kept = values > noise
    return np.sqrt(values[kept])[:, None] * vectors[:, kept].T


def _check_moments(gaussian: Moments, name: str) -> None:
    mean, covariance = np.asarray(gaussian.mean), np.asarray(gaussian.covariance)
    if mean.ndim != 1 or not len(mean) or covariance.shape != (len(mean), len(mean)):
        raise ValueError(
            f"{name} of shapes {mean.shape} and {covariance.shape}: expected [d] and [d, d]"
        )
    if not (np.all(np.isfinite(mean)) and np.all(np.isfinite(covariance))):
        raise ValueError(f"{name}: NaN or infinity; expected finite numbers")
    if not np.allclose(covariance, covariance.T, rtol=1e-4, atol=1e-6 * np.abs(covariance).max()):
        raise ValueError(f"{name}: the covariance is not symmetric")


def _same_width(real: int, fake: int) -> None:
    if real != fake:
        raise ValueError(
            f"real features are {real} wide and fake ones {fake}: expected one feature network"
        )
