"""The hinge loss against hand arithmetic."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.losses import Hinge
from tests.losses.dirac_gan import eigenvalues

loss = Hinge()
REAL = jnp.array([0.5, 2.0, -3.0])
FAKE = jnp.array([-0.25, -4.0, 1.5])


def slopes(real, fake):
    return jax.grad(lambda r, f: loss.discriminator(r, f).sum(), (0, 1))(real, fake)


def test_values():
    # (1 - .5) + (1 - .25) = 1.25; both beyond the margin: 0; (1 + 3) + (1 + 1.5) = 6.5.
    np.testing.assert_array_equal(loss.discriminator(REAL, FAKE), [1.25, 0.0, 6.5])
    np.testing.assert_array_equal(loss.generator(None, FAKE), [0.25, 4.0, -1.5])


def test_gradients():
    # -1 for real below 1, 1 for fake above -1, 0 beyond; the generator's is -1 everywhere.
    of_real, of_fake = slopes(REAL, FAKE)
    np.testing.assert_array_equal(of_real, [-1.0, 0.0, -1.0])
    np.testing.assert_array_equal(of_fake, [1.0, 0.0, 1.0])
    of_generator = jax.grad(lambda f: loss.generator(None, f).sum())(FAKE)
    np.testing.assert_array_equal(of_generator, [-1.0, -1.0, -1.0])


@settings(deadline=None, max_examples=20, derandomize=True)
@given(beyond=st.floats(0.001, 1e4))
def test_nothing_is_learned_from_what_is_beyond_the_margin(beyond):
    real, fake = jnp.array([1.0 + beyond]), jnp.array([-1.0 - beyond])
    np.testing.assert_array_equal(loss.discriminator(real, fake), [0.0])
    np.testing.assert_array_equal(slopes(real, fake), [[0.0], [0.0]])


def test_large_logits():
    # Right by 1e4: 0. Wrong by 1e4: twice 1 + 1e4.
    large = jnp.array([1e4, -1e4])
    np.testing.assert_array_equal(loss.discriminator(large, -large), [0.0, 20_002.0])
    np.testing.assert_array_equal(slopes(large, -large), [[0.0, -1.0], [0.0, 1.0]])
    np.testing.assert_array_equal(loss.generator(None, large), [-1e4, 1e4])


def test_logits_of_different_shapes_are_refused():
    with pytest.raises(AssertionError, match="shape"):
        loss.discriminator(REAL[:, None], FAKE)


def test_the_generator_needs_no_real_images():
    assert not loss.uses_real
    np.testing.assert_array_equal(loss.generator(None, FAKE), loss.generator(REAL, FAKE))


def test_dirac_gan_circles_at_speed_1():
    # Logits at 0 lie inside the margin, where the slopes are those of a linear loss: ±i.
    np.testing.assert_allclose(eigenvalues(loss), [-1j, 1j], atol=1e-6)
