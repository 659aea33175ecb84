"""One pure step under jit, vmap, pmap and shard_map."""

import dataclasses
from functools import partial

import chex
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh
from jax.sharding import PartitionSpec as P

import jaxgan
from jaxgan.data.feed import FEED_ON_DEVICE
from jaxgan.digest import leaf_digests
from jaxgan.parallel import local_slice, map_step
from jaxgan.steps.updates import Feed, many_updates, to_unit_range, update
from tests.tiny import VARIANTS, with_plain_descent

SHAPE = (8, 8, 1)
SHARDS = 4
AXIS = "device"


@pytest.fixture(scope="module")
def gan(request):
    config = with_plain_descent(VARIANTS[request.param])
    return jaxgan.build(dataclasses.replace(config, shards=SHARDS), SHAPE)


def batch_of(count=8):
    images = np.random.default_rng(0).uniform(-1, 1, (count, *SHAPE)).astype(np.float32)
    return {"image": jnp.asarray(images), "label": jnp.arange(count, dtype=jnp.int32) % 4}


def mapped(step, mapper, devices):
    """The step as (key, state, global batch) -> results, mapped over devices one way."""
    local = partial(step, axis_name=AXIS)

    def split(batch):
        return jax.tree.map(lambda x: x.reshape(devices, -1, *x.shape[1:]), batch)

    if mapper == "jit":
        return jax.jit(step)
    if mapper == "vmap":
        over = jax.vmap(local, axis_name=AXIS, in_axes=(None, None, 0), out_axes=None)
        return jax.jit(lambda key, state, batch: over(key, state, split(batch)))
    chosen = jax.devices()[:devices]
    if mapper == "pmap":
        over = jax.pmap(
            local, axis_name=AXIS, in_axes=(None, None, 0), out_axes=None, devices=chosen
        )
        return lambda key, state, batch: over(key, state, split(batch))
    specs = (P(), P(), P(AXIS))
    mesh = Mesh(np.array(chosen), (AXIS,))
    return jax.jit(jax.shard_map(local, mesh=mesh, in_specs=specs, out_specs=P(), check_vma=False))


# A penalty's second derivatives; labels and batch norm; power iteration in the state.
@pytest.mark.parametrize(
    ("gan", "step_name"),
    [
        ("wgan_gp", "discriminator_step"),
        ("wgan_gp", "generator_step"),
        ("cgan", "discriminator_step"),
        ("cgan", "generator_step"),
        ("sngan", "discriminator_step"),
    ],
    indirect=["gan"],
)
def test_four_callers_agree(gan, step_name):
    step = getattr(gan, step_name)
    state = jax.jit(gan.init)(jax.random.key(0))
    results = {
        mapper: mapped(step, mapper, 2)(jax.random.key(1), state, batch_of())
        for mapper in ("jit", "vmap", "pmap", "shard_map")
    }
    for result in results.values():
        chex.assert_trees_all_close(result, results["jit"], rtol=2e-4, atol=2e-6)
    # pmap and shard_map are promised equal in bits, whatever the number of devices.
    promised = leaf_digests(results["pmap"])
    assert leaf_digests(results["shard_map"]) == promised
    for devices in (1, 4):
        again = mapped(step, "pmap", devices)(jax.random.key(1), state, batch_of())
        assert leaf_digests(again) == promised


def test_gradient_is_that_of_the_joined_batch():
    """Four shards on four devices move the weights exactly as far as one shard on one."""
    config = VARIANTS["wgan_gp"]
    whole = jaxgan.build(dataclasses.replace(config, penalty=(), shards=1), SHAPE)
    state = jax.jit(whole.init)(jax.random.key(0))
    image = jnp.tile(batch_of(2)["image"], (4, 1, 1, 1))  # every shard sees the same images

    def zero_latents(gan):
        # Kernel and bias of the first layer at zero: fakes do not depend on the latents.
        params = jax.tree.map(jnp.zeros_like, state.generator.params)
        return state._replace(generator=state.generator._replace(params=params))

    one, info_one = jax.jit(whole.discriminator_step)(
        jax.random.key(1), zero_latents(whole), {"image": image}
    )
    sharded = jaxgan.build(dataclasses.replace(config, penalty=(), shards=4), SHAPE)
    four, info_four = mapped(sharded.discriminator_step, "pmap", 4)(
        jax.random.key(1), zero_latents(sharded), {"image": image}
    )
    np.testing.assert_allclose(info_four.gradient_norm, info_one.gradient_norm, rtol=1e-5)
    chex.assert_trees_all_close(one.discriminator, four.discriminator, rtol=1e-4, atol=1e-6)


@pytest.fixture(scope="module")
def program():
    config = dataclasses.replace(VARIANTS["wgan_gp"], shards=8)
    gan = jaxgan.build(config, SHAPE)
    rng = np.random.default_rng(0)
    images = {"image": rng.integers(0, 255, (40, *SHAPE), dtype=np.uint8)}
    indices = rng.integers(0, 40, (6, config.n_critic, config.batch_size)).astype(np.int32)
    return config, gan, images, indices, jax.jit(gan.init)(jax.random.key(0))


def fresh(state):
    return jax.tree.map(jnp.copy, state)


def test_one_dispatch_or_many(program):
    """Where a run is cut into dispatches has no part in its bits."""
    config, gan, images, indices, start = program
    run = map_step(many_updates(gan, config), FEED_ON_DEVICE)

    def dispatch(state, first, count):
        rows = np.zeros_like(indices)
        rows[:count] = indices[first : first + count]
        feed = Feed(images, local_slice(rows, 2), jnp.int32(count))
        return run(jax.random.key(7), state, feed)

    whole, infos = dispatch(fresh(start), 0, 6)
    state, losses = fresh(start), []
    for first, count in ((0, 1), (1, 3), (4, 2)):
        state, part = dispatch(state, first, count)
        losses += list(np.asarray(part.discriminator.loss[:count]))
    assert leaf_digests(state) == leaf_digests(whole)
    np.testing.assert_array_equal(losses, infos.discriminator.loss)


def test_streamed_batches_equal_resident_ones(program):
    config, gan, images, indices, start = program
    resident = map_step(many_updates(gan, config), FEED_ON_DEVICE)
    feed = Feed(images, local_slice(indices, 2), jnp.int32(6))
    expected, _ = resident(jax.random.key(7), fresh(start), feed)
    streamed = map_step(many_updates(gan, config), Feed(0, None, None))
    batches = {"image": local_slice(images["image"][indices], 2)}
    got, _ = streamed(jax.random.key(7), fresh(start), Feed(batches, None, jnp.int32(6)))
    assert leaf_digests(got) == leaf_digests(expected)


def test_scanned_equals_unscanned(program):
    config, gan, images, indices, start = program
    feed = Feed(images, indices, jnp.int32(3))
    scanned, infos = jax.jit(many_updates(gan, config))(jax.random.key(7), fresh(start), feed)
    state, one = fresh(start), jax.jit(partial(update, gan, config))
    for row in indices[:3]:
        batches = {"image": to_unit_range(jnp.asarray(images["image"][row]))}
        state, info = one(jax.random.key(7), state, batches)
    chex.assert_trees_all_close(scanned, state, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(infos.generator.loss[2], info.generator.loss, rtol=1e-3)
    assert not np.any(infos.generator.loss[3:])


def test_update_by_hand(program):
    """An update is n_critic discriminator steps and one generator step, keys folded in."""
    config, gan, images, indices, start = program
    batches = {"image": to_unit_range(jnp.asarray(images["image"][indices[0]]))}
    got, info = jax.jit(partial(update, gan, config))(jax.random.key(7), fresh(start), batches)
    key_d, key_g = jax.random.split(jax.random.fold_in(jax.random.key(7), 0))
    state = fresh(start)
    for i in range(config.n_critic):
        batch = jax.tree.map(lambda x, i=i: x[i], batches)
        key = jax.random.fold_in(key_d, i)
        state, info_d = jax.jit(gan.discriminator_step)(key, state, batch)
    state, _ = jax.jit(gan.generator_step)(key_g, state, batch)
    assert int(got.step) == 1
    chex.assert_trees_all_close(got, state, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(info.discriminator.loss, info_d.loss, rtol=1e-4)


def test_local_slice():
    # Two updates of one batch of 8 examples; device d of eight gets example d of each.
    indices = np.arange(16).reshape(2, 1, 8)
    parts = local_slice(indices, 2)
    assert parts.shape == (8, 2, 1, 1)
    np.testing.assert_array_equal(parts[3].reshape(-1), [3, 11])
