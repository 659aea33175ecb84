"""Sets of real images for the benchmarks: by name, of any size and number.

`cifar10`, `mnist`, `shapes` and `dead_leaves` as jaxgan opens them; `photographs` and `colour` are
random crops of the pictures that scikit-image brings along (`pip install 'jaxgan[test]'`).
"""

import sys
from pathlib import Path

import numpy as np

from jaxgan.data import open_images

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.photographs import crops

CROPS = {"photographs": 1, "colour": 3}  # channels


def pictures(name: str, count: int, side: int | None = None, seed: int = 0) -> np.ndarray:
    """uint8 [count or fewer, side, side, C]; `side` None for the set's own size."""
    if name in CROPS:
        rng = np.random.default_rng(seed)
        return crops(count, side or 64, rng, channels=CROPS[name], reduce=1 if side == 128 else 2)
    images = open_images(name, split="test", image_size=side)
    return images.read(np.arange(min(count, images.size)))["image"]
