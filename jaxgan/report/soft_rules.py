"""When fakes are said to be soft: all of them, some, a class, a region; or other pictures instead.

A blur softens the softest images, too. Fakes of which the softest are as soft as the softest real
images are others, not blurred ones.
"""

from __future__ import annotations

from typing import NamedTuple

from jaxgan.report.standing import Standing

__all__ = ["SURE", "Reason", "blurred", "class_too_soft", "is_content", "is_told", "may_be_content",
           "radius_of", "soft_in_places", "soft_or_other_content", "softening", "some_too_soft",
           "too_soft"]  # fmt: skip

SURE = 1.5  # half-widths of a band, 2.9 deviations: for words that no second score bears out
CONTENT, BLUR = 0.4, 0.6  # share of a fitted blur that the softest images show: others, blurred
LEAST_RADIUS = 0.2  # pixels, that the softest images are held against
UNEVEN = 0.3  # of the blur of the rest, by which a region is softer at least
EVEN = 0.25  # pixels: with less in the sharpest quarter of the frame, only places are soft
PART = 1.4  # a larger share: some images have more than their part of it
SOFT_PART = 0.65  # pixels, the least blur of a part
WHOLE = 0.85  # of the images blurred are all of them


class Reason(NamedTuple):
    """Why a word is said."""

    sentence: str
    scores: tuple[str, ...]  # those that it stands on


def too_soft(s: Standing) -> Reason | None:
    """The fakes are softer than real images: in their spectrum, in their edges and one by one.

    A blur softens the softest images, too. Fakes of which the softest are as soft as the softest
    real images are others, not blurred ones.
    """
    if not blurred(s) or some_too_soft(s) or may_be_content(s):
        return None
    kind = f" ({s.facts['kind']})" if "kind" in s.facts else ""
    scale = f"; {s.facts['scale']}" if "scale" in s.facts else ""
    if not kind and not scale and s.above("misfit"):
        scale = "; pictures of a larger scale, real detail enlarged, may have it, too"
    return Reason(
        f"their spectrum is that of real images blurred by {radius_of(s)} pixels{kind}, and their "
        f"edges have {s.number('edge_energy')} of the real energy{scale}",
        tuple(name for name in ("blur_variance", "half_height", "edge_energy") if name in s),
    )


def soft_or_other_content(s: Standing) -> Reason | None:
    """A blur by the mean spectrum, which single images neither bear out nor refute."""
    if not blurred(s) or some_too_soft(s) or is_content(s) or not may_be_content(s):
        return None
    return Reason(
        f"their mean spectrum is that of a blur of {radius_of(s)} pixels, their softest images "
        f"that of {s.number('soft_end_radius')}: blur and other content cannot be told apart",
        ("blur_variance", "soft_end_radius"),
    )


def some_too_soft(s: Standing) -> Reason | None:
    """Part of the fakes is softer than real images, whatever the mean over all says."""
    if not s.high("softer_share", SURE) or s["soft_radius"].value < SOFT_PART:
        return None
    whole = s["soft_share"].value > WHOLE or (blurred(s) and softening(s) < PART)
    if whole or soft_in_places(s) or "kind" in s.facts:
        return None
    return Reason(
        f"about {s['soft_share'].value:.0%} of the fakes are as real images blurred by "
        f"{s.number('soft_radius', '.1f')} pixels; {s['softer_share'].value:.0%} are softer than "
        "95 % of real images",
        ("soft_share", "softer_share"),
    )


def class_too_soft(s: Standing) -> Reason | None:
    """A class is softer than its real images, by more than all are."""
    if not s.high("class_softness"):
        return None
    return Reason(
        f"softer than real images of their class: {s.facts['classes']}", ("class_softness",)
    )


def soft_in_places(s: Standing) -> Reason | None:
    """One region of the frame is softer than the others."""
    if not s.high("uneven_softness", SURE):
        return None
    if s["uneven_softness"].value < UNEVEN * s["even_softness"].value:
        return None
    return Reason(
        f"{s.facts['where']} is softer than the rest of the frame by "
        f"{s.number('uneven_softness', '.1f')} pixels",
        ("uneven_softness",),
    )


def blurred(s: Standing) -> bool:
    """Whether the spectrum and the edges are those of a blur, and of all places of the frame."""
    if soft_in_places(s) and s["even_softness"].value < EVEN:
        return False
    spectral = s.high("blur_variance") or s.high("half_height", SURE)
    return spectral and s.smaller("edge_energy")


def softening(s: Standing) -> float:
    """Of the blur's variance by the mean spectrum, the share that the softest images show."""
    return s["soft_end_radius"].value ** 2 / _whole(s) if "soft_end_radius" in s else 1.0


def _whole(s: Standing) -> float:
    """Variance of the blur by the mean spectrum, pixels²."""
    # Of a motion, and of few components, images show the smaller of the two.
    seen = [s[name].value for name in ("blur_radius", "half_height") if s.far(name, 1.0)]
    return max(min(seen, default=0.0), LEAST_RADIUS) ** 2


def may_be_content(s: Standing) -> bool:
    """Whether the softest images show too little of a blur, or no one knows if they show enough."""
    if not blurred(s) or softening(s) < BLUR:
        return blurred(s)
    around = s["soft_end_radius"].interval if "soft_end_radius" in s else None
    return around is not None and around[0] ** 2 < CONTENT * _whole(s)


def is_told(s: Standing) -> bool:
    """Whether some fakes, or some places, are soft: the mean spectrum is that of no one blur."""
    return any(rule(s) for rule in (some_too_soft, soft_in_places, class_too_soft)) or (
        is_content(s)
    )


def is_content(s: Standing) -> bool:
    """Whether the softest images are as soft as real ones', and that is known."""
    if not blurred(s) or some_too_soft(s) or softening(s) >= CONTENT:
        return False
    around = s["soft_end_radius"].interval
    return around is None or around[1] ** 2 < BLUR * _whole(s)


def radius_of(s: Standing) -> str:
    fitted = s.high("blur_variance") and not s.high("misfit")
    if fitted or "half_height" not in s:
        return s.number("blur_radius")
    return f"{s['half_height'].value:.2f} (half-height; no Gaussian blur)"
