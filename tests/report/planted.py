"""Faults of known size, planted into real images, and cards of them beside other real images."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pytest
from scipy import ndimage
from skimage.restoration import denoise_bilateral

from jaxgan.data import open_images
from jaxgan.errors import UserError
from jaxgan.metrics import planting
from jaxgan.metrics.checks import as_file
from jaxgan.metrics.kernels import convolved, disc, motion
from jaxgan.metrics.sharpness import tenengrad
from jaxgan.report.inputs import CardInputs
from jaxgan.report.measure import Judged, judge
from tests.photographs import crops

__all__ = ["FAKES", "REAL", "held", "judged", "real_of", "rng_of"]

FAKES, REAL = 200, 500
Fault = Callable[[np.ndarray], np.ndarray]


@lru_cache
def pictures(name: str) -> dict[str, np.ndarray]:
    """FAKES + REAL images and more, with labels where there are some."""
    count = 3 * FAKES + REAL
    if name in ("photographs", "colour"):
        channels = 3 if name == "colour" else 1
        return {"image": crops(count, 32, np.random.default_rng(7), channels=channels)}
    try:
        return open_images(name, split="test").read(np.arange(count))
    except UserError as error:
        pytest.skip(f"{name} is not prepared here: {error}")


def real_of(name: str) -> np.ndarray:
    return pictures(name)["image"][-REAL:]


def held(name: str) -> np.ndarray:
    """Other images, float64 in [0, 1], for faults to be planted in."""
    return pictures(name)["image"][:FAKES] / 255.0


def judged(name: str, faulty: np.ndarray, **fields) -> Judged:
    return judge(CardInputs(name, as_file(faulty), real_of(name), **fields))


def rng_of(number: int) -> np.random.Generator:
    return np.random.default_rng(number)


def some_blurred(images: np.ndarray, share: float, sigma: float) -> np.ndarray:
    count = int(share * len(images))
    return np.concatenate([planting.blurred(images[:count], sigma), images[count:]])


def soft_where(images: np.ndarray, mask: np.ndarray, sigma: float) -> np.ndarray:
    return np.where(mask[:, :, None], planting.blurred(images, sigma), images)


def framed(images: np.ndarray, width: int) -> np.ndarray:
    found = np.zeros_like(images)
    inner = slice(width, -width)
    found[:, inner, inner] = images[:, inner, inner]
    return found


def salted(images: np.ndarray, share: float) -> np.ndarray:
    found, draw = images.copy(), rng_of(4).random(images.shape[:3])
    found[draw < share / 2], found[draw > 1 - share / 2] = 0.0, 1.0
    return found


def denoised(images: np.ndarray) -> np.ndarray:
    """Edges kept, flat texture smoothed away."""
    planes = [denoise_bilateral(image[..., 0], sigma_color=0.1, sigma_spatial=2)
              for image in images]  # fmt: skip
    return np.stack(planes)[..., None]


def coloured(images: np.ndarray, change: Fault) -> np.ndarray:
    """`change` of the chroma alone."""
    level = images.mean(axis=3, keepdims=True)
    return level + change(images - level)


def several(name: str, count: int) -> np.ndarray:
    """Means of several pictures."""
    images = pictures(name)["image"][: 3 * FAKES] / 255.0
    return np.mean([images[rng_of(k).permutation(len(images))[:FAKES]] for k in range(count)], 0)


def smoothest(name: str, share: float) -> np.ndarray:
    """Those of many real images that have the least edge energy, untouched."""
    images = pictures(name)["image"][: 3 * FAKES]
    order = np.argsort(tenengrad(images))[: int(share * len(images))]
    return images[rng_of(5).permutation(order)[:FAKES]] / 255.0


def border(side: int, width: int) -> np.ndarray:
    mask = np.ones((side, side), bool)
    mask[width:-width, width:-width] = False
    return mask


def left_half(side: int) -> np.ndarray:
    return np.broadcast_to(np.arange(side) < side // 2, (side, side))


def out_of_focus(images: np.ndarray, radius: float) -> np.ndarray:
    return convolved(images, disc(radius))


def moved(images: np.ndarray, length: float) -> np.ndarray:
    return convolved(images, motion(length, 0.0))


def few_components(name: str, count: int) -> np.ndarray:
    """What the first principal components leave of the images."""
    real = real_of(name).reshape(REAL, -1) / 255.0
    middle = real.mean(axis=0)
    directions = np.linalg.svd(real - middle, full_matrices=False)[2][:count]
    images = held(name)
    rows = images.reshape(len(images), -1) - middle
    return (middle + rows @ directions.T @ directions).reshape(images.shape)


def magnified(images: np.ndarray, order: int = 3) -> np.ndarray:
    """The middle of each image, enlarged by 1.25."""
    side = images.shape[1]
    cut = round(side / 1.25)
    first = (side - cut) // 2
    middle = images[:, first : first + cut, first : first + cut]
    zoom = (1, side / cut, side / cut, 1)
    return np.clip(ndimage.zoom(middle, zoom, order=order, mode="reflect", grid_mode=True), 0, 1)
