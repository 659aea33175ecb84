"""When each word of a verdict is said, and in which sentence: one function a word.

A rule looks at the standing of scores and answers with a reason, or with None. Each asks for a
score outside of what is expected and for a least size (`standing.LEAST`): with many images, bands
get so narrow that every generator lies outside of every one.
"""

from __future__ import annotations

from typing import NamedTuple

from jaxgan.report.faults import white_noise
from jaxgan.report.standing import Standing

__all__ = ["Reason", "artefact", "blurred", "class_too_soft", "colour", "memorised", "narrow",
           "other_content", "over_sharpened", "soft_in_places", "soft_or_other_content",
           "some_too_soft", "texture_lost", "too_noisy", "too_soft", "washed_out"]  # fmt: skip

SURE = 1.5  # half-widths of a band, 2.9 deviations: for words that no second score bears out
CONTENT, BLUR = 0.4, 0.6  # share of a fitted blur that the softest images show: others, blurred
CAST_OF_PALE = 0.6  # deviations that a loss of saturation may move the cast by
LEAST_RADIUS = 0.2  # pixels, that the softest images are held against
UNEVEN = 0.3  # of the blur of the rest, by which a region is softer at least
EVEN = 0.25  # pixels: with less in the sharpest quarter of the frame, only places are soft
PART = 1.4  # a larger share: some images have more than their part of it
SOFT_PART = 0.65  # pixels, the least blur of a part
WHOLE = 0.85  # of the images blurred are all of them
PALE_BY_CHOICE = 0.12  # share of fakes paler than 95 % of real ones that a choice of them may have
PALE_BY_BLUR = 0.65  # contrast that a blur of some images or places may leave
LEVELS_OF_PALE = 0.5  # of the real images' levels, that half the contrast leaves
TEXTURE_OF_CONTENT = 0.5  # nats, that a choice of smooth pictures may lack
MISFIT_OF_CONTENT = 0.3  # nats, that other pictures may leave
GRID_SURE = 6.0  # half-widths of a band, for grids beside blurs of another kind
MARKS_OF_ALL = ("point_noise", "frame_width", "frame_fall", "framed_share")
MARKS = (*MARKS_OF_ALL, "clipped_black", "clipped_white")  # other pictures clip otherwise
GRIDS = ("checkerboard", "block_edges", "repeated_rows")  # which a blur of some or of places moves
SEAMLESS = ("checkerboard",)  # which the border of a soft region is not


class Reason(NamedTuple):
    """Why a word is said."""

    sentence: str
    scores: tuple[str, ...]  # those that it stands on


def too_soft(s: Standing) -> Reason | None:
    """The fakes are softer than real images: in their spectrum, in their edges and one by one.

    A blur softens the softest images, too. Fakes of which the softest are as soft as the softest
    real images are others, not blurred ones.
    """
    if not blurred(s) or some_too_soft(s) or _may_be_content(s):
        return None
    kind = f" ({s.facts['kind']})" if "kind" in s.facts else ""
    scale = f"; {s.facts['scale']}" if "scale" in s.facts else ""
    if not kind and not scale and s.above("misfit"):
        scale = "; pictures of a larger scale, real detail enlarged, may have it, too"
    return Reason(
        f"their spectrum is that of real images blurred by {_radius(s)} pixels{kind}, and their "
        f"edges have {s.number('edge_energy')} of the real energy{scale}",
        tuple(name for name in ("blur_variance", "half_height", "edge_energy") if name in s),
    )


def soft_or_other_content(s: Standing) -> Reason | None:
    """A blur by the mean spectrum, which single images neither bear out nor refute."""
    if not blurred(s) or some_too_soft(s) or _is_content(s) or not _may_be_content(s):
        return None
    return Reason(
        f"their mean spectrum is that of a blur of {_radius(s)} pixels, their softest images that "
        f"of {s.number('soft_end_radius')}: blur and other content cannot be told apart",
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


def washed_out(s: Standing) -> Reason | None:
    """Contrast was lost. A choice of pale pictures has few that are paler than real ones."""
    if not s.low("contrast", SURE) or s.high("misfit") or _pale_by_choice(s):
        return None
    if _told(s) and s["contrast"].value > PALE_BY_BLUR:
        return None
    return Reason(
        f"differences between grey levels are {s.number('contrast')} of real ones", ("contrast",)
    )


def _pale_by_choice(s: Standing) -> bool:
    """Whether pale pictures were chosen: few are paler than real ones, and they show other things.

    Lost contrast alone leaves the shape of the spectrum.
    """
    paler = "paler_share" in s and s["paler_share"].value > PALE_BY_CHOICE
    if paler or s.low("level_spread", SURE):
        return False
    return _others(s) or s.high("log_spectral_shape") or (blurred(s) and softening(s) < BLUR)


def colour(s: Standing) -> Reason | None:
    """The chroma is not that of real images: pale, gaudy, blurred, or of another cast."""
    if _told(s):
        return None
    names = [name for name in ("saturation", "cast") if s.far(name, SURE)]
    if s.low("saturation", SURE) and not s["cast"].value > CAST_OF_PALE:
        names = [name for name in names if name != "cast"]
    softer = s.high("chroma_variance", SURE) or s.low("chroma_sharpness", SURE)
    if softer and not s.high("misfit"):
        names.append("chroma_sharpness" if "chroma_sharpness" in s else "chroma_variance")
    if not names:
        return None
    return Reason(f"{s.listed(names)}, unlike real images", tuple(names))


def texture_lost(s: Standing) -> Reason | None:
    """Faint gradients are weaker beside strong ones than in real images as blurred as these."""
    if not s.low("texture", SURE) or soft_in_places(s):
        return None
    middle, _ = s["texture"].expected or (0.0, None)
    if _is_content(s) and s["texture"].value - middle > -TEXTURE_OF_CONTENT:
        return None
    return Reason(
        "their faint texture is weak beside their edges: "
        f"{2.718281828 ** (s['texture'].value - middle):.2f} of what real images have",
        ("texture",),
    )


def too_noisy(s: Standing) -> Reason | None:
    """White noise, by the spectral fit and by the median noise, each of which others may fool."""
    if "noise" not in s or "median_noise" not in s:
        return None
    found = white_noise(s["noise"], s["median_noise"])
    beyond = s.high("noise") or (s.high("median_noise") and s.beyond_real("median_noise"))
    if not found or not beyond:
        return None
    return Reason(
        f"{s.listed(['noise', 'median_noise'])} of the range, above real images",
        ("noise", "median_noise"),
    )


def over_sharpened(s: Standing) -> Reason | None:
    """Sharper than real images, or with edges that overshoot."""
    names = ["blur_variance"] if s.low("blur_variance") else []
    names += s.some_high(("overshoot",))
    return Reason(f"{s.listed(names)}, beyond real images", tuple(names)) if names else None


def artefact(s: Standing) -> Reason | None:
    """Marks that no blur, noise or contrast leaves, or a spectrum that they do not explain."""
    names = _marks(s, MARKS if not _others(s) else MARKS_OF_ALL)
    names += ["grey_levels"] if _few_levels(s) else []
    if _told(s) or s.high("misfit"):  # what is expected of grids, beside no one blur, is not known
        grids = SEAMLESS if soft_in_places(s) else GRIDS
        names += [name for name in _marks(s, grids) if s[name].surprise > GRID_SURE]
    elif not _others(s):
        names += _marks(s, GRIDS)
    if not _told(s) or (_is_content(s) and s["misfit"].value > MISFIT_OF_CONTENT):
        told = "kind" in s.facts or "scale" in s.facts or texture_lost(s)
        told = told or (_may_be_content(s) and s["misfit"].value < MISFIT_OF_CONTENT)
        names += [] if told else s.some_high(("misfit",))
    if not names:
        return None
    return Reason(
        f"{s.listed(names)}, unlike real images: more than blur, noise and contrast", tuple(names)
    )


def _marks(s: Standing, names: tuple[str, ...]) -> list[str]:
    """Those that are high, beside real images with the same faults and beside real ones."""
    return [name for name in s.some_high(names, SURE) if s.beyond_real(name)]


def _few_levels(s: Standing) -> bool:
    """Levels were lost. Contrast halves them, and is unknown where the fit leaves a misfit."""
    if not s.low("grey_levels", SURE):
        return False
    return not s.high("misfit") or s["grey_levels"].value < LEVELS_OF_PALE


def other_content(s: Standing) -> Reason | None:
    """The fakes show other pictures than real ones, none of them blurred."""
    if _is_content(s) and not texture_lost(s):
        return Reason(
            f"their mean spectrum is that of a blur of {_radius(s)} pixels, but the softest of "
            "them are as soft as the softest real images: other pictures, not blurred ones",
            ("blur_variance", "soft_end_radius"),
        )
    if _others(s) and not (_told(s) or texture_lost(s) or washed_out(s)):  # which move levels
        return Reason(
            "reduced to what a blur leaves alone, they can be told from real images: overlap "
            f"{s.number('content_overlap')} of the two",
            ("content_overlap",),
        )
    pale = s.low("contrast", SURE) and not s.high("misfit")
    if pale and _pale_by_choice(s) and not _told(s):
        return Reason(
            f"contrast {s.number('contrast')}, but none of them is paler than real images are: "
            "fewer pictures of high contrast",
            ("contrast",),
        )
    return None


def narrow(s: Standing) -> Reason | None:
    """Fewer kinds of images than real ones with the same faults."""
    names = [name for name in ("coverage", "recall") if s.low(name)]
    if not names:
        return None
    return Reason(f"{s.listed(names)}: part of what the data show never appears", tuple(names))


def memorised(s: Standing) -> Reason | None:
    """Nearer to training images than real images with the same faults."""
    if not s.low("memorisation"):
        return None
    return Reason(
        f"the nearest training image is {s.number('memorisation')} as far as from real images "
        "that were not trained on",
        ("memorisation",),
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


def _may_be_content(s: Standing) -> bool:
    """Whether the softest images show too little of a blur, or no one knows if they show enough."""
    if not blurred(s) or softening(s) < BLUR:
        return blurred(s)
    around = s["soft_end_radius"].interval if "soft_end_radius" in s else None
    return around is not None and around[0] ** 2 < CONTENT * _whole(s)


def _others(s: Standing) -> bool:
    """Whether the reduced fakes are other pictures than the reduced real images."""
    return s.low("content_overlap", SURE)


def _told(s: Standing) -> bool:
    """Whether some fakes, or some places, are soft: the mean spectrum is that of no one blur."""
    return any(rule(s) for rule in (some_too_soft, soft_in_places, class_too_soft)) or (
        _is_content(s)
    )


def _is_content(s: Standing) -> bool:
    """Whether the softest images are as soft as real ones', and that is known."""
    if not blurred(s) or some_too_soft(s) or softening(s) >= CONTENT:
        return False
    around = s["soft_end_radius"].interval
    return around is None or around[1] ** 2 < BLUR * _whole(s)


def _radius(s: Standing) -> str:
    fitted = s.high("blur_variance") and not s.high("misfit")
    if fitted or "half_height" not in s:
        return s.number("blur_radius")
    return f"{s['half_height'].value:.2f} (half-height; no Gaussian blur)"
