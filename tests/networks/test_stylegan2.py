"""StyleGAN2's networks against counts and laws worked out by hand."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.errors import UserError
from jaxgan.networks.stylegan2 import StyleGAN2Generator
from jaxgan.networks.stylegan2_discriminator import StyleGAN2Discriminator
from jaxgan.types import Given, NetworkSetting
from tests.networks.values import count, shapes, some_values

# With a multiplier of 1 the mapping matters at `some_values`, which are N(0, 1) as they are stored.
MAPPING = {"mapping_layers": 2, "mapping_multiplier": 1.0}
SMALL = {"channel_base": 32, "channel_max": 4, "style_size": 6, **MAPPING}
SETTING = NetworkSetting((8, 8, 1), latent_size=5)  # 4 doubled once: four styles
LAYERS = 4
Z = np.random.default_rng(0).normal(size=(4, 5)).astype(np.float32)
LABELS = np.array([0, 1, 0, 2], np.int32)


def generator(setting=SETTING, **changes):
    return StyleGAN2Generator(**{**SMALL, **changes}).build(setting)


def discriminator(setting=SETTING, **changes):
    small = {"channel_base": 32, "channel_max": 4, "minibatch_deviation": 2, **MAPPING}
    return StyleGAN2Discriminator(**{**small, **changes}).build(setting)


def call(function, *args, train, given=Given(), key=0):
    """A network's function under jit."""
    return jax.jit(partial(function, train=train))(jax.random.key(key), *args, given)


# Counts of parameters: mapping Σ (in · out + out); constant start² C; a layer of i to o channels
# w i + i for its style, 9 i o, 1 for its noise, o; an image w i + i + colours (i + 1).


@pytest.mark.parametrize(
    ("size", "colours", "part", "expected"),
    [
        (256, 3, {"channel_base": 16384}, 24_767_458),  # the authors' paper256
        (256, 3, {"channel_base": 16384, "mapping_layers": 2}, 23_191_522),
        (256, 3, {}, 30_034_338),
        (512, 3, {}, 30_276_583),
        (1024, 3, {}, 30_370_060),  # configuration F
        (128, 3, {"channel_base": 16384, "mapping_layers": 2}, 22_949_277),
        (64, 3, {"channel_base": 16384, "mapping_layers": 2}, 22_243_608),
        (32, 3, {"mapping_layers": 2}, 19_947_539),  # the authors' cifar
        (32, 1, {**SMALL, "channel_base": 2048, "channel_max": 128, "style_size": 128}, 1_049_291),
        (32, 1, {**SMALL, "channel_base": 1024, "channel_max": 64, "style_size": 64}, 263_531),
        (1024, 3, {"style": "adain", "channel_base": 16384}, 26_212_019),  # the paper's 26.2 M
        (256, 3, {"style": "adain", "channel_base": 16384}, 26_078_915),
        (128, 3, {"style": "adain", "channel_base": 16384}, 25_836_931),
        (64, 3, {"style": "adain", "channel_base": 16384}, 25_131_779),
        (32, 3, {"style": "adain", "channel_base": 16384}, 22_836_739),
    ],
)
def test_parameters_of_the_generator(size, colours, part, expected):
    part = StyleGAN2Generator(**part)
    network = part.build(NetworkSetting((size, size, colours), part.style_size))
    variables = shapes(network)
    assert count(variables.params) == expected
    assert count(variables.stats) == part.style_size
    w, _ = jax.eval_shape(
        partial(network.styled.map, train=False),
        jax.random.key(0),
        variables,
        jax.ShapeDtypeStruct((2, part.style_size), jnp.float32),
    )
    assert w.shape == (2, 2 * int(np.log2(size)) - 2, part.style_size)


@pytest.mark.parametrize(
    ("size", "colours", "part", "expected"),
    [
        (256, 3, {"channel_base": 16384}, 24_001_089),
        (256, 3, {}, 28_864_129),
        (512, 3, {}, 28_982_849),
        (1024, 3, {}, 29_012_513),
        (128, 3, {"channel_base": 16384}, 23_882_369),
        (64, 3, {"channel_base": 16384}, 23_407_361),
        (32, 3, {}, 21_507_073),
        (32, 3, {"architecture": "orig"}, 20_720_641),
        (32, 1, {"channel_base": 2048, "channel_max": 128}, 1_153_345),
        (32, 1, {"channel_base": 1024, "channel_max": 64}, 288_929),
    ],
)
def test_parameters_of_the_discriminator(size, colours, part, expected):
    variables = shapes(StyleGAN2Discriminator(**part).build(NetworkSetting((size, size, colours))))
    assert count(variables.params) == expected
    assert not variables.stats


def test_parameters_of_the_conditional_networks():
    setting = NetworkSetting((32, 32, 3), 512, classes=10)
    part = StyleGAN2Generator(mapping_layers=2, conditioning="concat")
    assert count(shapes(part.build(setting)).params) == 20_215_315
    part = StyleGAN2Discriminator(architecture="orig", conditioning="projection")
    assert count(shapes(part.build(setting)).params) == 23_089_664


@pytest.mark.parametrize("size", [8, 12, 28, 32, 40])
@pytest.mark.parametrize("style", ["demodulated", "adain"])
def test_any_size_that_halves(size, style):
    setting = NetworkSetting((size, size, 3), 5)
    made, judge = generator(setting, style=style), discriminator(setting)
    images, _ = jax.eval_shape(
        partial(made.apply, train=True), jax.random.key(0), shapes(made), jnp.ones((4, 5))
    )
    assert (images.shape, images.dtype) == ((4, size, size, 3), jnp.float32)
    judgement, _ = jax.eval_shape(
        partial(judge.apply, train=True), jax.random.key(0), shapes(judge), images
    )
    assert judgement.logits.shape == (4,)
    assert [x.shape[0] for x in judgement.features] == [4] * len(judgement.features)


def test_28_pixels_start_at_7_with_six_styles():
    network = generator(NetworkSetting((28, 28, 1), 5), channel_base=28)
    params = shapes(network).params["synthesis"]
    # 28 / 7, 28 / 14 and 28 / 28 channels.
    assert params["constant"].shape == (7, 7, 4)
    assert [params[f"layer_{i}"]["kernel"].shape[0] for i in range(5)] == [4, 2, 2, 1, 1]
    w, _ = jax.eval_shape(
        partial(network.styled.map, train=True), jax.random.key(0), shapes(network), Z
    )
    assert w.shape == (4, 6, 6)


# First values.


def first(network):
    return jax.jit(network.init)(jax.random.key(0))


@pytest.mark.parametrize(("layers", "expected"), [(2, 1.04**2), (8, 1.04**8)])
def test_mean_square_of_styles_at_first(layers, expected):
    # Each layer of white numbers puts out 1.04; they are nearly white where they are many.
    network = StyleGAN2Generator(
        channel_base=8, channel_max=2, style_size=512, mapping_layers=layers
    ).build(NetworkSetting((8, 8, 1), 512))
    variables = first(network)
    z = 3 * np.random.default_rng(0).normal(size=(64, 512)).astype(np.float32)
    w, _ = call(network.styled.map, variables, z, train=False)
    assert abs(float(jnp.mean(jnp.square(w))) / expected - 1) < 0.15


@pytest.mark.parametrize("style", ["demodulated", "adain"])
def test_styles_noise_and_constants_at_first(style):
    params = first(generator(style=style)).params["synthesis"]
    leaves = jax.tree_util.tree_leaves_with_path(params)
    for path, leaf in leaves:
        names = [entry.key for entry in path]
        if names[-1] == "noise":
            assert leaf.shape == (() if style == "demodulated" else (4,))
        if names[-1] == "noise" or (names[-1] == "bias" and "style" not in names):
            np.testing.assert_array_equal(leaf, np.zeros(leaf.shape))
        elif names[-1] == "bias":
            # Modulation starts near 1; adaptive instance norm adds the 1 itself.
            expected = 1.0 if style == "demodulated" else 0.0
            np.testing.assert_array_equal(leaf, np.full(leaf.shape, expected))
    is_one = np.all(np.asarray(params["constant"]) == 1)
    assert is_one == (style == "adain")


# Styles.


def test_mean_style_follows_the_running_law():
    # The same latents n times: w (1 - .995^n); labels and second latents have no part in it.
    network = generator(mixing=1.0)
    variables = some_values(network)
    variables = variables._replace(stats=jax.tree.map(np.zeros_like, variables.stats))
    plain, unchanged = call(network.styled.map, variables, Z, train=False)
    np.testing.assert_array_equal(plain[:, 0], plain[:, -1])
    np.testing.assert_array_equal(unchanged["styles"]["mean"], np.zeros(6))
    target = np.asarray(plain)[:, 0].mean(axis=0)
    step = jax.jit(partial(network.styled.map, train=True))
    for n in range(1, 4):
        _, stats = step(jax.random.key(n), variables, Z)
        variables = variables._replace(stats=stats)
        expected = (1 - 0.995**n) * target
        np.testing.assert_allclose(network.styled.mean(variables), expected, rtol=1e-4, atol=1e-6)


def test_mean_style_moves_in_apply_while_training_alone_and_has_no_gradient():
    network = generator()
    variables = some_values(network)
    _, kept = call(network.apply, variables, Z, train=False)
    jax.tree.map(np.testing.assert_array_equal, kept, variables.stats)
    _, moved = call(network.apply, variables, Z, train=True)
    _, mapped = call(network.styled.map, variables, Z, train=True)
    np.testing.assert_allclose(moved["styles"]["mean"], mapped["styles"]["mean"], rtol=1e-6)
    assert np.abs(moved["styles"]["mean"] - variables.stats["styles"]["mean"]).max() > 1e-4


def cuts(network, draws):
    """The first layer of a second latent's style, in each of `draws` batches."""
    variables = some_values(network)

    def cut(key):
        w, _ = network.styled.map(key, variables, Z, train=True)
        same = jnp.all(w == w[:, :1], axis=(0, 2))
        return jnp.sum(same), jnp.all(jnp.sort(same)[::-1] == same)

    found, in_order = jax.jit(jax.vmap(cut))(jax.random.split(jax.random.key(0), draws))
    assert np.all(in_order)  # own styles first, then the others', in all images of a batch
    return np.bincount(found, minlength=LAYERS + 1) / draws


def test_mixing_cuts_evenly_in_nine_batches_of_ten():
    # Cut at 1, 2 or 3 with .3 each, at 4, which is none, with .1; 5 deviations of 4,000 draws.
    shares = cuts(generator(), 4000)
    np.testing.assert_allclose(shares, [0, 0.3, 0.3, 0.3, 0.1], atol=5 * (0.21 / 4000) ** 0.5)


def test_mixing_always_and_never():
    assert cuts(generator(mixing=1.0), 50)[LAYERS] == 0
    assert cuts(generator(mixing=0.0), 50)[LAYERS] == 1


def test_styles_of_no_width_between_them_give_one_image():
    # Truncation 0 is the mean w for every latent.
    network = generator(noise_when_sampling="fixed")
    variables = some_values(network)
    w, _ = call(network.styled.map, variables, Z, train=False)
    mean = network.styled.mean(variables)[None, None]
    images = call(network.styled.synthesize, variables, mean + 0 * (w - mean), train=False)
    np.testing.assert_allclose(images, np.broadcast_to(images[:1], images.shape), atol=1e-5)
    others = call(network.styled.synthesize, variables, w, train=False)
    assert np.abs(others[0] - others[1]).max() > 0.01


def test_apply_is_the_two_halves():
    network = generator(noise_when_sampling="none")
    variables = some_values(network)
    images, _ = call(network.apply, variables, Z, train=False)
    w, _ = call(network.styled.map, variables, Z, train=False)
    np.testing.assert_allclose(
        images, call(network.styled.synthesize, variables, w, train=False), rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize(
    ("kind", "differs_by_key", "differs_by_image"),
    [("random", True, True), ("fixed", False, False), ("none", False, False)],
)
def test_noise_of_samples(kind, differs_by_key, differs_by_image):
    network = generator(noise_when_sampling=kind)
    variables = some_values(network)
    same = np.repeat(Z[:1], 2, axis=0)
    images, _ = call(network.apply, variables, same, train=False)
    again, _ = call(network.apply, variables, same, train=False, key=1)
    assert (np.abs(images - again).max() > 1e-3) == differs_by_key
    assert (np.abs(images[0] - images[1]).max() > 1e-3) == differs_by_image
    assert np.abs(images).max() <= 1


def test_fixed_noise_is_noise():
    plain, fixed = (generator(noise_when_sampling=kind) for kind in ("none", "fixed"))
    variables = some_values(plain)
    without, _ = call(plain.apply, variables, Z, train=False)
    noisy, _ = call(fixed.apply, variables, Z, train=False)
    assert np.abs(without - noisy).max() > 1e-3


def test_training_images_are_not_clipped():
    network = generator()
    variables = jax.tree.map(lambda x: 5 * x, some_values(network))
    images, _ = call(network.apply, variables, Z, train=True)
    assert np.abs(images).max() > 1.5


@pytest.mark.parametrize("style", ["demodulated", "adain"])
def test_labels_change_images_of_generators_that_take_them(style):
    setting = SETTING._replace(classes=3)
    network = generator(setting, style=style, conditioning="concat", noise_when_sampling="none")
    same = np.repeat(Z[:1], 4, axis=0)
    images, _ = call(network.apply, some_values(network), same, train=False, given=Given(LABELS))
    changed = [bool(np.abs(images[0] - x).max() > 1e-3) for x in images[1:]]
    assert changed == [True, False, True]
    blind = generator(setting)
    assert count(shapes(blind).params) == count(shapes(generator()).params)


def test_narrow_synthesis_follows_the_wide_one_and_maps_as_precisely():
    wide, narrow = (
        generator(SETTING._replace(precision=precision), noise_when_sampling="fixed")
        for precision in ("float32", "bfloat16")
    )
    variables = some_values(wide)
    images, _ = call(wide.apply, variables, Z, train=False)
    rough, _ = call(narrow.apply, variables, Z, train=False)
    assert rough.dtype == jnp.float32
    assert 1e-4 < np.abs(images - rough).mean() < 0.05
    w, exact = (call(n.styled.map, variables, Z, train=True) for n in (narrow, wide))
    jax.tree.map(np.testing.assert_array_equal, w, exact)


# The discriminator.


@pytest.mark.parametrize("architecture", ["residual", "orig"])
def test_logits_of_white_images_at_first(architecture):
    # Of order 1, whatever the depth: gains are such that no layer shrinks what it is given.
    setting = NetworkSetting((16, 16, 3))
    network = discriminator(setting, architecture=architecture, channel_base=512, channel_max=32)
    images = np.random.default_rng(0).normal(size=(8, 16, 16, 3)).astype(np.float32)
    judgement, _ = call(network.apply, first(network), images, train=True)
    assert 0.05 < np.std(judgement.features[-1]) < 3
    assert 1e-3 < np.abs(judgement.logits).max() < 5


def test_labels_move_logits_by_projection():
    network = discriminator(SETTING._replace(classes=3), conditioning="projection")
    images = np.repeat(np.random.default_rng(0).normal(size=(1, 8, 8, 1)), 4, axis=0)
    logits = call(
        network.apply,
        some_values(network),
        images.astype(np.float32),
        train=True,
        given=Given(LABELS),
    )[0].logits
    changed = [bool(abs(logits[0] - x) > 1e-3) for x in logits[1:]]
    assert changed == [True, False, True]


# Programs.


def losses(style):
    """A generator's loss with a path length, and a discriminator's with R1, at tiny sizes."""
    made, judge = generator(style=style), discriminator()

    def of_generator(params, key):
        variables = some_values(made)._replace(params=params)
        w, _ = made.styled.map(key, variables, Z, train=True)
        paint = partial(made.styled.synthesize, jax.random.key(1), variables, train=True)
        images, pull_back = jax.vjp(paint, w)
        (slope,) = pull_back(jnp.ones_like(images))
        logits = judge.apply(jax.random.key(2), some_values(judge), images, train=True)[0].logits
        return jnp.sum(logits) + jnp.sum(jnp.square(slope))

    def of_discriminator(params, key):
        images = jax.random.normal(key, (4, 8, 8, 1))
        variables = some_values(judge)._replace(params=params)

        def score(images):
            return jnp.sum(judge.apply(jax.random.key(2), variables, images, train=True)[0].score)

        value, slope = jax.value_and_grad(score)(images)
        return value + jnp.sum(jnp.square(slope))

    return (of_generator, some_values(made).params), (of_discriminator, some_values(judge).params)


@pytest.mark.parametrize("style", ["demodulated", "adain"])
@pytest.mark.parametrize("which", [0, 1])
def test_second_derivatives_have_no_scatter(style, which):
    loss, params = losses(style)[which]
    text = jax.jit(jax.grad(loss)).lower(params, jax.random.key(0)).as_text()
    assert "tensor<4x8x8x" in text
    assert "scatter" not in text  # select_and_scatter among them


@pytest.mark.parametrize("which", [0, 1])
def test_second_derivatives_are_finite_mapped_and_alone(which):
    loss, params = losses("demodulated")[which]
    keys = jax.random.split(jax.random.key(3), 2)
    several = jax.jit(jax.vmap(jax.grad(loss), in_axes=(None, 0)))(params, jax.random.clone(keys))
    alone = jax.jit(jax.grad(loss))(params, keys[1])
    for a, b in zip(jax.tree.leaves(several), jax.tree.leaves(alone), strict=True):
        assert np.all(np.isfinite(a))
        np.testing.assert_allclose(a[1], b, rtol=1e-3, atol=1e-3 * max(1, np.abs(b).max()))


@pytest.mark.parametrize("platform", ["cpu", "gpu"])
def test_convolutions_have_the_form_of_the_platform(platform):
    setting = SETTING._replace(platform=platform)
    for network, inputs in (
        (generator(setting), Z),
        (discriminator(setting), jnp.ones((4, 8, 8, 1))),
    ):
        jaxpr = jax.make_jaxpr(partial(network.apply, train=True))(
            jax.random.key(0), shapes(network), inputs
        )
        assert ("conv_general_dilated" in str(jaxpr)) == (platform == "gpu")


# What is refused.


@pytest.mark.parametrize(
    ("part", "changes", "message"),
    [
        (StyleGAN2Generator, {"style": "spade"}, "style 'spade': .* demodulated, adain"),
        (StyleGAN2Generator, {"noise_when_sampling": "no"}, "noise_when_sampling 'no'"),
        (StyleGAN2Generator, {"conditioning": "norm"}, "conditioning 'norm': .* none, concat"),
        (StyleGAN2Generator, {"mixing": 1.5}, "mixing 1.5: expected a number from 0 to 1"),
        (StyleGAN2Generator, {"mapping_layers": 0}, "mapping_layers 0: .* from 1"),
        (StyleGAN2Generator, {"mapping_multiplier": 0.0}, "mapping_multiplier 0.0: .* above 0"),
        (StyleGAN2Generator, {"style_size": True}, "style_size True"),
        (StyleGAN2Discriminator, {"architecture": "skip"}, "residual, orig"),
        (StyleGAN2Discriminator, {"minibatch_deviation": 1}, "expected 2 or more images"),
        (StyleGAN2Discriminator, {"channel_base": 0}, "channel_base 0: .* from 1"),
    ],
)
def test_fields_that_cannot_be_are_refused(part, changes, message):
    with pytest.raises(UserError, match=message):
        part(**changes)


def test_sizes_and_groups_that_cannot_be_are_refused():
    for part in (StyleGAN2Generator(), StyleGAN2Discriminator()):
        with pytest.raises(UserError, match="image size 34 halves 1 times, to 17"):
            part.build(NetworkSetting((34, 34, 1), 512))
    judge = discriminator(minibatch_deviation=3)
    with pytest.raises(UserError, match="groups of 3 with 4 images a shard"):
        jax.eval_shape(
            partial(judge.apply, train=True),
            jax.random.key(0),
            shapes(judge),
            np.ones((4, 8, 8, 1)),
        )
