"""Where the middle 95 % of a law lie, from some values drawn from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["middle"]


def middle(values: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Both ends of the middle 95 % of the law of values [N, …], each of shape […].

    The k-th of N values has k / (N + 1) of the law below it (Weibull's plotting position). NumPy's
    usual quantiles take (k - 1) / (N - 1): between those of 100 values lie 93 % of the law. Of
    fewer than 39 values the ends are the smallest and the largest, which is too little.

    Raises ValueError for no values.
    """
    values = np.asarray(values)
    if not values.size:
        raise ValueError("no values: expected some, 100 or more for good ends")
    low, high = np.quantile(values, (0.025, 0.975), axis=0, method="weibull")
    return low, high
