"""What crosses the boundary to Flax: plain trees in float32, whatever is computed in between."""

from __future__ import annotations

from functools import partial

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.networks import DCGANDiscriminator, DCGANGenerator, RecurrentGenerator
from jaxgan.networks.layers import network_of
from jaxgan.types import Given, Judgement, NetworkSetting
from tests.networks.values import shapes, some_values

SHAPE = (8, 8, 1)
NETWORKS = {
    "generator": lambda precision: DCGANGenerator(4, conditioning="norm").build(
        NetworkSetting(SHAPE, 6, classes=3, precision=precision)
    ),
    "discriminator": lambda precision: DCGANDiscriminator(
        4, "spectral", conditioning="projection", minibatch_deviation=2
    ).build(NetworkSetting(SHAPE, classes=3, precision=precision)),
}
INPUTS = {"generator": (4, 6), "discriminator": (4, *SHAPE)}
LABELS = np.array([0, 2, 1, 1])
both_roles = pytest.mark.parametrize("role", NETWORKS)


def inputs_of(role):
    return np.random.default_rng(1).normal(size=INPUTS[role]).astype(np.float32)


def first(network):
    """Initial values, so that sizes are those of training."""
    return jax.jit(network.init)(jax.random.key(0))


def dtypes(tree):
    return {leaf.dtype for leaf in jax.tree.leaves(tree)}


@both_roles
def test_bfloat16_in_between_and_float32_on_both_sides(role):
    network, exact = NETWORKS[role]("bfloat16"), NETWORKS[role]("float32")
    variables, x = first(network), inputs_of(role)
    assert dtypes(variables) == {jnp.dtype("float32")}

    def total(params, network):
        outputs, stats = network.apply(
            jax.random.key(0), variables._replace(params=params), x, Given(LABELS), train=True
        )
        loss = sum(jnp.sum(jnp.tanh(leaf)) for leaf in jax.tree.leaves(outputs))
        return loss, (outputs, stats)

    gradient = jax.jit(jax.grad(total, has_aux=True), static_argnums=1)
    found, (outputs, stats) = gradient(variables.params, network)
    right, (exact_outputs, exact_stats) = gradient(variables.params, exact)
    assert dtypes((found, outputs, stats)) == {jnp.dtype("float32")}
    # bfloat16 has 8 bits: 0.4% a rounding, and a few of them on the way.
    pairs = zip(jax.tree.leaves(outputs), jax.tree.leaves(exact_outputs), strict=True)
    for leaf, other in pairs:
        assert np.abs(leaf - other).max() < 0.03 * np.abs(other).max()
        assert np.abs(leaf - other).max() > 0
    for leaf, other in zip(jax.tree.leaves(stats), jax.tree.leaves(exact_stats), strict=True):
        assert np.abs(leaf - other).max() < 0.02 * np.abs(other).max()
    for leaf, other in zip(jax.tree.leaves(found), jax.tree.leaves(right), strict=True):
        assert np.linalg.norm(leaf - other) < 0.1 * np.linalg.norm(other) + 1e-3


@both_roles
def test_statistics_keep_their_structure(role):
    network = NETWORKS[role]("float32")
    variables = shapes(network)
    arguments = jax.random.key(0), variables, inputs_of(role), Given(LABELS)
    _, stats = jax.eval_shape(partial(network.apply, train=True), *arguments)
    assert jax.tree.structure(stats) == jax.tree.structure(variables.stats)


@both_roles
def test_conditioned_networks_want_labels(role):
    network = NETWORKS[role]("float32")
    arguments = jax.random.key(0), shapes(network), inputs_of(role)
    with pytest.raises(ValueError, match="pass labels"):
        jax.eval_shape(partial(network.apply, train=True), *arguments)


def test_keys_decide_the_first_values():
    network = DCGANGenerator(2).build(NetworkSetting(SHAPE, 3))
    init = jax.jit(network.init)
    one, same, other = (jax.tree.leaves(init(jax.random.key(seed)).params) for seed in (0, 0, 1))
    for a, b, c in zip(one, same, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert not a.any() or (a != c).any()


def test_apply_takes_its_noise_from_the_key_alone():
    network = DCGANGenerator(4, dropout=0.5).build(NetworkSetting(SHAPE, 6))
    variables, x = some_values(network), inputs_of("generator")
    apply = jax.jit(partial(network.apply, train=False))
    images = [apply(jax.random.key(seed), variables, x)[0] for seed in (0, 0, 1)]
    np.testing.assert_array_equal(images[0], images[1])
    assert (images[0] != images[2]).any()


def test_only_generators_that_draw_in_steps_have_stages():
    assert DCGANGenerator(2).build(NetworkSetting(SHAPE, 3)).stages is None
    assert DCGANDiscriminator(2).build(NetworkSetting(SHAPE)).stages is None
    assert RecurrentGenerator(2).build(NetworkSetting(SHAPE, 3)).stages is not None


class Probe(nn.Module):
    """Shows the dtypes that a module gets."""

    @nn.compact
    def __call__(self, x, given, *, train):
        weight = self.param("weight", nn.initializers.ones, (2,))
        seen = self.variable("memory", "seen", jnp.zeros, (2,))
        told = [] if given.image is None else [given.image, given.mask]
        sizes = [array.dtype.itemsize for array in (x, weight, seen.value, *told)]
        if train:
            seen.value = seen.value + jnp.mean(x, axis=0).astype(jnp.float32)
        return Judgement(jnp.stack([jnp.asarray(size, x.dtype) for size in sizes]))


@pytest.mark.parametrize(("precision", "size"), [("float32", 4), ("bfloat16", 2)])
def test_parameters_and_inputs_are_rounded_and_statistics_are_not(precision, size):
    network = network_of(Probe(), (2,), NetworkSetting(SHAPE, precision=precision))
    variables = network.init(jax.random.key(0))
    assert jax.tree.map(jnp.shape, variables.params) == {"weight": (2,)}
    x = jnp.array([[1.0, 2.0], [3.0, 6.0]])
    judgement, stats = network.apply(jax.random.key(0), variables, x, train=True)
    np.testing.assert_array_equal(judgement.logits, [size, size, 4])
    assert judgement.logits.dtype == jnp.float32
    np.testing.assert_array_equal(stats["memory"]["seen"], [2, 4])
    assert not variables.stats["memory"]["seen"].any()
    _, stats = network.apply(jax.random.key(0), variables, x, train=False)
    assert stats is variables.stats
    # All that the network is told is handed through; its image is rounded, its mask is not.
    given = Given(image=jnp.ones((2, 1, 1, 1)), mask=jnp.ones((2, 1, 1, 1)))
    judgement, _ = network.apply(jax.random.key(0), variables, x, given, train=False)
    np.testing.assert_array_equal(judgement.logits, [size, size, 4, size, 4])


def test_networks_for_classes_are_initialised_with_labels():
    # The label plane is as large as the image, a row a class.
    network = DCGANDiscriminator(2, conditioning="concat").build(NetworkSetting(SHAPE, classes=5))
    assert shapes(network).params["LabelPlane_0"]["planes"].shape == (5, 64)
