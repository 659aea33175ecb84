"""Image sets by name, and the order of their examples as a pure function of (seed, position)."""

from __future__ import annotations

from jaxgan.data.arrays import ARRAYS
from jaxgan.data.dead_leaves import dead_leaves as _dead_leaves  # renamed, as is `shapes`:
from jaxgan.data.images import ImageSet
from jaxgan.data.order import example_indices
from jaxgan.data.picture_files import MOST_PIXELS
from jaxgan.data.shapes import shapes as _shapes  # `jaxgan.data.shapes` is the module
from jaxgan.errors import UserError

__all__ = ["ARRAYS", "ImageSet", "MOST_PIXELS", "PROCEDURAL", "example_indices", "open_images"]

PROCEDURAL = {"shapes": _shapes, "dead_leaves": _dead_leaves}
"""Sets that are drawn to any number, with a planted blur if asked for; no files needed."""


def open_images(
    name: str,
    *,
    split: str = "train",
    image_size: int | None = None,
    channels: int | None = None,
    size: int = 20000,
    seed: int = 0,
    blur: float = 0.0,
    data_dir: str | None = None,
    download: bool = False,
    max_pixels: int = MOST_PIXELS,
) -> ImageSet:
    """Open a set of square pictures: "shapes", "dead_leaves", "folder:PATH", or a TFDS set's name.

    `image_size` (pixels) and `channels` (1 grey, 3 RGB) None mean the set's own; for procedural
    ones 32 and 1. `size` (examples), `seed` and `blur` (sigma of a planted Gaussian, pixels) are
    for procedural sets alone; `data_dir` and `download` for TFDS alone. A folder has one split,
    "train"; a picture in it that has more than `max_pixels` is refused.

    Raises UserError, before anything slow is done, for a name, split or form that cannot be had.
    """
    if name in PROCEDURAL:
        return PROCEDURAL[name](
            size,
            32 if image_size is None else image_size,
            seed,
            blur,
            channels=1 if channels is None else channels,
            split=split,
        )
    if blur:
        raise UserError(
            f"blur {blur} was given for {name}: only {' and '.join(PROCEDURAL)} take a planted blur"
        )
    if name.startswith(ARRAYS):
        raise UserError(
            f"{name} is of arrays in memory, which only Python can hand over: call jaxgan.train, "
            "jaxgan.rerun or jaxgan.blur_of_run with images=jaxgan.ImageSet.from_arrays(...)"
        )
    if name.startswith("folder:"):
        from jaxgan.data.folder import folder_images

        if split != "train":
            raise UserError(
                f"{name} has no split {split!r}: give the pictures their own folder and open that"
            )
        path = name.removeprefix("folder:")
        return folder_images(path, image_size=image_size, channels=channels, max_pixels=max_pixels)
    from jaxgan.data.tfds import tfds_images

    return tfds_images(
        name,
        split=split,
        image_size=image_size,
        channels=channels,
        data_dir=data_dir,
        download=download,
    )
