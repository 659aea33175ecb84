"""The relativistic paired loss against hand arithmetic."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from jaxgan.losses import RelativisticPaired
from tests.losses.dirac_gan import eigenvalues

loss = RelativisticPaired()
LOG2, LOG3, LOG4 = np.log([2.0, 3.0, 4.0])
logits = st.floats(-15, 15)


def test_values():
    # real - fake = 0, log 3, -log 3 with sigmoids 1/2, 3/4, 1/4.
    # Discriminator -log sigmoid(real - fake): log 2, log(4/3), log 4; generator the other way.
    real, fake = jnp.array([2.0, LOG3, 1.0]), jnp.array([2.0, 0.0, 1.0 + LOG3])
    discriminator = loss.discriminator(real, fake)
    np.testing.assert_allclose(discriminator, [LOG2, LOG4 - LOG3, LOG4], rtol=1e-6)
    generator = loss.generator(real, fake)
    np.testing.assert_allclose(generator, [LOG2, LOG4, LOG4 - LOG3], rtol=1e-6)


@settings(deadline=None, max_examples=30, derandomize=True)
@given(real=logits, fake=logits)
def test_gradients_are_sigmoids_of_the_difference(real, fake):
    r, f = jnp.float32([real]), jnp.float32([fake])
    difference = float(r[0] - f[0])
    slopes = jax.grad(lambda r, f: loss.discriminator(r, f)[0], (0, 1))(r, f)
    expected = [[-expit(-difference)], [expit(-difference)]]
    np.testing.assert_allclose(slopes, expected, rtol=1e-5)
    slope = jax.grad(lambda f: loss.generator(r, f)[0])(f)
    np.testing.assert_allclose(slope, [-expit(difference)], rtol=1e-5)


@settings(deadline=None, max_examples=20, derandomize=True)
@given(st.integers(-1000, 1000))
def test_a_constant_added_to_the_discriminator_changes_nothing(constant):
    real, fake = jnp.array([2.0, -1.0, 0.5]), jnp.array([0.5, 3.0, 0.5])
    for equation in (loss.discriminator, loss.generator):
        shifted = equation(real + constant, fake + constant)
        np.testing.assert_array_equal(shifted, equation(real, fake))


def test_large_logits_stay_finite():
    large = jnp.array([1e4, -1e4])
    np.testing.assert_array_equal(loss.discriminator(large, -large), [0.0, 2e4])
    np.testing.assert_array_equal(loss.generator(large, -large), [2e4, 0.0])


def test_pairs_are_taken_as_they_stand():
    # Real 0 and 10 against fakes 0 and 10: twice log 2, not a small loss and a large one.
    logit = jnp.array([0.0, 10.0])
    np.testing.assert_allclose(loss.discriminator(logit, logit), [LOG2, LOG2], rtol=1e-6)


def test_logits_of_different_shapes_are_refused():
    for equation in (loss.discriminator, loss.generator):
        with pytest.raises(AssertionError, match="shape"):
            equation(jnp.zeros((3, 1)), jnp.zeros(3))


def test_the_generator_needs_real_images():
    assert loss.uses_real
    with pytest.raises(AssertionError, match="real images' logits"):
        loss.generator(None, jnp.zeros(3))


def test_dirac_gan_circles_at_speed_one_half():
    # The real logit is 0 whatever ψ is, so what is left is the logistic loss of ψ·θ: ±i/2.
    np.testing.assert_allclose(eigenvalues(loss), [-0.5j, 0.5j], atol=1e-6)
