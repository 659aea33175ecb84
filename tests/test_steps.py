"""The battery that every variant must pass: its two steps, as pure functions."""

import dataclasses
from functools import partial

import chex
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import jaxgan
from jaxgan.errors import UserError
from jaxgan.losses import Hinge, NonSaturating
from jaxgan.networks import DCGANDiscriminator
from jaxgan.training.digest import leaf_digests
from tests.tiny import VARIANTS, WGAN, WGAN_GP

SHAPE = (8, 8, 1)
ALL = {
    **VARIANTS,
    "hinge": dataclasses.replace(WGAN_GP, loss=Hinge(), penalty=None),
    "non-saturating": dataclasses.replace(WGAN_GP, loss=NonSaturating()),
    "with average": dataclasses.replace(WGAN_GP, ema_half_life=100.0),
}
STEPS = ("discriminator_step", "generator_step")


@pytest.fixture(params=list(ALL), scope="module")
def variant(request):
    config = ALL[request.param]
    gan = jaxgan.build(config, SHAPE)
    return gan, jax.jit(gan.init)(jax.random.key(0))


def batch_of(count=8, seed=0):
    images = np.random.default_rng(seed).uniform(-1, 1, (count, *SHAPE)).astype(np.float32)
    return {"image": jnp.asarray(images)}


def assert_close(left, right):
    chex.assert_trees_all_close(left, right, rtol=2e-4, atol=2e-6)


@pytest.mark.parametrize("step", STEPS)
def test_finite_and_same_structure(variant, step):
    gan, state = variant
    new, info = jax.jit(getattr(gan, step))(jax.random.key(1), state, batch_of())
    chex.assert_trees_all_equal_shapes_and_dtypes(state, new)
    chex.assert_tree_all_finite((new, info))
    assert info.gradient_norm > 0


def test_each_step_trains_its_own_network_only(variant):
    gan, state = variant
    for_d, _ = jax.jit(gan.discriminator_step)(jax.random.key(1), state, batch_of())
    assert leaf_digests(for_d.generator) == leaf_digests(state.generator)
    assert leaf_digests(for_d.discriminator.params) != leaf_digests(state.discriminator.params)
    assert for_d.step == 0
    for_g, _ = jax.jit(gan.generator_step)(jax.random.key(1), state, batch_of())
    assert leaf_digests(for_g.discriminator) == leaf_digests(state.discriminator)
    assert leaf_digests(for_g.generator.params) != leaf_digests(state.generator.params)
    assert for_g.step == 1


@pytest.mark.parametrize("step", STEPS)
def test_jit_equals_eager(variant, step):
    gan, state = variant
    function = getattr(gan, step)
    eager = function(jax.random.key(1), state, batch_of())
    assert_close(jax.jit(function)(jax.random.key(1), state, batch_of()), eager)


@pytest.mark.parametrize("step", STEPS)
def test_no_recompilation_on_the_second_call(variant, step):
    gan, state = variant
    chex.clear_trace_counter()
    counted = jax.jit(chex.assert_max_traces(getattr(gan, step), n=1))
    state, _ = counted(jax.random.key(1), state, batch_of())
    counted(jax.random.key(2), state, batch_of(seed=1))


@pytest.mark.parametrize("step", STEPS)
def test_no_operation_that_gpus_cannot_repeat(variant, step):
    gan, state = variant
    lowered = jax.jit(getattr(gan, step)).lower(jax.random.key(1), state, batch_of()).as_text()
    assert "stablehlo.add" in lowered  # the text is what it is taken for
    assert "select_and_scatter" not in lowered
    assert "stablehlo.scatter" not in lowered


def test_same_key_same_bits_other_key_other_bits(variant):
    gan, state = variant
    step = jax.jit(gan.discriminator_step)
    runs = [step(jax.random.key(seed), state, batch_of())[0] for seed in (1, 1, 2)]
    first, again, other = (leaf_digests(run) for run in runs)
    assert first == again
    assert first != other


def test_sample_is_in_range_and_pure(variant):
    gan, state = variant
    images = gan.sample(jax.random.key(3), state, 5)
    assert images.shape == (5, *SHAPE)
    assert float(jnp.max(jnp.abs(images))) <= 1.0
    assert_close(gan.sample(jax.random.key(3), state, 5), images)


def test_weights_are_clipped():
    gan = jaxgan.build(dataclasses.replace(WGAN, weight_clip=0.003), SHAPE)
    state = gan.init(jax.random.key(0))
    assert max(jnp.max(jnp.abs(x)) for x in jax.tree.leaves(state.discriminator.params)) > 0.003
    state, _ = jax.jit(gan.discriminator_step)(jax.random.key(1), state, batch_of())
    largest = [float(jnp.max(jnp.abs(x))) for x in jax.tree.leaves(state.discriminator.params)]
    assert max(largest) == np.float32(0.003)


def test_average_halves_every_half_life():
    # 8 images a step and a half-life of 8 images: the average is half old, half new.
    gan = jaxgan.build(dataclasses.replace(WGAN_GP, ema_half_life=8.0), SHAPE)
    state = gan.init(jax.random.key(0))
    new, _ = jax.jit(gan.generator_step)(jax.random.key(1), state, batch_of())
    half = jax.tree.map(
        lambda old, now: (old + now) / 2, state.generator.params, new.generator.params
    )
    assert_close(new.average.params, half)


def test_without_half_life_the_average_is_the_generator():
    gan = jaxgan.build(WGAN_GP, SHAPE)
    state = gan.init(jax.random.key(0))
    new, _ = jax.jit(gan.generator_step)(jax.random.key(1), state, batch_of())
    assert leaf_digests(new.average) == leaf_digests(new.generator)


def test_any_optax_transformation():
    transformation = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(1e-3))
    config = dataclasses.replace(WGAN_GP, generator_optimizer=transformation)
    gan = jaxgan.build(config, SHAPE)
    state = gan.init(jax.random.key(0))
    new, info = jax.jit(gan.generator_step)(jax.random.key(1), state, batch_of())
    chex.assert_tree_all_finite((new, info))
    assert leaf_digests(new.generator.params) != leaf_digests(state.generator.params)


def test_discriminator_step_against_arithmetic_written_out():
    """One SGD step on the WGAN loss, from the networks and jax.grad alone."""
    from jaxgan.optimizers import SGD

    config = dataclasses.replace(
        WGAN_GP, penalty=None, discriminator_optimizer=SGD(learning_rate=0.5, momentum=0.0)
    )
    gan = jaxgan.build(config, SHAPE)
    state, batch, key = gan.init(jax.random.key(0)), batch_of(), jax.random.key(1)
    generator = config.generator.build(SHAPE, config.latent_size)
    discriminator = config.discriminator.build(SHAPE)
    # The latents are the first of five keys split from shard 0's.
    key_latent = jax.random.split(jax.random.fold_in(key, 0), 5)[0]
    z = jax.random.normal(key_latent, (8, config.latent_size))
    fake, _ = generator.apply(key, state.generator, z, train=True)

    def loss(params):
        variables = state.discriminator._replace(params=params)
        judge = partial(discriminator.apply, jax.random.clone(key), variables, train=True)
        return jnp.mean(judge(fake)[0]) - jnp.mean(judge(batch["image"])[0])

    gradient = jax.grad(loss)(state.discriminator.params)
    expected = jax.tree.map(lambda p, g: p - 0.5 * g, state.discriminator.params, gradient)
    new, info = gan.discriminator_step(jax.random.clone(key), state, batch)
    assert_close(new.discriminator.params, expected)
    assert_close(info.loss, loss(state.discriminator.params))
    squares = sum(float(jnp.sum(g**2)) for g in jax.tree.leaves(gradient))
    assert float(info.gradient_norm) == pytest.approx(squares**0.5, rel=1e-4)


def test_generator_step_lowers_the_generator_loss():
    config = dataclasses.replace(WGAN_GP, n_critic=1)
    gan = jaxgan.build(config, SHAPE)
    state = gan.init(jax.random.key(0))
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
    with pytest.raises(UserError, match="1 or 3 channels"):
        jaxgan.build(WGAN_GP, (8, 8, 4))
    gan = jaxgan.build(WGAN_GP, SHAPE)
    state = gan.init(jax.random.key(0))
    with pytest.raises(UserError, match="labels"):
        gan.sample(jax.random.key(0), state, 2, labels=jnp.zeros(2, jnp.int32))
    sharded = jaxgan.build(dataclasses.replace(WGAN_GP, shards=3), SHAPE)
    with pytest.raises(UserError, match="3 shards"):
        sharded.discriminator_step(jax.random.key(0), state, batch_of())


def test_batch_norm_statistics_move_only_in_their_own_step():
    gan = jaxgan.build(
        dataclasses.replace(WGAN, discriminator=DCGANDiscriminator(width=2)), (16, 16, 1)
    )
    state = gan.init(jax.random.key(0))
    batch = {"image": jax.random.uniform(jax.random.key(5), (8, 16, 16, 1))}
    for_d, _ = jax.jit(gan.discriminator_step)(jax.random.key(1), state, batch)
    assert leaf_digests(for_d.discriminator.stats) != leaf_digests(state.discriminator.stats)
    assert leaf_digests(for_d.generator.stats) == leaf_digests(state.generator.stats)
    for_g, _ = jax.jit(gan.generator_step)(jax.random.key(1), state, batch)
    assert leaf_digests(for_g.discriminator.stats) == leaf_digests(state.discriminator.stats)
    assert leaf_digests(for_g.generator.stats) != leaf_digests(state.generator.stats)
