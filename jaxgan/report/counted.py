"""What counting finds in a set, without any measure: exact copies, and images of one colour."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import NamedTuple

import numpy as np

from jaxgan.report.card import Measured

__all__ = ["Counted", "counted", "plain_images"]

Array = np.ndarray

LEAST = 0.02  # of the fakes, more than of the real images
BY_CHANCE = 2.0  # times the pairs that so many real images would have


class Counted(NamedTuple):
    """Shares of the fakes beside those of the real images, and in words what is more than these."""

    scores: dict[str, Measured]
    words: dict[str, str]  # "copies" and "plain", where there are too many


class Copies(NamedTuple):
    extra: int  # images that are there already
    pairs: int  # of equal images
    most: int  # times that one image is there


def counted(real: Array, fake: Array) -> Counted:
    """Count in uint8 images [n, H, W, C] of both sets."""
    sizes = f"{len(fake)} against {len(real)} images"
    ours, theirs = _copies(real), _copies(fake)
    plain_real, plain_fake = plain_images(real), plain_images(fake)
    scores = {
        "copied_share": Measured(
            theirs.extra / len(fake), null=ours.extra / len(real), protocol=f"all pixels; {sizes}"
        ),
        "plain_share": Measured(
            plain_fake / len(fake), null=plain_real / len(real), protocol=f"all pixels; {sizes}"
        ),
    }
    words = {}
    # Of few pictures, larger sets have more copies; of pairs, so many real images tell how many.
    chance = ours.pairs * (len(fake) * (len(fake) - 1)) / (len(real) * (len(real) - 1))
    if _is_more(scores["copied_share"]) and theirs.pairs > BY_CHANCE * chance:
        words["copies"] = (
            f"{theirs.extra} of {len(fake)} fakes are exact copies of another one, the same up to "
            f"{theirs.most} times (real images: {ours.extra} of {len(real)})"
        )
    if _is_more(scores["plain_share"]):
        words["plain"] = (
            f"{plain_fake} of {len(fake)} fakes are of one colour (real images: {plain_real} of "
            f"{len(real)})"
        )
    return Counted(scores, words)


def plain_images(images: Array) -> int:
    """How many images show one colour and nothing else."""
    return sum(bool(np.all(image == image[:1, :1])) for image in images)


def _copies(images: Array) -> Copies:
    prints = (hashlib.sha256(image.tobytes()).digest() for image in images)
    times = Counter(prints).values()
    return Copies(
        len(images) - len(times), sum(n * (n - 1) // 2 for n in times), max(times, default=0)
    )


def _is_more(share: Measured) -> bool:
    return share.null is not None and share.value - share.null > LEAST
