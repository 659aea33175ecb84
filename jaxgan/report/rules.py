"""When each word of a verdict is said, and in which sentence: one function a word.

A rule looks at the standing of scores and answers with a reason, or with None. Each asks for a
score outside of what is expected and for a least size (`standing.LEAST`): with many images, bands
get so narrow that every generator lies outside of every one.
"""

from __future__ import annotations

from jaxgan.report.faults import white_noise
from jaxgan.report.soft_rules import (
    MARKS_OF_ALL,
    SURE,
    Reason,
    blurred,
    few_levels,
    is_content,
    is_told,
    may_be_content,
    radius_of,
    soft_in_places,
    texture_lost,
)
from jaxgan.report.standing import Standing

__all__ = ["artefact", "colour", "memorised", "narrow", "other_content", "over_sharpened",
           "too_noisy", "washed_out"]  # fmt: skip

CAST_OF_PALE = 0.6  # deviations that a loss of saturation may move the cast by
PALE_BY_CHOICE = 0.12  # share of fakes paler than 95 % of real ones that a choice of them may have
MORE_CHROMA = 1.2  # of the variance that a blur of all channels gives the chroma
PALE_BY_BLUR = 0.65  # contrast that a blur of some images or places may leave
MISFIT_OF_CONTENT = 0.3  # nats, that other pictures may leave
GRID_SURE = 6.0  # half-widths of a band, for grids beside blurs of another kind
CLIPPED = ("clipped_black", "clipped_white")  # other pictures clip otherwise
FRAMES = ("frame_width", "framed_share")
GRIDS = ("checkerboard", "block_edges", "repeated_rows")  # which a blur of some or of places moves
SEAMLESS = ("checkerboard",)  # which the border of a soft region is not


def washed_out(s: Standing) -> Reason | None:
    """Contrast was lost, and not by a choice of pale pictures."""
    if not _are_pale(s) or _pale_by_choice(s):
        return None
    if (is_told(s) or texture_lost(s)) and s["contrast"].value > PALE_BY_BLUR:
        return None
    open_end = "" if _are_paler(s) else "; a choice of pale pictures may have it, too"
    return Reason(
        f"differences between grey levels are {s.number('contrast')} of real ones{open_end}",
        ("contrast",),
    )


def _are_pale(s: Standing) -> bool:
    """Whether their contrast is low, as far as the fit can be believed."""
    return s.low("contrast", SURE) and not s.high("misfit")


def _are_paler(s: Standing) -> bool:
    """Whether more of them are paler than real images than a choice of these would have."""
    paler = "paler_share" in s and s["paler_share"].value > PALE_BY_CHOICE
    return paler or s.low("level_spread", SURE)


def _pale_by_choice(s: Standing) -> bool:
    """Whether pale pictures were chosen: few are paler than real ones, and they show other things.

    Lost contrast alone leaves the shape of the spectrum.
    """
    reshaped = s.high("blur_variance") and (may_be_content(s) or not blurred(s))
    others = _others(s) or s.high("log_spectral_shape") or reshaped
    return others and not _are_paler(s)


def _are_others(s: Standing) -> bool:
    """Whether the fakes are other pictures, of which other grids and clipping may be real."""
    return _others(s) or (_are_pale(s) and _pale_by_choice(s))


def colour(s: Standing) -> Reason | None:
    """The chroma is not that of real images: pale, gaudy, blurred, or of another cast."""
    if is_told(s):
        return None
    names = [name for name in ("saturation", "cast") if s.far(name, SURE) and s.outside_real(name)]
    if s.low("saturation", SURE) and not s["cast"].value > CAST_OF_PALE:
        names = [name for name in names if name != "cast"]
    if (s.low("chroma_sharpness", SURE) or _chroma_blurred(s)) and not s.high("misfit"):
        names.append("chroma_sharpness" if "chroma_sharpness" in s else "chroma_variance")
    if not names:
        return None
    return Reason(f"{s.listed(names)}, unlike real images", tuple(names))


def _chroma_blurred(s: Standing) -> bool:
    """Whether the chroma is more blurred than that of real images with the blur of all channels."""
    if not s.high("chroma_variance", SURE):
        return False
    expected, _ = s["chroma_variance"].expected or (0.0, None)
    return s["chroma_variance"].value > MORE_CHROMA * expected


def too_noisy(s: Standing) -> Reason | None:
    """White noise, by the spectral fit and by the median noise, each of which others may fool."""
    if "noise" not in s or "median_noise" not in s:
        return None
    if few_levels(s):  # whose rounding is a noise
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
    sharper = s.low("blur_variance") and s.apart("blur_variance")
    names = ["blur_variance"] if sharper else []
    names += s.some_high(("overshoot",))
    return Reason(f"{s.listed(names)}, beyond real images", tuple(names)) if names else None


def artefact(s: Standing) -> Reason | None:
    """Marks that no blur, noise or contrast leaves, or a spectrum that they do not explain."""
    names = [*_marks(s), *(["grey_levels"] if few_levels(s) else []), *_grids(s)]
    names += [] if _misfit_is_told(s) else s.some_beyond(("misfit",), 1.0)
    told = [s.facts["plain"]] if "plain" in s.facts else []
    if names:
        told.append(f"{s.listed(names)}, unlike real images: more than blur, noise and contrast")
    backed = (["plain_share"] if "plain" in s.facts else []) + names
    return Reason("; ".join(told), tuple(backed)) if told else None


def _marks(s: Standing) -> list[str]:
    """Of the scores that see marks, those that are high; fewer where other faults leave some."""
    if is_told(s) or washed_out(s) or s.high("misfit"):  # which make plain what was nearly so
        found = s.some_beyond(("point_noise", *FRAMES), SURE)
        return [name for name in found if name not in FRAMES or s[name].surprise > GRID_SURE]
    found = s.some_beyond(MARKS_OF_ALL, SURE)
    return found if _are_others(s) else found + s.some_beyond(CLIPPED, SURE)


def _grids(s: Standing) -> list[str]:
    """Of the scores that see grids, those that are high; fewer where a blur may be the cause."""
    if "kind" in s.facts:  # a blur that is no Gaussian leaves zeros, and peaks beside them
        return []
    if is_told(s) or s.high("misfit"):  # what is expected beside no one blur is unknown
        grids = SEAMLESS if soft_in_places(s) else GRIDS
        return s.some_beyond(grids, GRID_SURE)
    return [] if _are_others(s) else s.some_beyond(GRIDS, SURE)


def _misfit_is_told(s: Standing) -> bool:
    """Whether another word, another kind of blur or other pictures account for a misfit."""
    if "kind" in s.facts or "scale" in s.facts or texture_lost(s):
        return True
    if is_told(s) and not is_content(s):
        return True
    return may_be_content(s) and s["misfit"].value < MISFIT_OF_CONTENT


def other_content(s: Standing) -> Reason | None:
    """The fakes show other pictures than real ones, none of them blurred."""
    if is_content(s) and not texture_lost(s):
        return Reason(
            f"their mean spectrum is that of a blur of {radius_of(s)}, but the softest of "
            "them are as soft as the softest real images: other pictures, not blurred ones",
            ("blur_variance", "soft_end_radius"),
        )
    told = is_told(s) or texture_lost(s) or washed_out(s)
    moved = told or "kind" in s.facts or s.some_beyond(FRAMES, SURE)  # levels and coarse detail
    if _others(s) and not moved:
        return Reason(
            "reduced to what a blur leaves alone, they can be told from real images: overlap "
            f"{s.number('content_overlap')} of the two",
            ("content_overlap",),
        )
    if _are_pale(s) and _pale_by_choice(s) and not is_told(s) and not texture_lost(s):
        return Reason(
            f"contrast {s.number('contrast')}, but none of them is paler than real images are: "
            "fewer pictures of high contrast",
            ("contrast",),
        )
    return None


def narrow(s: Standing) -> Reason | None:
    """Fewer kinds of images than real ones with the same faults, or the same ones again."""
    names = [name for name in ("coverage", "recall") if s.low(name)]
    told = [s.facts["copies"]] if "copies" in s.facts else []
    if names:
        told.append(f"{s.listed(names)}: part of what the data show never appears")
    backed = (["copied_share"] if "copies" in s.facts else []) + names
    return Reason("; ".join(told), tuple(backed)) if told else None


def memorised(s: Standing) -> Reason | None:
    """Nearer to training images than real images with the same faults."""
    if not s.low("memorisation"):
        return None
    return Reason(
        f"the nearest training image is {s.number('memorisation')} as far as from real images "
        "that were not trained on",
        ("memorisation",),
    )


def _others(s: Standing) -> bool:
    """Whether the reduced fakes are other pictures than the reduced real images."""
    return s.low("content_overlap", SURE)
