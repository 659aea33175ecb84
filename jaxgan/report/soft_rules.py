"""When fakes are said to be soft: all of them, some, a class, a region, their texture.

A blur softens the softest images, too. Fakes of which the softest are as soft as the softest real
images are others, not blurred ones.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from jaxgan.report.standing import LEAST, Standing

__all__ = ["MARKS_OF_ALL", "SURE", "Reason", "blurred", "class_too_soft", "few_levels",
           "is_content", "is_told", "may_be_content", "radius_of", "soft_in_places",
           "soft_or_other_content", "some_too_soft", "texture_lost", "too_soft"]  # fmt: skip

SURE = 1.5  # half-widths of a band, 2.9 deviations: for words that no second score bears out
CONTENT, BLUR = 0.4, 0.6  # share of a fitted blur that the softest images show: others, blurred
MOST_OF_CHOICE = 0.8  # pixels: no choice of real pictures looks more blurred
LEAST_RADIUS = 0.2  # pixels, that the softest images are held against
UNEVEN = 0.3  # of the blur of the rest, by which a region is softer at least
EVEN = 0.25  # pixels: with less in the sharpest quarter of the frame, only places are soft
PART = 1.4  # a larger share: some images have more than their part of it
SOFT_PART = 0.65  # pixels, the least blur of a part
TEXTURE_OF_CONTENT = 0.5  # nats, that a choice of smooth pictures may lack
MARKS_OF_ALL = ("point_noise", "frame_width", "frame_fall", "framed_share")
LEVELS_OF_PALE = 0.5  # of the real images' levels, that half the contrast leaves
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
        f"their spectrum is that of real images blurred by {radius_of(s)}{kind}, and their "
        f"edges have {s.number('edge_energy')} of the real energy{scale}",
        tuple(name for name in ("blur_variance", "half_height", "edge_energy") if name in s),
    )


def soft_or_other_content(s: Standing) -> Reason | None:
    """A blur by the mean spectrum, which single images neither bear out nor refute."""
    if some_too_soft(s) or is_content(s) or not may_be_content(s) or texture_lost(s):
        return None
    return Reason(
        f"their mean spectrum is that of a blur of {radius_of(s)}, their softest images "
        f"that of {s.number('soft_end_radius')}: blur and other content cannot be told apart",
        ("blur_variance", "soft_end_radius"),
    )


def some_too_soft(s: Standing) -> Reason | None:
    """Part of the fakes is softer than real images, whatever the mean over all says."""
    if not s.high("softer_share", SURE) or s["soft_radius"].value < SOFT_PART:
        return None
    if s["soft_share"].value < LEAST["softer_share"]:  # softer by their content
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


def texture_lost(s: Standing) -> Reason | None:
    """Faint gradients are weaker beside strong ones than in real images as blurred as these."""
    if not s.low("texture", SURE) or soft_in_places(s):
        return None
    if few_levels(s) or s.some_beyond(
        MARKS_OF_ALL, SURE
    ):  # which are strong edges, or take faint gradients
        return None
    middle, _ = s["texture"].expected or (0.0, None)
    if is_content(s) and s["texture"].value - middle > -TEXTURE_OF_CONTENT:
        return None
    return Reason(
        "their faint texture is weak beside their edges: "
        f"{math.exp(s['texture'].value - middle):.2f} of what real images have",
        ("texture",),
    )


def few_levels(s: Standing) -> bool:
    """Levels were lost. Contrast halves them, and is unknown where the fit leaves a misfit."""
    if not s.low("grey_levels", SURE):
        return False
    return not s.high("misfit") or s["grey_levels"].value < LEVELS_OF_PALE


def blurred(s: Standing) -> bool:
    """Whether the spectrum and the edges are those of a blur, and of all places of the frame."""
    if soft_in_places(s) and s["even_softness"].value < EVEN:
        return False
    fitted = s.high("blur_variance") and s.apart("blur_variance")
    return (fitted or s.high("half_height", SURE)) and s.smaller("edge_energy")


def softening(s: Standing) -> float:
    """Of the blur's variance by the mean spectrum, the share that the softest images show."""
    return s["soft_end_radius"].value ** 2 / _least(s) if "soft_end_radius" in s else 1.0


def _least(s: Standing) -> float:
    """Variance of the blur by the mean spectrum, pixels²."""
    # Of a motion, and of few components, images show the smaller of the two.
    return max(min(_radii(s), default=0.0), LEAST_RADIUS) ** 2


def _radii(s: Standing) -> list[float]:
    """Of the blur, as far as the mean spectrum shows any."""
    return [s[name].value for name in ("blur_radius", "half_height") if s.far(name, 1.0)]


def may_be_content(s: Standing) -> bool:
    """Whether the softest images show too little of a blur, or no one knows if they show enough."""
    if not blurred(s) or max(_radii(s), default=0.0) > MOST_OF_CHOICE:
        return False
    around = s["soft_end_radius"].interval if "soft_end_radius" in s else None
    # Under noise, single images are seen dimly, and a choice of pictures adds none.
    unsure = around is not None and around[0] ** 2 < CONTENT * _least(s) and not s.high("noise")
    return unsure or softening(s) < BLUR


def is_told(s: Standing) -> bool:
    """Whether some fakes, or some places, are soft: the mean spectrum is that of no one blur."""
    return any(rule(s) for rule in (some_too_soft, soft_in_places, class_too_soft, is_content))


def is_content(s: Standing) -> bool:
    """Whether the softest images are as soft as real ones', and that is known."""
    if not may_be_content(s) or some_too_soft(s) or softening(s) >= CONTENT:
        return False
    around = s["soft_end_radius"].interval
    return around is None or around[1] ** 2 < BLUR * _least(s)


def radius_of(s: Standing) -> str:
    """The radius in a sentence: the Gaussian fit's, or where it misfits the half-height."""
    fitted = s.high("blur_variance") and not s.high("misfit")
    if fitted or "half_height" not in s:
        return f"{s.number('blur_radius')} pixels"
    return f"{s['half_height'].value:.2f} pixels (half-height; no Gaussian blur)"
