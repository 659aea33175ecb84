"""R3GAN's networks against counts and laws worked out by hand."""

from __future__ import annotations

import math
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.errors import UserError
from jaxgan.networks import R3GANDiscriminator, R3GANGenerator
from jaxgan.networks.layers.inverted import BlockShape, InvertedBlock, block_gain
from jaxgan.types import Given, NetworkSetting
from tests.networks.values import count, run, shapes

SETTING = NetworkSetting((8, 8, 3), latent_size=5)  # 4 doubled once: two stages
SMALL = {"channel_base": 32, "channel_max": 8, "blocks": 2, "group_size": 4}
IMAGENET_32 = {"channel_base": 49152, "channel_max": 1536, "group_size": 32}
IMAGENET_64 = {**IMAGENET_32, "channel_base": 98304}
QUARTER, WIDTH_96, WIDTH_64 = ({"channel_max": width} for width in (192, 96, 64))
LABELS = np.array([0, 1, 0, 2], np.int32)


def generator(setting=SETTING, **changes):
    return R3GANGenerator(**{**SMALL, **changes}).build(setting)


def discriminator(setting=SETTING, **changes):
    return R3GANDiscriminator(**{**SMALL, **changes}).build(setting)


def some(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def first(network):
    return jax.jit(network.init)(jax.random.key(0))


def call(network, variables, inputs, given=Given()):
    return jax.jit(partial(network.apply, train=True))(jax.random.key(0), variables, inputs, given)[
        0
    ]


# Counts of parameters. A block of C channels in groups of g: C · 2C + 9 · 2C · g + 2C · C and two
# biases of 2C. The generator adds (16 + Z) C for its basis and its map, and 3 C for the image; the
# discriminator 3 C, 16 C and C for the logit; a change of channels I · O.


@pytest.mark.parametrize(
    ("size", "classes", "part", "of_generator", "of_discriminator"),
    [
        (32, 0, {}, 20_732_160, 20_683_776),  # CIFAR-10
        (32, 10, {}, 20_781_952, 21_280_512),
        (64, 0, {}, 22_429_824, 22_381_440),  # FFHQ
        (256, 0, {}, 23_057_952, 23_009_568),
        (32, 0, IMAGENET_32, 82_752_000, 82_655_232),
        (32, 1000, IMAGENET_32, 82_914_304, 86_548_992),
        (64, 0, IMAGENET_64, 103_408_128, 103_311_360),
        (64, 1000, IMAGENET_64, 103_570_432, 107_205_120),
        (32, 0, QUARTER, 1_644_096, 1_632_000),
        (32, 0, WIDTH_96, 527_136, 521_088),
        (32, 0, {**WIDTH_96, "blocks": 1}, 267_552, 261_504),
        (32, 0, WIDTH_64, 285_888, 281_856),
        (32, 0, {**WIDTH_64, "blocks": 1}, 145_600, 141_568),
    ],
)
def test_parameters(size, classes, part, of_generator, of_discriminator):
    setting = NetworkSetting((size, size, 3), 64, classes)
    in_g, in_d = ("concat", "projection") if classes else ("none", "none")
    made = shapes(R3GANGenerator(**part, conditioning=in_g).build(setting))
    judge = shapes(R3GANDiscriminator(**part, conditioning=in_d).build(setting))
    assert count(made.params) == of_generator
    assert count(judge.params) == of_discriminator
    assert not made.stats
    assert not judge.stats


def test_parameters_of_grey_images():
    setting = NetworkSetting((32, 32, 1), 64)
    assert count(shapes(R3GANGenerator(**QUARTER).build(setting)).params) == 1_643_712
    assert count(shapes(R3GANDiscriminator(**QUARTER).build(setting)).params) == 1_631_616


@pytest.mark.parametrize("size", [8, 12, 16, 28, 56, 1024])
def test_any_size_that_halves(size):
    setting = NetworkSetting((size, size, 3), 5)
    made, judge = generator(setting), discriminator(setting)
    key, z = jax.random.key(0), jnp.ones((4, 5))
    images, _ = jax.eval_shape(partial(made.apply, train=True), key, shapes(made), z)
    assert (images.shape, images.dtype) == ((4, size, size, 3), jnp.float32)
    judgement, _ = jax.eval_shape(partial(judge.apply, train=True), key, shapes(judge), images)
    assert judgement.logits.shape == (4,)
    # One after each stage, and the last two of one size.
    assert all(x.shape[0] == 4 for x in judgement.features)
    assert len(judgement.features) == round(math.log2(size / judgement.features[-1].shape[1])) + 1


def test_28_pixels_start_at_7_and_channels_fill_groups():
    # 560 / 7 = 80, 560 / 14 = 40 and 560 / 28 = 20 channels; inside a block they are doubled, and
    # in groups of 16: multiples of 8.
    setting = NetworkSetting((28, 28, 1), 5)
    params = shapes(R3GANGenerator(channel_base=560).build(setting)).params
    assert params["basis"].shape == (7, 7, 80)
    kernels = [params[f"stage_{i}"]["block_0"]["grouped"].shape for i in range(3)]
    assert kernels == [(160, 3, 3, 16), (80, 3, 3, 16), (32, 3, 3, 16)]


# First values.


def test_every_block_is_the_identity_at_first():
    block = InvertedBlock(BlockShape(2, 4, 0.8, "patches"))
    x = some(8, 5, 5, 2)  # channels first
    variables = jax.jit(block.init)(jax.random.key(0), x)
    np.testing.assert_array_equal(block.apply(variables, x), x)
    moved = jax.tree.map(lambda leaf: leaf + 0.1, variables)
    assert np.abs(np.asarray(block.apply(moved, x)) - x).max() > 0.1


@pytest.mark.parametrize("build", [generator, discriminator])
def test_the_last_layer_of_each_block_is_zero_and_no_other_kernel(build):
    leaves = jax.tree_util.tree_leaves_with_path(first(build()).params)
    zero = {jax.tree_util.keystr(path, simple=True) for path, x in leaves if not np.any(x)}
    expected = {
        f"stage_{stage}{block}{name}"
        for stage in range(2)
        for block in ("block_0", "block_1")
        for name in ("contractkernel", "first_bias", "second_bias")
    }
    assert {name.replace("/", "").replace(".", "") for name in zero} == expected


@pytest.mark.parametrize("factor", [-3.0, 0.5])
def test_networks_are_linear_at_first(factor):
    for network, inputs in ((generator(), some(4, 5)), (discriminator(), some(4, 8, 8, 3))):
        variables = first(network)
        one, other = (call(network, variables, by * inputs) for by in (1.0, factor))
        one, other = (getattr(x, "logits", x) for x in (one, other))
        assert np.abs(one).max() > 0.1
        np.testing.assert_allclose(other, factor * one, rtol=1e-5, atol=1e-6)


def test_gain_of_blocks():
    # 8 blocks on CIFAR-10: 8^(-1/4) = 0.5946, times sqrt(2 / 1.04) = 1.3868.
    assert block_gain(8) == pytest.approx(0.5946 * 1.3868, rel=1e-4)
    assert block_gain(1) == pytest.approx(1.3868, rel=1e-4)


def test_deviations_of_weights_at_first():
    # gain / sqrt(fan-in); the widths make 12,000 numbers or more of each, which leaves 2 %.
    part = {"channel_base": 512, "channel_max": 128, "blocks": 1, "group_size": 16}
    setting = NetworkSetting((8, 8, 3), 64, classes=100)
    made = first(R3GANGenerator(**part, conditioning="concat").build(setting)).params
    judge = first(R3GANDiscriminator(**part, conditioning="projection").build(setting)).params
    inner = math.sqrt(2 / 1.04) * 2 ** (-1 / 4)  # two stages of one block
    for params in (made, judge):
        block = params["stage_0"]["block_0"]
        for leaf, gain, fan_in in (
            (block["expand"]["kernel"], inner, block["expand"]["kernel"].shape[-1]),
            (block["grouped"], inner, 9 * 16),
        ):
            assert np.std(leaf) == pytest.approx(gain / math.sqrt(fan_in), rel=0.03)
    assert np.std(made["basis"]) == pytest.approx(1.0, rel=0.05)
    assert np.std(made["scale"]["kernel"]) == pytest.approx(1 / math.sqrt(128), rel=0.03)
    assert np.std(made["classes"]["kernel"]) == pytest.approx(1 / math.sqrt(100), rel=0.03)
    assert np.std(judge["grid"]) == pytest.approx(1 / 4, rel=0.05)
    assert np.std(judge["logit"]["kernel"]) == pytest.approx(1 / math.sqrt(128), rel=0.03)
    assert np.std(judge["classes"]["kernel"]) == pytest.approx(1 / math.sqrt(12800), rel=0.03)


def test_variance_of_a_fresh_network():
    # A mean square of 1 at the start grid. Going up without a change of channels, [1, 3, 3, 1] / 4
    # leaves (1 + 9) / 16 of white numbers an axis, away from the border: (5 / 8)² of them.
    setting = NetworkSetting((16, 16, 64), 64)
    network = R3GANGenerator(channel_base=8192, channel_max=128, blocks=1).build(setting)
    z = some(64, 64)
    images = np.asarray(call(network, first(network), z))
    start = NetworkSetting((8, 8, 64), 64)
    small = R3GANGenerator(channel_base=8192, channel_max=128, blocks=1).build(start)
    assert np.mean(np.square(call(small, first(small), z))[:, 1:-1, 1:-1]) == pytest.approx(
        (5 / 8) ** 2, rel=0.15
    )
    assert np.mean(np.square(images)) < 1


# Labels.


def test_permuted_labels_change_the_inner_product_alone():
    setting = SETTING._replace(classes=3)
    judge = discriminator(setting, conditioning="projection")
    x = np.repeat(some(1, 8, 8, 3), 4, axis=0)
    judgement, _ = run(judge, x, LABELS, train=True)
    logits = np.asarray(judgement.logits)
    assert logits[0] == pytest.approx(logits[2], rel=1e-5)
    assert abs(logits[0] - logits[1]) > 1e-3
    assert abs(logits[0] - logits[3]) > 1e-3
    for features in judgement.features:
        np.testing.assert_allclose(features[0], features[1], rtol=1e-5)
    made = generator(setting, conditioning="concat")
    images, _ = run(made, np.repeat(some(1, 5), 4, axis=0), LABELS, train=True)
    np.testing.assert_allclose(images[0], images[2], rtol=1e-5, atol=1e-5)
    assert np.abs(images[0] - images[1]).max() > 1e-3


def test_labels_are_asked_for():
    network = generator(SETTING._replace(classes=3), conditioning="concat")
    with pytest.raises(ValueError, match="pass labels"):
        call(network, shapes(network), some(4, 5))


@pytest.mark.parametrize("build", [generator, discriminator])
def test_the_orders_of_axes_compute_the_same(build):
    on_cpu, on_gpu = (build(SETTING._replace(platform=name)) for name in ("cpu", "gpu"))
    inputs = some(4, 5) if build is generator else some(4, 8, 8, 3)
    rng = np.random.default_rng(3)  # no layer at zero
    variables = jax.tree.map(
        lambda x: jnp.asarray(rng.normal(size=x.shape) * 0.3, jnp.float32), shapes(on_cpu)
    )
    ours, native = (call(network, variables, inputs) for network in (on_cpu, on_gpu))
    for one, other in zip(jax.tree.leaves(ours), jax.tree.leaves(native), strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


# Precision.


@pytest.mark.parametrize("build", [generator, discriminator])
def test_all_stages_but_the_smallest_are_narrow(build):
    network = build(SETTING._replace(precision="bfloat16", platform="gpu"))
    inputs = some(4, 5) if build is generator else some(4, 8, 8, 3)
    apply = partial(network.apply, train=True)
    jaxpr = str(jax.make_jaxpr(apply)(jax.random.key(0), shapes(network), inputs))
    lines = [line.split(":")[1].split(" ")[0] for line in jaxpr.splitlines()
             if "= conv_general_dilated[" in line]  # fmt: skip
    # Two blocks of three at 4 pixels, wide; two at 8 and the layer beside the image, narrow, as is
    # the change of channels at 4 pixels, which belongs to the larger stage.
    kinds = sorted(line.rsplit(",", 1)[0] for line in lines)
    assert kinds == ["bf16[4,4,4"] + 7 * ["bf16[4,8,8"] + 6 * ["f32[4,4,4"]
    outputs, _ = jax.eval_shape(apply, jax.random.key(0), shapes(network), inputs)
    assert all(leaf.dtype == jnp.float32 for leaf in jax.tree.leaves(outputs))


# What is refused.


@pytest.mark.parametrize("part", [R3GANGenerator, R3GANDiscriminator])
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"blocks": 0}, "blocks 0: .* from 1"),
        ({"group_size": 1.5}, "group_size 1.5"),
        ({"channel_max": 12}, "channel_max 12: .* multiple of 8, .* fill groups of 16"),
        ({"conditioning": "norm"}, "conditioning 'norm': expected one of none"),
        ({"conditioning": "auxiliary"}, "conditioning 'auxiliary': expected one of none"),
    ],
)
def test_fields_that_cannot_be_are_refused(part, changes, message):
    with pytest.raises(UserError, match=message):
        part(**changes)


def test_sizes_that_cannot_be_are_refused():
    for part in (R3GANGenerator(), R3GANDiscriminator()):
        with pytest.raises(UserError, match="image size 34 halves 1 times, to 17"):
            part.build(NetworkSetting((34, 34, 1), 64))
