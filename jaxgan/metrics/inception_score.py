"""Inception score (Salimans et al. 2016, arXiv:1606.03498, section 4): sure and varied classes.

With another classifier than Inception-v3 it is a classifier score, and must be named after that
classifier. It sees no real image, is blind to what happens within a class, and lies between 1 and
the number of classes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import rel_entr

from jaxgan.metrics.checks import check_features

__all__ = ["InceptionScore", "inception_score"]

Array = np.ndarray


class InceptionScore(NamedTuple):
    """Over the splits."""

    mean: float  # 1 … number of classes
    deviation: float  # standard deviation


def inception_score(
    probabilities: Array, rng: np.random.Generator, splits: int = 10
) -> InceptionScore:
    """exp(mean KL(p(y | x) ‖ p(y))) of class probabilities [N, K], p(y) the mean over a split.

    Rows are shuffled before they are split: samples that come sorted by label would otherwise make
    splits of one class, which score 1. (Of logits, pass `scipy.special.softmax(logits, axis=1)`.)
    Small splits score too low; the literature has 5,000 rows in each of 10.
    Raises ValueError for rows that are no distribution, and for fewer than 2 rows a split.
    """
    if splits < 1:
        raise ValueError(f"splits {splits}: expected 1 or more")
    rows = check_features(probabilities, "probabilities", 2 * splits)
    total = rows.sum(axis=1)
    if rows.shape[1] < 2 or rows.min() < 0 or np.abs(total - 1).max() > 1e-3:
        raise ValueError(
            f"probabilities [N, {rows.shape[1]}] from {rows.min():g}, whose rows sum to "
            f"{total.min():g} … {total.max():g}: expected distributions over 2 or more classes; of "
            "logits take the softmax first"
        )
    shuffled = rng.permutation(rows / total[:, None])
    scores = [_score(part) for part in np.array_split(shuffled, splits)]
    return InceptionScore(float(np.mean(scores)), float(np.std(scores)))


def _score(rows: Array) -> float:
    return float(np.exp(rel_entr(rows, rows.mean(axis=0)).sum(axis=1).mean()))
