"""Which sizes halve, and what is said of the others."""

from __future__ import annotations

import re

import pytest

from jaxgan.errors import UserError
from jaxgan.networks.sizes import halvings


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (8, (1, 4)),
        (12, (1, 6)),  # 12 → 6, and 3 would be too few
        (14, (1, 7)),
        (28, (2, 7)),
        (30, (1, 15)),
        (32, (3, 4)),  # 32 → 16 → 8 → 4
        (64, (4, 4)),
        (120, (3, 15)),  # 120 → 60 → 30 → 15
        (128, (5, 4)),
        (256, (6, 4)),
    ],
)
def test_halvings(size, expected):
    assert halvings(size) == expected


@pytest.mark.parametrize(
    ("size", "times", "left"),
    [(1, 0, 1), (4, 0, 4), (6, 0, 6), (27, 0, 27), (34, 1, 17), (50, 1, 25), (100, 2, 25)],
)
def test_sizes_that_do_not_halve_are_refused(size, times, left):
    with pytest.raises(UserError, match=f"image size {size} halves {times} times, to {left}:"):
        halvings(size)


def test_a_refusal_names_a_size_that_works():
    leads_nowhere = []
    for size in range(1, 520):
        try:
            halvings(size)
        except UserError as error:
            named = int(re.search(r"--image-size (\d+)", str(error))[1])
            try:
                halvings(named)
            except UserError:
                leads_nowhere.append((size, named))
    assert not leads_nowhere
