"""The battery that every variant must pass: its two steps, as pure functions."""

import dataclasses
import inspect
from functools import partial

import chex
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import jaxgan
from jaxgan.augment import DiffAugment, InstanceNoise
from jaxgan.digest import leaf_digests
from jaxgan.errors import UserError
from jaxgan.losses import Hinge, RelativisticPaired
from jaxgan.networks import (
    DCGANDiscriminator,
    MLPDiscriminator,
    MLPGenerator,
    PatchDiscriminator,
    UNetDiscriminator,
)
from jaxgan.optimizers import SGD
from jaxgan.penalties import R1, GradientPenalty, PathLength
from jaxgan.schedules import Linear
from jaxgan.sharpness import FeatureMatching, Spectral
from jaxgan.types import Given, NetworkSetting
from tests.steps.small import SHAPE, batch_of, first_step, two_layers
from tests.tiny import VARIANTS, WGAN, WGAN_GP, with_plain_descent

ALL = {
    **VARIANTS,
    "hinge": dataclasses.replace(WGAN_GP, loss=Hinge(), penalty=()),
    "with average": dataclasses.replace(WGAN_GP, ema_half_life=100.0, ema_ramp_up=0.05),
    "all at once": dataclasses.replace(
        VARIANTS["dcgan"],
        augment=DiffAugment(),
        softening=InstanceNoise(),
        sharpness=(FeatureMatching(),),
        generator_penalty=(PathLength(interval=2),),
        packing=2,
        discriminator=UNetDiscriminator(width=2, norm="spectral", minibatch_deviation=2),
        precision="bfloat16",
    ),
}
STEPS = ("discriminator_step", "generator_step")


class Compiled:
    """A variant and its two steps, each compiled once for all tests."""

    def __init__(self, config):
        self.gan = jaxgan.build(config, SHAPE)
        self.state = jax.jit(self.gan.init)(jax.random.key(0))
        self.traced = []
        self.steps = {step: jax.jit(partial(self._noting, step)) for step in STEPS}

    def _noting(self, step, *args):
        self.traced.append(step)
        return getattr(self.gan, step)(*args, frozen=self.gan.frozen)


@pytest.fixture(params=list(ALL), scope="module")
def variant(request):
    return Compiled(ALL[request.param])


def assert_close(left, right):
    chex.assert_trees_all_close(left, right, rtol=2e-4, atol=2e-6)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_finite_pure_and_compiled_once(variant, name):
    step = variant.steps[name]
    new, info = step(jax.random.key(1), variant.state, batch_of())
    chex.assert_trees_all_equal_shapes_and_dtypes(variant.state, new)
    chex.assert_tree_all_finite((new, info))
    assert info.gradient_norm > 0
    again, _ = step(jax.random.key(1), variant.state, batch_of())
    assert leaf_digests(again) == leaf_digests(new)
    other, _ = step(jax.random.key(2), variant.state, batch_of(seed=1))
    assert leaf_digests(other) != leaf_digests(new)
    chex.assert_tree_all_finite(step(jax.random.key(3), new, batch_of(seed=2)))
    assert variant.traced.count(name) == 1


def test_each_step_trains_its_own_network_only(variant):
    state, (step_d, step_g) = variant.state, variant.steps.values()
    for_d, _ = step_d(jax.random.key(1), state, batch_of())
    assert leaf_digests(for_d.generator) == leaf_digests(state.generator)
    assert leaf_digests(for_d.discriminator.params) != leaf_digests(state.discriminator.params)
    assert (for_d.step, for_d.discriminator_step) == (0, 1)
    for_g, _ = step_g(jax.random.key(1), state, batch_of())
    assert leaf_digests(for_g.discriminator) == leaf_digests(state.discriminator)
    assert leaf_digests(for_g.generator.params) != leaf_digests(state.generator.params)
    assert (for_g.step, for_g.discriminator_step) == (1, 0)


@pytest.mark.parametrize("name", ["wgan_gp", "cgan"])
@pytest.mark.parametrize("step", STEPS)
def test_jit_equals_eager(name, step):
    variant = Compiled(with_plain_descent(ALL[name]))
    eager = getattr(variant.gan, step)(jax.random.key(1), variant.state, batch_of())
    assert_close(variant.steps[step](jax.random.key(1), variant.state, batch_of()), eager)


@pytest.mark.parametrize("name", STEPS)
def test_no_operation_that_gpus_cannot_repeat(variant, name):
    step = jax.jit(getattr(variant.gan, name))
    beside = {"frozen": variant.gan.frozen}
    lowered = step.lower(jax.random.key(1), variant.state, batch_of(), **beside).as_text()
    assert "stablehlo.add" in lowered  # the text is what it is taken for
    assert "select_and_scatter" not in lowered
    assert "stablehlo.scatter" not in lowered


def test_sample_is_in_range_and_pure(variant):
    draw = jax.jit(variant.gan.sample, static_argnums=2)
    images = draw(jax.random.key(3), variant.state, 5)
    assert images.shape == (5, *SHAPE)
    assert float(jnp.max(jnp.abs(images))) <= 1.0
    np.testing.assert_array_equal(draw(jax.random.key(3), variant.state, 5), images)
    assert np.any(np.asarray(draw(jax.random.key(4), variant.state, 5)) != images)


def test_weights_are_clipped():
    gan = jaxgan.build(dataclasses.replace(WGAN, weight_clip=0.003), SHAPE)
    state = jax.jit(gan.init)(jax.random.key(0))
    assert max(jnp.max(jnp.abs(x)) for x in jax.tree.leaves(state.discriminator.params)) > 0.003
    state, _ = jax.jit(gan.discriminator_step)(jax.random.key(1), state, batch_of())
    largest = [float(jnp.max(jnp.abs(x))) for x in jax.tree.leaves(state.discriminator.params)]
    assert max(largest) == np.float32(0.003)


def test_average_halves_every_half_life():
    # 8 images a step and a half-life of 8 images: the average is half old, half new.
    gan = jaxgan.build(dataclasses.replace(WGAN_GP, ema_half_life=8.0), SHAPE)
    state = jax.jit(gan.init)(jax.random.key(0))
    new, _ = jax.jit(gan.generator_step)(jax.random.key(1), state, batch_of())
    half = jax.tree.map(
        lambda old, now: (old + now) / 2, state.generator.params, new.generator.params
    )
    assert_close(new.average.params, half)


def test_without_half_life_the_average_is_the_generator():
    gan = jaxgan.build(WGAN_GP, SHAPE)
    state = jax.jit(gan.init)(jax.random.key(0))
    new, _ = jax.jit(gan.generator_step)(jax.random.key(1), state, batch_of())
    assert leaf_digests(new.average) == leaf_digests(new.generator)


def test_any_optax_transformation():
    transformation = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(1e-3))
    config = dataclasses.replace(WGAN_GP, generator_optimizer=transformation)
    gan = jaxgan.build(config, SHAPE)
    state = jax.jit(gan.init)(jax.random.key(0))
    new, info = jax.jit(gan.generator_step)(jax.random.key(1), state, batch_of())
    chex.assert_tree_all_finite((new, info))
    assert leaf_digests(new.generator.params) != leaf_digests(state.generator.params)


def test_discriminator_step_against_arithmetic_written_out():
    """One SGD step on the WGAN loss, from the networks and jax.grad alone."""
    config = dataclasses.replace(
        WGAN_GP, penalty=(), discriminator_optimizer=SGD(learning_rate=0.5, momentum=0.0)
    )
    gan = jaxgan.build(config, SHAPE)
    state, batch, key = jax.jit(gan.init)(jax.random.key(0)), batch_of(), jax.random.key(1)
    setting = NetworkSetting(SHAPE, config.latent_size)
    generator = config.generator.build(setting)
    discriminator = config.discriminator.build(setting)
    # The first of four keys split from shard 0's makes the fakes: its first half the latents.
    key_fake = jax.random.split(jax.random.fold_in(key, 0), 4)[0]
    key_latent, _ = jax.random.split(key_fake)
    z = jax.random.normal(key_latent, (8, config.latent_size))
    fake, _ = jax.jit(partial(generator.apply, train=True))(key, state.generator, z)

    def loss(params):
        variables = state.discriminator._replace(params=params)
        judge = partial(discriminator.apply, jax.random.clone(key), variables, train=True)
        return jnp.mean(judge(fake)[0].logits) - jnp.mean(judge(batch["image"])[0].logits)

    gradient = jax.jit(jax.grad(loss))(state.discriminator.params)
    expected = jax.tree.map(lambda p, g: p - 0.5 * g, state.discriminator.params, gradient)
    new, info = jax.jit(gan.discriminator_step)(jax.random.clone(key), state, batch)
    assert_close(new.discriminator.params, expected)
    assert_close(info.loss, jax.jit(loss)(state.discriminator.params))
    squares = sum(float(jnp.sum(g**2)) for g in jax.tree.leaves(gradient))
    assert float(info.gradient_norm) == pytest.approx(squares**0.5, rel=1e-4)


def test_generator_step_lowers_the_generator_loss():
    config = dataclasses.replace(WGAN_GP, n_critic=1)
    gan = jaxgan.build(config, SHAPE)
    state = jax.jit(gan.init)(jax.random.key(0))
    step = jax.jit(gan.generator_step)
    losses = []
    for _ in range(30):
        state, info = step(jax.random.key(1), state, batch_of())
        losses.append(float(info.loss))
    assert losses[-1] < losses[0]
    assert np.argmin(losses) > 20


def test_refusals():
    with pytest.raises(UserError, match="square images"):
        jaxgan.build(WGAN_GP, (8, 16, 1))
    gan = jaxgan.build(WGAN_GP, SHAPE)
    state = jax.jit(gan.init)(jax.random.key(0))
    with pytest.raises(UserError, match="labels"):
        gan.sample(jax.random.key(0), state, 2, Given(jnp.zeros(2, jnp.int32)))
    sharded = jaxgan.build(dataclasses.replace(WGAN_GP, shards=3), SHAPE)
    with pytest.raises(UserError, match="3 shards"):
        sharded.discriminator_step(jax.random.key(0), state, batch_of())


def test_batch_norm_statistics_move_only_in_their_own_step():
    gan = jaxgan.build(
        dataclasses.replace(WGAN, discriminator=DCGANDiscriminator(width=2)), (16, 16, 1)
    )
    state = jax.jit(gan.init)(jax.random.key(0))
    batch = {"image": jax.random.uniform(jax.random.key(5), (8, 16, 16, 1))}
    for_d, _ = jax.jit(gan.discriminator_step)(jax.random.key(1), state, batch)
    assert leaf_digests(for_d.discriminator.stats) != leaf_digests(state.discriminator.stats)
    assert leaf_digests(for_d.generator.stats) == leaf_digests(state.generator.stats)
    for_g, _ = jax.jit(gan.generator_step)(jax.random.key(1), state, batch)
    assert leaf_digests(for_g.discriminator.stats) == leaf_digests(state.discriminator.stats)
    assert leaf_digests(for_g.generator.stats) != leaf_digests(state.generator.stats)


def test_a_lazy_penalty_is_added_every_so_often_and_that_many_times():
    steady = first_step(two_layers(penalty=(R1(gamma=2.0),)))[1][0]
    _, infos = first_step(two_layers(penalty=(R1(gamma=2.0, interval=3),)), times=4)
    assert [float(info.terms["r1"]) > 0 for info in infos] == [True, False, False, True]
    np.testing.assert_allclose(infos[0].terms["r1"], 3 * steady.terms["r1"], rtol=1e-5)
    adversarial = steady.terms["adversarial"]
    np.testing.assert_allclose(infos[0].terms["adversarial"], adversarial, rtol=1e-5)


def test_the_generator_penalty_carries_its_memory():
    config = two_layers(generator_penalty=(PathLength(interval=2),))
    states, infos = first_step(config, "generator_step", times=3)
    assert [float(info.terms["path-length"]) > 0 for info in infos] == [True, False, True]
    memory = [float(state.memory["generator_penalty"][0]) for state in states]
    assert memory[0] == 0 < memory[1] == memory[2] < memory[3]


def test_loss_is_the_sum_of_its_terms():
    config = two_layers(
        generator=MLPGenerator(width=4, depth=1, norm="none", conditioning="concat"),
        discriminator=MLPDiscriminator(width=4, depth=1, conditioning="auxiliary"),
        penalty=(GradientPenalty(), R1()),
        generator_penalty=(PathLength(),),
        sharpness=(Spectral(0.1), Spectral(0.3)),
    )
    for step in STEPS:
        (info,) = first_step(config, step)[1]
        own = {
            "discriminator_step": {"gradient-penalty", "r1"},
            "generator_step": {"path-length", "spectral", "spectral-2"},
        }
        assert set(info.terms) == {"adversarial", "classes", *own[step]}
        np.testing.assert_allclose(info.loss, sum(info.terms.values()), rtol=1e-6)
        assert all(value != 0 for value in info.terms.values())
        if step == "generator_step":
            one, other = info.terms["spectral"], info.terms["spectral-2"]
            np.testing.assert_allclose(other, 3 * one, rtol=1e-5)


def test_auxiliary_classes_weigh_as_they_are_told():
    networks = {
        "generator": MLPGenerator(width=4, depth=1, norm="none", conditioning="concat"),
        "discriminator": MLPDiscriminator(width=4, depth=1, conditioning="auxiliary"),
    }
    one = two_layers(**networks)
    other = two_layers(**networks, class_weight_discriminator=3.0, class_weight_generator=0.1)
    for step, factor in zip(STEPS, (3.0, 0.1), strict=True):
        (info,), (weighted,) = first_step(one, step)[1], first_step(other, step)[1]
        np.testing.assert_allclose(
            weighted.terms["classes"], factor * info.terms["classes"], rtol=1e-5
        )


def test_packs_are_neighbours_in_the_channels():
    """PacGAN: the discriminator of packs of 2 is that of images with twice the channels."""
    gan = jaxgan.build(two_layers(packing=2), SHAPE)
    state = jax.jit(gan.init)(jax.random.key(0))
    kernel = state.discriminator.params["Dense_0"]["kernel"]
    assert kernel.shape == (8 * 8 * 2, 4)
    # The mean logit of the real packs, by hand: images 0 and 1 side by side, 2 and 3, ….
    _, info = jax.jit(gan.discriminator_step)(jax.random.key(1), state, batch_of())
    images = np.asarray(batch_of()["image"])
    packs = np.stack([np.concatenate([images[2 * i], images[2 * i + 1]], -1) for i in range(4)])
    hidden = packs.reshape(4, -1) @ np.asarray(kernel)
    hidden = np.where(hidden > 0, hidden, 0.2 * hidden)
    logits = hidden @ np.asarray(state.discriminator.params["Head_0"]["logit"]["kernel"])
    np.testing.assert_allclose(info.real_logits, logits.mean(), rtol=1e-4)


def test_packs_must_fill_the_shard():
    gan = jaxgan.build(two_layers(packing=3), SHAPE)
    state = jax.jit(gan.init)(jax.random.key(0))
    with pytest.raises(UserError, match="packs of 3 with 8 images a shard"):
        gan.discriminator_step(jax.random.key(1), state, batch_of())


def test_real_and_fake_images_are_augmented_each_in_its_own_way():
    @dataclasses.dataclass(frozen=True)
    class Noted(DiffAugment):
        def __call__(self, key, images):
            seen.append((jax.random.key_data(key), images.shape))
            return jnp.zeros_like(images)

    seen = []
    gan = jaxgan.build(two_layers(augment=Noted()), SHAPE)
    state = jax.jit(gan.init)(jax.random.key(0))
    _, info = gan.discriminator_step(jax.random.key(1), state, batch_of())
    assert len(seen) == 2
    assert np.any(seen[0][0] != seen[1][0])
    # All images are now black, so real and fake are judged alike.
    np.testing.assert_array_equal(info.real_logits, info.fake_logits)
    gan.generator_step(jax.random.key(1), state, batch_of())
    assert len(seen) > 2


def test_softening_fades_with_the_images_shown():
    fading = InstanceNoise(Linear(100.0, 0.0, 16 * 5))  # two updates of five batches of 8
    config = two_layers(softening=fading, n_critic=5)
    gan = jaxgan.build(config, SHAPE)
    state, step = jax.jit(gan.init)(jax.random.key(0)), jax.jit(gan.discriminator_step)
    plain = jaxgan.build(dataclasses.replace(config, softening=None), SHAPE)
    _, clear = jax.jit(plain.discriminator_step)(jax.random.key(1), state, batch_of())
    spread = []
    for shown in (0, 1, 2):
        at = state._replace(step=jnp.int32(shown))
        _, info = step(jax.random.key(1), at, batch_of())
        spread.append(abs(float(info.real_logits - clear.real_logits)))
    assert spread[0] > spread[1] > 0
    assert spread[2] == pytest.approx(0, abs=1e-5)


def test_relativistic_generator_sees_the_real_images():
    config = two_layers(loss=RelativisticPaired())
    (one,), (other,) = (
        first_step(config, "generator_step", batch_of(seed=seed))[1] for seed in (0, 1)
    )
    assert one.real_logits != other.real_logits
    assert one.fake_logits == other.fake_logits
    assert one.loss != other.loss


def test_feature_matching_is_zero_for_a_discriminator_without_weights():
    config = two_layers(sharpness=(FeatureMatching(),))
    gan = jaxgan.build(config, SHAPE)
    state = jax.jit(gan.init)(jax.random.key(0))
    _, info = jax.jit(gan.generator_step)(jax.random.key(1), state, batch_of())
    assert info.terms["feature-matching"] > 0
    blind = jax.tree.map(jnp.zeros_like, state.discriminator)
    _, info = jax.jit(gan.generator_step)(
        jax.random.key(1), state._replace(discriminator=blind), batch_of()
    )
    assert info.terms["feature-matching"] == 0


@pytest.mark.parametrize(
    ("part", "shape"),
    [(PatchDiscriminator(width=2), (8, 2, 2)), (UNetDiscriminator(width=2), (8,))],
)
def test_losses_are_means_over_patches_and_pixels(part, shape):
    """The Wasserstein loss is the difference of mean scores, patches and pixels included."""
    config = two_layers(discriminator=part)
    gan = jaxgan.build(config, SHAPE)
    state = jax.jit(gan.init)(jax.random.key(0))
    network = part.build(NetworkSetting(SHAPE))
    judge = jax.jit(partial(network.apply, train=True))
    judged, _ = judge(jax.random.key(0), state.discriminator, batch_of()["image"])
    assert judged.logits.shape == shape
    _, info = jax.jit(gan.discriminator_step)(jax.random.key(1), state, batch_of())
    np.testing.assert_allclose(info.real_logits, judged.logits.mean(), rtol=1e-3, atol=1e-6)
    if judged.pixels is None:
        expected = info.fake_logits - info.real_logits
        np.testing.assert_allclose(info.terms["adversarial"], expected, rtol=1e-4, atol=1e-6)
    else:
        assert judged.pixels.shape == (8, 8, 8)
        np.testing.assert_allclose(
            judged.score, judged.logits + judged.pixels.mean((1, 2)), rtol=1e-5
        )
        assert info.terms["adversarial"] != info.fake_logits - info.real_logits


@pytest.fixture(scope="module")
def conditional():
    gan = jaxgan.build(VARIANTS["cgan"], SHAPE)
    return gan, jax.jit(gan.init)(jax.random.key(0))


def test_labels_decide_what_is_drawn(conditional):
    gan, state = conditional
    key, draw = jax.random.key(1), jax.jit(gan.sample, static_argnums=2)
    ones = draw(key, state, 4, Given(jnp.full(4, 1, jnp.int32)))
    twos = draw(jax.random.clone(key), state, 4, Given(jnp.full(4, 2, jnp.int32)))
    assert np.all(np.any(np.asarray(ones != twos), axis=(1, 2, 3)))
    in_turn = draw(jax.random.clone(key), state, 4)  # classes 0, 1, 2, 3
    np.testing.assert_allclose(in_turn[1], ones[1], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(in_turn[2], twos[2], rtol=1e-5, atol=1e-6)


def test_refusals_of_labels(conditional):
    gan, state = conditional
    with pytest.raises(UserError, match=r"labels of shape \(3,\) for 4 images"):
        gan.sample(jax.random.key(1), state, 4, Given(jnp.zeros(3, jnp.int32)))
    with pytest.raises(UserError, match="the batch needs a `label`"):
        gan.discriminator_step(jax.random.key(1), state, {"image": batch_of()["image"]})
    for classes in (None, 0):
        with pytest.raises(UserError, match="draws images of given classes, and shapes has no lab"):
            jaxgan.build(dataclasses.replace(VARIANTS["cgan"], classes=classes), SHAPE)


def test_stages_end_in_the_sample():
    gan = jaxgan.build(VARIANTS["recurrent"], SHAPE)
    state = jax.jit(gan.init)(jax.random.key(0))
    canvases = jax.jit(gan.stages, static_argnums=2)(jax.random.key(1), state, 5)
    assert canvases.shape == (3, 5, *SHAPE)
    draw = jax.jit(gan.sample, static_argnums=2)
    assert_close(canvases[-1], draw(jax.random.key(1), state, 5))
    assert jaxgan.build(WGAN, SHAPE).stages is None


def test_an_average_ramps_up():
    # Half-life min(100, 1/2 · 8 images) = 4 after the first step: decay 2^(-8/4) = 1/4.
    config = two_layers(ema_half_life=100.0, ema_ramp_up=0.5)
    (start, first), _ = first_step(config, "generator_step")
    expected = jax.tree.map(
        lambda old, new: old / 4 + new * 3 / 4, start.generator.params, first.generator.params
    )
    assert_close(first.average.params, expected)


def test_schedules_are_laid_out_over_the_run():
    """A linear rate over 4 updates: 1, 3/4, 2/4, 1/4 of the first in both networks' steps."""
    falling = SGD(Linear(0.1, 0.0), momentum=0.0)
    config = two_layers(
        steps=4, n_critic=3, generator_optimizer=falling, discriminator_optimizer=falling
    )
    gan = jaxgan.build(config, SHAPE)
    state = jax.jit(gan.init)(jax.random.key(0))
    for network in ("discriminator", "generator"):
        step = jax.jit(getattr(gan, f"{network}_step"))
        for i in range(4):
            at = state._replace(step=jnp.int32(i))
            new, info = step(jax.random.key(1), at, batch_of())
            before, after = (getattr(s, network).params for s in (at, new))
            moved = optax.tree.norm(jax.tree.map(jnp.subtract, after, before))
            rate = 0.1 * (1 - i / 4)
            np.testing.assert_allclose(moved, rate * info.gradient_norm, rtol=1e-3)
            told = info.numbers[f"{network}-optimizer.learning-rate"]
            assert float(told) == pytest.approx(rate, rel=1e-6)


def test_help_shows_the_contract(capsys):
    gan = jaxgan.build(WGAN, SHAPE)
    signature = inspect.signature(gan.sample)
    assert list(signature.parameters) == ["key", "state", "count", "given", "frozen", "truncation"]
    assert list(inspect.signature(gan.init).parameters) == ["key"]
    help(gan.generator_step)
    text = capsys.readouterr().out
    assert "generator_step(key" in text
    assert "under a mapping with a named axis" in text


def test_truncation_needs_styles():
    gan = jaxgan.build(WGAN, SHAPE)
    state = jax.eval_shape(gan.init, jax.random.key(0))
    with pytest.raises(UserError, match=r"truncation 0.5 of wgan: its generator has no styles"):
        jax.eval_shape(lambda s: gan.sample(jax.random.key(0), s, 2, truncation=0.5), state)


def test_truncation_draws_styles_towards_their_mean():
    part = dataclasses.replace(VARIANTS["stylegan2"].generator, noise_when_sampling="none")
    gan = jaxgan.build(dataclasses.replace(VARIANTS["stylegan2"], generator=part), SHAPE)
    state = jax.jit(gan.init)(jax.random.key(0))
    draw = jax.jit(gan.sample, static_argnums=2)
    whole, half, none = (
        np.asarray(draw(jax.random.key(1), state, 4, truncation=jnp.float32(t)))
        for t in (1, 0.5, 0)
    )
    np.testing.assert_allclose(whole, draw(jax.random.key(1), state, 4), atol=1e-5)
    np.testing.assert_allclose(none, np.broadcast_to(none[:1], none.shape), atol=1e-6)
    assert np.ptp(whole, axis=0).max() > np.ptp(half, axis=0).max() > np.ptp(none, axis=0).max()
