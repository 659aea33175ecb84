"""Blur while training: the same instrument as the card's, on few images."""

import numpy as np
import pytest

from jaxgan.data import open_images
from jaxgan.evaluators import Blur
from jaxgan.metrics import planting
from jaxgan.training.pictures import as_uint8

COUNT = Blur().count
EXAMPLES = open_images("shapes", image_size=16, size=COUNT).read(np.arange(COUNT))
UNSEEN = open_images("shapes", image_size=16, split="test").read(np.arange(COUNT))["image"]


def measured(images):
    """What is measured of images in [-1, 1], taken for samples."""
    return dict(Blur().begin(EXAMPLES)({"image": as_uint8(images)}))


def painted(sigma):
    """Real images that training did not show, blurred or not."""
    return planting.blurred(UNSEEN / 255.0, sigma) * 2 - 1


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.0])
def test_planted_blur_is_found(sigma):
    found = measured(painted(sigma))
    assert found["radius_px"] == pytest.approx(sigma, abs=max(0.1, 0.1 * sigma))
    assert found["noise"] < 0.03


def test_real_images_are_sharp_and_cover_the_data():
    found = measured(painted(0.0))
    assert abs(found["radius_px"]) < 0.3
    assert found["coverage"] > 0.9


def test_a_collapsed_generator_covers_nothing():
    pictures = painted(0.0)
    pictures[:] = pictures[0]
    assert measured(pictures)["coverage"] < 0.1


def test_images_of_another_kind_cover_nothing():
    assert measured(-painted(0.0))["coverage"] < 0.1  # dark on bright


def test_pictures_without_detail_are_no_ground_for_a_measurement():
    plain = np.zeros((COUNT, 16, 16, 1), np.uint8)
    plain += np.arange(COUNT, dtype=np.uint8)[:, None, None, None]
    with pytest.raises(ValueError, match="plain"):
        Blur().begin({"image": plain})


@pytest.mark.parametrize("images", [UNSEEN[:-1], UNSEEN[:, :8, :8]], ids=["few", "small"])
def test_few_or_small_images_cannot_be_measured(images):
    with pytest.raises(ValueError, match="pixels: expected 256, of 16 or more"):
        Blur().begin({"image": images})
