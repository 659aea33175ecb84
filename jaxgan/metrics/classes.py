"""Which classes a generator makes, counted by a classifier: lost and favoured ones show."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import rel_entr

__all__ = ["ClassBalance", "class_balance"]

Array = np.ndarray


class ClassBalance(NamedTuple):
    """Shares of the classes among fakes, against real images and against even shares."""

    share: Array  # float64 [K], of the fakes
    real_share: Array  # float64 [K]
    kl_to_real: float  # KL(fakes ‖ real) in nats, 0 for the same shares
    kl_to_uniform: float  # KL(fakes ‖ even) in nats, 0 … log K
    missing: tuple[int, ...]  # classes that real images have and no fake has


def class_balance(
    fake_classes: Array, real_classes: Array, classes: int, pseudo_count: float = 0.0
) -> ClassBalance:
    """Compare predicted classes, ints in 0 … `classes` - 1, of fakes [N] and real images [M].

    Both sets must be judged by one classifier, so that its errors are in both. A perfect generator
    has a KL of about (K - 1) / 2 · (1/N + 1/M), not 0.
    `pseudo_count` real images are added to each class for `kl_to_real`, which is infinite where
    fakes are of a class that no real image is judged to be; half of one is the usual choice.
    Raises ValueError for other arrays, classes out of range, and for that infinity.
    """
    if classes < 2:
        raise ValueError(f"classes {classes}: expected 2 or more")
    if pseudo_count < 0:
        raise ValueError(f"pseudo_count {pseudo_count}: expected 0 or more")
    fake = _counts(fake_classes, classes, "fake classes")
    real = _counts(real_classes, classes, "real classes")
    unknown = np.flatnonzero((fake > 0) & (real == 0))
    if len(unknown) and not pseudo_count:
        raise ValueError(
            f"{int(fake[unknown].sum())} fakes of the classes {unknown.tolist()}, of which there "
            "is no real image: expected every class among the real ones; take more of them, or "
            "give a pseudo_count"
        )
    share, real_share = fake / fake.sum(), real / real.sum()
    smoothed = (real + pseudo_count) / (real.sum() + classes * pseudo_count)
    missing = np.flatnonzero((fake == 0) & (real > 0))
    return ClassBalance(
        share,
        real_share,
        _divergence(share, smoothed),
        _divergence(share, np.full(classes, 1 / classes)),
        tuple(missing.tolist()),
    )


def _divergence(p: Array, q: Array) -> float:
    return max(0.0, float(rel_entr(p, q).sum()))


def _counts(predicted: Array, classes: int, name: str) -> Array:
    array = np.asarray(predicted)
    if array.ndim != 1 or not len(array) or not np.issubdtype(array.dtype, np.integer):
        raise ValueError(
            f"{name} of shape {array.shape} and type {array.dtype}: expected integers [N]; of "
            "logits take the argmax over the classes"
        )
    if array.min() < 0 or array.max() >= classes:
        raise ValueError(f"{name} from {array.min()} to {array.max()}: expected 0 … {classes - 1}")
    return np.bincount(array, minlength=classes)
