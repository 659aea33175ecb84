"""The untrained network: its weights, and its first stage by SciPy."""

import jax
import numpy as np
import pytest
from scipy import ndimage

from jaxgan.features import random_convolutions
from jaxgan.features.random_convolutions import _weights

DIGEST = "d4afa59f16bbc028a63b7b3c8ee2230fc96cdb5e3ef35d71416bd008e33d0949"


def images(count=3, side=16, channels=3):
    return np.random.default_rng(0).integers(0, 256, (count, side, side, channels), np.uint8)


def test_the_network_is_this_one():
    # On every machine and with every version of JAX: a change here is a new VERSION.
    assert random_convolutions().digest == DIGEST
    with jax.threefry_partitionable(False):
        assert random_convolutions().digest == DIGEST


def test_weights():
    for number, kernel in enumerate(_weights().values()):
        assert kernel.shape == (16, 3, 3, 16 if number else 3)
        np.testing.assert_allclose(kernel.sum(axis=(1, 2, 3)), 0, atol=1e-6)
        fan_in = kernel[0].size
        # Of 432 or 2304 uniform numbers; centring takes 1 / fan-in of the variance.
        assert kernel.var() * fan_in == pytest.approx(2 * (1 - 1 / fan_in), rel=0.1)


def test_the_first_stage_by_scipy():
    x, weights = images(2), _weights()
    maps = x / 127.5 - 1
    for kernel in (weights["kernel_0"], weights["kernel_1"]):
        filtered = [
            [
                sum(
                    ndimage.correlate(picture[..., i], filt[..., i], mode="constant")
                    for i in range(picture.shape[-1])
                )
                for filt in kernel.astype(np.float64)
            ]
            for picture in maps
        ]
        maps = np.maximum(np.moveaxis(np.array(filtered), 1, -1), 0)
    expected = np.log(maps.mean(axis=(1, 2)) + 0.01)
    features = random_convolutions().apply(x)
    np.testing.assert_allclose(features[:, :16], expected, rtol=1e-4)


def test_grey_counts_as_three_equal_planes():
    x, net = images(channels=1), random_convolutions()
    np.testing.assert_allclose(net.apply(x), net.apply(x.repeat(3, axis=3)), rtol=1e-6)


@pytest.mark.parametrize("form", [(16, 16), (17, 29), (40, 16)])
def test_sizes(form):
    x = np.random.default_rng(0).random((2, *form, 3))
    features = random_convolutions().apply(x)
    assert features.shape == (2, 64)
    assert np.all(np.isfinite(features))
    assert len(np.unique(features.round(4), axis=0)) == 2


def test_the_platform_is_asked_for_when_the_network_is_made(monkeypatch):
    def refuse():
        raise AssertionError("asked while tracing")

    net = random_convolutions()
    monkeypatch.setattr(jax, "default_backend", refuse)
    assert net.apply(images()).shape == (3, 64)


def test_smaller_images_are_refused():
    with pytest.raises(ValueError, match="16 or more a side"):
        random_convolutions().apply(images(side=15))


def test_company_makes_no_difference():
    x, net = images(9), random_convolutions()
    np.testing.assert_array_equal(net.apply(x[4:5]), net.apply(x)[4:5])
