"""Faint gradients against edges: by hand on ramps, and lost to denoisers on photographs."""

import math

import numpy as np
import pytest
from scipy import ndimage
from skimage.restoration import denoise_bilateral, denoise_tv_chambolle

from jaxgan.metrics import planting
from jaxgan.metrics.checks import as_file
from jaxgan.metrics.texture import NO_TEXTURE, texture, texture_gap
from tests.photographs import crops


@pytest.fixture(scope="module")
def real() -> np.ndarray:
    return crops(600, 32, np.random.default_rng(0))


@pytest.fixture(scope="module")
def fakes() -> np.ndarray:
    return crops(150, 32, np.random.default_rng(1)) / 255.0


def gap(real: np.ndarray, fakes: np.ndarray) -> float:
    return texture_gap(texture(real), texture(as_file(fakes)))


def plain_surfaces(images: np.ndarray, sigma: float) -> np.ndarray:
    """Blurred but for edges and what is beside them."""
    smooth = planting.blurred(images, 1.0)
    slopes = np.hypot(ndimage.sobel(smooth, 1), ndimage.sobel(smooth, 2))
    edges = slopes > np.quantile(slopes, 0.85, axis=(1, 2, 3), keepdims=True)
    return np.where(edges, images, planting.blurred(images, sigma))


def each(denoise, images: np.ndarray) -> np.ndarray:
    return np.stack([denoise(image[..., 0]) for image in images])[..., None]


FAULTS = {
    "plain surfaces": lambda x: plain_surfaces(x, 3.0),
    "median": lambda x: ndimage.median_filter(x, (1, 5, 5, 1)),
    "bilateral": lambda x: each(lambda y: denoise_bilateral(y, 5, 0.1, 1.5), x),
    "total variation": lambda x: each(lambda y: denoise_tv_chambolle(y, 0.08), x),
}


def test_by_hand():
    # Ten columns of slopes, ten of each: 3 of 0, 3 of 0.01, 3 of 0.02 and an edge of 0.5.
    slopes = np.array([0.02, 0, 0.01, 0.5, 0.01, 0.02, 0, 0.01, 0, 0.02])
    row = np.concatenate([[0], np.cumsum(slopes)])
    image = np.broadcast_to(row[None, None, :, None], (1, 11, 11, 1))
    assert texture(image)[0] == pytest.approx(math.log(0.01 / 0.5), abs=1e-4)
    turned = image.transpose(0, 2, 1, 3)
    assert texture(turned)[0] == pytest.approx(math.log(0.01 / 0.5), abs=1e-4)


def test_blind_to_contrast(fakes):
    np.testing.assert_allclose(
        texture(planting.contrasted(fakes, 0.5)), texture(fakes), atol=1e-3, equal_nan=True
    )


@pytest.mark.parametrize("name", FAULTS)
def test_lost_texture_is_found(real, fakes, name):
    scores, rng = texture(real), np.random.default_rng(2)
    orders = [rng.permutation(len(scores)) for _ in range(100)]
    null = [texture_gap(scores[order[150:]], scores[order[:150]]) for order in orders]
    # Against the same images, so that the luck of the draw is out of it: it is in the null's width.
    assert gap(as_file(fakes), FAULTS[name](fakes)) < -3 * np.std(null)


def test_blur_of_all_and_noise_do_not_read_as_lost_texture(real, fakes):
    rng = np.random.default_rng(3)
    itself = as_file(fakes)
    assert gap(itself, planting.blurred(fakes, 1.0)) > 0
    assert gap(itself, planting.blurred(fakes, 2.0)) > 0.2
    assert gap(itself, planting.noised(fakes, 0.03, rng)) > 0.2
    assert abs(gap(real, fakes)) < 0.3


def test_flat_shapes_have_no_texture_and_nothing_is_said(real):
    rng = np.random.default_rng(4)
    squares = np.zeros((10, 32, 32, 1))
    for image in squares:
        top, left = rng.integers(4, 20, 2)
        image[top : top + 8, left : left + 8] = rng.uniform(0.3, 1)
    flat = texture(squares)
    np.testing.assert_array_equal(flat, NO_TEXTURE)
    assert math.isnan(texture_gap(flat, texture(real)))
    assert texture_gap(texture(real), flat) == pytest.approx(NO_TEXTURE - np.nanmean(texture(real)))


def test_plain_images_are_left_out(fakes):
    fakes = np.concatenate([fakes[:20], np.full((5, 32, 32, 1), 0.4)])
    scores = texture(fakes)
    assert np.isnan(scores[20:]).all()
    assert texture_gap(scores, scores[:20]) == pytest.approx(0, abs=1e-12)
    assert math.isnan(texture_gap(scores, scores[20:]))


def test_the_gap_is_a_difference_of_means():
    assert texture_gap(np.array([-2.0, -3.0]), np.array([-3.0, -4.0, -5.0])) == pytest.approx(-1.5)


def test_many_images_are_scored_as_one_by_one(fakes):
    large = np.tile(fakes, (5, 1, 1, 1))  # more than a chunk
    np.testing.assert_array_equal(texture(large)[-150:], texture(fakes))


def test_refusals():
    with pytest.raises(ValueError, match="expected \\[N, H, W, C\\]"):
        texture(np.zeros((32, 32)))
