"""Which radius a card leads with: the fit's, the half-height's, or none but a range."""

from __future__ import annotations

from typing import NamedTuple

from jaxgan.report.card import Card, Measured
from jaxgan.report.standing import LEAST

__all__ = ["Headline", "headline"]

BOUND_MOVES = 0.1  # pixels
EQUIVALENT = "equivalent_"  # beginning of the names of scores that are read as a blur


class Headline(NamedTuple):
    """The radius in a few words, and why it is this one."""

    text: str
    why: str


def headline(card: Card) -> Headline:
    """The radius that stands for what is seen.

    The Gaussian fit's, unless it leaves a misfit that real images do not, or lies apart from the
    half-height of the transfer, which needs no model. Then the half-height leads, with the range of
    what single scores say.
    """
    fit, height = card.radius_px, card.scores.get("half_height")
    if height is None or not _is_seen(height):
        return Headline(f"{fit.value:.2f} px", "sigma of the Gaussian that the spectral fit finds")
    odd = card.misfit.surprise > 1 and card.misfit.value > LEAST["misfit"]
    if not odd and not _apart(fit, height):
        return Headline(f"{fit.value:.2f} px", "sigma of the Gaussian that the spectral fit finds")
    why = (
        f"no Gaussian blur: the spectral fit reads {fit.value:.2f} px with a misfit of "
        f"{card.misfit.value:.2f}, half the contrast is lost where a Gaussian of "
        f"{height.value:.2f} px loses it"
    )
    others = [score.value for name, score in card.scores.items() if name.startswith(EQUIVALENT)]
    if others:
        why += f"; single scores read {min(others):.2f} to {max(others):.2f} px"
    return Headline(f"{height.value:.2f} px", why)


def _is_seen(height: Measured) -> bool:
    """Whether the transfer falls to its half among what pixels hold, unlike real images'.

    Where it does not, the value is an upper bound: noise moves it, and all resamples have the same.
    """
    if height.interval is not None and height.interval[0] == height.interval[1]:
        return False
    above = height.value - (height.null or 0.0)
    return height.surprise > 1 and height.value > LEAST["half_height"] and above > BOUND_MOVES


def _apart(fit: Measured, height: Measured) -> bool:
    if fit.interval is None or height.interval is None:
        return False
    return fit.interval[1] < height.interval[0] or fit.interval[0] > height.interval[1]
