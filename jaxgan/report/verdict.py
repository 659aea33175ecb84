"""The verdict: which words a card's scores deserve, and why.

A score is held against real images compared with real images. A word is said where the score lies
outside the 95 % band of those AND the fault is large enough to matter: with many images, bands get
so narrow that every generator lies outside of every one. The least sizes are in `LEAST`.

Blur and noise need a second witness. The spectral fit's blur must show in weaker edges, and its
noise in the median noise: what is left of a misfit ends in the fitted noise.
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
    "misfit": 0.1,  # nats
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
    if _is_high(scores, "blur_variance") and _is_low(scores, "tenengrad", banded=False):
        said["too soft"] = (
            f"their spectrum is that of real images blurred by a Gaussian of "
            f"{_number(scores, 'blur_radius')} pixels, and their edges have "
            f"{_number(scores, 'tenengrad')} of the real energy"
        )
    noisy = [name for name in ("noise", "median_noise") if _is_high(scores, name)]
    if noisy and _is_above_band(scores, "median_noise"):
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
        said["clean"] = _clean(scores)
    narrow = [name for name in ("coverage", "recall") if _is_low_for_its_faults(scores, name)]
    if narrow:
        said["narrow"] = f"{_listed(scores, narrow)}: part of what the data show never appears"
    if _is_low_for_its_faults(scores, "memorisation"):
        said["memorised"] = (
            f"the nearest training image is {_number(scores, 'memorisation')} as far as from "
            "real images that were not trained on"
        )
    return Verdict(tuple(said), tuple(said.values()))


def _clean(scores: Mapping[str, Measured]) -> str:
    """That there is no fault, and what comes near to one."""
    near = [name for name in ("blur_variance", "noise", "misfit", "checkerboard", "block_edges")
            if _is_above_band(scores, name)]  # fmt: skip
    if not near:
        return "nothing that was looked at tells these images' sharpness from real ones"
    return (
        f"no fault that is large enough and seen by more than one score; {_listed(scores, near)} "
        f"{'lies' if len(near) == 1 else 'lie'} above real images"
    )


def _is_low_for_its_faults(scores: Mapping[str, Measured], name: str) -> bool:
    """Whether a score is low, also beside real images with the blur and noise of the fakes.

    Blur and noise move features, and draw images nearer to each other (see `with_faults`).
    """
    if not _is_low(scores, name):
        return False
    faulty = scores.get(f"{name}_with_faults")
    return faulty is None or scores[name].value < (1 - LEAST[name]) * faulty.value


def _is_high(scores: Mapping[str, Measured], name: str) -> bool:
    score = scores.get(name)
    if score is None or score.null is None or not _is_above_band(scores, name):
        return False
    return score.value - score.null > _least(name, score.null)


def _is_above_band(scores: Mapping[str, Measured], name: str) -> bool:
    score = scores.get(name)
    return score is not None and score.band is not None and score.value > score.band[1]


def _is_low(scores: Mapping[str, Measured], name: str, banded: bool = True) -> bool:
    """`banded` asks for a value below the band, not only for one that is low enough."""
    score = scores.get(name)
    if score is None or score.band is None or score.null is None:
        return False
    if banded and score.value >= score.band[0]:
        return False
    return score.null - score.value > _least(name, score.null)


RELATIVE = ("coverage", "recall", "checkerboard", "tenengrad", "memorisation")


def _least(name: str, null: float) -> float:
    return LEAST[name] * (abs(null) if name in RELATIVE else 1.0)


def _number(scores: Mapping[str, Measured], name: str) -> str:
    return f"{scores[name].value:.2f}"


def _listed(scores: Mapping[str, Measured], names: list[str]) -> str:
    return " and ".join(f"{name.replace('_', ' ')} {scores[name].value:.3g}" for name in names)
