"""Grids of images as PNG files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from jaxgan.files import written_whole

__all__ = ["as_uint8", "image_grid", "write_animation", "write_grid"]

GAP = 2  # pixels between images
SIDE = 512  # pixels, to about which small pictures are enlarged


def as_uint8(images: np.ndarray) -> np.ndarray:
    """Images in [-1, 1] as a file holds them: uint8 in 0 … 255."""
    return np.rint((np.clip(images, -1, 1) + 1) * 127.5).astype(np.uint8)


def image_grid(images: np.ndarray, columns: int | None = None) -> np.ndarray:
    """Images [N, H, W, C] in [-1, 1] -> one uint8 picture [H', W', C], white between them.

    Row by row, in a square unless `columns` says otherwise. Enlarged by a whole factor without
    interpolation, so that no blur is added.
    """
    count, height, width, channels = images.shape
    columns = columns or int(np.ceil(np.sqrt(count)))
    rows = -(-count // columns)
    picture = np.full(
        (rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, channels), 255, np.uint8
    )
    for i, image in enumerate(images):
        top, left = (i // columns) * (height + GAP), (i % columns) * (width + GAP)
        picture[top : top + height, left : left + width] = as_uint8(image)
    factor = max(1, round(SIDE / max(picture.shape[:2])))
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


def write_grid(path: Path, images: np.ndarray, columns: int | None = None) -> None:
    """Write `image_grid` as a PNG; whoever reads the path sees a whole file or none."""
    from PIL import Image

    picture = image_grid(images, columns)
    image = Image.fromarray(picture[..., 0] if picture.shape[-1] == 1 else picture)
    with written_whole(path) as temporary:
        image.save(temporary, format="PNG")


def write_animation(path: Path, images: np.ndarray, milliseconds: int = 60) -> None:
    """Write images [N, H, W, C] in [-1, 1] as a lossless WebP that goes round without end."""
    from PIL import Image

    frames = [image_grid(image[None]) for image in images]
    first, *others = [Image.fromarray(x[..., 0] if x.shape[-1] == 1 else x) for x in frames]
    with written_whole(path) as temporary:
        first.save(
            temporary,
            format="WEBP",
            save_all=True,
            append_images=others,
            duration=milliseconds,
            loop=0,
            lossless=True,
        )
