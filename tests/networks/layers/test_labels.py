"""Labels as rows, beside latents and as planes beside images."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.networks.layers import LabelPlane, beside_latent, one_hot

LABELS = np.array([2, 0, 2], np.int32)


def test_one_hot_rows():
    rows = one_hot(LABELS, 4, jnp.bfloat16)
    assert rows.dtype == jnp.bfloat16
    np.testing.assert_array_equal(rows, [[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 1, 0]])


def test_labels_stand_beside_the_latent():
    z = np.arange(6, dtype=np.float32).reshape(3, 2)
    expected = [[0, 1, 0, 0, 1], [2, 3, 1, 0, 0], [4, 5, 0, 0, 1]]
    found = beside_latent(z, LABELS, 3)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == jnp.float32
    np.testing.assert_array_equal(beside_latent(z, LABELS, 0), z)
    np.testing.assert_array_equal(beside_latent(z, None, 0), z)


def test_the_plane_of_the_class_is_one_more_channel():
    x = np.random.default_rng(0).normal(size=(3, 2, 5, 2)).astype(np.float32)
    planes = np.random.default_rng(1).normal(size=(4, 10)).astype(np.float32)
    y = LabelPlane(4).apply({"params": {"planes": planes}}, x, LABELS)
    assert y.shape == (3, 2, 5, 3)
    np.testing.assert_array_equal(y[..., :2], x)
    for image, label in zip(y, LABELS, strict=True):
        np.testing.assert_array_equal(image[..., 2], planes[label].reshape(2, 5))


def test_planes_are_learned_from_standard_normal_ones():
    x = jnp.ones((1, 40, 50, 1))
    init = jax.jit(LabelPlane(3).init)
    planes = init(jax.random.key(0), x, jnp.zeros((1,), jnp.int32))["params"]["planes"]
    assert planes.shape == (3, 2000)
    # 6,000 numbers: five standard errors.
    assert np.mean(planes) == pytest.approx(0, abs=5 / 6000**0.5)
    assert np.std(planes) == pytest.approx(1, abs=5 / 12000**0.5)


def test_without_classes_images_stay_as_they_are():
    x = jnp.ones((2, 3, 3, 1))
    y, variables = LabelPlane(0).init_with_output(jax.random.key(0), x, None)
    assert y is x
    assert not variables


def test_missing_labels_are_an_error():
    with pytest.raises(ValueError, match=r"pass labels, int32 \[B\]"):
        beside_latent(jnp.ones((2, 3)), None, 4)
    with pytest.raises(ValueError, match="pass labels"):
        LabelPlane(4).apply({"params": {"planes": jnp.ones((4, 9))}}, jnp.ones((2, 3, 3, 1)), None)


def test_no_scatter_in_the_gradient_of_the_planes():
    def loss(planes, x, labels):
        y = LabelPlane(4).apply({"params": {"planes": planes}}, x, labels)
        return jnp.sum(jnp.tanh(y))

    lowered = jax.jit(jax.grad(loss)).lower(jnp.ones((4, 9)), jnp.ones((3, 3, 3, 1)), LABELS)
    text = lowered.as_text()
    assert "tensor<4x9xf32>" in text
    assert "scatter" not in text
