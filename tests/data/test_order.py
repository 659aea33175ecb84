"""The order of examples: a permutation an epoch, and any slice alone equals the whole stream."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.data import example_indices
from jaxgan.errors import UserError

seeds = st.integers(0, 2**64 - 1)


@settings(deadline=None, max_examples=50, derandomize=True)
@given(seed=seeds, size=st.integers(1, 40), epoch=st.integers(0, 1000))
def test_every_epoch_holds_every_example_once(seed, size, epoch):
    indices = example_indices(seed, size, epoch * size, size)
    assert indices.dtype == np.int64
    assert sorted(indices.tolist()) == list(range(size))


@settings(deadline=None, max_examples=50, derandomize=True)
@given(
    seed=seeds,
    size=st.integers(1, 12),
    first=st.integers(0, 60),
    count=st.integers(0, 60),
)
def test_a_slice_of_the_stream_does_not_depend_on_what_was_read_before(seed, size, first, count):
    stream = np.concatenate([example_indices(seed, size, p, 1) for p in range(first + count)] or [
        np.empty(0, np.int64)
    ])  # fmt: skip
    np.testing.assert_array_equal(example_indices(seed, size, first, count), stream[first:])


def test_epochs_and_seeds_differ():
    orders = [example_indices(0, 50, epoch * 50, 50).tolist() for epoch in range(200)]
    seeds = [*range(1, 200), *range(2**63 - 9, 2**63 + 9), *range(2**64 - 9, 2**64)]
    orders += [example_indices(seed, 50, 0, 50).tolist() for seed in seeds]
    assert len({tuple(order) for order in orders}) == len(orders)


def test_every_example_is_equally_likely_at_every_place():
    # 6,000 permutations of 5: each count is binomial(6000, 1/5), standard deviation 31.
    orders = example_indices(3, 5, 0, 6000 * 5).reshape(6000, 5)
    counts = np.stack([np.bincount(orders[:, place], minlength=5) for place in range(5)])
    assert np.abs(counts - 1200).max() < 5 * 31


def test_arguments_out_of_range_are_refused():
    with pytest.raises(UserError, match="seed -1: expected a whole number from 0 to"):
        example_indices(-1, 10, 0, 1)
    with pytest.raises(UserError, match="seed 18446744073709551616: expected a whole"):
        example_indices(2**64, 10, 0, 1)
    for size, first, count in [(0, 0, 1), (10, -1, 1), (10, 0, -1)]:
        with pytest.raises(ValueError, match="expected"):
            example_indices(0, size, first, count)
