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
from jaxgan.schedules import Now, settled

IMAGES = jnp.linspace(-1, 1, 2 * 16 * 16 * 3).reshape(2, 16, 16, 3)


def noise(seed, images=IMAGES, sigma=0.1):
    return np.asarray(InstanceNoise(sigma)(jax.random.key(seed), images) - images)


@pytest.mark.parametrize("deviation", [0.5, 0.375, 0.05])
def test_normal_with_its_standard_deviation(deviation):
    drawn = noise(0, sigma=deviation).ravel()
    assert scipy.stats.kstest(drawn, scipy.stats.norm(0, deviation).cdf).pvalue > 1e-3


@settings(deadline=None, max_examples=20, derandomize=True)
@given(shown=st.integers(200_000, 2**31))
def test_no_bit_is_changed_in_the_end(shown):
    part = settled(InstanceNoise(), Now(jnp.float32(shown), 1))
    np.testing.assert_array_equal(part(jax.random.key(0), IMAGES), IMAGES)


def test_every_number_has_noise_of_its_own_and_every_key_other_noise():
    drawn = noise(0)
    np.testing.assert_array_equal(noise(0), drawn)
    assert len(np.unique(drawn)) > 0.9 * drawn.size  # some meet where float32 is coarse
    assert np.corrcoef(drawn.ravel(), noise(1).ravel())[0, 1] == pytest.approx(0, abs=0.1)
    first, second = drawn.reshape(2, -1)
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(0, abs=0.15)


def test_points_as_images_of_one_pixel():
    points = jnp.zeros((1000, 1, 1, 2))
    assert np.std(noise(0, points, sigma=0.3)) == pytest.approx(0.3, rel=0.05)


def test_gradients_pass_unchanged():
    def total(images):
        noisy = InstanceNoise(0.1)(jax.random.key(0), images)
        return jnp.sum(noisy * IMAGES)

    text = jax.jit(jax.grad(total)).lower(IMAGES).as_text()
    assert "scatter" not in text
    np.testing.assert_array_equal(jax.grad(total)(IMAGES), IMAGES)


def test_it_is_a_softening():
    assert isinstance(InstanceNoise(), SofteningPart)
    assert InstanceNoise.role == "softening"


@pytest.mark.parametrize("sigma", [0.0, -0.1, np.nan, np.inf])
def test_values_out_of_range_are_refused(sigma):
    with pytest.raises(UserError, match=r"with sigma .*above 0.*choose none"):
        InstanceNoise(sigma)
