"""Networks that see what they should pass, and those that do not are told why."""

import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.data import open_images
from jaxgan.features import Outputs, feature_network, gate, pixel_features
from jaxgan.metrics.checks import eight_bits
from jaxgan.metrics.frechet import frechet_distance
from jaxgan.metrics.planting import blurred

COUNT = 400


@pytest.fixture(scope="module")
def images():
    return open_images("shapes", image_size=16).read(np.arange(COUNT))["image"]


def network(forward):
    return feature_network("made-up", 1, {}, lambda _, x: Outputs(forward(x), None))


def moments(x):
    """Mean and mean square."""
    return jnp.stack([x.mean((1, 2, 3)), jnp.square(x).mean((1, 2, 3))], axis=1)


def detail(x):
    """Log of the mean square of the differences along rows: falls with blur, rises with noise."""
    differences = jnp.square(x[:, :, 1:] - x[:, :, :-1]).mean((1, 2, 3))
    return jnp.log(differences + 1e-4)[:, None]


def test_pixels_pass(images):
    result = gate(pixel_features(images), images, np.random.default_rng(0))
    assert result.passed
    assert result.reasons == ()
    blur, noise = result.figures.blur, result.figures.noise
    assert list(blur) == [0, 0.5, 1, 2]
    assert list(noise) == [0, 0.02, 0.05, 0.1]
    assert blur[0] == noise[0]
    assert result.figures.images == COUNT // 2
    # Where nothing is planted, the distance is one of those that chance makes.
    spread = result.figures.real_vs_real_deviation
    assert 0 < spread < result.figures.real_vs_real
    assert abs(blur[0] - result.figures.real_vs_real) < 5 * spread


def test_a_network_that_sees_brightness_alone_is_rejected(images):
    result = gate(network(lambda x: moments(x)[:, :1]), images, np.random.default_rng(0))
    assert not result.passed
    assert any("with blur" in reason for reason in result.reasons)
    assert all("made-up@" in reason for reason in result.reasons)


def test_a_network_that_sees_nothing_is_rejected(images):
    blind = network(lambda x: jnp.zeros((x.shape[0], 2)))
    result = gate(blind, images, np.random.default_rng(0))
    assert not result.passed
    assert [("blur" in r, "noise" in r) for r in result.reasons] == [
        (True, False),
        (False, True),
        (True, False),
    ]


def test_a_network_that_looks_past_noise_is_rejected(images):
    # Shapes are below 0.25 or above 0.6: without the levels between, small noise changes nothing.
    coarse = network(lambda x: detail(jnp.floor(x * 1.5 + 0.38)))
    result = gate(coarse, images, np.random.default_rng(0))
    assert any("do not rise strictly with noise" in reason for reason in result.reasons)


@pytest.mark.parametrize(("amplitude", "low", "high"), [(0.2, 3, 6), (0.4, 1, 3)])
def test_clearance_is_three_times_chance(images, amplitude, low, high):
    # Forty features of pure chance beside the one that sees.
    def drowned(x):
        phases = 1e3 * x.mean((1, 2, 3))[:, None] * jnp.arange(1.0, 41.0)[None]
        return jnp.concatenate([detail(x), amplitude * jnp.sin(phases)], axis=1)

    result = gate(network(drowned), images, np.random.default_rng(0))
    ratio = result.figures.blur[0.5] / result.figures.real_vs_real
    assert low < ratio < high
    assert any("half a pixel" in reason for reason in result.reasons) == (ratio <= 3)


def test_figures_by_hand(images):
    net = network(moments)
    figures = gate(net, images, np.random.default_rng(5)).figures
    order = np.random.default_rng(5).permutation(COUNT)
    one, other = order[: COUNT // 2], order[COUNT // 2 :]
    plain, soft = net.apply(images), net.apply(eight_bits(blurred(images / 255, 2.0)))
    for sigma, planted in ((0, plain), (2, soft)):
        distances = [
            frechet_distance(plain[one], planted[other]),
            frechet_distance(plain[other], planted[one]),
        ]
        assert figures.blur[sigma] == pytest.approx(np.mean(distances), rel=1e-6)


def test_the_same_random_numbers_give_the_same_result(images):
    net = network(moments)
    one, other = (gate(net, images, np.random.default_rng(1)) for _ in range(2))
    assert one == other
    assert gate(net, images, np.random.default_rng(2)).figures != one.figures


def test_few_images_are_refused(images):
    with pytest.raises(ValueError, match="400 or more"):
        gate(network(moments), images[:399], np.random.default_rng(0))
