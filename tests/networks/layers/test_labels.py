"""Labels as rows, beside latents and as planes beside images."""

from __future__ import annotations

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.networks.layers import BesideLabel, LabelPlane, beside_row, one_hot
from jaxgan.types import Given

LABELS = np.array([2, 0, 2], np.int32)
GIVEN = Given(LABELS)


def test_one_hot_rows():
    rows = one_hot(LABELS, 4, jnp.bfloat16)
    assert rows.dtype == jnp.bfloat16
    np.testing.assert_array_equal(rows, [[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 1, 0]])


def test_labels_stand_beside_rows():
    z = np.arange(6, dtype=np.float32).reshape(3, 2)
    expected = [[0, 1, 0, 0, 1], [2, 3, 1, 0, 0], [4, 5, 0, 0, 1]]
    found = beside_row(z, GIVEN, 3)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == jnp.float32


def test_the_plane_of_the_class_is_one_more_channel():
    x = np.random.default_rng(0).normal(size=(3, 2, 5, 2)).astype(np.float32)
    planes = np.random.default_rng(1).normal(size=(4, 10)).astype(np.float32)
    y = LabelPlane(4).apply({"params": {"planes": planes}}, x, GIVEN)
    assert y.shape == (3, 2, 5, 3)
    np.testing.assert_array_equal(y[..., :2], x)
    for image, label in zip(y, LABELS, strict=True):
        np.testing.assert_array_equal(image[..., 2], planes[label].reshape(2, 5))


def test_planes_are_learned_from_standard_normal_ones():
    x = jnp.ones((1, 40, 50, 1))
    init = jax.jit(LabelPlane(3).init)
    planes = init(jax.random.key(0), x, Given(jnp.zeros((1,), jnp.int32)))["params"]["planes"]
    assert planes.shape == (3, 2000)
    # 6,000 numbers: five standard errors.
    assert np.mean(planes) == pytest.approx(0, abs=5 / 6000**0.5)
    assert np.std(planes) == pytest.approx(1, abs=5 / 12000**0.5)


class Network(nn.Module):
    """Shows what a network sees beside its inputs, and is told."""

    @nn.compact
    def __call__(self, x, given, *, train):
        nn.Dense(2)(x)
        return x, given, train


@pytest.mark.parametrize(
    ("shape", "beside", "params"),
    [((3, 2), (3, 6), {"Dense_0"}), ((3, 2, 5, 1), (3, 2, 5, 2), {"Dense_0", "LabelPlane_0"})],
)
def test_a_network_beside_the_label(shape, beside, params):
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    network = BesideLabel(Network(), 4)
    (seen, given, train), variables = network.init_with_output(
        jax.random.key(0), x, GIVEN, train=False
    )
    assert seen.shape == beside
    np.testing.assert_array_equal(seen[..., : shape[-1]], x)
    assert given is GIVEN
    assert train is False
    # Its own parameters lie where they lie without a label.
    assert variables["params"].keys() == params
    alone = Network().init(jax.random.key(0), seen, GIVEN, train=False)["params"]
    jax.tree.map(np.testing.assert_array_equal, variables["params"]["Dense_0"], alone["Dense_0"])


def test_missing_labels_are_an_error():
    with pytest.raises(ValueError, match=r"pass labels, int32 \[B\]"):
        beside_row(jnp.ones((2, 3)), Given(), 4)
    with pytest.raises(ValueError, match="pass labels"):
        LabelPlane(4).apply(
            {"params": {"planes": jnp.ones((4, 9))}}, jnp.ones((2, 3, 3, 1)), Given()
        )


def test_no_scatter_in_the_gradient_of_the_planes():
    def loss(planes, x, given):
        y = LabelPlane(4).apply({"params": {"planes": planes}}, x, given)
        return jnp.sum(jnp.tanh(y))

    lowered = jax.jit(jax.grad(loss)).lower(jnp.ones((4, 9)), jnp.ones((3, 3, 3, 1)), GIVEN)
    text = lowered.as_text()
    assert "tensor<4x9xf32>" in text
    assert "scatter" not in text
