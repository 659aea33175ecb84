"""Blur while training: the same instrument as the card's, on few images."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.data import open_images
from jaxgan.metrics import planting
from jaxgan.training.blur_probe import COUNT, BlurProbe

IMAGES = open_images("shapes", image_size=16, size=1000)


class Painter:
    """A generator of real images that training did not show, blurred or not."""

    def __init__(self, sigma: float) -> None:
        unseen = open_images("shapes", image_size=16, split="test").read(np.arange(COUNT))
        self.pictures = planting.blurred(unseen["image"] / 255.0, sigma) * 2 - 1

    def sample(self, key: jax.Array, state: Any, count: int) -> jax.Array:
        return jnp.asarray(self.pictures[:count], jnp.float32)


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.0])
def test_planted_blur_is_found(sigma):
    found = BlurProbe(Painter(sigma), IMAGES)(jax.random.key(0), None)
    assert found["blur/radius_px"] == pytest.approx(sigma, abs=max(0.1, 0.1 * sigma))
    assert found["blur/noise"] < 0.03


def test_pictures_without_detail_are_no_ground_for_a_probe():
    plain = (
        np.zeros((COUNT, 16, 16, 1), np.uint8)
        + np.arange(COUNT, dtype=np.uint8)[:, None, None, None]
    )
    images = IMAGES._replace(read=lambda places: {"image": plain}, size=COUNT)
    with pytest.raises(ValueError, match="plain"):
        BlurProbe(Painter(0.0), images)


def test_real_images_are_sharp_and_cover_the_data():
    found = BlurProbe(Painter(0.0), IMAGES)(jax.random.key(0), None)
    assert abs(found["blur/radius_px"]) < 0.3
    assert found["blur/coverage"] > 0.9


def test_a_collapsed_generator_covers_nothing():
    painter = Painter(0.0)
    painter.pictures[:] = painter.pictures[0]
    assert BlurProbe(painter, IMAGES)(jax.random.key(0), None)["blur/coverage"] < 0.1


def test_images_of_another_kind_cover_nothing():
    painter = Painter(0.0)
    painter.pictures = -painter.pictures  # dark on bright
    assert BlurProbe(painter, IMAGES)(jax.random.key(0), None)["blur/coverage"] < 0.1


def test_few_or_small_images_cannot_be_measured():
    assert BlurProbe.can_measure(IMAGES)
    assert not BlurProbe.can_measure(open_images("shapes", image_size=8, size=1000))
    assert not BlurProbe.can_measure(open_images("shapes", image_size=16, size=COUNT - 1))
