"""Which radius a card leads with: the fit's, the half-height's, or none but a range."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from jaxgan.data.images import fingerprint
from jaxgan.report.card import Card, Measured, card_to_json
from jaxgan.report.standing import LEAST

__all__ = ["Headline", "card_record", "headline", "in_a_line", "record_digest"]

BOUND_MOVES = 0.1  # pixels
SMALLEST = math.sqrt(LEAST["blur_variance"])  # pixels
PART = "some too soft"  # of the verdict
EQUIVALENT = "equivalent_"  # beginning of the names of scores that are read as a blur


class Headline(NamedTuple):
    """The radius in a few words, and why it is this one."""

    text: str
    why: str
    score: str  # that it is: "blur_radius" (a card's `radius_px`), "half_height", "soft_radius"
    radius: Measured


def headline(card: Card) -> Headline:
    """The radius that stands for what is seen.

    Of a set that is blurred in part, that of the part, with its share. Else the Gaussian fit's,
    unless it leaves a misfit that real images do not, or lies apart from the half-height of the
    transfer, which needs no model. Then the half-height leads, with the range of what single scores
    say.
    """
    fit, height = card.radius_px, card.scores.get("half_height")
    if PART in card.verdict:
        part, share = card.scores["soft_radius"], card.scores["soft_share"]
        why = f"as real images blurred so; the mean spectrum of all reads {fit.value:.2f} px"
        text = f"{part.value:.2f} px in {share.value:.0%} of the fakes"
        return Headline(text, why, "soft_radius", part)
    odd = card.misfit.surprise > 1 and card.misfit.value > LEAST["misfit"]
    if height is None or not _is_seen(height) or not (odd or _apart(fit, height)):
        return Headline(f"{fit.value:.2f} px", _of_fit(fit), "blur_radius", fit)
    why = (
        f"no Gaussian blur: the spectral fit reads {fit.value:.2f} px with a misfit of "
        f"{card.misfit.value:.2f}, half the contrast is lost where a Gaussian of "
        f"{height.value:.2f} px loses it"
    )
    others = [score.value for name, score in card.scores.items() if name.startswith(EQUIVALENT)]
    if others:
        why += f"; single scores read {min(others):.2f} to {max(others):.2f} px"
    return Headline(f"{height.value:.2f} px", why, "half_height", height)


def in_a_line(card: Card) -> str:
    """The verdict and the radius, with its interval and what real images give, for a terminal."""
    lead = headline(card)
    radius = lead.radius
    around = [
        f"{name} {ends[0]:.2f} to {ends[1]:.2f}"
        for name, ends in (("95 %:", radius.interval), ("real against real:", radius.band))
        if ends is not None
    ]
    if lead.score == "soft_radius":  # real images have no soft part
        around = around[:1]
    aside = f" ({'; '.join(around)})" if around else ""
    return f"{', '.join(card.verdict)}: blur radius {lead.text}{aside}"


def card_record(card: Card) -> dict[str, Any]:
    """What `blur.json` holds: the card, and which of its radii leads, and why."""
    lead = headline(card)
    named = {"score": lead.score, "radius_px": lead.radius.value, "why": lead.why}
    record = {"headline": named, **card_to_json(card)}
    return {**record, "sha256": record_digest(record)}


def record_digest(record: Mapping[str, Any]) -> str:
    """SHA-256 of what a card's file holds beside it, by which a damaged one is told."""
    rest = {name: value for name, value in record.items() if name != "sha256"}
    return fingerprint(rest)


def _of_fit(fit: Measured) -> str:
    """What the fitted radius is, and whether it is any blur."""
    found = "sigma of the Gaussian that the spectral fit finds"
    if abs(fit.value) ** 2 < LEAST["blur_variance"]:
        return f"{found}; below {SMALLEST:.2f} px, none is called blur"
    return found if abs(fit.surprise) > 1 else f"{found}; real images differ as much"


def _is_seen(height: Measured) -> bool:
    """Whether the transfer falls to its half among what pixels hold, unlike that of real images.

    Where it does not, the value is an upper bound: noise moves it, and all resamples have the same.
    """
    if height.interval is not None and height.interval[0] == height.interval[1]:
        return False
    middle, _ = height.expected or (0.0, None)
    above = height.value - middle > BOUND_MOVES
    return above and height.surprise > 1 and height.value > LEAST["half_height"]


def _apart(fit: Measured, height: Measured) -> bool:
    if fit.interval is None or height.interval is None:
        return False
    return fit.interval[1] < height.interval[0] or fit.interval[0] > height.interval[1]
