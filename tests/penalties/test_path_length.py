"""Path length regularisation on generators whose Jacobian is known by hand."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.errors import UserError
from jaxgan.penalties import PathLength
from tests.penalties.central_differences import check_slope

IMAGE = (2, 3, 2)
LATENTS = jnp.linspace(-1, 1, 12).reshape(4, 3)


def linear(matrix):
    """G(z) = M·z with M [H · W · C, Z], whose Jacobian is M at every latent."""
    return lambda z: (z @ jnp.transpose(matrix)).reshape(-1, *IMAGE)


def used(part, memory, key, generate, latents):
    """Penalties, and the memory after them."""
    penalties, observed = part(key, generate, latents, memory)
    return penalties, part.update(memory, observed)


def lengths(generate, latents, seed=0):
    """The lengths of a batch: the roots of its penalties where the length aimed at is all but 0."""
    part, key = PathLength(weight=1.0, decay=1e-12), jax.random.key(seed)
    return np.sqrt(part(key, generate, latents, jnp.zeros(()))[0])


def sampled_lengths(matrix):
    """The length at one latent for each of many keys, as the running mean of a batch of one."""
    size = matrix.shape[1]

    def one(key):
        return PathLength(decay=1.0)(key, linear(matrix), jnp.ones((1, size)), jnp.zeros(()))[1]

    return np.asarray(jax.vmap(one)(jax.random.split(jax.random.key(0), 4000)))


def test_lengths_of_one_latent():
    # With one column m, Jᵀy = m·y is normal of variance |m|² / (H · W): half-normal lengths.
    # |m|² = 12 · 0.5 = 6 and H · W = 6: variance 1.
    column = jnp.full((12, 1), 0.5**0.5)
    assert scipy.stats.kstest(sampled_lengths(column), "halfnorm").pvalue > 1e-3


def test_lengths_of_three_latents():
    # Three orthogonal columns of squared length 6 · 4: Jᵀy is twice a standard normal vector of
    # three, whose length is chi's with three degrees of freedom.
    columns = np.linalg.qr(np.random.default_rng(0).normal(size=(12, 3)))[0] * 24**0.5
    sizes = sampled_lengths(jnp.float32(columns)) / 2
    assert scipy.stats.kstest(sizes, scipy.stats.chi(3).cdf).pvalue > 1e-3


def test_the_mean_squared_length_is_the_jacobians_squared_norm():
    # E|Mᵀy|² = |M|² / (H · W) in the Frobenius norm; its spread over 4,000 draws is below 4%.
    matrix = np.random.default_rng(1).normal(size=(12, 3))
    mean = np.mean(np.square(sampled_lengths(jnp.float32(matrix))))
    assert mean == pytest.approx(np.sum(np.square(matrix)) / 6, rel=0.1)


def test_a_linear_generator_has_lengths_that_do_not_depend_on_the_latent():
    # Lengths differ between the examples of a batch by their noise alone.
    matrix = jnp.float32(np.random.default_rng(2).normal(size=(12, 3)))
    np.testing.assert_allclose(
        lengths(linear(matrix), LATENTS), lengths(linear(matrix), 5 * LATENTS), rtol=1e-5
    )
    assert len(np.unique(lengths(linear(matrix), jnp.ones((4, 3))))) == 4


@settings(deadline=None, max_examples=20, derandomize=True)
@given(scale=st.floats(0.01, 100), seed=st.integers(0, 1000))
def test_lengths_grow_with_the_generator(scale, seed):
    matrix = jnp.eye(12, 3)
    once = lengths(linear(matrix), LATENTS, seed)
    scaled = lengths(linear(scale * matrix), LATENTS, seed)
    np.testing.assert_allclose(scaled, scale * once, rtol=1e-5)


def test_a_generator_that_never_changes():
    # All lengths are 0. Running mean 2 and decay 1/4: 2 + 1/4 · (0 - 2) = 1.5, and the penalty
    # is 3 · (0 - 1.5)² = 6.75. Its slope in the generator is 0, by the norm's convention.
    part = PathLength(weight=3.0, decay=0.25)

    def use(scale):
        generate = linear(scale * jnp.eye(12, 3))
        penalty, mean = used(part, jnp.float32(2), jax.random.key(0), generate, LATENTS)
        return jnp.sum(penalty), (penalty, mean)

    slope, (penalty, mean) = jax.grad(use, has_aux=True)(0.0)
    np.testing.assert_array_equal(penalty, [6.75] * 4)
    assert (mean, slope) == (1.5, 0.0)


def test_the_authors_constants_are_the_defaults():
    # From 0 the mean moves by .01 of the batch's mean length; penalties 2 · (length - mean)².
    generate = linear(jnp.eye(12, 3))
    sizes = lengths(generate, LATENTS)
    penalty, mean = used(PathLength(), PathLength().init(), jax.random.key(0), generate, LATENTS)
    np.testing.assert_allclose(mean, 0.01 * np.mean(sizes), rtol=1e-5)
    np.testing.assert_allclose(penalty, 2 * (sizes - 0.01 * np.mean(sizes)) ** 2, rtol=1e-5)


def test_the_mean_settles_at_the_mean_length():
    # With decay 1 the mean is this batch's, whatever it was: the deviations add up to 0.
    generate = linear(jnp.eye(12, 3))
    sizes = lengths(generate, LATENTS)
    penalty, mean = used(
        PathLength(1.0, 1.0), jnp.float32(17), jax.random.key(0), generate, LATENTS
    )
    np.testing.assert_allclose(mean, np.mean(sizes), rtol=1e-5)
    np.testing.assert_allclose(penalty, (sizes - np.mean(sizes)) ** 2, rtol=1e-3, atol=1e-6)


def test_styles_of_several_layers_have_the_root_of_their_mean_squared_length():
    # Two layers with the same Jacobian: |Jᵀy|² in either is that of one, and so is their mean.
    matrix = jnp.eye(12, 3)
    one = lengths(linear(matrix), LATENTS)
    styles = jnp.stack([LATENTS, LATENTS], axis=1)
    both = lengths(lambda w: linear(matrix)(w[:, 0]) + linear(matrix)(w[:, 1]), styles)
    np.testing.assert_allclose(both, one, rtol=1e-5)


def test_memory_keeps_its_type():
    # A memory of another type would not fit the state it came from.
    memory = PathLength().init()
    assert (memory.shape, memory.dtype) == ((), jnp.float32)
    assert memory == 0
    generate = linear(jnp.eye(12, 3))
    _, after = used(PathLength(), memory, jax.random.key(0), generate, LATENTS)
    assert (after.shape, after.dtype, after.weak_type) == ((), jnp.float32, memory.weak_type)


def test_slope_in_the_generators_parameters_against_central_differences():
    # The length aimed at is given: the differences are of the penalty with that length held at
    # what it was, which a decay of all but 0 does.
    rng = np.random.default_rng(0)
    parameters, latents = rng.normal(size=3 * 2 + 2 * 12), rng.normal(size=(4, 3))

    def small_generator(p):
        hidden, out = p[:6].reshape(3, 2), p[6:].reshape(2, 12)
        return lambda z: jnp.tanh(jnp.tanh(z @ hidden) @ out).reshape(-1, *IMAGE)

    def use(part, p, memory):
        return used(part, memory, jax.random.key(0), small_generator(p), latents)

    with jax.enable_x64(True):
        target = float(use(PathLength(decay=0.5), jnp.array(parameters), 0.7)[1])
    slope = check_slope(
        lambda p: jnp.sum(use(PathLength(decay=0.5), p, 0.7)[0]),
        parameters,
        reference=lambda p: jnp.sum(use(PathLength(decay=1e-15), p, target)[0]),
    )
    assert np.abs(slope).max() > 0.1


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan, np.inf])
def test_weights_out_of_range_are_refused(weight):
    with pytest.raises(UserError, match=r"PathLength with weight .*above 0.*choose none"):
        PathLength(weight=weight)


@pytest.mark.parametrize("decay", [0.0, -0.1, 1.1, np.nan])
def test_decays_out_of_range_are_refused(decay):
    with pytest.raises(UserError, match=r"PathLength with decay .*\(0, 1\]"):
        PathLength(decay=decay)
