"""Softness: of edges of known profile by formula, of patterns by hand, of photographs by faults."""

import tracemalloc

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import rankdata

from jaxgan.metrics.checks import as_file
from jaxgan.metrics.planting import blurred, checkered, contrasted, noised
from jaxgan.metrics.sharpness import tenengrad
from jaxgan.metrics.softness import softness
from tests.metrics.real_sets import halves
from tests.photographs import crops

BLURS = (0, 0.5, 1, 1.5, 2, 3)


@pytest.fixture(scope="module")
def photographs():
    return crops(200, 64, np.random.default_rng(0))


@pytest.mark.parametrize("radius", [0.5, 1, 2, 4])
def test_an_edge_of_gaussian_profile_reads_its_radius(radius):
    edge = ndtr((np.arange(48) - 23.3) / radius)
    image = np.broadcast_to(edge[None, None, :, None], (1, 30, 48, 1))
    np.testing.assert_allclose(softness(image), np.log(radius), atol=0.045)
    np.testing.assert_allclose(softness(image.transpose(0, 2, 1, 3)), softness(image))


def test_a_step_by_hand():
    # Blurred once more, 0 0 1 1 is 0 1/4 3/4 1: each row loses 2/16. Its slopes are 1/8, 3/8, 3/8
    # and 1/8, their squares 20/64.
    image = np.zeros((1, 12, 20, 1))
    image[:, :, 10:] = 1
    np.testing.assert_allclose(softness(image), 0.5 * np.log(20 / 64 / (2 / 16) / 32))


def test_what_has_no_edges_and_what_has_nothing_else():
    plain_and_other = np.full((2, 12, 20, 1), 0.3)
    plain_and_other[1] = checkered(plain_and_other[1:], 0.2)[0]
    ramp = np.broadcast_to(np.linspace(0, 1, 20)[None, None, :, None], (1, 12, 20, 1))
    np.testing.assert_allclose(softness(plain_and_other), [np.log(12), np.log(1e-3)])
    np.testing.assert_allclose(softness(ramp), np.log(12))


def test_nothing_but_the_interior_counts():
    image = np.full((1, 16, 16, 1), 0.5)
    image[:, :, 0] = 1  # the last column whose slope reaches to the border's second pixel
    np.testing.assert_allclose(softness(image), np.log(16))


def test_contrast_and_brightness_do_not_count(photographs):
    read = softness(photographs)
    paler = contrasted(photographs, 0.5) * 0.6 + 0.2
    np.testing.assert_allclose(softness(paler), read, atol=1e-9)
    eight_bits = softness(as_file(contrasted(photographs, 0.5)))
    assert abs(np.median(eight_bits - read)) < 0.02


def test_colour_counts_as_its_luma(photographs):
    in_colour = crops(20, 64, np.random.default_rng(1), channels=3)
    luma = (in_colour / 255.0) @ [0.2125, 0.7154, 0.0721]
    np.testing.assert_allclose(softness(in_colour), softness(luma[..., None]))


def test_every_blur_is_softer(photographs):
    series = np.array([softness(as_file(blurred(photographs, sigma))) for sigma in BLURS])
    assert np.all(np.diff(np.median(series, axis=1)) > 0.1)
    assert np.mean(np.diff(series[:5], axis=0) > 0) > 0.95


@pytest.mark.parametrize("name", ["cifar10", "mnist", "shapes"])
def test_a_pixel_of_blur_is_seen_image_by_image(name):
    sharp, others = halves(name)
    scores = [softness(as_file(sharp)), softness(as_file(blurred(others, 1.0)))]
    assert softer_chance(*scores) > 0.99


def test_a_pixel_of_blur_is_seen_in_photographs(photographs):
    other = crops(200, 64, np.random.default_rng(2))
    assert softer_chance(softness(photographs), softness(as_file(blurred(other, 1.0)))) > 0.97


def test_smoother_pictures_are_hardly_softer():
    """Less detail in a picture is not blur: by far less than a blur of half a pixel."""
    images, _ = halves("cifar10")
    read, order = softness(images), np.argsort(tenengrad(images))
    half_a_pixel = np.median(softness(as_file(blurred(images, 0.5)))) - np.median(read)
    for share in (0.5, 0.7):
        smoothest = order[: int(share * len(order))]
        assert abs(np.median(read[smoothest]) - np.median(read)) < 0.25 * half_a_pixel


def test_noise_passes_for_sharpness(photographs):
    """A blind spot that is documented: the noise has to be planted on both sides."""
    noise = noised(np.full((20, 64, 64, 1), 0.5), 0.05, np.random.default_rng(3))
    assert softness(noise).mean() == pytest.approx(-2.74, abs=0.05)


def test_large_sets_go_by_chunks():
    images = np.random.default_rng(4).integers(0, 256, (600, 64, 64, 3), dtype=np.uint8)
    tracemalloc.start()
    read = softness(images)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * images.size  # a copy in float64 alone takes 8
    np.testing.assert_allclose(read[-3:], softness(images[-3:]))


def test_refusals():
    with pytest.raises(ValueError, match=r"expected \[N, H, W, C\]"):
        softness(np.zeros((3, 12, 12)))
    with pytest.raises(ValueError, match="0 images"):
        softness(np.zeros((0, 12, 12, 1)))
    with pytest.raises(ValueError, match="divide by 255"):
        softness(np.arange(288.0).reshape(2, 12, 12, 1) % 255)
    with pytest.raises(ValueError, match="NaN"):
        softness(np.where(np.eye(12, dtype=bool)[None, :, :, None], np.nan, 0.5))


def softer_chance(sharp, soft):
    """Of a blurred image being softer than a sharp one: the area under the ROC curve."""
    ranks = rankdata(np.concatenate([sharp, soft]))[len(sharp) :]
    return (ranks.mean() - (len(soft) + 1) / 2) / len(sharp)
