"""Which example comes when: an endless stream in which every epoch is its own permutation.

The stream is a pure function of (seed, position), so a resumed run needs no iterator state and no
number of workers can reorder it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from jaxgan.ranges import check_whole

__all__ = ["MOST_SEED", "example_indices"]

MOST_SEED = 2**64 - 1  # of a stream that NumPy draws


def example_indices(seed: int, size: int, first: int, count: int) -> np.ndarray:
    """Example numbers at positions first .. first + count - 1 of the stream: int64 [count].

    Positions e * size .. (e + 1) * size - 1 are epoch e: each of the `size` examples once. The
    epochs' permutations are independent uniform draws, hence different from each other unless
    `size` is so small (below about 10) that chance repeats one.

    Raises UserError for a seed outside [0, 2**64) and ValueError for an empty set or a negative
    position or count.
    """
    check_whole("seed", seed, 0, MOST_SEED)
    if size < 1 or first < 0 or count < 0:
        raise ValueError(f"size >= 1, first, count >= 0 expected, got {size}, {first}, {count}")
    epochs, offsets = np.divmod(np.arange(first, first + count, dtype=np.int64), size)
    indices = np.empty(count, np.int64)
    for epoch in np.unique(epochs):
        here = epochs == epoch
        indices[here] = _permutation(seed, size, int(epoch))[offsets[here]]
    return indices


# A batch may straddle two epochs; a prefetcher may run one batch ahead of another.
@lru_cache(maxsize=4)
def _permutation(seed: int, size: int, epoch: int) -> np.ndarray:
    key = np.array([seed, epoch], np.uint64)  # of a list NumPy would make floats: seeds would merge
    # Sorting raw bits, not Generator.permutation: NumPy keeps a bit generator's stream for good,
    # but may change what its methods make of it from one version to the next.
    bits = np.random.Philox(key=key).random_raw(size)
    return np.argsort(bits, kind="stable")
