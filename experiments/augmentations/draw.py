"""Real images under ADA's transforms at rising probability, and how likely none is applied.

python experiments/augmentations/draw.py, beside prepared MNIST and CIFAR-10, writes mnist.png and
cifar10.png here: eight images a row, p = 0, 0.2, 0.5 and 0.8 from the top. In the last row hardly
an image is as it was: a generator that is judged through it alone learns the transforms as well.
"""

from __future__ import annotations

from pathlib import Path

import jax
import numpy as np
from PIL import Image

import jaxgan
from jaxgan.augment import BGC

PROBABILITIES = (0.0, 0.2, 0.5, 0.8)
COUNT, ENLARGED = 8, 3


def main() -> None:
    for name in ("mnist", "cifar10"):
        images = jaxgan.open_images(name).read(np.arange(COUNT))["image"]
        images = jaxgan.to_unit_range(images)
        rows = [
            np.asarray(jax.jit(BGC(p))(jax.random.key(1), images)).clip(-1, 1)
            for p in PROBABILITIES
        ]
        count, side, _, channels = images.shape
        sheet = np.stack(rows).transpose(0, 2, 1, 3, 4)
        sheet = sheet.reshape(len(rows) * side, count * side, channels)
        pixels = np.uint8(np.round((sheet + 1) * 127.5)).squeeze()
        pixels = pixels.repeat(ENLARGED, 0).repeat(ENLARGED, 1)
        Image.fromarray(pixels).save(Path(__file__).parent / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
