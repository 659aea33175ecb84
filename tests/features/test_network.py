"""The record of a frozen network, on a network that can be worked out by hand."""

import hashlib

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import softmax

from jaxgan.features import Outputs, feature_network

PARAMETERS = {"bias": np.float32([1, 2]), "weight": np.float32([[3, -1]])}


def forward(parameters, images):
    means = images.mean((1, 2, 3))[:, None]
    features = means @ parameters["weight"] + parameters["bias"][None]
    return Outputs(features, 2 * features)


def network(name="means", version=1, parameters=PARAMETERS, **options):
    return feature_network(name, version, parameters, forward, **options)


def images(count, side=4, channels=1):
    rng = np.random.default_rng(count)
    return rng.integers(0, 256, (count, side, side, channels), dtype=np.uint8)


@pytest.mark.parametrize("count", [1, 255, 256, 257, 600])
def test_every_image_is_seen_once_and_in_order(count):
    x = images(count)
    features = network().apply(x)
    means = x.mean(axis=(1, 2, 3)) / 255
    expected = np.stack([1 + 3 * means, 2 - means], axis=1)
    assert features.dtype == np.float64
    np.testing.assert_allclose(features, expected, rtol=1e-6)


def test_company_makes_no_difference():
    x, net = images(300), network()
    whole = net.apply(x)
    for first, last in ((0, 1), (3, 40), (256, 300)):
        np.testing.assert_array_equal(net.apply(x[first:last]), whole[first:last])


def test_large_images_go_in_smaller_batches():
    sizes = []

    def noted(parameters, batch):
        sizes.append(batch.shape[0])  # seen when traced: once for every shape
        return forward(parameters, batch)

    for side in (32, 64, 512, 600):
        feature_network("noted", 1, PARAMETERS, noted).apply(images(3, side))
    assert sizes == [256, 64, 1, 1]


def test_bytes_and_floats_are_the_same_pictures():
    x, net = np.arange(256, dtype=np.uint8).reshape(4, 8, 8, 1), network()
    for floats in (x / 255.0, (x / 255.0).astype(np.float32)):
        np.testing.assert_array_equal(net.apply(floats), net.apply(x))


def test_probabilities():
    x, net = images(5), network(has_logits=True)
    np.testing.assert_allclose(net.probabilities(x), softmax(2 * net.apply(x), axis=1), rtol=1e-6)
    assert network().probabilities is None
    large = {**PARAMETERS, "bias": np.float32([1e4, 0])}
    np.testing.assert_array_equal(
        network(parameters=large, has_logits=True).probabilities(x), [[1, 0]] * 5
    )


def test_the_digest_by_hand():
    told = b"means 1\n['bias'] float32 (2,)\n" + PARAMETERS["bias"].tobytes()
    told += b"['weight'] float32 (1, 2)\n" + PARAMETERS["weight"].tobytes()
    net = network()
    assert net.digest == hashlib.sha256(told).hexdigest()
    assert net.identity == f"means@{net.digest[:12]}"


def test_the_digest_knows_every_part():
    changed = PARAMETERS["weight"].copy()
    changed[0, 1] = np.nextafter(changed[0, 1], np.float32(0))
    others = [
        network(name="other"),
        network(version=2),
        network(parameters={**PARAMETERS, "weight": changed}),
        network(parameters={**PARAMETERS, "bias": np.float32([[1, 2]])}),
        network(parameters={**PARAMETERS, "bias": np.int32([1, 2])}),
        network(parameters={**PARAMETERS, "unused": np.float32([])}),
    ]
    assert len({other.digest for other in [*others, network()]}) == len(others) + 1
    assert network(facts={"accuracy": 0.5}).digest == network().digest


def test_parameters_are_arguments_of_the_program():
    traces = []

    def noted(parameters, batch):
        traces.append(type(parameters["weight"]))
        return forward(parameters, batch)

    feature_network("noted", 1, PARAMETERS, noted).apply(images(1))
    assert len(traces) == 1
    assert "Tracer" in traces[0].__name__


def test_facts_cannot_be_changed():
    net = network(facts={"accuracy": 0.5})
    with pytest.raises(TypeError):
        net.facts["accuracy"] = 1.0


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((0, 4, 4, 1), np.uint8), "N from 1"),
        (np.zeros((4, 4, 1), np.uint8), "N, H, W, C"),
        (np.zeros((1, 4, 4, 2), np.uint8), "RGB"),
        (np.zeros((1, 4, 4, 1), np.int32), "int32"),
        (np.full((1, 4, 4, 1), np.nan), "finite"),
        (np.full((1, 4, 4, 1), 1.01), r"\[0, 1\]"),
        (np.full((1, 4, 4, 1), -0.01), "clip"),
        (np.zeros((1, 4, 5, 1), np.uint8), "4x5x1: this network was made for 4x4x1"),
        (np.zeros((1, 4, 4, 3), np.uint8), "4x4x3: this network was made for 4x4x1"),
    ],
)
def test_other_images_are_refused(x, message):
    with pytest.raises(ValueError, match=message):
        network(image_shape=(4, 4, 1)).apply(x)


def test_a_bad_image_beyond_the_first_batch_is_refused():
    x = np.zeros((300, 4, 4, 1))
    x[-1, 0, 0, 0] = np.inf
    with pytest.raises(ValueError, match="finite"):
        network().apply(x)


def test_small_images_are_refused():
    net = network(smallest_side=5)
    assert net.apply(images(1, 5)).shape == (1, 2)
    with pytest.raises(ValueError, match="5 or more a side"):
        net.apply(images(1, 4))


def test_jax_arrays_are_images_too():
    x, net = images(3), network()
    np.testing.assert_array_equal(net.apply(jnp.asarray(x)), net.apply(x))
