"""The least-squares loss against hand arithmetic."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.errors import UserError
from jaxgan.losses import LeastSquares
from tests.losses.dirac_gan import eigenvalues

loss = LeastSquares()
REAL = jnp.array([1.0, 3.0, 0.0])
FAKE = jnp.array([0.0, 1.0, -2.0])
whole = st.integers(-100, 100)


def test_values():
    # (r - 1)² / 2 + f² / 2: 0 + 0; 2 + 1/2; 1/2 + 2. Generator (f - 1)² / 2: 1/2, 0, 9/2.
    np.testing.assert_array_equal(loss.discriminator(REAL, FAKE), [0.0, 2.5, 2.5])
    np.testing.assert_array_equal(loss.generator(None, FAKE), [0.5, 0.0, 4.5])


def test_values_with_targets_1_and_minus_1():
    # (r - 1)² / 2 + (f + 1)² / 2: 0 + 1/2; 2 + 2; 1/2 + 1/2. The generator aims at 1 as before.
    other = LeastSquares(real_target=1.0, fake_target=-1.0)
    np.testing.assert_array_equal(other.discriminator(REAL, FAKE), [0.5, 4.0, 1.0])
    np.testing.assert_array_equal(other.generator(None, FAKE), [0.5, 0.0, 4.5])


@settings(deadline=None, max_examples=30, derandomize=True)
@given(real=whole, fake=whole, target=whole, gap=st.integers(1, 100))
def test_slopes_are_the_distances_from_the_targets(real, fake, target, gap):
    other = LeastSquares(target, target - gap)
    r, f = jnp.float32([real]), jnp.float32([fake])
    slopes = jax.grad(lambda r, f: other.discriminator(r, f)[0], (0, 1))(r, f)
    np.testing.assert_array_equal(slopes, [[real - target], [fake - target + gap]])
    slope = jax.grad(lambda f: other.generator(None, f)[0])(f)
    np.testing.assert_array_equal(slope, [fake - target])


def test_large_logits_stay_finite():
    # (1e4 - 1)² / 2 + 1e8 / 2 = 99,990,000.5, which float32 rounds to a multiple of 8.
    large = jnp.array([1e4])
    np.testing.assert_allclose(loss.discriminator(large, large), [99_990_000.5], rtol=1e-6)


def test_logits_of_different_shapes_are_refused():
    with pytest.raises(AssertionError, match="shape"):
        loss.discriminator(REAL[:, None], FAKE)


@pytest.mark.parametrize(
    ("real_target", "fake_target"),
    [(0.0, 0.0), (0.0, 1.0), (np.inf, 0.0), (1.0, -np.inf), (np.nan, 0.0), (1.0, np.nan)],
)
def test_targets_the_wrong_way_round_are_refused(real_target, fake_target):
    with pytest.raises(UserError, match=r"real one to be the larger, such as 1 and 0"):
        LeastSquares(real_target, fake_target)


def test_dirac_gan_with_targets_1_and_minus_1_circles_at_speed_1():
    # At logit 0 the distances from the targets are 1 for the discriminator's fakes and -1 for the
    # generator's: the slopes of the linear loss, so ±i.
    np.testing.assert_allclose(eigenvalues(LeastSquares(1.0, -1.0)), [-1j, 1j], atol=1e-6)


def test_dirac_gan_with_targets_1_and_0_stands_still_without_a_bias():
    # D = ψ·x is 0 at both points, as it should be for the fake: ψ' = 0 to first order, and the
    # Jacobian [[0, 1], [0, 0]] has no eigenvalue but 0.
    np.testing.assert_allclose(eigenvalues(loss), [0, 0], atol=1e-6)
