"""Crops of the photographs that scikit-image brings along: natural images that need no download."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

__all__ = ["GREY", "IN_COLOUR", "crops"]

IN_COLOUR = (
    "astronaut.png",
    "chelsea.png",
    "coffee.png",
    "hubble_deep_field.jpg",
    "ihc.png",
    "motorcycle_left.png",
    "retina.jpg",
    "rocket.jpg",
)
GREY = ("brick.png", "camera.png", "coins.png", "grass.png", "gravel.png", "moon.png", "page.png")


def crops(
    count: int,
    side: int,
    rng: np.random.Generator,
    *,
    channels: int = 1,
    names: tuple[str, ...] | None = None,
    reduce: int = 2,
) -> np.ndarray:
    """Random squares of random photographs: uint8 [count, side, side, channels].

    Photographs are first reduced by means of `reduce` x `reduce` pixels, which takes the blur of
    their cameras and the marks of JPEG away. Colour is luma where `channels` is 1.
    """
    names = names or (IN_COLOUR if channels == 3 else GREY + IN_COLOUR)
    pictures = [_picture(name, channels, reduce) for name in names]
    pictures = [picture for picture in pictures if min(picture.shape[:2]) >= side]
    found = np.empty((count, side, side, channels), np.uint8)
    for place in found:
        picture = pictures[rng.integers(len(pictures))]
        top, left = (rng.integers(extent - side + 1) for extent in picture.shape[:2])
        place[...] = picture[top : top + side, left : left + side]
    return found


@lru_cache(maxsize=64)
def _picture(name: str, channels: int, reduce: int) -> np.ndarray:
    import skimage

    with Image.open(Path(skimage.__file__).parent / "data" / name) as file:
        picture = np.asarray(file.convert("RGB" if channels == 3 else "L"), np.float64)
    picture = picture.reshape(*picture.shape[:2], channels)
    height, width = (extent // reduce * reduce for extent in picture.shape[:2])
    parts = picture[:height, :width].reshape(
        height // reduce, reduce, width // reduce, reduce, channels
    )
    return np.rint(parts.mean(axis=(1, 3))).astype(np.uint8)
