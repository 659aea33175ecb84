"""The Wasserstein loss against hand arithmetic."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.losses import Wasserstein
from tests.losses.dirac_gan import eigenvalues

loss = Wasserstein()
REAL = jnp.array([2.0, -1.0, 0.5])
FAKE = jnp.array([0.5, 3.0, 0.5])


def test_values():
    # fake - real: 0.5 - 2, 3 + 1, 0.5 - 0.5; the generator's -fake.
    np.testing.assert_array_equal(loss.discriminator(REAL, FAKE), [-1.5, 4.0, 0.0])
    np.testing.assert_array_equal(loss.generator(None, FAKE), [-0.5, -3.0, -0.5])


def test_gradients():
    # The losses are linear: slopes -1 and 1 for the discriminator, -1 for the generator.
    of_real, of_fake = jax.grad(lambda r, f: loss.discriminator(r, f).sum(), (0, 1))(REAL, FAKE)
    np.testing.assert_array_equal(of_real, [-1.0, -1.0, -1.0])
    np.testing.assert_array_equal(of_fake, [1.0, 1.0, 1.0])
    np.testing.assert_array_equal(
        jax.grad(lambda f: loss.generator(None, f).sum())(FAKE), [-1.0, -1.0, -1.0]
    )


def test_large_logits():
    large = jnp.array([1e4, -1e4])
    np.testing.assert_array_equal(loss.discriminator(large, -large), [-2e4, 2e4])
    np.testing.assert_array_equal(loss.generator(None, large), [-1e4, 1e4])


@settings(deadline=None, max_examples=20, derandomize=True)
@given(st.integers(-1000, 1000))
def test_a_constant_added_to_the_discriminator_changes_nothing_it_learns(constant):
    shifted = loss.discriminator(REAL + constant, FAKE + constant)
    np.testing.assert_array_equal(shifted, loss.discriminator(REAL, FAKE))


def test_logits_of_different_shapes_are_refused():
    with pytest.raises(AssertionError, match="shape"):
        loss.discriminator(REAL[:, None], FAKE)


def test_the_generator_needs_no_real_images():
    assert not loss.uses_real
    np.testing.assert_array_equal(loss.generator(None, FAKE), loss.generator(REAL, FAKE))


def test_dirac_gan_circles_at_speed_1():
    # At 0 the discriminator's slope is θ and the generator's -ψ, so θ' = ψ and ψ' = -θ: ±i.
    np.testing.assert_allclose(eigenvalues(loss), [-1j, 1j], atol=1e-6)
