"""The minimax loss against hand arithmetic."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from jaxgan.losses import Saturating
from tests.losses.dirac_gan import eigenvalues

loss = Saturating()
LOG2, LOG3, LOG4 = np.log([2.0, 3.0, 4.0])
logits = st.floats(-30, 30)


def test_values():
    # sigmoid(0) = 1/2, sigmoid(log 3) = 3/4, sigmoid(-log 3) = 1/4, and the loss of a pair is
    # -log sigmoid(real) - log(1 - sigmoid(fake)):
    # (0, 0): log 2 + log 2; (log 3, -log 3): log(4/3) twice; (-log 3, log 3): log 4 twice.
    real = jnp.array([0.0, LOG3, -LOG3])
    expected = [2 * LOG2, 2 * (LOG4 - LOG3), 2 * LOG4]
    np.testing.assert_allclose(loss.discriminator(real, -real), expected, rtol=1e-6)
    # Generator: log(1 - sigmoid(fake)) = log(1/2), log(1/4), log(3/4).
    np.testing.assert_allclose(loss.generator(None, real), [-LOG2, -LOG4, LOG3 - LOG4], rtol=1e-6)


@settings(deadline=None, max_examples=30, derandomize=True)
@given(real=logits, fake=logits)
def test_the_game_is_zero_sum(real, fake):
    # What the generator gets is what the discriminator pays for fakes; its slope is -sigmoid(f).
    real, fake = jnp.float32([real]), jnp.float32([fake])
    of_fake = jax.grad(lambda f: loss.discriminator(real, f)[0])(fake)
    of_generator = jax.grad(lambda f: loss.generator(None, f)[0])(fake)
    np.testing.assert_array_equal(of_generator, -of_fake)
    np.testing.assert_allclose(of_generator, -expit(fake), rtol=1e-5)
    of_real = jax.grad(lambda r: loss.discriminator(r, fake)[0])(real)
    np.testing.assert_allclose(of_real, -expit(-real), rtol=1e-5)


def test_large_logits_stay_finite():
    # softplus(x) is x for large x and 0 for large -x; the generator learns nothing from a fake
    # that is recognised for sure.
    large = jnp.array([1e4, -1e4])
    np.testing.assert_array_equal(loss.discriminator(large, -large), [0.0, 2e4])
    np.testing.assert_array_equal(loss.generator(None, large), [-1e4, 0.0])
    slope = jax.grad(lambda f: loss.generator(None, f).sum())(large)
    np.testing.assert_array_equal(slope, [-1.0, 0.0])


def test_logits_of_different_shapes_are_refused():
    with pytest.raises(AssertionError, match="shape"):
        loss.discriminator(jnp.zeros((3, 1)), jnp.zeros(3))


def test_dirac_gan_circles_at_speed_one_half():
    # At 0 the slopes are sigmoid(0) = 1/2 of the linear loss's: θ' = ψ/2, ψ' = -θ/2, so ±i/2.
    np.testing.assert_allclose(eigenvalues(loss), [-0.5j, 0.5j], atol=1e-6)
