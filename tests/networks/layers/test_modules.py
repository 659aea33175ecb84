"""The layers as the functions that they are made of, with their biases and first values."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.networks.layers import Convolution, Dense, UpConvolution, enlarge
from jaxgan.networks.layers.convolution import convolution, up_convolution


def started(layer, x):
    """Outputs at values that no initialiser gives, and the values."""
    found = jax.eval_shape(lambda key: layer.init(key, x, train=True), jax.random.key(0))
    rng = np.random.default_rng(0)
    variables = jax.tree.map(lambda x: rng.normal(size=x.shape).astype(np.float32), found)
    params = variables["params"]
    if len(params) == 1 and "kernel" not in params:
        (params,) = params.values()
    return jax.jit(lambda variables: layer.apply(variables, x, train=True))(variables), params


def data(*shape):
    return np.random.default_rng(1).normal(size=shape).astype(np.float32)


def bias_of(params, rank):
    return params["bias"].reshape((1,) * (rank - 1) + (-1,))


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4), (2, 2, 3, 4)])
def test_a_dense_layer_works_on_the_last_axis(shape):
    x = data(*shape)
    y, params = started(Dense(5, "he"), x)
    expected = np.einsum("...i,io->...o", x, params["kernel"]) + bias_of(params, len(shape))
    np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("size", "stride", "padding", "height"),
    [
        # By default the size is divided by the stride, whatever the kernel.
        *((3, 1, None, 8), (1, 1, None, 8), (4, 2, None, 4), (3, 2, None, 4)),
        # With so many zeros a side otherwise: (8 + 2·padding - size) // stride + 1.
        *((3, 1, 0, 6), (4, 1, 1, 7)),
    ],
)
def test_a_convolution_and_its_padding(size, stride, padding, height):
    x = data(2, 8, 8, 3)
    y, params = started(Convolution(4, size, stride, "he", "cpu", padding=padding), x)
    assert y.shape == (2, height, height, 4)
    zeros = (size - stride + 1) // 2 if padding is None else padding
    plain = convolution(x, params["kernel"], stride=stride, padding=zeros, form="native")
    np.testing.assert_allclose(y, plain + bias_of(params, 4), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("upsampling", ["sub_pixel", "nearest", "bilinear", "fir"])
def test_an_up_convolution_by_each_way_up(upsampling, size):
    x = data(2, 3, 5, 3)
    y, params = started(UpConvolution(4, size, "he", upsampling, "cpu"), x)
    assert y.shape == (2, 6, 10, 4)
    kernel = params["kernel"]
    if upsampling == "sub_pixel":
        assert kernel.shape == (3, size + 1, size + 1, 4)
        plain = up_convolution(x, kernel, stride=2, form="native")
    else:
        assert kernel.shape == (4, size, size, 3)
        wide = enlarge(x, upsampling)
        plain = convolution(wide, kernel, stride=1, padding=size // 2, form="native")
    np.testing.assert_allclose(y, plain + bias_of(params, 4), rtol=1e-4, atol=1e-4)


UP = partial(UpConvolution, 20, 3, platform="cpu")
LAYERS = {
    "dense": (partial(Dense, 50), (2, 40), 40),
    "convolution": (partial(Convolution, 20, 3, 1, platform="cpu"), (1, 4, 4, 12), 9 * 12),
    # A pixel of a transposed convolution sums a quarter of the 4x4 taps of every channel.
    "sub_pixel": (partial(UP, upsampling="sub_pixel"), (1, 4, 4, 12), 4 * 12),
    "nearest": (partial(UP, upsampling="nearest"), (1, 4, 4, 12), 9 * 12),
}


@pytest.mark.parametrize("name", LAYERS)
def test_first_values(name):
    layer, shape, fan_in = LAYERS[name]
    x = jnp.ones(shape)

    @jax.jit
    def init(key):
        names = ("dcgan", "he")
        return [layer(initialization=name).init(key, x, train=True) for name in names]

    for variables, spread in zip(init(jax.random.key(0)), (0.02, (2 / fan_in) ** 0.5), strict=True):
        leaves = jax.tree_util.tree_leaves_with_path(variables)
        values = {path[-1].key: np.asarray(leaf, np.float64) for path, leaf in leaves}
        assert values.keys() == {"kernel", "bias"}
        assert not values["bias"].any()
        # Five standard errors of a deviation and of a mean of so many normal numbers.
        kernel = values["kernel"]
        assert kernel.std() == pytest.approx(spread, rel=5 / (2 * kernel.size) ** 0.5)
        assert kernel.mean() == pytest.approx(0, abs=5 * spread / kernel.size**0.5)


@pytest.mark.parametrize("name", LAYERS)
def test_layers_without_a_bias(name):
    layer, shape, _ = LAYERS[name]
    module = layer(initialization="he", use_bias=False)
    found = jax.eval_shape(
        lambda key: module.init(key, jnp.ones(shape), train=True), jax.random.key(0)
    )
    assert len(jax.tree.leaves(found)) == 1
