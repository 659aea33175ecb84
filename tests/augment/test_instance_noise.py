"""Instance noise: its distribution, and that it ends."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.augment import InstanceNoise
from jaxgan.errors import UserError
from jaxgan.protocols import SofteningPart

IMAGES = jnp.linspace(-1, 1, 2 * 16 * 16 * 3).reshape(2, 16, 16, 3)


def noise(seed, shown, images=IMAGES, **fields):
    part = InstanceNoise(**fields)
    return np.asarray(part(jax.random.key(seed), images, jnp.float32(shown)) - images)


@pytest.mark.parametrize(("shown", "deviation"), [(0, 0.5), (250, 0.375), (900, 0.05)])
def test_normal_with_a_standard_deviation_that_falls_in_a_straight_line(shown, deviation):
    # 0.5 · (1 - shown / 1000).
    drawn = noise(0, shown, sigma=0.5, until=1000).ravel()
    assert scipy.stats.kstest(drawn, scipy.stats.norm(0, deviation).cdf).pvalue > 1e-3


@settings(deadline=None, max_examples=20, derandomize=True)
@given(shown=st.integers(1000, 2**31))
def test_no_bit_is_changed_in_the_end(shown):
    part = InstanceNoise(sigma=2.0, until=1000)
    after = part(jax.random.key(0), IMAGES, jnp.float32(shown))
    np.testing.assert_array_equal(after, IMAGES)


def test_every_number_has_noise_of_its_own_and_every_key_other_noise():
    drawn = noise(0, 0)
    np.testing.assert_array_equal(noise(0, 0), drawn)
    assert len(np.unique(drawn)) > 0.9 * drawn.size  # some meet where float32 is coarse
    assert np.corrcoef(drawn.ravel(), noise(1, 0).ravel())[0, 1] == pytest.approx(0, abs=0.1)
    first, second = drawn.reshape(2, -1)
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(0, abs=0.15)


def test_points_as_images_of_one_pixel():
    points = jnp.zeros((1000, 1, 1, 2))
    assert np.std(noise(0, 0, points, sigma=0.3)) == pytest.approx(0.3, rel=0.05)


def test_gradients_pass_unchanged():
    def total(images):
        noisy = InstanceNoise()(jax.random.key(0), images, jnp.float32(0))
        return jnp.sum(noisy * IMAGES)

    text = jax.jit(jax.grad(total)).lower(IMAGES).as_text()
    assert "scatter" not in text
    np.testing.assert_array_equal(jax.grad(total)(IMAGES), IMAGES)


def test_it_is_a_softening():
    assert isinstance(InstanceNoise(), SofteningPart)
    assert InstanceNoise.role == "softening"


@pytest.mark.parametrize(
    ("sigma", "until"),
    [(0.0, 10), (-0.1, 10), (np.nan, 10), (np.inf, 10), (0.1, 0), (0.1, -5), (0.1, np.inf)],
)
def test_values_out_of_range_are_refused(sigma, until):
    words = r"with (sigma .*above 0|until .*number of images from 1).*choose none"
    with pytest.raises(UserError, match=words):
        InstanceNoise(sigma, until)
