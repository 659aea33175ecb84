"""A file of random weights in torchvision's layout that holds VGG-16's first block, and no more."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from jaxgan.files import written_whole

__all__ = ["FIRST_BLOCK", "first_block", "small_file"]

FIRST_BLOCK = "relu1_2"
CACHE = Path(__file__).parents[2] / ".pytest_cache"


def first_block() -> dict[str, np.ndarray]:
    """Kernels [O, I, 3, 3] that keep the size of activations, and small biases."""
    rng = np.random.default_rng(0)
    return {
        name: rng.normal(scale=scale, size=shape).astype(np.float32)
        for name, shape, scale in (
            ("features.0.weight", (64, 3, 3, 3), (2 / 27) ** 0.5),
            ("features.0.bias", (64,), 0.1),
            ("features.2.weight", (64, 64, 3, 3), (2 / 576) ** 0.5),
            ("features.2.bias", (64,), 0.1),
        )
    }


def small_file() -> Path:
    """The file, made where it is not there yet; several processes may ask for it at once."""
    path = CACHE / "vgg16-first-block.npz"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        with written_whole(path, f".{os.getpid()}") as temporary, temporary.open("wb") as file:
            np.savez(file, **first_block())
    return path
