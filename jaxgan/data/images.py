"""What every data source hands over (`ImageSet`), and the picture handling that they share.

Resampling is part of what this library measures, so it is fixed here and stated: a picture is
scaled until its short side is `image_size`, with Pillow's LANCZOS filter (a = 3), which widens with
the reduction factor and so does not alias, and the middle is cut out. The filter works on the
stored, gamma-encoded 8-bit values. A picture that already is a square of `image_size` is passed
through untouched. Enlarging adds no detail: a set that is enlarged is blurred from the start.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from jaxgan.data.arrays import as_bytes, as_labels, set_name
from jaxgan.errors import UserError

if TYPE_CHECKING:  # Pillow is imported where a picture is opened, so that `import jaxgan` is quick.
    from PIL import Image

__all__ = ["ImageSet", "MIN_SIZE", "as_square", "check_form", "check_indices", "check_mode",
           "fingerprint", "is_grey"]  # fmt: skip

MIN_SIZE = 8
"""Smallest `image_size`, in pixels: below it no network here has a layer left to stride over."""

GREY_MODES = frozenset({"1", "L", "LA", "La"})


class ImageSet(NamedTuple):
    """A finite set of square pictures of one size, read by index.

    `read` takes int64 indices [n] in [0, size), repeats allowed, and returns `image` uint8
    [n, H, W, C] and, where the set has labels, `label` int32 [n] in [0, len(classes)). It may be
    called from several threads at once; an index outside the range raises IndexError, a picture
    that can no longer be read raises UserError.

    `fingerprint` is 64 hex digits, equal for equal examples and different for others:
    - shapes: the generator's arguments and the version of its code;
    - TFDS: the set's full name with its version, split, size, form, and the pixels and labels of
      512 examples, evenly spaced: the same for a set that was prepared again, by later packages;
    - folder: form, relative paths and contents (sizes alone for a set too large to be read
      at opening);
    - arrays: name, shape, pixels, labels and the names of the classes.
    """

    name: str  # as the person wrote it, e.g. "mnist"
    size: int  # number of examples
    image_shape: tuple[int, int, int]  # (H, W, C), H == W, C in (1, 3)
    classes: tuple[str, ...]  # () where the data has no labels
    read: Callable[[np.ndarray], dict[str, np.ndarray]]
    fingerprint: str
    notes: tuple[str, ...] = ()  # lines on what is odd about the pictures, for a person
    files: tuple[str, ...] = ()  # of a folder: path of each picture below it, with forward slashes
    contents: tuple[str | int, ...] = ()  # of each of them: SHA-256, or size where it was not read
    codings: Mapping[str, int] = {}  # how many of them are stored as "JPEG", "PNG", "lossy WebP", …

    @classmethod
    def from_arrays(
        cls,
        images: np.ndarray,
        labels: np.ndarray | None = None,
        *,
        classes: Sequence[str] | None = None,
        name: str = "images",
    ) -> ImageSet:
        """A set of square images [N, H, W, C] or [N, H, W] in memory, C 1 or 3, H from 8 pixels.

        They are uint8, or floats that are one of a byte's 256 levels each, in [-1, 1] or in [0, 1]:
        runs read bytes, and nothing is rounded in passing. `labels` are whole numbers [N] from 0,
        `classes` their names. All is copied, so that a later change of the arrays changes no run.
        A run records the set as "arrays:NAME".

        Raises UserError for arrays that are none of these.
        """
        pixels = as_bytes(images)
        label, class_names = as_labels(labels, len(pixels), classes)
        count, height, width, channels = pixels.shape
        if height != width:
            raise UserError(f"images of {height}x{width} pixels: expected squares; cut them first")
        check_form(height, channels)

        def read(indices: np.ndarray) -> dict[str, np.ndarray]:
            chosen = check_indices(indices, count)
            found = {"image": pixels[chosen]}
            return found if label is None else {**found, "label": label[chosen]}

        contents = [
            hashlib.sha256(x.tobytes()).hexdigest() for x in (pixels, label) if x is not None
        ]
        return cls(
            name=set_name(name),
            size=count,
            image_shape=(height, width, channels),
            classes=class_names,
            read=read,
            fingerprint=fingerprint("arrays", name, pixels.shape, contents, class_names),
        )


def check_form(image_size: int | None, channels: int | None) -> None:
    """Refuse an image size below `MIN_SIZE` pixels or channels other than 1 and 3 (None: any)."""
    if image_size is not None and image_size < MIN_SIZE:
        raise UserError(f"image size {image_size} is too small: give {MIN_SIZE} pixels or more")
    if channels not in (None, 1, 3):
        raise UserError(f"channels {channels} is not possible: give 1 (grey) or 3 (RGB)")


def check_indices(indices: np.ndarray, size: int) -> np.ndarray:
    """Indices as int64 [n]; IndexError outside [0, size), which NumPy would wrap silently."""
    chosen = np.asarray(indices, dtype=np.int64)
    if chosen.ndim != 1:
        raise IndexError(f"indices of rank 1 expected, got shape {chosen.shape}")
    if chosen.size and (chosen.min() < 0 or chosen.max() >= size):
        raise IndexError(f"indices in [0, {size}) expected, got {chosen.min()} to {chosen.max()}")
    return chosen


def is_grey(mode: str) -> bool:
    """Whether a Pillow mode is grey. A palette ("P") counts as colour, whatever its entries."""
    return mode in GREY_MODES or mode.startswith("I;16")


def check_mode(mode: str) -> None:
    """Raise ValueError for Pillow modes without an agreed white (32 bits), and for Lab colours."""
    if mode == "LAB":
        raise ValueError("its colours are Lab; save it as RGB")
    if mode in ("I", "F"):
        raise ValueError(f"its pixels are 32-bit (mode {mode}); save it with 8 or 16 bits")


def as_square(picture: Image.Image, image_size: int, channels: int) -> np.ndarray:
    """Pixels of a picture as uint8 [image_size, image_size, channels], resampled as stated above.

    RGB becomes grey by ITU-R 601 luma. 16-bit grey is scaled (65535 -> 255), not clipped.
    Transparency is laid over black: that equals premultiplied alpha, so the hidden colours of
    invisible pixels cannot bleed into an edge when it is resampled.
    Raises ValueError for 32-bit pixels and OSError for a picture that does not decode.
    """
    from PIL import Image, ImageOps

    picture, mode = _opaque(picture), "L" if channels == 1 else "RGB"
    if picture.mode != mode:  # a copy saved: a tenth of the time of a small picture
        picture = picture.convert(mode)
    if picture.size != (image_size, image_size):
        picture = ImageOps.fit(picture, (image_size, image_size), Image.Resampling.LANCZOS)
    return np.asarray(picture).reshape(image_size, image_size, channels)


def _opaque(picture: Image.Image) -> Image.Image:
    """The picture in an 8-bit mode without transparency."""
    from PIL import Image

    check_mode(picture.mode)
    if picture.mode.startswith("I;16"):  # Pillow's own conversion clips at 255
        values = np.asarray(picture).astype(np.uint32)
        return Image.fromarray(((values * 255 + 32767) // 65535).astype(np.uint8))
    if picture.has_transparency_data:
        black = Image.new("RGBA", picture.size, (0, 0, 0, 255))
        return Image.alpha_composite(black, picture.convert("RGBA"))
    return picture


def fingerprint(*values: object) -> str:
    """SHA-256, 64 hex digits, of values that JSON can hold."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
