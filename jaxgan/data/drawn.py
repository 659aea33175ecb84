"""What procedural sets have in common: an endless stream of examples, cut into two splits."""

from __future__ import annotations

from jaxgan.data.images import check_form
from jaxgan.data.order import MOST_SEED
from jaxgan.errors import UserError
from jaxgan.ranges import check_whole

__all__ = ["FIRST_TEST_INDEX", "first_index"]

FIRST_TEST_INDEX = 2**32
"""The test split is the same stream from here on: no training example is ever in it."""


def first_index(
    name: str,
    *,
    size: int,
    image_size: int,
    channels: int,
    seed: int,
    blur: float,
    blurs: tuple[float, float],
    split: str,
) -> int:
    """Where in the stream a split begins; UserError for arguments that are out of range.

    `blurs` are the least and the largest planted sigma, in pixels; 0, none, goes as well.
    """
    check_form(image_size, channels)
    check_whole(f"{name}: size", size, 1, FIRST_TEST_INDEX)
    check_whole(f"{name}: seed", seed, 0, MOST_SEED)
    if blur != 0 and not blurs[0] <= blur <= blurs[1]:
        raise UserError(f"{name}: blur {blur} is out of range: give 0, or {blurs[0]} to {blurs[1]}")
    if split not in ("train", "test"):
        raise UserError(f"{name} has no split {split!r}: choose train or test")
    return FIRST_TEST_INDEX if split == "test" else 0
