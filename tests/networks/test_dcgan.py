"""Sizes, counts and first values of the DCGAN networks, counted by hand."""

from __future__ import annotations

import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

from jaxgan.errors import UserError
from jaxgan.networks import DCGANDiscriminator, DCGANGenerator
from jaxgan.networks.dcgan import halvings

NORMS = ["none", "batch", "layer"]
LATENT = 5


def run(network, inputs, *, train):
    """Outputs and statistics of a network with its first values."""

    @jax.jit
    def first_call(key, inputs):
        key_init, key_apply = jax.random.split(key)
        return network.apply(key_apply, network.init(key_init), inputs, train=train)

    return first_call(jax.random.key(0), inputs)


def shapes(network):
    """Shapes of all that a network carries, without computing it."""
    return jax.eval_shape(network.init, jax.random.key(0))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (8, (1, 4)),
        (12, (1, 6)),  # 12 → 6, and 3 would be too few
        (14, (1, 7)),
        (28, (2, 7)),
        (30, (1, 15)),
        (32, (3, 4)),  # 32 → 16 → 8 → 4
        (64, (4, 4)),
        (120, (3, 15)),  # 120 → 60 → 30 → 15
        (128, (5, 4)),
        (256, (6, 4)),
    ],
)
def test_halvings(size, expected):
    assert halvings(size) == expected


@pytest.mark.parametrize(
    ("size", "times", "left"),
    [(1, 0, 1), (4, 0, 4), (6, 0, 6), (27, 0, 27), (34, 1, 17), (50, 1, 25), (100, 2, 25)],
)
def test_sizes_that_do_not_halve_are_refused(size, times, left):
    with pytest.raises(UserError, match=f"image size {size} halves {times} times, to {left}:"):
        halvings(size)


def test_a_refusal_names_a_size_that_works():
    leads_nowhere = []
    for size in range(1, 520):
        try:
            halvings(size)
        except UserError as error:
            named = int(re.search(r"--image-size (\d+)", str(error))[1])
            try:
                halvings(named)
            except UserError:
                leads_nowhere.append((size, named))
    assert not leads_nowhere


@pytest.mark.parametrize(
    ("size", "channels", "norm"),
    [(8, 1, "batch"), (8, 3, "none"), (12, 1, "layer"), (16, 3, "batch"), (28, 1, "layer")],
)
def test_generator_makes_images_in_range(size, channels, norm):
    network = DCGANGenerator(2, norm, "he").build((size, size, channels), LATENT)
    z = 3 * jax.random.normal(jax.random.key(0), (4, LATENT))
    images, _ = run(network, z, train=True)
    assert images.shape == (4, size, size, channels)
    assert images.dtype == jnp.float32
    assert np.abs(images).max() <= 1
    assert np.ptp(images) > 0.5


@pytest.mark.parametrize("norm", NORMS)
def test_discriminator_gives_one_logit_an_image(norm):
    network = DCGANDiscriminator(2, norm, "he").build((16, 16, 3))
    images = jax.random.uniform(jax.random.key(0), (4, 16, 16, 3), minval=-1)
    logits, _ = run(network, images, train=True)
    assert logits.shape == (4,)
    assert logits.dtype == jnp.float32


def test_logits_are_not_squashed():
    # Leaky ReLU layers with biases of 0 scale with the image: ten times it, ten times the logit.
    network = DCGANDiscriminator(2, "none", "he").build((8, 8, 1))
    images = jax.random.uniform(jax.random.key(0), (4, 8, 8, 1), minval=-1)
    logits, _ = run(network, images, train=True)
    large, _ = run(network, 10 * images, train=True)
    assert np.abs(logits).min() > 0.01
    np.testing.assert_allclose(large, 10 * logits, rtol=1e-4)


def count(tree):
    return sum(leaf.size for leaf in jax.tree.leaves(tree))


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
    variables = shapes(DCGANGenerator(4, norm).build((8, 8, 1), LATENT))
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
    variables = shapes(DCGANDiscriminator(4, norm).build((size, size, 1)))
    assert count(variables.params) == parameters
    assert count(variables.stats) == statistics


def test_width_doubles_away_from_the_image():
    # 32x32 at width 2: generator 4x4x8 → 8x8x4 → 16x16x2 → 32x32x1, discriminator back.
    generator = shapes(DCGANGenerator(2).build((32, 32, 1), LATENT))
    kernels = {x.shape for x in jax.tree.leaves(generator.params) if x.ndim > 1}
    assert kernels == {(5, 4 * 4 * 8), (8, 4, 4, 4), (4, 4, 4, 2), (2, 4, 4, 1)}
    discriminator = shapes(DCGANDiscriminator(2).build((32, 32, 1)))
    kernels = {x.shape for x in jax.tree.leaves(discriminator.params) if x.ndim > 1}
    assert kernels == {(2, 4, 4, 1), (4, 4, 4, 2), (8, 4, 4, 4), (4 * 4 * 8, 1)}


def assert_normal(values, mean, deviation):
    """Mean and sum of squares of independent normal numbers: each refused once in 10^6."""
    standard = (np.asarray(values, np.float64).ravel() - mean) / deviation
    low, high = scipy.stats.chi2.ppf([5e-7, 1 - 5e-7], standard.size)
    assert low < np.sum(standard**2) < high
    assert abs(standard.mean()) < 4.9 / standard.size**0.5


def first_values(part):
    """Leaves by (last name, shape) of a network for 16x16, width 8, latent 64."""
    shape = (16, 16, 1)
    network = part.build(shape, 64) if part.role == "generator" else part.build(shape)
    leaves = jax.tree_util.tree_leaves_with_path(jax.jit(network.init)(jax.random.key(0)).params)
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
    network = DCGANGenerator(2, "batch", "he").build((8, 8, 1), LATENT)
    key_init, _ = jax.random.split(jax.random.key(0))  # as in `run`
    variables = jax.jit(network.init)(key_init)
    z = jax.random.normal(jax.random.key(1), (8, LATENT))
    _, kept = run(network, z, train=False)
    jax.tree.map(np.testing.assert_array_equal, kept, variables.stats)
    # What is normalised is the product of latents and dense kernel as 4x4 pixels of 2 channels;
    # decay 0.9 from mean 0 and variance 1.
    (dense,) = (x for x in jax.tree.leaves(variables.params) if x.shape == (LATENT, 32))
    x = (np.asarray(z, np.float64) @ np.asarray(dense, np.float64)).reshape(-1, 2)
    _, stats = run(network, z, train=True)
    (moved,) = stats["batch_stats"].values()
    (moved,) = moved.values()
    np.testing.assert_allclose(moved["mean"], 0.1 * x.mean(axis=0), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(moved["var"], 0.9 + 0.1 * x.var(axis=0), rtol=1e-4)


@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize("norm", NORMS)
def test_whether_a_logit_depends_on_the_other_images(norm, train):
    part = DCGANDiscriminator(2, norm, "he")
    network = part.build((16, 16, 1))
    images = jax.random.uniform(jax.random.key(1), (4, 16, 16, 1), minval=-1)
    others = images.at[1:].multiply(-0.3)
    first, _ = run(network, images, train=train)
    again, _ = run(network, others, train=train)
    mixed = abs(float(first[0]) - float(again[0])) > 1e-3
    assert mixed == (norm == "batch" and train)
    assert part.mixes_examples == (norm == "batch")
    assert np.abs(first[1:] - again[1:]).min() > 1e-3  # the others' own logits did move


@pytest.mark.parametrize("part", [DCGANGenerator, DCGANDiscriminator])
@pytest.mark.parametrize("width", [0, -4])
def test_a_width_below_1_is_refused(part, width):
    with pytest.raises(UserError, match=f"network width {width}: expected a whole number above 0"):
        part(width)


@pytest.mark.parametrize("part", [DCGANGenerator, DCGANDiscriminator])
@pytest.mark.parametrize("change", [{"norm": "instance"}, {"initialization": "xavier"}])
def test_names_of_no_norm_or_initialization_are_refused(part, change):
    with pytest.raises(UserError, match="instance|xavier"):
        part(**change)
