"""Whether two sets of pictures were stored so differently that it shows in the pictures."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["stored_differently"]

LOSSES = {
    "JPEG": "blocks and lost detail",
    "JPEG in TIFF": "blocks and lost detail",
    "lossy WebP": "lost detail",
    "AVIF": "lost detail",
    "GIF": "few colours",
    "palette PNG": "few colours",
    "palette BMP": "few colours",
    "palette TIFF": "few colours",
}
"""What codings (`ImageSet.codings`) leave of themselves; all others keep every pixel."""

APART = 0.1  # share of the pictures by which two sets of one origin may differ


def stored_differently(real: Mapping[str, int], fake: Mapping[str, int]) -> str | None:
    """A note where a coding that leaves marks is in one set more than in the other; else None.

    Takes the numbers of pictures of each coding. PNG and BMP hold the same pixels: no note.
    """
    uneven = [
        coding for coding in LOSSES if abs(_share(coding, real) - _share(coding, fake)) > APART
    ]
    if not uneven:
        return None
    marks = " and ".join(f"those of {coding} ({LOSSES[coding]})" for coding in uneven)
    return (
        f"stored differently, real: {_listed(real)}; fake: {_listed(fake)}. Marks are in one set "
        f"more than in the other, and are read as a difference: {marks}"
    )


def _share(coding: str, codings: Mapping[str, int]) -> float:
    return codings.get(coding, 0) / max(1, sum(codings.values()))


def _listed(codings: Mapping[str, int]) -> str:
    ordered = sorted(codings.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count:,} {coding}" for coding, count in ordered)
