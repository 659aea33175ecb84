"""Every norm against plain NumPy, and gains that labels choose."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.networks.layers import Normalization

EPSILON = 1e-5
IMAGES = (4, 3, 5, 12)


def data(shape, seed=0):
    """Numbers with variances near 1e-4, of which eps is a tenth, and a mean for each channel."""
    rng = np.random.default_rng(seed)
    x = 0.01 * rng.normal(size=shape) + 0.05 * rng.normal(size=shape[-1])
    return x.astype(np.float32)


def standard(x, axes):
    x = x.astype(np.float64)
    mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
    return (x - mean) / np.sqrt(var + EPSILON)


def by_groups(x, groups):
    parts = x.reshape(*x.shape[:-1], groups, x.shape[-1] // groups)
    axes = (*range(1, x.ndim - 1), x.ndim)
    return standard(parts, axes).reshape(x.shape)


def apply(module, variables, x, labels=None, *, train=True):
    """Outputs and the variables after the call."""
    mutable = [name for name in variables if name != "params"] if train else []

    def call(variables, x, labels):
        return module.apply(variables, x, labels, train=train, mutable=mutable)

    return jax.jit(call)(variables, x, labels)


def some_values(module, x, labels=None):
    """Gains and biases that no initialiser would give; running means of 0 and variances of 1."""

    def init(key):
        return module.init(key, x, labels, train=False)

    def fill(path, leaf):
        if path[0].key == "params":
            return rng.normal(size=leaf.shape).astype(np.float32)
        return np.full(leaf.shape, float(path[-1].key == "var"), np.float32)

    rng = np.random.default_rng(1)
    return jax.tree_util.tree_map_with_path(fill, jax.eval_shape(init, jax.random.key(0)))


@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize(
    ("norm", "shape", "formula"),
    [
        ("layer", IMAGES, lambda x: standard(x, (1, 2, 3))),
        ("layer", (4, 12), lambda x: standard(x, (1,))),
        ("instance", IMAGES, lambda x: standard(x, (1, 2))),
        # As many groups as divide both 32 and the channels.
        ("group", (2, 3, 3, 64), lambda x: by_groups(x, 32)),
        ("group", IMAGES, lambda x: by_groups(x, 4)),
        ("group", (2, 3, 3, 5), lambda x: by_groups(x, 1)),
        # Features without positions: groups of 16 or more.
        ("group", (4, 12), lambda x: by_groups(x, 1)),
        ("group", (4, 64), lambda x: by_groups(x, 4)),
        ("group", (4, 72), lambda x: by_groups(x, 4)),
    ],
)
def test_norms_of_an_image_by_itself(norm, shape, formula, train):
    module, x = Normalization(norm, "dcgan"), data(shape)
    variables = some_values(module, x)
    y, after = apply(module, variables, x, train=train)
    params = next(iter(variables["params"].values()))
    np.testing.assert_allclose(
        y, formula(x) * params["scale"] + params["bias"], rtol=1e-3, atol=1e-3
    )
    assert list(variables) == ["params"]
    assert not after


@pytest.mark.parametrize("shape", [IMAGES, (6, 12)])
def test_batch_norm_in_training_and_after(shape):
    module = Normalization("batch", "dcgan")
    first, second, third = (data(shape, seed) for seed in range(3))
    axes = tuple(range(len(shape) - 1))
    variables = some_values(module, first)
    (params,) = variables["params"].values()
    mean, var = np.zeros(12), np.ones(12)
    for x in (first, second):
        y, after = apply(module, variables, x)
        expected = standard(x, axes) * params["scale"] + params["bias"]
        np.testing.assert_allclose(y, expected, rtol=1e-3, atol=1e-3)
        # Each running statistic keeps .9 of what it was; the variance is that of the sample.
        mean = 0.9 * mean + 0.1 * x.mean(axes, dtype=np.float64)
        var = 0.9 * var + 0.1 * x.var(axes, dtype=np.float64)
        variables = {**variables, **after}
    (running,) = variables["batch_stats"].values()
    np.testing.assert_allclose(running["mean"], mean, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(running["var"], var, rtol=1e-5)
    y, after = apply(module, variables, third, train=False)
    expected = (third - mean) / np.sqrt(var + EPSILON) * params["scale"] + params["bias"]
    np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-5)
    assert not after


@pytest.mark.parametrize("norm", ["none", "spectral"])
def test_norms_that_leave_activations_alone(norm):
    module, x = Normalization(norm, "dcgan", 3), data(IMAGES)
    variables = module.init(jax.random.key(0), x, train=False)
    assert not variables
    np.testing.assert_array_equal(module.apply(variables, x, train=True), x)


NORMS = ["batch", "layer", "instance", "group"]
every_norm = pytest.mark.parametrize("norm", NORMS)


@every_norm
def test_labels_pick_the_rows_of_gain_and_bias(norm):
    module, x, labels = Normalization(norm, "dcgan", 3), data(IMAGES), np.array([2, 0, 2, 1])
    variables = some_values(module, x, labels)
    # The table is all that is trained: no gains beside it.
    assert {name: leaf.shape for name, leaf in variables["params"].items()} == {
        "class_scale": (3, 12),
        "class_bias": (3, 12),
    }
    y, _ = apply(module, variables, x, labels)
    axes = {"batch": (0, 1, 2), "layer": (1, 2, 3), "instance": (1, 2)}
    plain = by_groups(x, 4) if norm == "group" else standard(x, axes[norm])
    gains, biases = (variables["params"][name][labels] for name in ("class_scale", "class_bias"))
    expected = plain * gains[:, None, None] + biases[:, None, None]
    np.testing.assert_allclose(y, expected, rtol=1e-3, atol=1e-3)


@every_norm
def test_permuting_labels_permutes_the_outputs_of_one_image(norm):
    module, labels = Normalization(norm, "he", 4), np.array([3, 1, 0, 2])
    x = np.repeat(data((1, 3, 5, 12)), 4, axis=0)
    variables = some_values(module, x, labels)
    order = np.array([1, 2, 0, 3])
    y, _ = apply(module, variables, x, labels)
    permuted, _ = apply(module, variables, x, labels[order])
    np.testing.assert_array_equal(permuted, y[order])
    assert np.abs(y[0] - y[1]).max() > 0.1


@pytest.mark.parametrize(("initialization", "spread"), [("dcgan", 0.02), ("he", 0.0)])
def test_first_gains_and_biases(initialization, spread):
    x, labels = np.ones((2, 2, 2, 2000), np.float32), np.array([0, 1])

    @jax.jit
    def init(keys):
        cases = [(norm, classes) for norm in NORMS for classes in (0, 3)]
        modules = [Normalization(norm, initialization, classes) for norm, classes in cases]
        each = zip(modules, keys, strict=True)
        return [module.init(key, x, labels, train=False)["params"] for module, key in each]

    for params in init(jax.random.split(jax.random.key(0), 8)):
        leaves = jax.tree_util.tree_leaves_with_path(params)
        values = {path[-1].key.removeprefix("class_"): leaf for path, leaf in leaves}
        assert values.keys() == {"scale", "bias"}
        assert not values["bias"].any()
        # 2,000 numbers at least: five standard errors of their mean and of their deviation.
        assert np.mean(values["scale"]) == pytest.approx(1, abs=5 * spread / 2000**0.5 + 1e-6)
        assert np.std(values["scale"]) == pytest.approx(spread, rel=5 / 4000**0.5)


def test_class_gains_want_labels():
    module, x = Normalization("batch", "dcgan", 3), data(IMAGES)
    with pytest.raises(ValueError, match="pass labels"):
        some_values(module, x)


@every_norm
def test_no_scatter_in_the_gradient(norm):
    # Scatter adds in any order on accelerators, and the bits of a run would depend on it.
    module, x, labels = Normalization(norm, "dcgan", 3), data(IMAGES), np.array([2, 0, 2, 1])
    variables = some_values(module, x, labels)
    stats = {name: tree for name, tree in variables.items() if name != "params"}

    def loss(params, x, labels):
        y, _ = module.apply({"params": params, **stats}, x, labels, train=True, mutable=list(stats))
        return jnp.sum(jnp.tanh(y))

    gradient = jax.jit(jax.grad(loss, (0, 1)))
    text = gradient.lower(variables["params"], x, jnp.asarray(labels)).as_text()
    assert "tensor<3x12xf32>" in text
    assert "scatter" not in text
