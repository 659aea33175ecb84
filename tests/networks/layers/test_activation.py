"""Nonlinearities as equations, and dropout as a law of large numbers."""

from __future__ import annotations

import jax
import numpy as np
import pytest
import scipy.stats

from jaxgan.networks.layers import (
    DiscriminatorActivation,
    DiscriminatorKnobs,
    GeneratorActivation,
    GeneratorKnobs,
)
from jaxgan.types import Given

NUMBERS = (20, 50, 40)
X = np.random.default_rng(0).normal(size=NUMBERS).astype(np.float32)


def activate(module, x, train, key=0):
    given = (Given(),) if isinstance(module, GeneratorActivation) else ()

    @jax.jit
    def apply(key, x):
        return module.apply({}, x, *given, train=train, rngs={"dropout": key})

    return np.asarray(apply(jax.random.key(key), x))


def generator(**changes):
    return GeneratorActivation(GeneratorKnobs(norm="none", **changes), 0)


def discriminator(**changes):
    return DiscriminatorActivation(DiscriminatorKnobs(norm="none", **changes))


def test_generators_have_relus_and_discriminators_leaky_ones():
    np.testing.assert_array_equal(activate(generator(), X, True), np.maximum(X, 0))
    leaky = np.where(X > 0, X, np.float32(0.2) * X)
    np.testing.assert_array_equal(activate(discriminator(), X, True), leaky)
    linear = DiscriminatorActivation(DiscriminatorKnobs(norm="none"), leaky=False)
    np.testing.assert_array_equal(activate(linear, X, True), X)


def test_norm_comes_before_the_nonlinearity():
    x = X[:2]
    normalised = (x - x.mean((1, 2), keepdims=True)) / x.std((1, 2), keepdims=True)
    params = {"scale": np.ones(40, np.float32), "bias": np.zeros(40, np.float32)}
    variables = {"params": {"Normalization_0": {"LayerNorm_0": params}}}
    knobs = DiscriminatorKnobs(norm="layer")
    y = DiscriminatorActivation(knobs).apply(variables, x, train=True)
    expected = np.where(normalised > 0, normalised, 0.2 * normalised)
    np.testing.assert_allclose(y, expected, rtol=1e-3, atol=1e-4)
    first = DiscriminatorActivation(knobs, normalize=False).apply({}, x, train=True)
    np.testing.assert_array_equal(first, np.where(x > 0, x, np.float32(0.2) * x))
    activation = GeneratorActivation(GeneratorKnobs(norm="layer"), 0)
    y = activation.apply(variables, x, Given(), train=True)
    np.testing.assert_allclose(y, np.maximum(normalised, 0), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.75])
@pytest.mark.parametrize("make", [generator, discriminator])
def test_dropout_sets_a_share_to_0_and_keeps_the_mean(make, share):
    x = np.ones(NUMBERS, np.float32)
    y = activate(make(dropout=share), x, True)
    # All that is not 0 is 1 / (1 - share), and a binomial number of the 40,000 are 0.
    kept = y[y != 0]
    np.testing.assert_allclose(kept, 1 / (1 - share), rtol=1e-6)
    low, high = scipy.stats.binom.ppf([5e-7, 1 - 5e-7], y.size, share)
    assert low <= y.size - kept.size <= high
    spread = (share / (1 - share) / y.size) ** 0.5
    assert y.mean(dtype=np.float64) == pytest.approx(1, abs=5 * spread)


@pytest.mark.parametrize(
    ("module", "train", "is_on"),
    [
        (generator(dropout=0.5, dropout_when_sampling=True), True, True),
        (generator(dropout=0.5, dropout_when_sampling=True), False, True),
        (generator(dropout=0.5, dropout_when_sampling=False), True, True),
        (generator(dropout=0.5, dropout_when_sampling=False), False, False),
        (generator(dropout_when_sampling=True), True, False),
        (discriminator(dropout=0.5), True, True),
        (discriminator(dropout=0.5), False, False),
        (discriminator(), True, False),
    ],
)
def test_when_dropout_is_on(module, train, is_on):
    x = np.ones((8, 64), np.float32)
    assert (activate(module, x, train) == 0).any() == is_on


@pytest.mark.parametrize("module", [generator(dropout=0.5), discriminator(dropout=0.5)])
def test_a_key_is_a_mask(module):
    x = np.ones((8, 64), np.float32)
    first, again, other = (activate(module, x, True, key) for key in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    # 512 fair coins, each like that of the other key with probability 1/2.
    low, high = scipy.stats.binom.ppf([5e-7, 1 - 5e-7], first.size, 0.5)
    assert low <= np.sum(first == other) <= high


@pytest.mark.parametrize(
    ("norm", "expected"),
    [
        *(("none", True), ("spectral", True), ("batch", False)),
        *(("layer", False), ("instance", False), ("group", False)),
    ],
)
def test_a_norm_of_activations_makes_the_bias_before_it_idle(norm, expected):
    assert GeneratorKnobs(norm=norm).bias_before_norm is expected
    assert DiscriminatorKnobs(norm=norm).bias_before_norm is expected
