"""What every architecture must do, and what sets each apart, worked out by hand."""

from __future__ import annotations

import itertools
import re
from functools import partial
from typing import get_args

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.networks import (
    MLPDiscriminator,
    MLPGenerator,
    PatchDiscriminator,
    RecurrentGenerator,
    ResidualDiscriminator,
    ResidualGenerator,
    UNetDiscriminator,
    VanillaDiscriminator,
    VanillaGenerator,
)
from jaxgan.networks.layers import Norm, halve
from jaxgan.networks.layers.convolution import convolution, up_convolution
from jaxgan.types import Given, NetworkSetting
from tests.networks.values import WITH_KNOBS, count, run, shapes, some_values

GENERATORS = [part for part in WITH_KNOBS if part.role == "generator"]
DISCRIMINATORS = [part for part in WITH_KNOBS if part.role == "discriminator"]
WHOLE_IMAGE = [part for part in DISCRIMINATORS if part is not PatchDiscriminator]
DENSE = (MLPGenerator, MLPDiscriminator, RecurrentGenerator, VanillaGenerator)  # no instance norm
EVERY_CHOICE = [
    (part, norm)
    for part, norm in itertools.product(WITH_KNOBS, get_args(Norm))
    if not (part in DENSE and norm == "instance")
]
BATCH, LATENT, CLASSES = 4, 6, 3
LABELS = np.array([0, 1, 0, 2], np.int32)


def build(part, image_shape, **options):
    """The network, and inputs for it."""
    network = part.build(NetworkSetting(image_shape, LATENT, **options))
    shape = (LATENT,) if part.role == "generator" else image_shape
    inputs = np.random.default_rng(0).normal(size=(BATCH, *shape))
    return network, (2 * inputs if part.role == "generator" else inputs).astype(np.float32)


def shapes_of_a_call(network, inputs, labels=None, train=True):
    """Shapes of outputs and statistics, without computing them."""
    apply = partial(network.apply, train=train)
    return jax.eval_shape(apply, jax.random.key(0), shapes(network), inputs, Given(labels))


def of_dtype(tree, dtype):
    return all(leaf.dtype == dtype for leaf in jax.tree.leaves(tree))


@pytest.mark.parametrize("part", WITH_KNOBS)
@pytest.mark.parametrize(("size", "channels"), [(8, 3), (12, 1), (28, 1), (32, 3)])
def test_shapes(part, size, channels):
    network, inputs = build(part(2), (size, size, channels))
    outputs, stats = shapes_of_a_call(network, inputs)
    assert jax.tree.structure(stats) == jax.tree.structure(shapes(network).stats)
    assert of_dtype((outputs, stats), jnp.float32)
    if part in GENERATORS:
        assert outputs.shape == (BATCH, size, size, channels)
        return
    # 4x4 strided, 4x4, 4x4 for one halving: each of the last two leaves one pixel less.
    of_patches = (size // 2 - 2, size // 2 - 2) if part is PatchDiscriminator else ()
    assert outputs.logits.shape == (BATCH, *of_patches)
    score = jax.eval_shape(lambda judgement: judgement.score, outputs)
    assert score.shape == (BATCH,)
    if part is UNetDiscriminator:
        assert outputs.pixels.shape == (BATCH, size, size)
    else:
        assert outputs.pixels is None
    assert outputs.features
    assert all(features.shape[0] == BATCH for features in outputs.features)


@pytest.mark.parametrize("part", GENERATORS)
def test_images_are_in_range_and_use_it(part):
    network, z = build(part(2, "none"), (12, 12, 3))
    images, _ = run(network, z, train=True)
    assert np.abs(images).max() <= 1
    assert np.min(images) < -0.5
    assert np.max(images) > 0.5
    assert np.abs(images[0] - images[1]).max() > 0.1


def test_points_may_lie_anywhere():
    network, z = build(MLPGenerator(4, "none", output="linear"), (1, 1, 2))
    points, _ = run(network, z, train=True)
    squashed, _ = run(build(MLPGenerator(4, "none"), (1, 1, 2))[0], z, train=True)
    assert np.abs(points).max() > 1
    np.testing.assert_allclose(squashed, np.tanh(points), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("part", "norm"), EVERY_CHOICE)
def test_every_norm_builds_with_everything_else(part, norm):
    changes = {"dropout": 0.3, "norm": norm}
    if part in GENERATORS:
        if hasattr(part, "upsampling"):
            changes["upsampling"] = "fir"
        changes["conditioning"] = "concat" if norm in ("none", "spectral") else "norm"
    else:
        changes["minibatch_deviation"] = 2
        changes["conditioning"] = "projection"
    network, inputs = build(part(2, **changes), (16, 16, 3), classes=CLASSES, precision="bfloat16")
    outputs, stats = shapes_of_a_call(network, inputs, LABELS)
    assert of_dtype((outputs, stats), jnp.float32)
    names = {
        path[-1].key for path, _ in jax.tree_util.tree_leaves_with_path(shapes(network)._asdict())
    }
    assert ("u" in names) == (norm == "spectral")

    assert ("var" in names) == (norm == "batch")


@pytest.mark.parametrize("part", WITH_KNOBS)
def test_spectral_norm_covers_every_kernel(part):
    variables = shapes(build(part(2, "spectral"), (16, 16, 3))[0])
    kernels, vectors = (
        {path[:-1] for path, _ in leaves if path[-1].key == name}
        for name, leaves in (
            ("kernel", jax.tree_util.tree_leaves_with_path(variables.params)),
            ("u", jax.tree_util.tree_leaves_with_path(variables.stats["spectral"])),
        )
    )
    assert kernels == vectors
    assert len(kernels) >= 3


@pytest.mark.parametrize("part", WITH_KNOBS)
def test_all_large_products_are_bfloat16_where_that_is_the_precision(part):
    # A norm or an activation that widened its output would make the next product a float32 one.
    knobs = part(2, "batch", conditioning="concat")
    network, inputs = build(knobs, (16, 16, 3), classes=CLASSES, precision="bfloat16")
    apply = partial(network.apply, train=True)
    jaxpr = jax.make_jaxpr(apply)(jax.random.key(0), shapes(network), inputs, Given(LABELS))
    products = re.findall(r":(\w+)\[[\d,]*\] = dot_general", str(jaxpr))
    assert len(products) >= 3
    assert set(products) == {"bf16"}


CONDITIONINGS = [
    *itertools.product(GENERATORS, ["concat", "norm"]),
    *itertools.product(DISCRIMINATORS, ["concat", "projection", "auxiliary"]),
]


@pytest.mark.parametrize(("part", "conditioning"), CONDITIONINGS)
def test_labels_change_the_output_of_networks_that_take_them(part, conditioning):
    norm = "batch" if conditioning == "norm" else "none"
    knobs = part(4, norm, conditioning=conditioning)
    network, inputs = build(knobs, (8, 8, 1), classes=CLASSES)
    # One image or latent four times over, with labels 0, 1, 0 and 2.
    inputs = np.repeat(inputs[:1], BATCH, axis=0)
    outputs, _ = run(network, inputs, LABELS, train=False)
    first = outputs if part in GENERATORS else outputs.logits
    changed = [np.abs(first[0] - row).max() > 1e-3 for row in (first[1], first[2], first[3])]
    # A classifier beside the logit judges the image, whatever label it has.
    reads_labels = conditioning != "auxiliary"
    assert changed == [reads_labels, False, reads_labels]
    if part in DISCRIMINATORS:
        assert (outputs.classes is not None) == (conditioning == "auxiliary")
        if conditioning == "auxiliary":
            assert outputs.classes.shape == (BATCH, CLASSES)
            np.testing.assert_allclose(outputs.classes[0], outputs.classes[1], rtol=1e-5)


@pytest.mark.parametrize("part", WITH_KNOBS)
def test_networks_without_conditioning_do_not_look_at_labels(part):
    network, inputs = build(part(2, "none"), (8, 8, 1), classes=CLASSES)
    variables = shapes(network)
    assert variables == shapes(build(part(2, "none"), (8, 8, 1))[0])
    blind = partial(network.apply, given=Given("anything"), train=True)
    jax.eval_shape(blind, jax.random.key(0), variables, inputs)


# Counts of parameters.


def test_parameters_of_the_residual_networks_of_the_paper():
    # 128 latents to 4·4·256: 128·4096 + 4096 = 528,384. A block: two norms of 512, two 3x3
    # convolutions of 9·256·256 + 256 = 590,080 and a 1x1 one of 256·256 + 256 = 65,792, so
    # 1,246,976; three of them. A norm of 512, and 9·256·3 + 3 = 6,915 to the image. That is the
    # paper's 4,276,739, but for 256 biases a block that its second norm would take away.
    generator = shapes(ResidualGenerator().build(NetworkSetting((32, 32, 3), 128)))
    paper = 528_384 + 3 * 1_246_976 + 512 + 6_915
    assert count(generator.params) == paper - 3 * 256
    # A running mean and variance for each of the 7 norms.
    assert count(generator.stats) == 7 * 2 * 256
    # First block: 27·128 + 128 = 3,584, 9·128·128 + 128 = 147,584 and 3·128 + 128 = 512. Second:
    # 2·147,584 and 128·128 + 128 = 16,512. Two more of 2·147,584. Dense 128 + 1.
    discriminator = shapes(
        ResidualDiscriminator(norm="spectral").build(NetworkSetting((32, 32, 3)))
    )
    first, second, later = 3_584 + 147_584 + 512, 2 * 147_584 + 16_512, 2 * 147_584
    assert count(discriminator.params) == first + second + 2 * later + 129
    # A vector u of 128 for each of 3 + 3 + 2 + 2 convolutions, and of 1 for the dense unit.
    assert count(discriminator.stats) == 10 * 128 + 1


@pytest.mark.parametrize(
    ("size", "halved"),
    [(8, 1), (28, 2), (30, 1), (64, 3)],
)
def test_residual_discriminators_halve_to_8_pixels_or_an_odd_number(size, halved):
    network, images = build(ResidualDiscriminator(2), (size, size, 1))
    outputs, _ = shapes_of_a_call(network, images)
    sizes = [features.shape[1] for features in outputs.features]
    left = size // 2**halved
    assert sizes == [*(size // 2**i for i in range(1, halved + 1)), left, left]


@pytest.mark.parametrize(
    ("norm", "hidden", "statistics"),
    [
        # 6 → 5 → 5: kernels of 30 and 25, and 5 biases or 5 gains and 5 biases after each.
        ("none", (30 + 5) + (25 + 5), 0),
        ("batch", (30 + 10) + (25 + 10), 4 * 5),
        ("layer", (30 + 10) + (25 + 10), 0),
    ],
)
def test_parameters_of_the_fully_connected_generator(norm, hidden, statistics):
    variables = shapes(MLPGenerator(5, norm, depth=2).build(NetworkSetting((4, 4, 3), 6)))
    assert count(variables.params) == hidden + 5 * 48 + 48
    assert count(variables.stats) == statistics


def test_parameters_of_the_fully_connected_discriminator():
    # 8 pixels → 5 units of 3 pieces → 5 units of 3 pieces → 1.
    variables = shapes(MLPDiscriminator(5, depth=2, maxout=3).build(NetworkSetting((2, 4, 1))))
    assert count(variables.params) == (8 * 15 + 15) + (5 * 15 + 15) + (5 + 1)


def test_parameters_of_the_networks_of_the_introductory_text():
    # 100 → 128 → 128 → 784 → 28x28x1 → 28x28x64 → 28x28x1.
    generator = shapes(VanillaGenerator().build(NetworkSetting((28, 28, 1), 100)))
    dense = (100 * 128 + 128) + (128 * 128 + 128) + (128 * 784 + 784)
    assert count(generator.params) == dense + (9 * 64 + 64) + (9 * 64 + 1)
    # 28x28x1 → 26x26x64 → 24x24x128 → 1.
    discriminator = shapes(VanillaDiscriminator().build(NetworkSetting((28, 28, 1))))
    convolutions = (9 * 64 + 64) + (9 * 64 * 128 + 128)
    assert count(discriminator.params) == convolutions + (24 * 24 * 128 + 1)
    assert not generator.stats
    assert not discriminator.stats


def test_parameters_of_the_recurrent_generator():
    # Three steps share their weights, not their norms: 9 latents are 3 a step. Latent 3·6 and norms
    # of 12; decoder 12 → 4x4x4 with norms of 8, and 4·4·4·1 + 1 to the image; encoder
    # 4·4·1·4 and 64 → 6, with norms of 8 and 12 in the two steps that are followed by another.
    variables = shapes(RecurrentGenerator(4, hidden=6).build(NetworkSetting((8, 8, 1), 9)))
    latent, decoder, encoder = 18 + 3 * 12, 12 * 64 + 3 * 8 + 65, 64 + 64 * 6 + 2 * 20
    assert count(variables.params) == latent + decoder + encoder
    assert count(variables.stats) == 3 * (12 + 8) + 2 * (8 + 12)


def test_an_encoder_that_nothing_reads_is_not_made():
    variables = shapes(RecurrentGenerator(4, hidden=6, steps=1).build(NetworkSetting((8, 8, 1), 9)))
    assert count(variables.params) == (9 * 6 + 12) + (12 * 64 + 8 + 65)


def test_parameters_of_the_patch_discriminator():
    # pix2pix on 256x256 pixels, without norms: 64, 128, 256 with stride 2, 512 without.
    network = PatchDiscriminator(norm="none", halvings=3).build(NetworkSetting((256, 256, 3)))
    kernels = 16 * (3 * 64 + 64 * 128 + 128 * 256 + 256 * 512 + 512)
    assert count(shapes(network).params) == kernels + 64 + 128 + 256 + 512 + 1
    outputs, _ = shapes_of_a_call(network, jnp.zeros((1, 256, 256, 3)))
    assert outputs.logits.shape == (1, 30, 30)
    # With norms there are none on the image's own layer and the last one.
    batch = shapes(PatchDiscriminator(4).build(NetworkSetting((28, 28, 1))))
    assert count(batch.params) == (16 * 4 + 4) + (16 * 4 * 8 + 16) + (16 * 8 + 1)
    # Channels stop doubling at 8 times the width.
    wide = shapes(PatchDiscriminator(1, "none", halvings=4).build(NetworkSetting((64, 64, 1))))
    kernels = 16 * (1 * 1 + 1 * 2 + 2 * 4 + 4 * 8 + 8 * 8 + 8 * 1)
    assert count(wide.params) == kernels + (1 + 2 + 4 + 8 + 8 + 1)


def test_parameters_of_the_u_net():
    # 16x16x1 → 8x8x4 → 4x4x8 → the image's logit; 4x4x8 → 8x8x8 beside 4 → 16x16x4 beside the
    # image → the pixels' logits.
    variables = shapes(UNetDiscriminator(4, "none").build(NetworkSetting((16, 16, 1))))
    encoder = (16 * 1 * 4 + 4) + (16 * 4 * 8 + 8) + (4 * 4 * 8 + 1)
    decoder = (9 * 8 * 8 + 8) + (9 * (8 + 4) * 4 + 4) + (9 * (4 + 1) * 1 + 1)
    assert count(variables.params) == encoder + decoder


# What a logit sees.


def windows(network, size, pick):
    """First and last rows and columns of a square image that move each number of `pick`."""
    images = np.random.default_rng(0).normal(size=(1, size, size, 1)).astype(np.float32)

    @jax.jit
    def slopes(variables, images):
        def numbers(images):
            return pick(network.apply(jax.random.key(0), variables, images, train=False)[0])

        return jax.jacrev(numbers)(images)[:, 0, :, :, 0]

    found = []
    for slope in np.asarray(slopes(some_values(network), images)):
        rows, columns = np.nonzero(slope)
        # Nothing inside is left out: no weight and no slope is 0.
        assert len(rows) == (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
        found.append((rows.min(), rows.max(), columns.min(), columns.max()))
    return found


@pytest.mark.parametrize(("halvings", "size", "side"), [(0, 12, 7), (1, 28, 16), (2, 48, 34)])
def test_a_patch_is_as_large_as_said(halvings, size, side):
    # K + (K - 1)·1·2^h for each later layer: 7; 4 + 2·3 + 2·3 = 16; 4 + 2·3 + 4·3 + 4·3 = 34.
    network = PatchDiscriminator(1, "none", halvings=halvings).build(
        NetworkSetting((size, size, 1))
    )
    step, zeros = 2**halvings, {0: 2, 1: 5, 2: 11}[halvings]  # padding, in pixels
    i, j = {0: (3, 5), 1: (4, 6), 2: (3, 4)}[halvings]
    found = windows(network, size, lambda judgement: judgement.logits[0, i, j][None])
    top, left = step * i - zeros, step * j - zeros
    assert found == [(top, top + side - 1, left, left + side - 1)]


@pytest.mark.parametrize("part", WHOLE_IMAGE)
def test_a_logit_of_the_whole_image_sees_all_of_it(part):
    network = part(1, "none").build(NetworkSetting((8, 8, 1)))
    assert windows(network, 8, lambda judgement: judgement.logits) == [(0, 7, 0, 7)]


def test_a_pixel_of_the_u_net_sees_far_beyond_its_neighbours():
    # From the corner of 32x32: 3x3 convolutions on 32, 32, 16 and 8 pixels lead to cells 0 and 1
    # of the 4x4 grid, each the 22 pixels from 8·cell - 7 on: 1 to 22, and 0 from its own. From
    # (16, 16): 15 to 17, 14 to 18, cells 7 to 9 of 16, so 6 to 10 of the next, 3 to 5 of 8, 2 to
    # 6, and 1 to 3 of 4: pixels 1 to 31.
    network = UNetDiscriminator(1, "none").build(NetworkSetting((32, 32, 1)))

    def two(judgement):
        return jnp.stack([judgement.pixels[0, 0, 0], judgement.pixels[0, 16, 16]])

    assert windows(network, 32, two) == [(0, 22, 0, 22), (1, 31, 1, 31)]


# Forward passes, written out.


def test_a_maxout_unit_is_the_largest_of_its_pieces():
    network, images = build(MLPDiscriminator(3, depth=1, maxout=4), (2, 5, 1))
    params = some_values(network).params
    judgement, _ = run(network, images, train=True)
    kernel, bias = params["Dense_0"]["kernel"], params["Dense_0"]["bias"]
    units = np.full((BATCH, 3), -np.inf)
    for piece in range(4):
        columns = slice(3 * piece, 3 * piece + 3)
        flat = images.reshape(BATCH, 10)
        units = np.maximum(units, flat @ kernel[:, columns] + bias[columns])
    (features,) = judgement.features
    np.testing.assert_allclose(features, units, rtol=1e-4, atol=1e-5)
    assert units.min() < 0  # no ReLU follows
    head = params["Head_0"]["logit"]
    expected = units @ head["kernel"][:, 0] + head["bias"]
    np.testing.assert_allclose(judgement.logits, expected, rtol=1e-4, atol=1e-4)


def test_a_vanilla_generator_ends_in_a_stretched_sigmoid():
    network, z = build(VanillaGenerator(2), (8, 8, 1))
    params = some_values(network).params
    x = z
    for i in range(3):
        x = np.maximum(x @ params[f"Dense_{i}"]["kernel"] + params[f"Dense_{i}"]["bias"], 0)
    x = x.reshape(BATCH, 8, 8, 1)
    x = np.maximum(convolved(x, params["Convolution_0"]), 0)
    x = convolved(x, params["Convolution_1"]).astype(np.float64)
    with np.errstate(over="ignore"):
        expected = 2 / (1 + np.exp(-x)) - 1
    images, _ = run(network, z, train=True)
    np.testing.assert_allclose(images, expected, rtol=1e-3, atol=1e-4)


def convolved(x, params, stride=1, padding=1):
    bias = params["bias"].reshape(1, 1, 1, -1)
    layer = jax.jit(partial(convolution, stride=stride, padding=padding, form="native"))
    return np.asarray(layer(x, params["kernel"])) + bias


def leaky(x):
    return np.where(x > 0, x, 0.2 * x)


def test_the_residual_discriminators_skip_halves_on_either_side_of_its_convolution():
    # The paper convolves and then takes means; the other order does a quarter of the work.
    network, images = build(ResidualDiscriminator(2, "none"), (8, 8, 3))
    params = some_values(network).params
    judgement, _ = run(network, images, train=True)
    block = params["_DownBlock_0"]
    y = convolved(images, block["Convolution_0"])
    y = convolved(leaky(y), block["Convolution_1"])
    y = halve(y + convolved(images, block["Convolution_2"], padding=0))
    np.testing.assert_allclose(judgement.features[0], y, rtol=1e-4, atol=1e-4)
    # A later block activates first, and adds to what it was given where nothing is halved.
    block = params["_DownBlock_1"]
    z = convolved(leaky(y), block["Convolution_0"])
    z = y + convolved(leaky(z), block["Convolution_1"])
    np.testing.assert_allclose(judgement.features[1], z, rtol=1e-4, atol=1e-3)
    # The end: leaky ReLU, sum over positions, dense.
    head = params["Head_0"]["logit"]
    phi = leaky(np.asarray(judgement.features[2])).sum((1, 2))
    expected = phi @ head["kernel"][:, 0] + head["bias"]
    np.testing.assert_allclose(judgement.logits, expected, rtol=1e-3)


def test_the_residual_generators_block():
    network, z = build(ResidualGenerator(2, "none"), (8, 8, 1))
    params = some_values(network).params
    x = (z @ params["Dense_0"]["kernel"] + params["Dense_0"]["bias"]).reshape(BATCH, 4, 4, 2)
    block = params["_UpBlock_0"]

    def up(x, name, padding):
        wide = x.repeat(2, axis=1).repeat(2, axis=2)
        return convolved(wide, block[name]["Convolution_0"], padding=padding)

    y = up(np.maximum(x, 0), "UpConvolution_0", 1)
    y = convolved(np.maximum(y, 0), block["Convolution_0"])
    y = y + up(x, "UpConvolution_1", 0)
    expected = np.tanh(convolved(np.maximum(y, 0), params["Convolution_0"]))
    images, _ = run(network, z, train=True)
    np.testing.assert_allclose(images, expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    ("part", "norm"),
    [*((part, "none") for part in DISCRIMINATORS), (ResidualDiscriminator, "instance")],
)
def test_how_diverse_a_group_is_reaches_its_logits_whatever_the_norm(part, norm):
    # Images 0 and 2 are one group, and copies; 1 and 3 are the other.
    network, images = build(part(2, norm, minibatch_deviation=2), (8, 8, 1))
    images[2] = images[0]
    others = images.copy()
    others[2] = -images[1]
    first, second = (run(network, x, train=False)[0].logits for x in (images, others))
    assert np.abs(first[0] - second[0]).min() > 1e-3
    np.testing.assert_allclose(first[1::2], second[1::2], rtol=1e-5)


def test_the_last_stage_is_the_output():
    # With dropout as well, which stays on when sampling: one key, one mask.
    network, z = build(RecurrentGenerator(2, steps=3, hidden=4, dropout=0.5), (8, 8, 3))
    variables = some_values(network)
    images, _ = run(network, z, train=False, key=7)
    stages = jax.jit(network.stages)(jax.random.key(7), variables, z)
    assert stages.shape == (3, BATCH, 8, 8, 3)
    np.testing.assert_array_equal(stages[-1], images)


def test_canvases_are_running_sums_of_drawings():
    network, z = build(RecurrentGenerator(2, "none", steps=3, hidden=4), (8, 8, 1))
    params = some_values(network).params
    read, draw, look = (params[f"_{name}_0"] for name in ("Latent", "Decoder", "Encoder"))

    def dense(x, layer):
        return x @ layer["kernel"] + layer["bias"]

    spread = jax.jit(partial(up_convolution, stride=2, form="native"))
    seen, drawings = np.zeros((BATCH, 4)), []
    for t in range(3):
        hidden = np.tanh(dense(z[:, 2 * t : 2 * t + 2], read["Dense_0"]))
        x = dense(np.concatenate([hidden, seen], 1).astype(np.float32), draw["Dense_0"])
        x = np.maximum(x, 0).reshape(BATCH, 4, 4, 2)
        last = draw["UpConvolution_0"]
        drawing = np.asarray(spread(x, last["kernel"])) + last["bias"].reshape(1, 1, 1, 1)
        drawings.append(drawing)
        x = leaky(convolved(drawing, look["Convolution_0"], stride=2)).reshape(BATCH, -1)
        seen = np.tanh(dense(x, look["Dense_0"]))
    stages = jax.jit(network.stages)(jax.random.key(0), some_values(network), z)
    np.testing.assert_allclose(stages, np.tanh(np.cumsum(drawings, 0)), rtol=1e-3, atol=1e-3)
    assert np.abs(drawings[1] - drawings[0]).max() > 0.1


def test_labels_reach_every_stage():
    part = RecurrentGenerator(2, "none", hidden=4, conditioning="concat")
    network, z = build(part, (8, 8, 1), classes=CLASSES)
    z = np.repeat(z[:1], BATCH, axis=0)
    stages = jax.jit(network.stages)(jax.random.key(0), some_values(network), z, Given(LABELS))
    for canvas in stages:
        np.testing.assert_array_equal(canvas[0], canvas[2])
        assert np.abs(canvas[0] - canvas[1]).max() > 1e-3
