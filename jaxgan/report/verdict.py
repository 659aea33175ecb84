"""The verdict: which words a card's scores deserve, and why.

A score is held against real images compared with real images. A word is said where the score lies
outside the 95 % band of those AND the fault is large enough to matter: with many images, bands get
so narrow that every generator lies outside of every one. The least sizes are in `LEAST`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from jaxgan.report.card import Measured

__all__ = ["LEAST", "WORDS", "Verdict", "verdict"]

WORDS = ("too soft", "too noisy", "over-sharpened", "artefact", "clean", "narrow", "memorised")

LEAST = {
    "blur_variance": 0.0625,  # pixels², a radius of 0.25: below, the fit cannot tell
    "tenengrad": 0.05,  # of the real images' median
    "noise": 0.01,  # standard deviation, of the range [0, 1]: 2.5 of 255 levels
    "median_noise": 0.005,
    "overshoot": 0.05,  # of the contrast
    "misfit": 0.1,  # nepers
    "block_edges": 0.015,  # of a share that is 0.5 for none
    "checkerboard": 0.25,  # of the real images' index
    "coverage": 0.1,  # of real against real
    "recall": 0.1,
    "memorisation": 0.1,  # of the held-out images' distance to the training set
}


class Verdict(NamedTuple):
    """Words of `WORDS`, and a sentence for each."""

    words: tuple[str, ...]
    reasons: tuple[str, ...]


def verdict(scores: Mapping[str, Measured]) -> Verdict:
    """The words for scores by the names of `measure`; scores that are not there flag nothing."""
    said: dict[str, str] = {}
    if _is_high(scores, "blur_variance") and _is_low(scores, "tenengrad"):
        said["too soft"] = (
            f"a Gaussian of {_number(scores, 'blur_radius')} pixels lies between the real images "
            f"and these, and their edges have {_number(scores, 'tenengrad')} of the real energy"
        )
    noisy = [name for name in ("noise", "median_noise") if _is_high(scores, name)]
    if noisy:
        said["too noisy"] = f"{_listed(scores, noisy)} of the range, above real images"
    sharpened = [
        *(["blur_variance"] if _is_low(scores, "blur_variance") else []),
        *(["overshoot"] if _is_high(scores, "overshoot") else []),
    ]
    if sharpened:
        said["over-sharpened"] = f"{_listed(scores, sharpened)}, beyond real images"
    odd = [name for name in ("misfit", "checkerboard", "block_edges") if _is_high(scores, name)]
    if odd:
        said["artefact"] = (
            f"{_listed(scores, odd)}, above real images: more than blur, noise and contrast"
        )
    if not said:
        said["clean"] = "nothing that was looked at tells these images' sharpness from real ones"
    narrow = [name for name in ("coverage", "recall") if _is_low(scores, name)]
    if narrow:
        said["narrow"] = (
            f"{_listed(scores, narrow)}: part of what the data show never appears, or is changed "
            "beyond recognition by another fault"
        )
    if _is_low(scores, "memorisation"):
        said["memorised"] = (
            f"the nearest training image is {_number(scores, 'memorisation')} as far as from "
            "real images that were not trained on"
        )
    return Verdict(tuple(said), tuple(said.values()))


def _is_high(scores: Mapping[str, Measured], name: str) -> bool:
    score = scores.get(name)
    if score is None or score.band is None or score.null is None:
        return False
    return score.value > score.band[1] and score.value - score.null > _least(name, score.null)


def _is_low(scores: Mapping[str, Measured], name: str) -> bool:
    score = scores.get(name)
    if score is None or score.band is None or score.null is None:
        return False
    return score.value < score.band[0] and score.null - score.value > _least(name, score.null)


RELATIVE = ("coverage", "recall", "checkerboard", "tenengrad", "memorisation")


def _least(name: str, null: float) -> float:
    return LEAST[name] * (abs(null) if name in RELATIVE else 1.0)


def _number(scores: Mapping[str, Measured], name: str) -> str:
    return f"{scores[name].value:.2f}"


def _listed(scores: Mapping[str, Measured], names: list[str]) -> str:
    return " and ".join(f"{name.replace('_', ' ')} {scores[name].value:.3g}" for name in names)
