"""Images and labels that are arrays in memory, as the bytes that every image set hands over."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from jaxgan.errors import UserError

__all__ = ["ARRAYS", "as_bytes", "as_labels", "set_name"]

ARRAYS = "arrays:"
"""Beginning of the names of such sets, by which no file can be found."""

NEAR = 0.1  # of a level: float16 rounds by less, and no set of other floats stays so near
WAY_OUT = "np.rint((images + 1) * 127.5).astype(np.uint8) makes them of [-1, 1]"


def set_name(name: str) -> str:
    """The name under which a run records such a set; UserError for one that could be a path."""
    if not re.fullmatch(r"[\w.+-]+", name):
        raise UserError(f"name {name!r} of arrays: expected letters, digits and any of _ . + -")
    return f"{ARRAYS}{name}"


def as_bytes(images: np.ndarray) -> np.ndarray:
    """Images [N, H, W] or [N, H, W, C] as uint8 [N, H, W, C], in an array of their own.

    Bytes stay as they are. Floats are taken where every one is one of the 256 levels of a byte, in
    [-1, 1] or in [0, 1], so that nothing is rounded away. Raises UserError for all others.
    """
    array = np.asarray(images)
    if array.ndim == 3:
        array = array[..., None]
    if array.ndim != 4 or array.shape[3] not in (1, 3) or not len(array):
        last = array.ndim == 4 and array.shape[1] in (1, 3)
        raise UserError(
            f"images of shape {np.shape(images)}: expected [N, H, W, C] with N from 1 and C 1 "
            f"(grey) or 3 (RGB), or [N, H, W]"
            f"{'; np.moveaxis(images, 1, -1) puts channels last' if last else ''}"
        )
    if array.dtype == np.uint8:
        return array.copy()
    if not np.issubdtype(array.dtype, np.floating):
        raise UserError(
            f"images of type {array.dtype}: expected uint8 in 0 … 255, as images.astype(np.uint8) "
            "makes of whole numbers in that range"
        )
    return _levels(array)


def _levels(images: np.ndarray) -> np.ndarray:
    images = images.astype(np.result_type(images, np.float32))
    low, high = float(images.min()), float(images.max())
    if not (low >= -1 - NEAR / 255 and high <= 1 + NEAR / 255):  # also where there is a NaN
        raise UserError(
            f"images with values from {low:g} to {high:g}: expected uint8 in 0 … 255, or floats "
            "in [-1, 1]"
        )
    signed = _whole((images + 1) * 127.5)
    unsigned = _whole(images * 255) if low >= 0 else None
    if signed is not None and unsigned is not None and not np.array_equal(signed, unsigned):
        raise UserError(
            "images whose floats can be read as of [-1, 1] and as of [0, 1]: give uint8; "
            f"{WAY_OUT}, np.rint(images * 255).astype(np.uint8) of [0, 1]"
        )
    found = unsigned if signed is None else signed
    if found is None:
        raise UserError(
            "images of floats that are not the 256 levels of a byte, in [-1, 1] or [0, 1]: give "
            f"uint8, which may round them; {WAY_OUT}"
        )
    return found


def _whole(levels: np.ndarray) -> np.ndarray | None:
    """The levels 0 … 255 as uint8, or None where any lies between two."""
    nearest = np.rint(levels)
    return nearest.astype(np.uint8) if np.all(np.abs(levels - nearest) < NEAR) else None


def as_labels(
    labels: np.ndarray | None, count: int, classes: Sequence[str] | None
) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Labels as int32 [count], in an array of their own, and the names of the classes.

    Without names, those are the numbers up to the largest label. Raises UserError for labels that
    are not whole numbers from 0, one for each image, or have no name.
    """
    if labels is None:
        if classes:
            raise UserError(f"{len(classes)} classes without labels: give labels, or leave it out")
        return None, ()
    array = np.asarray(labels)
    if array.shape != (count,) or not np.issubdtype(array.dtype, np.integer):
        wide = array.ndim == 2 and len(array) == count
        raise UserError(
            f"labels of type {array.dtype} and shape {array.shape}: expected whole numbers, one "
            f"for each of {count} images{'; labels.argmax(axis=1) makes them' if wide else ''}"
        )
    number = int(array.max()) + 1 if classes is None else len(classes)
    if array.min() < 0 or array.max() >= number:
        raise UserError(
            f"labels from {array.min()} to {array.max()}: expected 0 to {number - 1}, the number "
            "of a class each"
        )
    names = map(str, range(number) if classes is None else classes)
    return array.astype(np.int32), tuple(names)
