"""Spectral norm against NumPy's singular values and the paper's own gradient."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.networks.layers import Convolution, Dense, UpConvolution

SHARED = {"initialization": "dcgan", "use_bias": False}
dense = functools.partial(Dense, 5, **SHARED)
convolution = functools.partial(Convolution, 4, 3, 1, platform="cpu", **SHARED)
up = functools.partial(UpConvolution, 4, 3, platform="cpu", **SHARED)
# The plain layer, the same one normalised, its inputs, and the matrix [outputs, the rest] of a
# kernel that is stored with its outputs last, first, last and first.
LAYERS = {
    "dense": (
        dense(),
        dense(spectral=True),
        (4, 7),
        lambda kernel: kernel.T,
    ),
    "convolution": (
        convolution(),
        convolution(spectral=True),
        (2, 5, 5, 3),
        lambda kernel: kernel.reshape(4, 3 * 3 * 3),
    ),
    "up-convolution": (
        up(upsampling="sub_pixel"),
        up(upsampling="sub_pixel", spectral=True),
        (2, 3, 3, 2),
        lambda kernel: np.moveaxis(kernel, 3, 0).reshape(4, 2 * 4 * 4),
    ),
    "enlarge and convolve": (
        up(upsampling="fir"),
        up(upsampling="fir", spectral=True),
        (2, 3, 3, 2),
        lambda kernel: kernel.reshape(4, 3 * 3 * 2),
    ),
}
every_layer = pytest.mark.parametrize("name", LAYERS)


@functools.cache
def started(name):
    """Two functions of (params, u), the outputs of both layers, and values to call them with.

    The normalised one returns the outputs and the next u.
    """
    plain, normalised, shape, _ = LAYERS[name]
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    variables = jax.jit(lambda key: normalised.init(key, x, train=False))(jax.random.key(0))
    (u,), tree = jax.tree.flatten(variables["spectral"])
    params = jax.tree.map(lambda kernel: 3 * kernel / 0.02, variables["params"])

    def divided(params, u, train):
        whole = {"params": params, "spectral": jax.tree.unflatten(tree, [u])}
        y, changed = normalised.apply(whole, x, train=train, mutable=["spectral"] if train else [])
        return y, jax.tree.leaves(changed)[0] if train else u

    def undivided(params):
        return plain.apply({"params": params}, x, train=True)

    jitted = jax.jit(divided, static_argnames="train")
    return jitted, jax.jit(undivided), params, np.asarray(u)


def kernel_of(params):
    (kernel,) = jax.tree.leaves(params)
    return np.asarray(kernel, np.float64)


def ratio(plain, normalised):
    """The one number between two arrays."""
    number = np.sum(np.square(plain)) / np.sum(plain * normalised)
    np.testing.assert_allclose(plain, number * normalised, rtol=1e-4, atol=1e-4)
    return number


@every_layer
def test_after_50_training_calls_sigma_is_the_largest_singular_value(name):
    divided, undivided, params, u = started(name)
    matrix = LAYERS[name][3](kernel_of(params))
    left, values, _ = np.linalg.svd(matrix)
    for _ in range(50):
        y, u = divided(params, u, train=True)
    sigma = ratio(undivided(params), y)
    assert sigma == pytest.approx(values[0], rel=1e-5)
    # So the kernel in use has a spectral norm of 1, and u is the first left vector.
    assert np.linalg.svd(matrix / sigma)[1][0] == pytest.approx(1, rel=1e-5)
    assert abs(u @ left[:, 0]) == pytest.approx(1, rel=1e-4)
    assert values[1] < 0.95 * values[0]


@every_layer
def test_one_call_is_one_step_of_algorithm_1(name):
    divided, undivided, params, u = started(name)
    matrix = LAYERS[name][3](kernel_of(params))
    assert u.shape == (len(matrix),)
    assert np.linalg.norm(u) == pytest.approx(1, rel=1e-6)
    v = matrix.T @ u / np.linalg.norm(matrix.T @ u)
    new_u = matrix @ v / np.linalg.norm(matrix @ v)
    y, found = divided(params, u, train=True)
    np.testing.assert_allclose(found, new_u, rtol=1e-4, atol=1e-6)
    assert ratio(undivided(params), y) == pytest.approx(new_u @ matrix @ v, rel=1e-5)
    # Outside training u stays, and σ is what it gives with its v.
    y, found = divided(params, u, train=False)
    np.testing.assert_array_equal(found, u)
    assert ratio(undivided(params), y) == pytest.approx(u @ matrix @ v, rel=1e-5)
    assert abs(new_u - u).max() > 0.01


@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize("calls", [0, 30])
def test_gradient_of_the_paper(train, calls):
    # Loss Σ tanh(y), y = W̄h for every row h. Equations 9 to 12 with δ = dV/dy:
    # dV/dW = (Σ δhᵀ - λ u vᵀ) / σ with λ = Σ δᵀ W̄ h; u and v are constants.
    divided, _, params, u = started("dense")
    x = np.random.default_rng(0).normal(size=LAYERS["dense"][2])
    for _ in range(calls):
        _, u = divided(params, u, train=True)
    found = jax.grad(lambda params: jnp.sum(jnp.tanh(divided(params, u, train=train)[0])))(params)
    matrix = kernel_of(params).T
    v = matrix.T @ u / np.linalg.norm(matrix.T @ u)
    if train:
        u = matrix @ v / np.linalg.norm(matrix @ v)
    sigma = u @ matrix @ v
    y = x @ (matrix / sigma).T
    delta = 1 - np.tanh(y) ** 2
    lam = np.sum(delta * y)
    expected = (delta.T @ x - lam * np.outer(u, v)) / sigma
    np.testing.assert_allclose(kernel_of(found).T, expected, rtol=1e-4, atol=1e-5)
    assert np.abs(lam * np.outer(u, v)).max() > 0.1


@settings(deadline=None, max_examples=15, derandomize=True)
@given(seed=st.integers(0, 1000), scale=st.floats(0.01, 100), train=st.booleans())
def test_the_scale_of_a_kernel_has_no_effect(seed, scale, train):
    divided, _, params, u = started("convolution")
    u = np.random.default_rng(seed).normal(size=u.shape).astype(np.float32)
    u /= np.linalg.norm(u)
    scaled = jax.tree.map(lambda kernel: np.float32(scale) * kernel, params)
    for a, b in zip(divided(params, u, train), divided(scaled, u, train), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_the_bias_is_not_divided():
    layer, x = Dense(2, "dcgan", spectral=True), jnp.zeros((1, 3))
    params = {"kernel": jnp.ones((3, 2)), "bias": jnp.array([5.0, -7.0])}
    variables = {"params": params, "spectral": {"u": jnp.array([0.6, 0.8])}}
    np.testing.assert_array_equal(layer.apply(variables, x, train=False), [[5, -7]])
