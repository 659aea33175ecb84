"""Sizes, counts and first values of the DCGAN networks, counted by hand."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

from jaxgan.networks import DCGANDiscriminator, DCGANGenerator
from jaxgan.types import NetworkSetting
from tests.networks.values import count, run, shapes, some_values

LATENT = 5


@pytest.mark.parametrize(
    ("size", "channels", "norm"),
    [(8, 1, "batch"), (12, 3, "none"), (16, 1, "layer")],
)
def test_generator_makes_images_in_range(size, channels, norm):
    network = DCGANGenerator(2, norm).build(NetworkSetting((size, size, channels), LATENT))
    z = np.random.default_rng(0).normal(0, 3, (4, LATENT)).astype(np.float32)
    images, _ = run(network, z, train=True)
    assert images.shape == (4, size, size, channels)
    assert images.dtype == jnp.float32
    assert np.abs(images).max() <= 1
    assert np.ptp(images) > 0.9


@pytest.mark.parametrize(("size", "channels", "norm"), [(8, 1, "batch"), (12, 3, "layer")])
def test_discriminator_gives_one_logit_an_image(size, channels, norm):
    network = DCGANDiscriminator(2, norm).build(NetworkSetting((size, size, channels)))
    images = jnp.ones((4, size, size, channels))
    judgement, _ = run(network, images, train=True)
    assert judgement.logits.shape == (4,)
    assert judgement.logits.dtype == jnp.float32
    assert judgement.pixels is None
    assert judgement.classes is None
    # Both sizes halve once.
    assert [x.shape for x in judgement.features] == [(4, size // 2, size // 2, 2)]


def test_logits_are_not_squashed():
    # No norms: beside large images the biases vanish, and leaky ReLUs carry a factor of ten on.
    network = DCGANDiscriminator(2, "none").build(NetworkSetting((8, 8, 1)))
    images = 1e4 * np.random.default_rng(0).normal(size=(4, 8, 8, 1)).astype(np.float32)
    logits = run(network, images, train=True)[0].logits
    large = run(network, 10 * images, train=True)[0].logits
    assert np.abs(logits).min() > 100
    np.testing.assert_allclose(large, 10 * logits, rtol=0.01)


@pytest.mark.parametrize(
    ("norm", "parameters", "statistics"),
    [
        # Width 4 at 8x8: one doubling from a grid of 4x4 with 4 channels.
        # Dense 5 → 4·4·4: 5·64 = 320, and 64 biases where no norm has its own;
        # norm 4 + 4; up-convolution 4·4·4·1 + 1 = 65.
        ("none", 320 + 64 + 65, 0),
        ("batch", 320 + 8 + 65, 4 + 4),
        ("layer", 320 + 8 + 65, 0),
    ],
)
def test_parameters_of_the_generator(norm, parameters, statistics):
    variables = shapes(DCGANGenerator(4, norm).build(NetworkSetting((8, 8, 1), LATENT)))
    assert count(variables.params) == parameters
    assert count(variables.stats) == statistics


@pytest.mark.parametrize(
    ("size", "norm", "parameters", "statistics"),
    [
        # 8 → 4: convolution 4·4·1·4 + 4 = 68; dense 4·4·4 + 1 = 65; no norm after the first.
        (8, "batch", 68 + 65, 0),
        # 16 → 8 → 4: 68; 4·4·4·8 = 512, 8 biases or a norm's 8 + 8; dense 4·4·8 + 1 = 129.
        (16, "none", 68 + 512 + 8 + 129, 0),
        (16, "batch", 68 + 512 + 16 + 129, 8 + 8),
        (16, "layer", 68 + 512 + 16 + 129, 0),
    ],
)
def test_parameters_of_the_discriminator(size, norm, parameters, statistics):
    variables = shapes(DCGANDiscriminator(4, norm).build(NetworkSetting((size, size, 1))))
    assert count(variables.params) == parameters
    assert count(variables.stats) == statistics


def test_width_doubles_away_from_the_image():
    # 32x32 at width 2: generator 4x4x8 → 8x8x4 → 16x16x2 → 32x32x1, discriminator back.
    generator = shapes(DCGANGenerator(2).build(NetworkSetting((32, 32, 1), LATENT)))
    kernels = {x.shape for x in jax.tree.leaves(generator.params) if x.ndim > 1}
    assert kernels == {(5, 4 * 4 * 8), (8, 4, 4, 4), (4, 4, 4, 2), (2, 4, 4, 1)}
    discriminator = shapes(DCGANDiscriminator(2).build(NetworkSetting((32, 32, 1))))
    kernels = {x.shape for x in jax.tree.leaves(discriminator.params) if x.ndim > 1}
    assert kernels == {(2, 4, 4, 1), (4, 4, 4, 2), (8, 4, 4, 4), (4 * 4 * 8, 1)}


def assert_normal(values, mean, deviation):
    """Mean and sum of squares of independent normal numbers: each refused once in 10^6."""
    standard = (np.asarray(values, np.float64).ravel() - mean) / deviation
    low, high = scipy.stats.chi2.ppf([5e-7, 1 - 5e-7], standard.size)
    assert low < np.sum(standard**2) < high
    assert abs(standard.mean()) < 4.9 / standard.size**0.5


def first_values(part):
    """Leaves by (last name, shape) of a network for 16x16, with 64 latents."""
    network = part.build(NetworkSetting((16, 16, 1), 64))
    # Not worth optimising for one call: compiling takes a fifth of the time.
    init = jax.jit(network.init, compiler_options={"xla_backend_optimization_level": 0})
    leaves = jax.tree_util.tree_leaves_with_path(init(jax.random.key(0)).params)
    return {(path[-1].key, leaf.shape): leaf for path, leaf in leaves}


@pytest.mark.parametrize("part", [DCGANGenerator, DCGANDiscriminator])
def test_first_values_of_the_paper(part):
    # Weights N(0, .02²), gains N(1, .02²), biases 0.
    values = first_values(part(8, "batch", "dcgan"))
    assert {name for name, _ in values} == {"kernel", "scale", "bias"}
    for (name, _), leaf in values.items():
        if name == "bias":
            np.testing.assert_array_equal(leaf, np.zeros(leaf.shape))
        else:
            assert_normal(leaf, 1.0 if name == "scale" else 0.0, 0.02)


@pytest.mark.parametrize(
    ("part", "fan_in"),
    [
        # Dense: the 64 latents. Up-convolutions: a pixel sums 4² / 2² = 4 taps a channel, of 16
        # channels and of 8.
        (DCGANGenerator, {(64, 4 * 4 * 16): 64, (16, 4, 4, 8): 4 * 16, (8, 4, 4, 1): 4 * 8}),
        # Convolutions: 4² taps of 1 channel and of 8. Dense: 4x4 pixels of 16 channels.
        (DCGANDiscriminator, {(8, 4, 4, 1): 16, (16, 4, 4, 8): 16 * 8, (4 * 4 * 16, 1): 256}),
    ],
)
def test_first_values_of_he(part, fan_in):
    values = first_values(part(8, "batch", "he"))
    kernels = {shape: leaf for (name, shape), leaf in values.items() if name == "kernel"}
    assert kernels.keys() == fan_in.keys()
    for shape, leaf in kernels.items():
        assert_normal(leaf, 0.0, (2 / fan_in[shape]) ** 0.5)
    for (name, _), leaf in values.items():
        if name != "kernel":
            np.testing.assert_array_equal(leaf, np.full(leaf.shape, float(name == "scale")))


def test_running_statistics_move_in_training_alone():
    network = DCGANGenerator(2, "batch").build(NetworkSetting((8, 8, 1), LATENT))
    variables = some_values(network)
    z = np.random.default_rng(1).normal(size=(8, LATENT)).astype(np.float32)
    _, kept = run(network, z, train=False)
    jax.tree.map(np.testing.assert_array_equal, kept, variables.stats)
    # What is normalised is the product of latents and dense kernel, as 4x4 pixels of 2 channels;
    # a running statistic keeps 0.9 of what it was and takes 0.1 of what it sees.
    (dense,) = (x for x in jax.tree.leaves(variables.params) if x.shape == (LATENT, 32))
    x = (z.astype(np.float64) @ dense).reshape(-1, 2)
    _, stats = run(network, z, train=True)
    mean, var = jax.tree.leaves(stats)
    old_mean, old_var = jax.tree.leaves(variables.stats)
    np.testing.assert_allclose(mean, 0.9 * old_mean + 0.1 * x.mean(axis=0), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(var, 0.9 * old_var + 0.1 * x.var(axis=0), rtol=1e-4)


@pytest.mark.parametrize(
    ("norm", "train"), [("none", True), ("layer", True), ("batch", True), ("batch", False)]
)
def test_whether_a_logit_depends_on_the_other_images(norm, train):
    part = DCGANDiscriminator(2, norm)
    network = part.build(NetworkSetting((16, 16, 1)))
    images = np.random.default_rng(0).uniform(-1, 1, (4, 16, 16, 1)).astype(np.float32)
    others = images.copy()
    others[1:] *= -0.3
    first = run(network, images, train=train)[0].logits
    again = run(network, others, train=train)[0].logits
    mixed = abs(float(first[0]) - float(again[0])) > 1e-3
    assert mixed == (norm == "batch" and train)
    assert part.mixes_examples == (norm == "batch")
    assert np.abs(first[1:] - again[1:]).min() > 1e-3  # the others' own logits did move
