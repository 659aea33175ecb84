"""The straight line from 1 to 0, at points worked out by hand."""

from __future__ import annotations

import jax.numpy as jnp
import pytest

from jaxgan.augment.annealing import share_left


@pytest.mark.parametrize(
    ("shown", "share"), [(0, 1.0), (50, 0.75), (100, 0.5), (150, 0.25), (200, 0.0), (1e9, 0.0)]
)
def test_a_straight_line_that_ends_at_0(shown, share):
    assert share_left(jnp.float32(shown), 200) == share
