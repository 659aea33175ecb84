"""Minibatch deviation and the last layer, by hand."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.errors import UserError
from jaxgan.networks.layers import DiscriminatorKnobs, Head, MinibatchDeviation
from jaxgan.types import Given, NetworkSetting

SETTING = NetworkSetting((8, 8, 1), classes=3)


def deviate(x, size):
    module = MinibatchDeviation(size)
    return np.asarray(jax.jit(lambda x: module.apply({}, x))(x))


def data(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize(
    ("shape", "size"), [((6, 3, 5, 2), 2), ((6, 3, 5, 2), 3), ((6, 3, 5, 2), 6), ((8, 7), 4)]
)
def test_deviation_of_every_group(shape, size):
    x = data(*shape)
    y = deviate(x, size)
    assert y.shape == (*shape[:-1], shape[-1] + 1)
    np.testing.assert_array_equal(y[..., :-1], x)
    groups = shape[0] // size
    for i in range(shape[0]):
        members = [j for j in range(shape[0]) if j % groups == i % groups]
        assert len(members) == size
        expected = np.sqrt(x[members].astype(np.float64).var(axis=0) + 1e-8).mean()
        np.testing.assert_allclose(y[i, ..., -1], expected, rtol=1e-5)


def test_identical_images_have_a_deviation_of_a_ten_thousandth():
    # √(0 + 1e-8), in the channel of a group of copies, whatever the other groups are.
    x = data(4, 2, 2, 3)
    x[2] = x[0]
    y = deviate(x, 2)[..., -1]
    np.testing.assert_allclose(y[[0, 2]], 1e-4, rtol=1e-5)
    assert y[[1, 3]].min() > 0.1


def test_no_groups_no_channel():
    x = data(3, 2, 2, 3)
    np.testing.assert_array_equal(deviate(x, 0), x)


def test_initialising_takes_one_image():
    module = MinibatchDeviation(4)
    y, variables = module.init_with_output(jax.random.key(0), jnp.ones((1, 2, 2, 3)))
    assert y.shape == (1, 2, 2, 4)
    assert not variables


def test_groups_that_do_not_fill_are_refused():
    with pytest.raises(UserError, match=r"groups of 4 with 6 images a shard.*--batch-size"):
        deviate(data(6, 3), 4)


def test_the_gradient_of_copies_is_finite():
    module, x = MinibatchDeviation(2), jnp.ones((4, 3))
    gradient = jax.jit(jax.grad(lambda x: jnp.sum(module.apply({}, x))))(x)
    assert np.isfinite(gradient).all()


def judge(conditioning, features, labels, *, norm="none", kernel_size=0, trail=()):
    """The judgement of a head with 3 classes, and its parameters."""
    head = Head(DiscriminatorKnobs(norm=norm, conditioning=conditioning), SETTING, kernel_size)
    given = Given(labels)

    def init(key):
        return head.init(key, features, given, train=False)

    rng = np.random.default_rng(5)
    shapes = jax.eval_shape(init, jax.random.key(0))
    variables = jax.tree.map(lambda x: rng.normal(size=x.shape).astype(np.float32), shapes)
    apply = jax.jit(lambda *arguments: head.apply(*arguments, trail, train=False))
    return apply(variables, features, given), variables["params"]


@pytest.mark.parametrize("conditioning", ["none", "concat"])
def test_one_logit_from_a_plain_head(conditioning):
    features, trail = data(4, 5), (data(4, 2), data(4, 3))
    judgement, params = judge(conditioning, features, None, trail=trail)
    expected = features @ params["logit"]["kernel"][:, 0] + params["logit"]["bias"]
    np.testing.assert_allclose(judgement.logits, expected, rtol=1e-5, atol=1e-5)
    assert list(params) == ["logit"]
    assert judgement.classes is None
    assert judgement.pixels is None
    for found, expected in zip(judgement.features, trail, strict=True):
        np.testing.assert_array_equal(found, expected)


LABELS = np.array([2, 0, 1, 2])


def test_projection_adds_an_inner_product():
    # The same product, as a loop over images: ψ(φ) + <V_y, φ>.
    features = data(4, 5)
    judgement, params = judge("projection", features, LABELS)
    kernel, bias = params["logit"]["kernel"][:, 0], params["logit"]["bias"][0]
    rows = params["classes"]["kernel"]
    assert rows.shape == (3, 5)
    assert list(params["classes"]) == ["kernel"]
    for logit, phi, label in zip(judgement.logits, features, LABELS, strict=True):
        assert logit == pytest.approx(phi @ kernel + bias + phi @ rows[label], rel=1e-4)
    assert judgement.classes is None


def test_permuting_labels_changes_the_inner_product_alone():
    features, order = data(4, 5), np.array([1, 2, 0, 3])
    before, params = judge("projection", features, LABELS)
    after, _ = judge("projection", features, LABELS[order])
    rows = params["classes"]["kernel"]
    change = np.sum(features * (rows[LABELS[order]] - rows[LABELS]), axis=1)
    np.testing.assert_allclose(after.logits - before.logits, change, rtol=1e-4, atol=1e-5)
    assert np.abs(change).max() > 0.5


def test_projection_of_patches_sees_the_mean_over_positions():
    # 5x6 positions, and 4x4 taps with one zero around: 5 + 2 - 3 by 6 + 2 - 3 logits.
    features = data(4, 5, 6, 2)
    judgement, params = judge("projection", features, LABELS, kernel_size=4)
    assert judgement.logits.shape == (4, 4, 5)
    kernel, padded = params["logit"]["kernel"][0], np.pad(features, ((0, 0), *[(1, 1)] * 2, (0, 0)))
    inner = np.sum(features.mean((1, 2)) * params["classes"]["kernel"][LABELS], axis=1)
    for i, j in np.ndindex(4, 5):
        window = np.sum(padded[:, i : i + 4, j : j + 4] * kernel, axis=(1, 2, 3))
        expected = window + params["logit"]["bias"] + inner
        np.testing.assert_allclose(judgement.logits[:, i, j], expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("shape", "kernel_size"), [((4, 5), 0), ((4, 6, 6, 5), 4)])
def test_auxiliary_logits_of_the_classes(shape, kernel_size):
    features = data(*shape)
    judgement, params = judge("auxiliary", features, None, kernel_size=kernel_size)
    pooled = features.reshape(4, -1, 5).mean(1)
    expected = pooled @ params["classes"]["kernel"] + params["classes"]["bias"]
    assert judgement.classes.shape == (4, 3)
    np.testing.assert_allclose(judgement.classes, expected, rtol=1e-4, atol=1e-5)
    plain, _ = judge("none", features, None, kernel_size=kernel_size)
    assert judgement.logits.shape == plain.logits.shape


def test_projection_wants_labels():
    with pytest.raises(ValueError, match="pass labels"):
        judge("projection", data(4, 5), None)


@pytest.mark.parametrize("conditioning", ["projection", "auxiliary"])
def test_spectral_norm_covers_the_table_as_well(conditioning):
    head = Head(DiscriminatorKnobs(norm="spectral", conditioning=conditioning), SETTING)
    features = data(4, 5)
    init = jax.eval_shape(
        lambda key: head.init(key, features, Given(LABELS), train=False), jax.random.key(0)
    )
    outputs = {"projection": 5, "auxiliary": 3}[conditioning]
    assert {name: tree["u"].shape for name, tree in init["spectral"].items()} == {
        "logit": (1,),
        "classes": (outputs,),
    }
