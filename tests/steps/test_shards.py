"""A mean over shards has the keys, the value and the bits it promises on any number of devices."""

from __future__ import annotations

import re
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.errors import UserError
from jaxgan.steps.shards import check_shards, mean_over_shards

SHARDS = 8
AXIS = "device"


def mapped(per_shard, devices, how, shards=SHARDS):
    """`(key, batch) -> mean`, the batch split over devices as `how` says."""
    if devices == 1 and how == "jit":
        return jax.jit(partial(mean_over_shards, per_shard, shards=shards, axis_name=None))
    mean = partial(mean_over_shards, per_shard, shards=shards, axis_name=AXIS)
    if how == "pmap":
        on_devices = jax.pmap(
            mean, AXIS, in_axes=(None, 0), out_axes=None, devices=jax.devices()[:devices]
        )
    else:
        on_devices = jax.jit(jax.vmap(mean, (None, 0), out_axes=None, axis_name=AXIS))

    def run(key, batch):
        split = jax.tree.map(lambda x: x.reshape(devices, -1, *x.shape[1:]), batch)
        return on_devices(key, split)

    return run


everywhere = pytest.mark.parametrize(
    ("devices", "how"),
    [(1, "jit"), *((n, "pmap") for n in (1, 2, 4, 8)), *((n, "vmap") for n in (1, 2, 4, 8))],
)


@everywhere
def test_mean_of_the_whole_batch(devices, how):
    # 0, 1, … 15 have the mean 7.5, their squares 1240 / 16 = 77.5: sums of 15·16/2 = 120 and
    # 15·16·31/6 = 1240. All of it is exact in float32.
    def per_shard(key, batch):
        x = batch["image"]
        return {"mean": jnp.mean(x), "square": (jnp.mean(x * x) * jnp.ones(2),)}

    mean = mapped(per_shard, devices, how)(jax.random.key(0), {"image": jnp.arange(16.0)})
    assert mean["mean"] == 7.5
    np.testing.assert_array_equal(mean["square"][0], [77.5, 77.5])


@pytest.mark.parametrize("shards", [1, 2, 4, 16])
def test_any_number_of_shards_has_the_plain_mean(shards):
    images = np.random.default_rng(0).normal(size=(16, 3)).astype(np.float32)
    mean = mapped(lambda key, batch: batch["image"].mean(axis=0), 1, "jit", shards)
    found = mean(jax.random.key(0), {"image": images})
    np.testing.assert_allclose(found, images.mean(axis=0, dtype=np.float64), rtol=1e-5, atol=1e-7)


@everywhere
def test_shard_i_has_key_i_and_the_ith_part(devices, how):
    # Each shard writes its row of a table: its images and its key's bits as halves of 16 bits,
    # which float32 holds exactly. A mean of 8 tables that are 0 elsewhere is an eighth of it.
    def per_shard(key, batch):
        words = jax.random.key_data(key)
        halves = jnp.concatenate([words >> 16, words & 0xFFFF]).astype(jnp.float32)
        row = batch["row"][0]
        key_table = jnp.zeros((SHARDS, halves.size)).at[row].set(halves)
        return key_table, jnp.zeros((SHARDS, 2)).at[row].set(batch["image"])

    batch = {"image": jnp.arange(16.0), "row": jnp.arange(16) // 2}
    keys, images = mapped(per_shard, devices, how)(jax.random.key(5), batch)
    words = [
        np.asarray(jax.random.key_data(jax.random.fold_in(jax.random.key(5), i)))
        for i in range(SHARDS)
    ]
    expected = [[*(word >> 16), *(word & 0xFFFF)] for word in words]
    np.testing.assert_array_equal(SHARDS * keys, np.array(expected, np.float32))
    np.testing.assert_array_equal(SHARDS * images, np.arange(16.0).reshape(SHARDS, 2))


def test_one_shard_has_a_key_of_its_own():
    def per_shard(key, batch):
        return jax.random.key_data(key)

    found = mapped(per_shard, 1, "jit", shards=1)(jax.random.key(5), {"image": jnp.zeros(2)})
    expected = jax.random.key_data(jax.random.fold_in(jax.random.key(5), 0))
    np.testing.assert_array_equal(found, expected)


def noisy_gradient(key, batch):
    """A loss with noise and a matrix product, and its slope: sums that round at every turn."""

    def loss(weights):
        x = batch["image"] + 0.1 * jax.random.normal(key, batch["image"].shape)
        return jnp.mean(jnp.square(jnp.tanh(x @ weights)))

    value, slope = jax.value_and_grad(loss)(jnp.linspace(-1, 1, 15).reshape(5, 3))
    return {"value": value, "slope": slope}


@pytest.fixture(scope="module")
def images():
    return {"image": np.random.default_rng(1).normal(size=(32, 5)).astype(np.float32)}


@pytest.fixture(scope="module")
def on_one_device(images):
    return mapped(noisy_gradient, 1, "pmap")(jax.random.key(2), images)


def bits(tree):
    return [np.asarray(leaf).tobytes() for leaf in jax.tree.leaves(tree)]


@pytest.mark.parametrize("devices", [2, 4, 8])
def test_the_same_shards_give_the_same_bits(devices, images, on_one_device):
    found = mapped(noisy_gradient, devices, "pmap")(jax.random.key(2), images)
    assert bits(found) == bits(on_one_device)


@everywhere
def test_every_mapping_agrees_to_rounding(devices, how, images, on_one_device):
    # vmap makes one product of the devices' products, which may add in another order.
    found = mapped(noisy_gradient, devices, how)(jax.random.key(2), images)
    for name, leaf in on_one_device.items():
        np.testing.assert_allclose(found[name], leaf, rtol=1e-5, atol=1e-7)


def test_other_shards_give_other_bits(images, on_one_device):
    found = mapped(noisy_gradient, 1, "pmap", shards=4)(jax.random.key(2), images)
    assert bits(found) != bits(on_one_device)


def test_batches_that_do_not_split_are_refused():
    # 10 = 2 · 4 + 2: eight or twelve images would do.
    message = r"batch size 10 with 4 shards.*--batch-size 8 or 12"
    with pytest.raises(UserError, match=message):
        check_shards(10, 4, 1)
    with pytest.raises(UserError, match=message):
        mapped(noisy_gradient, 1, "jit", 4)(jax.random.key(0), {"image": jnp.zeros((10, 5))})


def test_shards_that_do_not_fill_the_devices_are_refused():
    # 4 and 8 shards are as near to 6: the fewer is named.
    with pytest.raises(UserError, match=r"6 shards on 4 devices.*--shards 4"):
        check_shards(24, 6, 4)
    with pytest.raises(UserError, match=r"4 shards on 8 devices.*--shards 8"):
        mapped(noisy_gradient, 8, "vmap", 4)(jax.random.key(0), {"image": jnp.zeros((32, 5))})


@settings(deadline=None, max_examples=200, derandomize=True)
@given(st.integers(1, 300), st.integers(1, 40), st.integers(1, 16))
def test_what_a_refusal_names_is_accepted(batch_size, shards, devices):
    try:
        check_shards(batch_size, shards, devices)
    except UserError as error:
        words = str(error)
        if batches := re.search(r"--batch-size (\d+)(?: or (\d+))?,", words):
            for named in map(int, filter(None, batches.groups())):
                check_shards(named, shards, 1)
                assert named > 0
                assert abs(named - batch_size) < shards
        elif named := re.search(r"--shards (\d+)", words):
            check_shards(batch_size, int(named[1]), devices)
        else:  # no number of shards splits the batch and fills the devices
            assert batch_size % devices
    else:
        assert batch_size % shards == 0
        assert shards % devices == 0
