"""The gradient penalty where the discriminator's gradient is known by hand."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.errors import UserError
from jaxgan.penalties import GradientPenalty
from tests.penalties.central_differences import check_slope, small_discriminator

IMAGE = (2, 2, 1)
REAL = jnp.linspace(-1, 1, 12).reshape(3, *IMAGE)
FAKE = jnp.linspace(1, -0.5, 12).reshape(3, *IMAGE)


def linear(weights):
    """D(x) = w·x, whose gradient is w at every image."""
    return lambda x: jnp.sum(x * jnp.reshape(weights, (1, *IMAGE)), axis=(1, 2, 3))


def quadratic(x):
    """D(x) = |x|² / 2, whose gradient is x."""
    return jnp.sum(jnp.square(x), axis=(1, 2, 3)) / 2


@settings(deadline=None, max_examples=20, derandomize=True)
@given(
    weights=st.lists(st.floats(-5, 5), min_size=4, max_size=4),
    weight=st.floats(0.1, 20),
    target=st.floats(0, 2),
    seed=st.integers(0, 1000),
)
def test_linear_discriminator(weights, weight, target, seed):
    # The gradient is w wherever it is taken: weight · (|w| - target)² for every example.
    penalty = GradientPenalty(weight, target)(
        jax.random.key(seed), linear(jnp.array(weights)), REAL, FAKE
    )
    expected = weight * (np.linalg.norm(np.float32(weights)) - target) ** 2
    assert penalty.shape == (3,)
    np.testing.assert_allclose(penalty, np.full(3, expected), rtol=1e-4, atol=1e-4)


def test_the_papers_weight_and_target_are_the_defaults():
    # |(0, 3, 0, 4)| = 5: 10 · (5 - 1)² = 160.
    penalty = GradientPenalty()(jax.random.key(0), linear(jnp.array([0, 3.0, 0, 4])), REAL, FAKE)
    np.testing.assert_allclose(penalty, [160.0, 160.0, 160.0], rtol=1e-6)


def test_quadratic_discriminator_at_a_known_image():
    # Where real and fake agree every mix is that image x, and the gradient is x:
    # |(.6, .8, 0, 0)| = 1: 0; |(1, 1, 1, 1)| = 2: 10 · 1²; 0: 10 · (0 - 1)².
    x = jnp.array([[0.6, 0.8, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]]).reshape(3, *IMAGE)
    penalty = GradientPenalty()(jax.random.key(0), quadratic, x, x)
    np.testing.assert_allclose(penalty, [0.0, 10.0, 10.0], atol=1e-5)


def shares(key, real_value, fake_value, pixel, examples=2000):
    """Size of one pixel at each mix, found as the gradient of D(x) = x_pixel² / 2, target 0."""
    real = jnp.full((examples, *IMAGE), real_value)
    fake = jnp.full((examples, *IMAGE), fake_value)

    def discriminate(x):
        return jnp.square(x[:, pixel // 2, pixel % 2, 0]) / 2

    return np.sqrt(GradientPenalty(1.0, 0.0)(key, discriminate, real, fake))


def test_mixes_are_uniform_between_real_and_fake():
    # With real 3 and fake 1 the pixel is 1 + 2a, uniform on [1, 3].
    pixel = shares(jax.random.key(0), 3.0, 1.0, pixel=0)
    assert scipy.stats.kstest(pixel, scipy.stats.uniform(1, 2).cdf).pvalue > 1e-3


def test_one_mix_an_image_and_a_new_one_for_every_key():
    first = shares(jax.random.key(0), 1.0, 0.0, pixel=0)
    np.testing.assert_array_equal(shares(jax.random.key(0), 1.0, 0.0, pixel=3), first)
    assert not np.any(shares(jax.random.key(1), 1.0, 0.0, pixel=0) == first)


def test_the_gradient_is_finite_where_the_gradient_norm_is_0():
    # At w = 0 the penalty is weight · target² = 10, and its slope 0 by the norm's convention.
    def total(weights):
        return jnp.sum(GradientPenalty()(jax.random.key(0), linear(weights), REAL, FAKE))

    value, slope = jax.value_and_grad(total)(jnp.zeros(4))
    assert value == 30.0
    np.testing.assert_array_equal(slope, np.zeros(4))


def test_slope_in_the_discriminators_parameters_against_central_differences():
    rng = np.random.default_rng(0)
    parameters = rng.normal(size=15)
    real, fake = rng.normal(size=(2, 3, *IMAGE))

    def total(p):
        return jnp.sum(GradientPenalty()(jax.random.key(1), small_discriminator(p), real, fake))

    assert np.abs(check_slope(total, parameters)).max() > 1


def test_images_of_different_shapes_are_refused():
    with pytest.raises(AssertionError, match="shape"):
        GradientPenalty()(jax.random.key(0), quadratic, REAL, FAKE[:1])


@pytest.mark.parametrize(
    ("weight", "target"),
    [(0.0, 1.0), (-1.0, 1.0), (10.0, -0.1), (np.nan, 1.0), (np.inf, 1.0), (10.0, np.nan)],
)
def test_weights_and_targets_out_of_range_are_refused(weight, target):
    words = r"GradientPenalty with (weight .*above 0.*choose none|target .*from 0)"
    with pytest.raises(UserError, match=words):
        GradientPenalty(weight, target)


def test_a_gradient_aimed_at_0_is_allowed():
    assert GradientPenalty(target=0.0).target == 0
