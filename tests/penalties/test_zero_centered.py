"""R1, R2 and both where the discriminator's gradient is known by hand."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.errors import UserError
from jaxgan.losses import (
    Hinge,
    LeastSquares,
    NonSaturating,
    RelativisticPaired,
    Saturating,
    Wasserstein,
)
from jaxgan.penalties import R1, R1R2, R2
from tests.losses.dirac_gan import eigenvalues
from tests.penalties.central_differences import check_slope, small_discriminator

IMAGE = (2, 1, 2)
REAL = jnp.array([[1.0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]]).reshape(3, *IMAGE)
FAKE = jnp.array([[0.0, 0, 3, 4], [0, 0, 0, 0], [0, 2, 0, 0]]).reshape(3, *IMAGE)
KEY = jax.random.key(0)


def quadratic(x):
    """D(x) = |x|² / 2, whose gradient is x."""
    return jnp.sum(jnp.square(x), axis=(1, 2, 3)) / 2


def test_quadratic_discriminator():
    # γ / 2 · |x|² with γ = 4: reals 2 · (1, 4, 0); fakes 2 · (25, 0, 4); both, pair by pair.
    np.testing.assert_allclose(R1(4.0)(KEY, quadratic, REAL, FAKE), [2.0, 8.0, 0.0], rtol=1e-6)
    np.testing.assert_allclose(R2(4.0)(KEY, quadratic, REAL, FAKE), [50.0, 0.0, 8.0], rtol=1e-6)
    np.testing.assert_allclose(R1R2(4.0)(KEY, quadratic, REAL, FAKE), [52.0, 8.0, 8.0], rtol=1e-6)


@settings(deadline=None, max_examples=20, derandomize=True)
@given(weights=st.lists(st.floats(-5, 5), min_size=4, max_size=4), gamma=st.floats(0.001, 100))
def test_linear_discriminator(weights, gamma):
    # The gradient of w·x is w everywhere: γ / 2 · |w|², and twice that for both.
    w = jnp.array(weights).reshape(1, *IMAGE)
    expected = gamma / 2 * np.sum(np.square(np.float32(weights)))
    for penalty, factor in [(R1(gamma), 1), (R2(gamma), 1), (R1R2(gamma), 2)]:
        values = penalty(KEY, lambda x: jnp.sum(x * w, axis=(1, 2, 3)), REAL, FAKE)
        np.testing.assert_allclose(values, np.full(3, factor * expected), rtol=1e-5, atol=1e-30)


def test_r1_reads_real_images_alone_and_r2_fakes():
    # A NaN would show in the result had it been read.
    nowhere = jnp.full_like(REAL, jnp.nan)
    assert np.isfinite(R1()(KEY, quadratic, REAL, nowhere)).all()
    assert np.isfinite(R2()(KEY, quadratic, nowhere, FAKE)).all()


@pytest.mark.parametrize("cls", [R1, R2, R1R2])
def test_slope_in_the_discriminators_parameters_against_central_differences(cls):
    rng = np.random.default_rng(0)
    parameters = rng.normal(size=15)
    real, fake = rng.normal(size=(2, 3, *IMAGE))

    def total(p):
        return jnp.sum(cls()(jax.random.key(1), small_discriminator(p), real, fake))

    assert np.abs(check_slope(total, parameters)).max() > 1


@pytest.mark.parametrize("cls", [R1, R2, R1R2])
def test_a_flat_discriminator_has_no_penalty_and_no_slope(cls):
    def total(weight):
        return jnp.sum(cls()(KEY, lambda x: weight * jnp.sum(x, axis=(1, 2, 3)), REAL, FAKE))

    assert jax.value_and_grad(total)(0.0) == (0.0, 0.0)


def test_images_of_different_shapes_are_refused_where_they_are_paired():
    with pytest.raises(AssertionError, match="shape"):
        R1R2()(KEY, quadratic, REAL, FAKE[:1])


@pytest.mark.parametrize("cls", [R1, R2, R1R2])
@pytest.mark.parametrize("gamma", [0.0, -1.0, np.nan, np.inf])
def test_gammas_out_of_range_are_refused(cls, gamma):
    with pytest.raises(UserError, match=rf"{cls.__name__} with gamma .*above 0.*choose none"):
        cls(gamma)


# The form of differences. Along n ~ N(0, I), w·x rises by e w·n: (w·n)², on average |w|².


@pytest.mark.parametrize(("cls", "times"), [(R1, 1), (R2, 1), (R1R2, 2)])
@pytest.mark.parametrize("distance", [0.01, 1.0])
def test_differences_of_a_linear_discriminator_are_squares_of_one_normal_number(
    cls, times, distance
):
    w = jnp.array([1.0, -2, 0, 2]).reshape(1, *IMAGE)  # |w|² = 9
    images = jnp.zeros((40_000, *IMAGE))
    penalty = cls(gamma=2.0, form="difference", distance=distance)
    values = penalty(jax.random.key(1), lambda x: jnp.sum(x * w, axis=(1, 2, 3)), images, images)
    # 9 χ²: a mean of 9 and a variance of 2 · 81 for each of `times`; four deviations of the mean.
    error = np.sqrt(2 * 81 * times / 40_000)
    assert abs(np.mean(values) - 9 * times) < 4 * error
    assert np.var(values) == pytest.approx(162 * times, rel=0.1)


@pytest.mark.parametrize("distance", [0.01, 0.5])
def test_differences_of_a_quadratic_discriminator(distance):
    # (D(x + e n) - D(x)) / e = x·n + e |n|² / 2, whose mean square is |x|² + e² / 4 · E|n|⁴, with
    # E|n|⁴ = d (d + 2) = 24 for d = 4: the bias of the form, of order e².
    x = jnp.broadcast_to(jnp.array([1.0, 1, 1, 0]).reshape(1, *IMAGE), (40_000, *IMAGE))
    values = R1(2.0, form="difference", distance=distance)(jax.random.key(1), quadratic, x, x)
    assert np.mean(values) == pytest.approx(3 + distance**2 / 4 * 24, rel=0.05)
    np.testing.assert_allclose(
        R1(2.0)(jax.random.key(1), quadratic, x[:2], x[:2]), [3.0, 3.0], rtol=1e-6
    )


def test_differences_have_the_slope_of_the_exact_form_on_average():
    w = np.array([1.0, -2, 0, 2], np.float32)
    images = jnp.zeros((40_000, *IMAGE))

    def total(w, form):
        penalty = R1(2.0, form=form)
        return jnp.mean(penalty(jax.random.key(1), lambda x: x.reshape(-1, 4) @ w, images, images))

    # Of |w|², 2 w.
    np.testing.assert_allclose(jax.grad(total)(w, "exact"), 2 * w, rtol=1e-3)
    np.testing.assert_allclose(jax.grad(total)(w, "difference"), 2 * w, atol=0.15)


def test_differences_take_fresh_noise_at_reals_and_fakes():
    w = jnp.ones((1, *IMAGE))
    penalty = R1R2(2.0, form="difference")
    images = jnp.zeros((3, *IMAGE))
    values = penalty(jax.random.key(1), lambda x: jnp.sum(x * w, axis=(1, 2, 3)), images, images)
    alone = R1(2.0, form="difference")(
        jax.random.key(1), lambda x: jnp.sum(x * w, axis=(1, 2, 3)), images, images
    )
    assert np.unique(np.asarray(values)).size == 3
    assert not np.allclose(values, 2 * np.asarray(alone))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"form": "lazy"}, "form 'lazy': expected one of exact, difference"),
        ({"distance": 0.0}, "distance 0.0: expected a number above 0"),
    ],
)
def test_forms_that_cannot_be_are_refused(changes, words):
    with pytest.raises(UserError, match=words):
        R1R2(**changes)


SPEEDS = [
    (NonSaturating(), 0.5),
    (Saturating(), 0.5),
    (RelativisticPaired(), 0.5),
    (Hinge(), 1.0),
    (Wasserstein(), 1.0),
    (LeastSquares(1.0, -1.0), 1.0),
]


@pytest.mark.parametrize(("cls", "times"), [(R1, 1), (R2, 1), (R1R2, 2)])
@pytest.mark.parametrize(("loss", "speed"), SPEEDS)
@pytest.mark.parametrize("gamma", [0.3, 1.7, 10.0])
def test_dirac_gan_settles(loss, speed, cls, times, gamma):
    # See `eigenvalues`: with g = γ, or 2γ for both, -g / 2 ± sqrt(g² / 4 - s²), below 0 in the
    # real part. γ = 0.3 spirals in; γ = 10 creeps in; 1.7 does one or the other.
    g = times * gamma
    root = np.emath.sqrt(g**2 / 4 - speed**2)
    expected = sorted([-g / 2 - root, -g / 2 + root], key=lambda v: (v.imag, v.real))
    values = eigenvalues(loss, cls(gamma))
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-6)
    assert max(value.real for value in values) < 0
