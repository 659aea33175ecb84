"""Gains of equalised layers: of outputs, of gradients, of stored weights."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.networks.layers.equalized import EqualizedConvolution, EqualizedDense, leaky


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def mean_square(x):
    return float(np.mean(np.square(np.asarray(x, np.float64))))


@pytest.mark.parametrize("multiplier", [1.0, 0.01])
def test_dense_keeps_the_mean_square_and_stores_kernels_over_the_multiplier(multiplier):
    module = EqualizedDense(256, multiplier)
    y, variables = module.init_with_output(jax.random.key(0), normal(128, 256))
    assert abs(mean_square(y) - 1) < 0.05
    assert abs(mean_square(variables["params"]["kernel"]) * multiplier**2 - 1) < 0.05
    # Second moment of leaky ReLU · √2: 2 (1/2 + .04/2).
    assert abs(mean_square(leaky(y)) - 1.04) < 0.05


@pytest.mark.parametrize("size", [1, 3])
def test_convolution_keeps_the_mean_square(size):
    module = EqualizedConvolution(32, size, "native")
    y, variables = module.init_with_output(jax.random.key(0), normal(8, 16, 16, 32))
    assert variables["params"]["kernel"].shape == (32, size, size, 32)
    # Inside: the border sees zeros.
    assert abs(mean_square(y[:, 1:-1, 1:-1]) - 1) < 0.05


def test_convolution_down_halves_and_keeps_what_the_low_pass_leaves():
    module = EqualizedConvolution(32, 3, "native", "down")
    y, _ = module.init_with_output(jax.random.key(0), np.ones((1, 16, 16, 64), np.float32))
    assert y.shape == (1, 8, 8, 32)
    # The low-pass keeps a constant, and a constant has the mean square of its sum of weights: 1.
    assert 0.4 < mean_square(y[:, 1:-1, 1:-1]) < 2


def test_values_by_hand():
    # Kernel 3 · m / √4, bias 2 · m, at 1, 1, 1, 1 and m = 1/2: 4 · 3 · .25 + 1 = 4.
    module = EqualizedDense(1, 0.5)
    params = {"kernel": jnp.full((4, 1), 3.0), "bias": jnp.full((1,), 2.0)}
    assert module.apply({"params": params}, jnp.ones((1, 4)))[0, 0] == 4
    # 1x1 kernel: the same numbers.
    module = EqualizedConvolution(1, 1, "patches", multiplier=0.5)
    params = {"kernel": jnp.full((1, 1, 1, 4), 3.0), "bias": jnp.full((1,), 2.0)}
    assert module.apply({"params": params}, jnp.ones((1, 1, 1, 4)))[0, 0, 0, 0] == 4


def test_biases_start_where_they_are_told():
    variables = EqualizedDense(3, 0.1, bias_init=1.0).init(jax.random.key(0), jnp.ones((1, 2)))
    np.testing.assert_array_equal(variables["params"]["bias"], np.ones(3))
    variables = EqualizedConvolution(3, 1, "patches", use_bias=False).init(
        jax.random.key(0), jnp.ones((1, 2, 2, 2))
    )
    assert variables["params"].keys() == {"kernel"}


def test_gradients_of_stored_weights_are_the_plain_ones_times_the_gain():
    x, aim = normal(5, 8), normal(5, 3, seed=1)
    params = {"kernel": normal(8, 3, seed=2), "bias": normal(3, seed=3)}
    module, m = EqualizedDense(3, 0.01), 0.01

    def loss(params):
        return jnp.sum(aim * module.apply({"params": params}, x))

    found = jax.grad(loss)(params)
    np.testing.assert_allclose(found["kernel"], (m / 8**0.5) * x.T @ aim, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found["bias"], m * aim.sum(axis=0), rtol=1e-4, atol=1e-6)


def test_leaky_by_hand():
    np.testing.assert_allclose(leaky(jnp.array([-5.0, 2.0])), [-(2**0.5), 2 * 2**0.5], rtol=1e-6)
    np.testing.assert_allclose(leaky(jnp.array([-5.0, 2.0]), gain=1.0), [-1, 2], rtol=1e-6)
