"""Principal components and detail of pixels, against NumPy's SVD and SciPy's filters."""

import numpy as np
import pytest
from scipy import ndimage

from jaxgan.data import open_images
from jaxgan.features import pixel_features

KERNEL = np.array([1, 4, 6, 4, 1]) / 16


def pictures(count, side=16, channels=1, seed=0):
    source = open_images("shapes", image_size=side, channels=channels, seed=seed)
    return source.read(np.arange(count))["image"]


def coloured(count, side=16):
    return np.concatenate([pictures(count, side, seed=seed) for seed in range(3)], axis=3)


def smoothed(x):
    for axis in (1, 2):
        x = ndimage.convolve1d(x, KERNEL, axis=axis, mode="mirror")
    return x


def log_energies(x):
    """By SciPy, level by level."""
    energies = []
    while min(x.shape[1:3]) >= 8:
        coarse = smoothed(x)[:, ::2, ::2]
        wide = np.zeros((len(x), 2 * coarse.shape[1], 2 * coarse.shape[2], x.shape[3]))
        wide[:, ::2, ::2] = coarse
        wide = 4 * smoothed(wide[:, : x.shape[1], : x.shape[2]])
        energies.append(np.mean((x - wide) ** 2, axis=(1, 2, 3)))
        x = coarse
    return np.log(np.maximum(np.stack(energies, axis=1), (1 / 255) ** 2 / 12))


@pytest.mark.parametrize("count", [200, 300])  # fewer and more images than pixels
def test_the_components_are_those_of_a_singular_value_decomposition(count):
    x = pictures(count)
    rows = x.reshape(count, -1) / 255
    _, values, vectors = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    vectors = vectors[:64] * np.sign(
        np.take_along_axis(vectors, np.abs(vectors).argmax(axis=1)[:, None], axis=1)[:64]
    )
    scale = np.sqrt(np.sum(values[:64] ** 2) / (count - 1) / 2)
    expected = (rows - rows.mean(axis=0)) @ vectors.T / scale
    features = pixel_features(x).apply(x)
    assert features.shape == (count, 64 + 2)
    np.testing.assert_allclose(features[:, :64], expected, atol=2e-4)


@pytest.mark.parametrize("side", [16, 30, 33])
def test_the_detail_of_each_level(side):
    x = coloured(128, side)
    net = pixel_features(x)
    expected = log_energies(x / 255)
    expected = (expected - expected.mean(axis=0)) / expected.std(axis=0)
    np.testing.assert_allclose(net.apply(x)[:, 64:], expected, atol=1e-3)
    assert net.facts["levels"] == expected.shape[1]


def test_both_blocks_weigh_the_same():
    x = pictures(300)
    variances = pixel_features(x).apply(x).var(axis=0, ddof=1)
    assert variances[:64].sum() == pytest.approx(2, rel=1e-4)
    np.testing.assert_allclose(variances[64:], 1, rtol=0.01)


def test_pictures_without_detail():
    # Plain pictures: one component, and the energy of rounding at every level.
    levels = np.arange(128, dtype=np.uint8)[:, None, None, None]
    x = np.broadcast_to(levels, (128, 16, 16, 1))
    net = pixel_features(x)
    assert net.name == "pixels-1"
    features = net.apply(x)
    np.testing.assert_allclose(features[:, 1:], 0, atol=1e-4)
    assert features[:, 0].var(ddof=1) == pytest.approx(2, rel=1e-4)
    # Detail where the data had none counts in tenths of its log, not in their spread of nothing.
    rough = pictures(3)
    expected = (log_energies(rough / 255) - np.log((1 / 255) ** 2 / 12)) / 0.1
    np.testing.assert_allclose(net.apply(rough)[:, 1:], expected, rtol=1e-4)


def test_the_same_images_make_the_same_network():
    x = pictures(200)
    one, other = pixel_features(x), pixel_features(x / 255.0)
    assert one.identity == other.identity
    np.testing.assert_array_equal(one.apply(x), other.apply(x))
    assert pixel_features(x[:199]).digest != one.digest


def test_many_references_are_thinned_evenly():
    x = pictures(300)
    many = np.tile(x, (20, 1, 1, 1))  # 6000: every third is taken
    assert pixel_features(many).digest == pixel_features(many[::3]).digest


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((127, 16, 16, 1)), "128 or more"),
        (np.eye(128)[:, :15, None, None] * np.ones((1, 1, 16, 1)), "16 or more"),
        (np.zeros((128, 16, 16, 1)), "nothing to measure"),
    ],
)
def test_other_references_are_refused(x, message):
    with pytest.raises(ValueError, match=message):
        pixel_features(x)


def test_images_of_another_size_are_refused():
    with pytest.raises(ValueError, match="made for 16x16x1"):
        pixel_features(pictures(128)).apply(pictures(1, 32))
