"""The spectral loss against NumPy, and on images whose power is known."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import scipy.ndimage
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.errors import UserError
from jaxgan.protocols import Compared, SharpnessPart
from jaxgan.sharpness import Spectral

ROUNDING = (2 / 255) ** 2 / 12


def spectral(real, fake, weight=1.0):
    return Spectral(weight)(Compared(jnp.asarray(real), jnp.asarray(fake)))


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def power(images, level):
    """Mean power by ring, from the definition: {ring: power}, in float64."""
    count, height, width, channels = images.shape
    window = np.ones((height, width))
    for axis, side in enumerate((height, width)):
        w = scipy.signal.windows.kaiser(side, 8.0)
        w /= np.sqrt(np.sum(w**2))
        window *= w[:, None] if axis == 0 else w[None, :]
    rings = {}
    spectra = np.fft.fft2((images - level) * window[None, :, :, None], axes=(1, 2))
    for u, v in np.ndindex(height, width):
        f = np.hypot(np.fft.fftfreq(height)[u], np.fft.fftfreq(width)[v])
        ring = rings.setdefault(round(min(height, width) * f), [])
        ring.append(np.sum(np.abs(spectra[:, u, v]) ** 2) / (count * channels))
    return {k: np.mean(ring) for k, ring in rings.items()}


def log_ratios(real, fake):
    level = real.astype(np.float64).mean((0, 1, 2))
    of_real, of_fake = power(real, level), power(fake, level)
    return np.array(
        [np.log((of_fake[k] + ROUNDING) / (of_real[k] + ROUNDING)) for k in sorted(of_real)]
    )


@settings(deadline=None, max_examples=20, derandomize=True)
@given(
    shape=st.sampled_from([(8, 8, 1), (9, 9, 3), (8, 13, 6), (20, 16, 1)]),
    counts=st.sampled_from([(1, 1), (3, 3), (4, 2)]),
    blur=st.floats(0.0, 1.5),
    seed=st.integers(0, 1000),
)
def test_against_numpy(shape, counts, blur, seed):
    real, fake = (0.3 + noise(count, *shape, seed=seed + i) for i, count in enumerate(counts))
    fake = np.asarray(scipy.ndimage.gaussian_filter(fake, (0, blur, blur, 0)))
    value = spectral(real, fake, 0.5)
    assert value.shape == ()
    assert value.dtype == jnp.float32
    np.testing.assert_allclose(value, 0.5 * np.mean(log_ratios(real, fake) ** 2), rtol=1e-3)


@pytest.mark.parametrize("side", [8, 28, 32, 64])
def test_square_images_against_numpy(side):
    real, fake = noise(2, 2, side, side, 1)
    expected = np.mean(log_ratios(real, fake) ** 2)
    np.testing.assert_allclose(spectral(real, fake), expected, rtol=1e-3)
    assert len(log_ratios(real, fake)) == round(side * 0.5**0.5) + 1  # corners, and no gap


def test_a_gain_by_hand():
    # Power g² times as large everywhere: (ln 4)² for g = 2, where rounding is nothing.
    real = noise(50, 16, 16, 1)
    real -= real.mean()
    np.testing.assert_allclose(spectral(real, 2 * real), np.log(4) ** 2, rtol=1e-3)
    np.testing.assert_allclose(spectral(real, 2 * real, 0.1), 0.1 * np.log(4) ** 2, rtol=1e-3)


@pytest.mark.parametrize("deviation", [0.001, 0.01, 0.1])
def test_white_noise_of_known_power_against_grey(deviation):
    # Grey has no power, white noise of deviation t has t² in every ring, rounding adds q to both.
    fake = deviation * noise(4000, 8, 8, 1)
    expected = np.log((deviation**2 + ROUNDING) / ROUNDING) ** 2
    value = spectral(np.full((2, 8, 8, 1), 0.4, np.float32), fake + np.float32(0.4))
    np.testing.assert_allclose(value, expected, rtol=0.03)


def test_checks_are_seen_in_the_corner():
    # Checks of 0.1 are one wave at (½, ½): rings out to it have their power, the others none.
    grey = np.zeros((2, 32, 32, 1), np.float32)
    checks = 0.1 * np.where(np.indices((32, 32)).sum(0) % 2, -1.0, 1.0)[None, :, :, None]
    fake = grey + np.float32(checks)
    seen = log_ratios(grey, fake)
    assert np.all(seen[:15] < 1e-3)
    assert np.all(seen[20:] > 1)
    np.testing.assert_allclose(spectral(grey, fake), np.mean(seen**2), rtol=1e-3)


def test_a_level_is_seen_where_the_fakes_is_another_and_not_where_both_have_it():
    real, fake = 0.1 * noise(2, 8, 16, 16, 3)
    base = float(spectral(real, fake))
    assert float(spectral(real + 0.5, fake + 0.5)) == pytest.approx(base, rel=1e-3)
    assert float(spectral(real, fake + 0.5)) > 4 * base


def test_what_all_images_share_is_not_taken_away():
    # A batch of one image many times has the power of that image.
    one = noise(1, 16, 16, 1)
    np.testing.assert_allclose(
        spectral(np.zeros_like(one), np.repeat(one, 8, 0)),
        spectral(np.zeros_like(one), one),
        rtol=1e-4,
    )


def test_nothing_is_learned_from_identical_batches_in_any_order():
    images = noise(4, 8, 8, 3)
    value, slope = jax.value_and_grad(lambda f: spectral(images, f))(images)
    assert value == 0
    np.testing.assert_array_equal(slope, np.zeros(images.shape))
    assert float(spectral(images, images[::-1])) < 1e-10


def test_only_fakes_are_pulled():
    real, fake = noise(2, 3, 8, 8, 1)
    slope = jax.grad(lambda r: spectral(r, fake))(real)
    np.testing.assert_array_equal(slope, np.zeros(real.shape))


def test_slopes_against_central_differences():
    real, fake, *directions = noise(6, 2, 9, 9, 3).astype(np.float64)
    with jax.enable_x64(True):
        slope = np.asarray(jax.jit(jax.grad(lambda f: spectral(real, f)))(fake))
    for direction in directions:
        ahead, behind = (
            np.mean(log_ratios(real, fake + step * direction) ** 2) for step in (1e-5, -1e-5)
        )
        assert np.sum(slope * direction) == pytest.approx((ahead - behind) / 2e-5, rel=1e-5)


@pytest.mark.parametrize("level", [0.0, 0.5, -1.0])
def test_slopes_are_finite_for_fakes_of_one_grey(level):
    real = noise(3, 8, 8, 3)
    value, slope = jax.value_and_grad(lambda f: spectral(real, f))(np.full_like(real, level))
    assert value > 0
    assert np.all(np.isfinite(slope))
    assert np.abs(slope).max() > 0  # the level is the fakes' own, and wrong


def test_detail_below_rounding_still_has_a_slope_towards_more_of_it():
    # More of what little there is: the slope along the fakes themselves is downwards.
    real, fake = noise(8, 16, 16, 1), 1e-4 * noise(8, 16, 16, 1, seed=1)
    slope = jax.grad(lambda f: spectral(real, f))(fake)
    assert np.sum(slope * fake) < 0


def test_going_down_the_slope_undoes_blur():
    # Images with a spectrum that falls as 1 / f², and others of them blurred by 1 pixel.
    f = np.hypot(np.fft.fftfreq(32)[:, None], np.fft.fftfreq(32)[None, :])
    waves = np.fft.fft2(noise(32, 32, 32), axes=(1, 2)) / np.maximum(f, 1 / 32)
    images = np.float32(0.1 * np.fft.ifft2(waves, axes=(1, 2)).real)[..., None]
    real, fake = images[:16], scipy.ndimage.gaussian_filter(images[16:], (0, 1, 1, 0))
    before = log_ratios(real, fake)
    optimizer = optax.adam(0.03)

    @jax.jit
    def down(fake, state):
        updates, state = optimizer.update(jax.grad(lambda f: spectral(real, f))(fake), state)
        return optax.apply_updates(fake, updates), state

    fake = jnp.asarray(fake)
    state = optimizer.init(fake)
    for _ in range(200):
        fake, state = down(fake, state)
    after = log_ratios(real, np.asarray(fake))
    assert before[8:].max() < -2  # f >= 1/4: less than exp(-2) of the real power is left
    assert np.abs(after[8:]).max() < 0.1
    assert np.std(after) < np.std(before) / 20


@pytest.mark.parametrize("side", [8, 32, 128])
@pytest.mark.parametrize("channels", [1, 3])
def test_it_compiles_for_images_of_every_size_without_a_scatter(side, channels):
    real, fake = noise(2, 2, side, side, channels)
    slope = jax.jit(jax.grad(lambda f: spectral(real, f)))
    assert "scatter" not in slope.lower(fake).as_text()
    assert 0 < np.abs(slope(fake)).max() < np.inf


def test_it_is_a_sharpness_term_without_features():
    assert isinstance(Spectral(), SharpnessPart)
    assert Spectral.role == "sharpness"
    assert not Spectral.needs


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan, np.inf])
def test_weights_out_of_range_are_refused(weight):
    with pytest.raises(UserError, match=r"a number above 0.*choose none"):
        Spectral(weight)


def test_images_that_do_not_fit_are_refused():
    real = jnp.zeros((2, 8, 8, 3))
    with pytest.raises(AssertionError, match="shape"):
        spectral(real, real[..., :1])
    for shape in ((2, 1, 1, 2), (2, 7, 8, 1), (2, 8, 7, 1)):
        with pytest.raises(UserError, match=r"expected sides of 8 pixels and more.*or none"):
            spectral(jnp.zeros(shape), jnp.zeros(shape))
