"""One-sided label smoothing by hand arithmetic, in every loss that has it."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.errors import UserError
from jaxgan.losses import LeastSquares, NonSaturating, Saturating

LOGISTIC = [NonSaturating, Saturating]
LOG2, LOG3, LOG4 = np.log([2.0, 3.0, 4.0])
logits = st.floats(-30, 30)


@pytest.mark.parametrize("cls", LOGISTIC)
def test_logistic_values(cls):
    # sigmoid(log 3) = 3/4, so softplus(-log 3) = log(4/3) and softplus(log 3) = log 4. With
    # s = 1/4 a real logit costs 3/4 · log(4/3) + 1/4 · log 4 = log 4 - 3/4 · log 3 at log 3 and
    # 3/4 · log 4 + 1/4 · log(4/3) = log 4 - 1/4 · log 3 at -log 3; a fake at 0 adds log 2.
    real = jnp.array([LOG3, -LOG3])
    expected = [LOG4 - 0.75 * LOG3 + LOG2, LOG4 - 0.25 * LOG3 + LOG2]
    loss = cls(label_smoothing=0.25).discriminator(real, jnp.zeros(2))
    np.testing.assert_allclose(loss, expected, rtol=1e-6)


@settings(deadline=None, max_examples=20, derandomize=True)
@given(cls=st.sampled_from(LOGISTIC), smoothing=st.floats(0.01, 0.49))
def test_a_logistic_real_logit_comes_to_rest_where_d_is_1_minus_s(cls, smoothing):
    # -(1 - s)(1 - D) + s·D = D - (1 - s) is 0 at D = 1 - s, that is, at logit log((1 - s) / s).
    loss = cls(smoothing)
    rest = jnp.log(jnp.array([(1 - smoothing) / smoothing]))
    slope = jax.grad(lambda r: loss.discriminator(r, jnp.zeros(1))[0])
    assert abs(slope(rest)[0]) < 1e-6
    assert slope(rest - 0.1)[0] < 0 < slope(rest + 0.1)[0]


def test_least_squares_values():
    # Targets 1 and 0, s = .1: (r - .9)² / 2 + f² / 2, at (0, 2): .405 + 2; at (.9, 0): 0.
    # Targets 1 and -1: the real one moves .1 · 2 down, to .8: at (0, -1): .32.
    real, fake = jnp.array([0.0, 0.9]), jnp.array([2.0, 0.0])
    values = LeastSquares(label_smoothing=0.1).discriminator(real, fake)
    np.testing.assert_allclose(values, [2.405, 0.0], rtol=1e-6, atol=1e-12)
    value = LeastSquares(1.0, -1.0, 0.1).discriminator(jnp.zeros(1), -jnp.ones(1))
    np.testing.assert_allclose(value, [0.32], rtol=1e-6)


@settings(deadline=None, max_examples=20, derandomize=True)
@given(cls=st.sampled_from([*LOGISTIC, LeastSquares]), real=logits, fake=logits)
def test_fakes_and_the_generator_are_left_alone(cls, real, fake):
    r, f = jnp.float32([real]), jnp.float32([fake])
    plain, smoothed = cls(), cls(label_smoothing=0.2)

    def of_fake(loss):
        return jax.grad(lambda f: loss.discriminator(r, f)[0])(f)

    np.testing.assert_array_equal(of_fake(smoothed), of_fake(plain))
    np.testing.assert_array_equal(smoothed.generator(None, f), plain.generator(None, f))


@pytest.mark.parametrize("cls", LOGISTIC)
def test_large_logits_stay_finite(cls):
    # Real 1e4: s · 1e4; real -1e4: (1 - s) · 1e4; a fake at -1e4 costs nothing.
    loss = cls(label_smoothing=0.25)
    large = jnp.array([1e4, -1e4])
    np.testing.assert_array_equal(loss.discriminator(large, -jnp.abs(large)), [2500.0, 7500.0])
    slope = jax.grad(lambda r: loss.discriminator(r, -jnp.abs(large)).sum())(large)
    np.testing.assert_array_equal(slope, [0.25, -0.75])


@pytest.mark.parametrize("cls", [*LOGISTIC, LeastSquares])
@pytest.mark.parametrize("smoothing", [-0.1, 0.5, 1.0, np.nan])
def test_labels_that_would_be_no_smaller_or_call_real_images_fake_are_refused(cls, smoothing):
    with pytest.raises(UserError, match=rf"{cls.__name__} with label_smoothing .*\[0, 0.5\)"):
        cls(label_smoothing=smoothing)
