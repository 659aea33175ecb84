"""The DRAGAN penalty where the discriminator's gradient is known by hand."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.errors import UserError
from jaxgan.penalties import DRAGAN
from tests.penalties.central_differences import check_slope, small_discriminator

IMAGE = (2, 2, 1)
REAL = jnp.linspace(-1, 1, 12).reshape(3, *IMAGE)
EXAMPLES = 4000


@settings(deadline=None, max_examples=20, derandomize=True)
@given(
    weights=st.lists(st.floats(-5, 5), min_size=4, max_size=4),
    weight=st.floats(0.1, 20),
    target=st.floats(0, 2),
    seed=st.integers(0, 1000),
)
def test_linear_discriminator(weights, weight, target, seed):
    # The gradient of w·x is w wherever it is taken: weight · (|w| - target)² for every example.
    w = jnp.array(weights).reshape(1, *IMAGE)
    penalty = DRAGAN(weight, target)(
        jax.random.key(seed), lambda x: jnp.sum(x * w, axis=(1, 2, 3)), REAL, -REAL
    )
    expected = weight * (np.linalg.norm(np.float32(weights)) - target) ** 2
    np.testing.assert_allclose(penalty, np.full(3, expected), rtol=1e-4, atol=1e-4)


def test_the_codes_constants_are_the_defaults():
    # |(0, 3, 0, 4)| = 5: 10 · (5 - 1)² = 160.
    w = jnp.array([0, 3.0, 0, 4]).reshape(1, *IMAGE)
    penalty = DRAGAN()(jax.random.key(0), lambda x: jnp.sum(x * w, axis=(1, 2, 3)), REAL, REAL)
    np.testing.assert_allclose(penalty, [160.0] * 3, rtol=1e-6)
    assert DRAGAN().spread == 0.5


def test_images_all_alike_are_not_moved():
    # The standard deviation is 0, so x̃ = x = .5 in all four pixels; |x|² / 2 has the gradient x,
    # of norm 1: penalty 0. At twice that, norm 2: 10 · 1².
    def quadratic(x):
        return jnp.sum(jnp.square(x), axis=(1, 2, 3)) / 2

    alike = jnp.full((3, *IMAGE), 0.5)
    np.testing.assert_allclose(DRAGAN()(jax.random.key(0), quadratic, alike, REAL), 0, atol=1e-9)
    penalty = DRAGAN()(jax.random.key(0), quadratic, 2 * alike, REAL)
    np.testing.assert_allclose(penalty, [10.0] * 3, rtol=1e-6)


def noise(pixel, seed=0, spread=0.5):
    """What is added to one pixel of each black image, in batches whose standard deviation is 1.

    Half the images are black; the others have 2 of their 4 pixels at v, so a quarter of all
    numbers are v: variance v² · (1/4 - 1/16) = 3/16 · v² = 1 for v = 4 / sqrt 3. Neither a single
    image's nor a single pixel's standard deviation would be 1. The pixel at each x̃ is found as
    the gradient of max(0, x_pixel)² / 2, with target 0 and weight 1; noise below 0 would read 0.
    """
    bright = jnp.array([0, 0, 4 / 3**0.5, 4 / 3**0.5]).reshape(1, *IMAGE)
    real = jnp.concatenate([jnp.zeros((EXAMPLES, *IMAGE)), jnp.tile(bright, (EXAMPLES, 1, 1, 1))])

    def discriminate(x):
        return jnp.square(jax.nn.relu(x[:, pixel // 2, pixel % 2, 0])) / 2

    penalty = DRAGAN(1.0, 0.0, spread)(jax.random.key(seed), discriminate, real, real - 7)
    return np.sqrt(np.asarray(penalty)[:EXAMPLES])


@pytest.mark.parametrize("spread", [0.5, 2.0])
def test_noise_is_a_product_of_two_uniform_numbers(spread):
    # The product p of two numbers uniform on [0, 1] has the distribution function p - p log p.
    product = noise(pixel=0, spread=spread) / spread
    assert product.min() >= 0
    assert 0.9 < product.max() <= 1
    assert scipy.stats.kstest(product, lambda p: p - p * np.log(p)).pvalue > 1e-3


def test_one_share_an_image_and_noise_of_its_own_for_every_pixel():
    # In log(a·u) - log(a·v) the image's share a cancels. -log u is exponential, and the
    # difference of two such numbers is Laplace's: so it would not be if a were drawn twice, and
    # it would be 0 if u were the image's.
    first, last = noise(pixel=0), noise(pixel=3)
    assert scipy.stats.kstest(np.log(first) - np.log(last), "laplace").pvalue > 1e-3


def test_new_noise_for_every_key_and_the_same_for_the_same():
    np.testing.assert_array_equal(noise(pixel=0), noise(pixel=0))
    assert not np.any(noise(pixel=0) == noise(pixel=0, seed=1))


def test_only_real_images_are_read():
    # A NaN would show in the result had it been read.
    def penalty(fake):
        return DRAGAN()(jax.random.key(0), lambda x: jnp.sum(x**3, axis=(1, 2, 3)), REAL, fake)

    np.testing.assert_array_equal(penalty(jnp.full_like(REAL, jnp.nan)), penalty(REAL))


def test_the_gradient_is_finite_where_the_gradient_norm_is_0():
    # At w = 0 the penalty is weight · target² = 10, and its slope 0 by the norm's convention.
    def total(weight):
        key = jax.random.key(0)
        return jnp.sum(DRAGAN()(key, lambda x: weight * jnp.sum(x, axis=(1, 2, 3)), REAL, REAL))

    assert jax.value_and_grad(total)(0.0) == (30.0, 0.0)


def test_slope_in_the_discriminators_parameters_against_central_differences():
    rng = np.random.default_rng(0)
    parameters = rng.normal(size=15)
    real = rng.normal(size=(3, *IMAGE))

    def total(p):
        return jnp.sum(DRAGAN()(jax.random.key(1), small_discriminator(p), real, real))

    assert np.abs(check_slope(total, parameters)).max() > 1


@pytest.mark.parametrize(
    ("weight", "target"),
    [(0.0, 1.0), (-1.0, 1.0), (10.0, -0.1), (np.nan, 1.0), (np.inf, 1.0), (10.0, np.nan)],
)
def test_weights_and_targets_out_of_range_are_refused(weight, target):
    words = r"DRAGAN with (weight .*above 0.*choose none|target .*from 0)"
    with pytest.raises(UserError, match=words):
        DRAGAN(weight, target)


@pytest.mark.parametrize("spread", [0.0, -0.5, np.nan, np.inf])
def test_spreads_out_of_range_are_refused(spread):
    with pytest.raises(UserError, match=r"DRAGAN with spread .*above 0.*choose r1"):
        DRAGAN(spread=spread)


def test_a_gradient_aimed_at_0_is_allowed():
    assert DRAGAN(target=0.0).target == 0
