"""The focal frequency loss by hand on 2x2 images and against NumPy's transform."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.errors import UserError
from jaxgan.protocols import Compared, SharpnessPart
from jaxgan.sharpness import FocalFrequency

LEVEL = np.ones((1, 2, 2, 1))
CHECKS = np.array([1.0, -1, -1, 1]).reshape(1, 2, 2, 1)
BLACK = jnp.zeros((1, 2, 2, 1))


def focal(real, fake, **fields):
    real, fake = jnp.asarray(real), jnp.asarray(fake)
    return FocalFrequency(**fields)(Compared(real, fake))


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize(("alpha", "expected"), [(1, 1.125), (2, 1.0625), (0, 1.25)])
def test_two_frequencies_by_hand(paired, alpha, expected):
    # 1 + checks of 0.5 has amplitude 4 / √4 = 2 at (0, 0) and 1 at (½, ½); against black these are
    # the distances. Weights 1 and 2^-alpha: (4 + 2^-alpha) / 4.
    fake = jnp.asarray(LEVEL + 0.5 * CHECKS, jnp.float32)
    value = focal(BLACK, fake, alpha=alpha, paired=paired)
    assert value.shape == ()
    assert value.dtype == jnp.float32
    np.testing.assert_allclose(value, expected, rtol=1e-6)
    np.testing.assert_allclose(
        focal(BLACK, fake, weight=3.0, alpha=alpha, paired=paired), 3 * expected, rtol=1e-6
    )


@pytest.mark.parametrize("paired", [True, False])
def test_weights_carry_no_slope(paired):
    # c + a checks at c = 1, a = .5: loss (4 c² + w 4 a²) / 4 with w = .5: slopes 2 c and 2 w a.
    # With the slope of w = a / c they would be 2 c - a³ / c² and 3 a² / c.
    fake = jnp.asarray(LEVEL + 0.5 * CHECKS, jnp.float32)
    slope = np.asarray(jax.grad(lambda f: focal(BLACK, f, paired=paired))(fake))
    np.testing.assert_allclose(np.sum(slope * LEVEL), 2.0, rtol=1e-6)
    np.testing.assert_allclose(np.sum(slope * CHECKS), 0.5, rtol=1e-6)


def by_numpy(real, fake, alpha, paired, weights_from=None):
    """The loss by its definition, one image and channel at a time, in float64."""
    if weights_from is not None:
        weights_from = distances(real, weights_from, paired)
    terms = []
    for i, distance in enumerate(distances(real, fake, paired)):
        focus = distance if weights_from is None else weights_from[i]
        weights = focus**alpha
        terms.append(np.mean(weights / weights.max() * distance**2))
    return np.mean(terms)


def distances(real, fake, paired):
    def spectra(images):
        channels_first = np.moveaxis(images.astype(np.float64), 3, 1)
        return np.fft.fft2(channels_first) / np.sqrt(images.shape[1] * images.shape[2])

    if paired:
        return np.abs(spectra(fake) - spectra(real)).reshape(-1, *real.shape[1:3])
    amplitudes = [np.sqrt(np.mean(np.abs(spectra(x)) ** 2, 0)) for x in (real, fake)]
    return np.abs(amplitudes[1] - amplitudes[0])


@settings(deadline=None, max_examples=20, derandomize=True)
@given(
    shape=st.sampled_from([(2, 2, 1), (16, 16, 3), (9, 14, 6), (3, 17, 1)]),
    alpha=st.sampled_from([0.0, 0.5, 1.0, 2.0]),
    paired=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_against_numpy(shape, alpha, paired, seed):
    real, fake = noise(2, 3, *shape, seed=seed)
    value = focal(real, fake, alpha=alpha, paired=paired)
    expected = by_numpy(real, fake, alpha, paired)
    np.testing.assert_allclose(value, expected, rtol=1e-4)


def test_unpaired_batches_need_not_be_equally_large():
    real, fake = noise(6, 8, 8, 3), noise(4, 8, 8, 3, seed=1)
    np.testing.assert_allclose(focal(real, fake), by_numpy(real, fake, 1, False), rtol=1e-4)


@pytest.mark.parametrize("paired", [True, False])
def test_slopes_against_central_differences_with_the_weights_held(paired):
    real, fake, *directions = noise(6, 2, 6, 6, 3).astype(np.float64)
    with jax.enable_x64(True):
        slope = np.asarray(jax.jit(jax.grad(lambda f: focal(real, f, paired=paired)))(fake))
    for direction in directions:
        ahead, behind = (
            by_numpy(real, fake + step * direction, 1, paired, weights_from=fake)
            for step in (1e-5, -1e-5)
        )
        assert np.sum(slope * direction) == pytest.approx((ahead - behind) / 2e-5, rel=1e-6)


@pytest.mark.parametrize("paired", [True, False])
def test_only_fakes_are_pulled(paired):
    real, fake = noise(2, 3, 8, 8, 1)
    slope = jax.grad(lambda r: focal(r, fake, paired=paired))(real)
    np.testing.assert_array_equal(slope, np.zeros(real.shape))


@pytest.mark.parametrize("paired", [True, False])
def test_nothing_is_learned_from_identical_batches(paired):
    images = noise(3, 8, 8, 3)
    value, slope = jax.value_and_grad(lambda f: focal(images, f, paired=paired))(images)
    assert value < 1e-12
    np.testing.assert_allclose(slope, np.zeros(images.shape), atol=1e-8)


def test_unpaired_does_not_see_which_image_is_which():
    images, other = noise(2, 16, 8, 8, 3)
    assert float(focal(images, images[::-1])) < 1e-10
    assert float(focal(images, images[::-1], paired=True)) > 0.1
    np.testing.assert_allclose(focal(images, other), focal(images, other[::-1]), rtol=1e-4)


def test_the_paired_form_rewards_the_mean_image_and_the_unpaired_form_the_right_detail():
    # White noise and other white noise of the same law, against nothing but its mean, 0. Of the
    # squared distance without focus E|F_r - F_f|² is 2 against 1, and (A_r - A_f)² 0 against 1.
    real, fresh = noise(2, 200, 8, 8, 1)
    flat = np.zeros_like(real)
    paired = [float(focal(real, fake, alpha=0, paired=True)) for fake in (fresh, flat)]
    np.testing.assert_allclose(paired, [2, 1], rtol=0.05)
    unpaired = [float(focal(real, fake, alpha=0)) for fake in (fresh, flat)]
    np.testing.assert_allclose(unpaired, [0, 1], atol=0.05)


def test_detail_that_averages_out_is_seen():
    # Checks and their negative: the mean image is black, the amplitude is not.
    fake = np.concatenate([CHECKS, -CHECKS])
    np.testing.assert_allclose(focal(jnp.zeros((2, 2, 2, 1)), fake), 4 / 4, rtol=1e-6)


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("level", [0.0, 0.5, -1.0])
def test_slopes_are_finite_for_fakes_of_one_grey(paired, level):
    real = noise(3, 8, 8, 3)
    fake = np.full_like(real, level)
    value, slope = jax.value_and_grad(lambda f: focal(real, f, paired=paired))(fake)
    assert np.isfinite(value)
    assert np.all(np.isfinite(slope))


def test_fakes_gain_the_strength_of_detail_that_real_images_have():
    # Down the slope from detail at a tenth of its strength.
    real, fake = noise(16, 8, 8, 1), 0.1 * noise(16, 8, 8, 1, seed=1)

    @jax.jit
    def down(images):
        return images - 20.0 * jax.grad(lambda f: focal(real, f, alpha=0))(images)

    fake = jnp.asarray(fake)
    for _ in range(100):
        fake = down(fake)
    assert np.std(fake) == pytest.approx(np.std(real), rel=0.05)


@pytest.mark.parametrize("side", [8, 32, 128])
@pytest.mark.parametrize("channels", [1, 3])
def test_it_compiles_for_images_of_every_size_without_a_scatter(side, channels):
    real, fake = noise(2, 2, side, side, channels)
    for paired in (True, False):
        slope = jax.jit(jax.grad(lambda f, paired=paired: focal(real, f, paired=paired)))
        assert "scatter" not in slope.lower(fake).as_text()
        assert 0 < np.abs(slope(fake)).max() < np.inf


def test_it_is_a_sharpness_term_without_features():
    assert isinstance(FocalFrequency(), SharpnessPart)
    assert FocalFrequency.role == "sharpness"
    assert not FocalFrequency.needs
    assert FocalFrequency() == FocalFrequency(weight=1.0, alpha=1.0, paired=False)


@pytest.mark.parametrize(
    ("weight", "alpha"),
    [(0.0, 1.0), (-1.0, 1.0), (np.nan, 1.0), (np.inf, 1.0), (1.0, -0.1), (1.0, np.nan)],
)
def test_values_out_of_range_are_refused(weight, alpha):
    with pytest.raises(UserError, match=r"with (weight .*above 0.*choose none|alpha .*from 0)"):
        FocalFrequency(weight, alpha)


def test_images_that_do_not_fit_are_refused():
    real = jnp.zeros((2, 8, 8, 3))
    with pytest.raises(AssertionError, match="shape"):
        focal(real, real[:1], paired=True)
    with pytest.raises(AssertionError, match="shape"):
        focal(real, real[..., :1])
    with pytest.raises(UserError, match=r"1x1 images: expected sides of 2.*or none"):
        focal(jnp.zeros((2, 1, 1, 2)), jnp.zeros((2, 1, 1, 2)))
