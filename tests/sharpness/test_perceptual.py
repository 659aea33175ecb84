"""The perceptual loss by NumPy, from the layers of a small VGG."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from jaxgan.errors import UserError
from jaxgan.protocols import Compared, LookingThrough, SharpnessPart
from jaxgan.sharpness import Perceptual
from jaxgan.sharpness.perceptual import gram_matrix
from jaxgan.types import NetworkSetting
from tests.weights.small import small_file

SETTING = NetworkSetting((32, 32, 3), platform="cpu")
SMALL = Perceptual(weights=str(small_file()), layers="relu1_1,relu1_2")


def noise(count=4, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (count, 32, 32, 3)).astype(np.float32)


def compared(part, real, fake):
    network = part.frozen(SETTING)

    def through(images):
        return network.forward(network.parameters, images)

    return Compared(jnp.asarray(real), jnp.asarray(fake), through=through)


def loss(part, real, fake):
    return jax.jit(lambda fake: part(compared(part, real, fake)))(fake)


def by_numpy(part, real, fake):
    network, distances = part.frozen(SETTING), []
    of_real, of_fake = (
        network.forward(network.parameters, jnp.asarray((x + 1) / 2)).maps for x in (real, fake)
    )
    for layer in of_real:
        a, b = (np.asarray(m[layer], np.float64).reshape(-1, 64) for m in (of_real, of_fake))
        if part.statistic in ("mean", "both"):
            distances.append([a.mean(0), b.mean(0)])
        if part.statistic in ("gram", "both"):
            distances.append([a.T @ a / len(a), b.T @ b / len(b)])
    relative = [np.sum((f - r) ** 2) / np.sum(r**2) for r, f in distances]
    return part.weight * np.mean(relative)


@pytest.mark.parametrize("statistic", ["mean", "gram", "both"])
def test_against_numpy(statistic):
    part = dataclasses.replace(SMALL, statistic=statistic, weight=0.5)
    real, fake = noise(4), 0.3 * noise(2, seed=1)
    value = loss(part, real, fake)
    assert value.shape == ()
    assert float(value) == pytest.approx(by_numpy(part, real, fake), rel=1e-3)


def test_gram_matrix_by_hand():
    # Two pixels of two channels: (1·1 + 3·3)/2, (1·2 + 3·4)/2, (2·2 + 4·4)/2.
    maps = jnp.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    np.testing.assert_allclose(gram_matrix(maps), [[5, 7], [7, 10]])


def test_a_layer_counts_alike_however_large_its_activations_are():
    part = dataclasses.replace(SMALL, layers="relu1_2")
    network, (real, fake) = part.frozen(SETTING), (noise(), noise(seed=1) / 2)
    larger = {"conv1_1": network.parameters["conv1_1"]}
    larger["conv1_2"] = jax.tree.map(lambda x: 8 * x, network.parameters["conv1_2"])
    values = [
        part(Compared(real, fake, through=lambda x, p=p: network.forward(p, x)))
        for p in (network.parameters, larger)
    ]
    np.testing.assert_allclose(values[1], values[0], rtol=1e-4)


def test_nothing_is_learned_from_identical_batches_and_only_fakes_are_pulled():
    real, fake = noise(), noise(seed=1)
    slope = jax.grad(lambda fake: SMALL(compared(SMALL, real, fake)))(real)
    np.testing.assert_array_equal(slope, np.zeros_like(real))
    slope = jax.grad(lambda real: SMALL(compared(SMALL, real, fake)))(real)
    np.testing.assert_array_equal(slope, np.zeros_like(real))


def test_grows_with_blur_and_its_slope_undoes_some():
    real, other = noise(4), noise(4, seed=1)
    blurred = [gaussian_filter(other, (0, s, s, 0)).astype(np.float32) for s in (0, 0.5, 1, 2)]
    of = jax.jit(jax.value_and_grad(lambda fake: SMALL(compared(SMALL, real, fake))))
    values = [float(of(fake)[0]) for fake in blurred]
    assert values == sorted(values)
    assert values[1] > 3 * values[0]
    slope = of(blurred[2])[1]
    step = blurred[2] - np.asarray(slope) / np.abs(slope).max() / 50
    assert float(of(step)[0]) < values[2]


def test_it_is_a_part_and_refuses_nonsense():
    assert isinstance(SMALL, SharpnessPart)
    assert isinstance(SMALL, LookingThrough)
    for fields, message in (
        ({"weight": 0}, "choose none"),
        ({"layers": "relu6_1"}, "expected different names"),
        ({"network": "vgg11"}, "expected one of vgg16, vgg19"),
        ({"statistic": "median"}, "expected one of mean"),
        ({"interval": 0}, "interval 0"),
    ):
        with pytest.raises(UserError, match=message):
            Perceptual(**fields)
    with pytest.raises(UserError, match=r"give gan\.frozen to the step"):
        SMALL(Compared(noise(), noise()))
