"""Modulation by the scale of activations against weights of each image's own."""

from __future__ import annotations

import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.networks.layers import modulation
from jaxgan.networks.layers.convolution import convolution
from jaxgan.networks.layers.fir import fir_up_convolution

adaptive_instance_norm = jax.jit(modulation.adaptive_instance_norm)
demodulation = jax.jit(modulation.demodulation)
modulated_convolution = jax.jit(
    modulation.modulated_convolution, static_argnames=("demodulate", "up", "form")
)


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def some(size=3, inputs=4):
    """Activations, a kernel and styles near 1."""
    return (
        normal(3, 4, 4, inputs),
        normal(5, size, size, inputs, seed=1),
        1 + 0.3 * normal(3, inputs, seed=2),
    )


def own_weights(x, kernel, styles, demodulate, up):
    """Equations 1 and 3 as they stand: a kernel for each image."""

    def one(x, styles):
        own = kernel * styles[None]
        if demodulate:
            own = own / jnp.sqrt(jnp.sum(jnp.square(own), axis=(1, 2, 3), keepdims=True) + 1e-8)
        if up:
            return fir_up_convolution(x[None], own, form="patches")[0]
        padding = kernel.shape[1] // 2
        return convolution(x[None], own, stride=1, padding=padding, form="patches")[0]

    return jnp.stack([one(x[i], styles[i]) for i in range(len(x))])


@pytest.mark.parametrize(
    ("size", "demodulate", "up"), [(3, True, False), (3, True, True), (1, False, False)]
)
def test_scaled_activations_are_scaled_weights(size, demodulate, up):
    def scaled(x, kernel, styles):
        return modulated_convolution(
            x, kernel, styles[:, 0, 0], demodulate=demodulate, up=up, form="patches"
        )

    def own(x, kernel, styles):
        return own_weights(x, kernel, styles, demodulate, up)

    x, kernel, styles = some(size)
    styles = styles[:, None, None]
    weights = normal(*jax.eval_shape(scaled, x, kernel, styles).shape, seed=3)

    def everything(form):
        return jax.value_and_grad(lambda *a: jnp.mean(weights * jnp.tanh(form(*a))), (0, 1, 2))

    found = jax.jit(lambda *a: (scaled(*a), everything(scaled)(*a)))(x, kernel, styles)
    expected = jax.jit(lambda *a: (own(*a), everything(own)(*a)))(x, kernel, styles)
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5 * np.abs(b).max())


def test_demodulated_weights_have_norm_one():
    _, kernel, styles = some()
    own = (
        kernel[None]
        * styles[:, None, None, None]
        * demodulation(kernel, styles)[..., None, None, None]
    )
    norms = np.sqrt(np.sum(np.square(np.asarray(own, np.float64)), axis=(2, 3, 4)))
    np.testing.assert_allclose(norms, np.ones((3, 5)), rtol=1e-6)


def test_demodulated_white_noise_keeps_its_variance():
    x, kernel = normal(8, 18, 18, 32), normal(32, 3, 3, 32, seed=1)
    styles = 1 + 0.3 * normal(8, 32, seed=2)
    y = modulated_convolution(x, kernel, styles, demodulate=True, form="native")[:, 1:-1, 1:-1]
    assert abs(np.var(y) - 1) < 0.05


def test_demodulation_does_not_look_at_the_data():
    # Instance norm would give x and 2 x one output; demodulation is linear in x.
    x, kernel, styles = some()
    y = modulated_convolution(x, kernel, styles, demodulate=True, form="patches")
    twice = modulated_convolution(2 * x, kernel, styles, demodulate=True, form="patches")
    np.testing.assert_allclose(twice, 2 * y, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_bfloat16_follows_float32_whatever_the_scale_of_weights_and_styles(scale):
    x, kernel, styles = some()
    exact = modulated_convolution(x, kernel, styles, demodulate=True, form="patches")
    narrow = (jnp.asarray(a, jnp.bfloat16) for a in (x, scale * kernel, scale * styles))
    found = modulated_convolution(*narrow, demodulate=True, form="patches")
    assert found.dtype == jnp.bfloat16
    np.testing.assert_allclose(found.astype(jnp.float32), exact, atol=0.06)


def test_bfloat16_survives_weights_and_styles_of_zero():
    x, kernel, styles = (jnp.asarray(a, jnp.bfloat16) for a in some())
    y = modulated_convolution(x, 0 * kernel, 0 * styles, demodulate=True, form="patches")
    np.testing.assert_array_equal(y.astype(jnp.float32), np.zeros(y.shape))


def test_one_convolution_for_all_images():
    def score(x, kernel, styles):
        return jnp.sum(
            modulated_convolution(x, kernel, styles, demodulate=True, up=True, form="native")
        )

    text = str(jax.make_jaxpr(jax.grad(score, (0, 1, 2)))(*some()))
    assert set(re.findall(r"feature_group_count=(\d+)", text)) == {"1"}
    assert set(re.findall(r"batch_group_count=(\d+)", text)) == {"1"}
    assert "scatter" not in text


def test_adaptive_instance_norm_by_hand():
    # 1, 3, 5, 7: mean 4, variance 5.
    x = np.array([1, 3, 5, 7], np.float32).reshape(1, 2, 2, 1)
    y = adaptive_instance_norm(x, jnp.array([[1.0]]), jnp.array([[10.0]]))
    expected = 10 + 2 * (np.array([-3, -1, 1, 3]) / 5**0.5)
    np.testing.assert_allclose(y.ravel(), expected, rtol=1e-6)


def test_adaptive_instance_norm_forgets_the_scale_of_a_channel():
    x, scale, bias = normal(2, 8, 8, 3), normal(2, 3, seed=1), normal(2, 3, seed=2)
    y = adaptive_instance_norm(x, scale, bias)
    factors = np.array([0.1, 1.0, 50.0], np.float32).reshape(1, 1, 1, 3)
    np.testing.assert_allclose(
        adaptive_instance_norm(factors * x, scale, bias), y, rtol=1e-5, atol=1e-5
    )
