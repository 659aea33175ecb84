"""What a person should know of a set of pictures before hours are spent on it."""

from __future__ import annotations

import math

import numpy as np

from jaxgan.config import Config
from jaxgan.data.images import ImageSet

__all__ = ["notes_at_opening", "notes_on"]

READ_LABELS = 20_000  # examples, evenly spread, whose classes are counted
READ_BYTES = 2**28  # of their pixels, which are read with the labels
UNEVEN = 20  # times as many of one class as of another


def notes_on(images: ImageSet, config: Config) -> list[str]:
    """Lines on the number of pictures and classes, and on what is odd about them."""
    return [
        *notes_at_opening(images, config),
        *(_on_classes(images) if config.is_conditional else []),
    ]


def notes_at_opening(images: ImageSet, config: Config) -> list[str]:
    """Those of the lines for which no picture is read."""
    height, width, channels = images.image_shape
    number = len(images.classes)
    classes = f", {number or 'no'} class{'' if number == 1 else 'es'}"
    lines = [f"{images.name}: {images.size:,} pictures of {height}x{width}x{channels}{classes}"]
    lines += images.notes
    if images.size < config.batch_size:
        lines.append(
            f"warning: {images.size} pictures for batches of {config.batch_size}: every batch "
            "shows some twice, and a generator can learn them by heart"
        )
    return lines


def _on_classes(images: ImageSet) -> list[str]:
    if len(images.classes) == 1:
        return [f"warning: one class only, {images.classes[0]}: conditioning on it tells nothing"]
    fitting = max(1, READ_BYTES // math.prod(images.image_shape))
    count = min(images.size, READ_LABELS, fitting)
    places = np.linspace(0, images.size - 1, count).astype(np.int64)
    numbers = np.bincount(images.read(places)["label"], minlength=len(images.classes))
    most, least = int(np.argmax(numbers)), int(np.argmin(numbers))
    if numbers[most] < UNEVEN * max(1, numbers[least]):
        return []
    return [
        f"warning: {numbers[most]:,} pictures of class {images.classes[most]} and "
        f"{numbers[least]:,} of {images.classes[least]}, of {count:,} looked at"
    ]
