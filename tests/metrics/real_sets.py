"""Real images to plant faults in; where a TFDS set is not prepared, its tests skip and say so."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from jaxgan.data import open_images
from jaxgan.errors import UserError

COUNTS = {"cifar10": 500, "mnist": 500, "shapes": 150}
BLURS = (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3)  # pixels


@lru_cache
def halves(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Two disjoint sets of test images, float64 in [0, 1]."""
    count = COUNTS[name]
    try:
        images = open_images(name, split="test")
    except UserError as error:
        pytest.skip(f"{name} is not prepared here: {error}")
    pixels = images.read(np.arange(2 * count))["image"] / 255.0
    pixels.setflags(write=False)
    return pixels[:count], pixels[count:]
