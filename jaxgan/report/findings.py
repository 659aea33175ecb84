"""What lies behind a card's scores: each fake's radius, the soft region, class and kind of blur."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from jaxgan.metrics.blur_fit import BlurFit
from jaxgan.metrics.blur_kinds import blur_kind
from jaxgan.metrics.blur_transfer import BlurTransfer
from jaxgan.metrics.frame_regions import region_in_words
from jaxgan.metrics.scale_fit import fit_scale, rather_enlarged
from jaxgan.metrics.soft_share import calibrated, softness_scale
from jaxgan.report.card import Measured
from jaxgan.report.class_softness import ClassSoftness, class_softness
from jaxgan.report.equivalents import Equivalents, equivalents
from jaxgan.report.inputs import CardInputs
from jaxgan.report.instruments import Readings, spread
from jaxgan.report.soft_rules import SURE, blurred
from jaxgan.report.softness_instruments import SIGMAS, softness_by_region
from jaxgan.report.standing import Standing

__all__ = ["Findings", "findings"]

Array = np.ndarray

MOST_SCALE = 3.95  # by which pictures are said to be enlarged: the fit ends at 4


class Findings(NamedTuple):
    """Of all fakes, and of the real images that were looked at one by one."""

    scores: dict[str, Measured]
    words: dict[str, str]  # for the sentences of the verdict
    # [n] pixels, by softness; below 0: sharper than the median real image. NaN: too noisy to tell
    fake_radius: Array
    fake_softness: Array  # [n], as `metrics.softness`: orders fakes beyond the end of the radius
    real_softness: Array  # [N]
    softness_scale: Mapping[float, float]  # of the median real image, by pixels of planted blur
    region_map: Array  # [8, 8] pixels; NaN where real images have no detail
    classes: ClassSoftness | None
    fake_labels: Array | None  # [n]
    equivalent_blur: Equivalents


def findings(
    sets: CardInputs,
    scores: Mapping[str, Measured],
    readings: Readings,
    sectors: tuple[BlurTransfer, ...],
) -> Findings:
    """Look behind the scores, as far as they ask for it."""
    _, real, fake = readings["single images"]
    series, fakes = real["softness"], fake["softness"][:, 0]
    seen = bool(real["has_scale"][0])
    nothing = np.full(len(fakes), np.nan)
    labels = _labels(sets, len(series))
    classes = None
    if labels is not None and seen:
        classes = class_softness(series, labels[0], fakes, labels[1], SIGMAS, sets.class_names)
    soft_map = softness_by_region(*readings["regions"][1:])
    words = {"where": f"the {region_in_words(soft_map)}"}
    equal = equivalents(sets.real, readings)
    found = {
        f"equivalent_{name}": Measured(radius, protocol="real images with planted blur")
        for name, radius in equal.radii.items()
    }
    if classes is not None:
        found["class_softness"] = classes.score
    if classes is not None and (softer := classes.in_words(SURE)):
        words["classes"] = softer + ("" if sets.fake_labels is not None else " (by the classifier)")
    words |= _scale(sets, {**scores, **found}, readings)
    words |= _kind(sets, Standing({**scores, **found}, words), readings, sectors)
    return Findings(
        scores=found,
        words=words,
        fake_radius=calibrated(series.T, SIGMAS, fakes) if seen else nothing,
        fake_softness=fakes if seen else nothing,
        real_softness=series[:, 0],
        softness_scale=dict(zip(*softness_scale(series.T, SIGMAS), strict=True)) if seen else {},
        region_map=soft_map,
        classes=classes,
        fake_labels=None if labels is None else labels[1],
        equivalent_blur=equal,
    )


def _labels(sets: CardInputs, real: int) -> tuple[Array, Array] | None:
    """Classes of the real images that were looked at, and of the fakes: known, or judged.

    None where there are no classes.
    """
    if not sets.class_names:
        return None
    if sets.fake_labels is not None and sets.real_labels is not None:
        return spread(sets.real_labels, real), sets.fake_labels
    for network in sets.networks:
        if network.probabilities is not None:
            judged = (spread(sets.real, real), sets.fake)
            ours, theirs = (network.probabilities(images).argmax(axis=1) for images in judged)
            return ours, theirs
    return None


def _scale(sets: CardInputs, scores: Mapping[str, Measured], readings: Readings) -> dict[str, str]:
    """Whether enlarging explains the mean spectrum better than a blur does, in words."""
    standing = Standing(scores, {})
    if not standing.high("blur_variance") or not standing.above("misfit"):
        return {}
    side = sets.fake.shape[1]
    real, fake = (rows["radial"].mean(axis=0) for rows in readings["spectrum"][1:])
    scale = fit_scale(real, fake, side)
    numbers = ("blur_variance", "blur_radius", "noise", "contrast", "misfit")
    fit = BlurFit(*(scores[name].value for name in numbers))
    if scale.scale > MOST_SCALE or not rather_enlarged(fit, scale):
        return {}
    return {
        "scale": f"pictures enlarged by {scale.scale:.2f} would have it, too, and with less misfit"
    }


def _kind(
    sets: CardInputs, standing: Standing, readings: Readings, sectors: tuple[BlurTransfer, ...]
) -> dict[str, str]:
    """The kind of a blur that is no Gaussian, in words; nothing for others, or where there is none.

    Asked only where the Gaussian leaves a misfit.
    """
    if not blurred(standing) or not standing.high("misfit"):
        return {}
    _, real, fake = readings["spectrum"]
    kind = blur_kind(sets.real, real["sectors"], fake["sectors"], sectors)
    sizes = {
        "disc": f"as by a disc of radius {kind.size:.1f} pixels, out of focus",
        "box": f"as by a running mean of {kind.size:.1f} pixels",
        "motion": f"as by a motion of {kind.size:.1f} pixels at {round(kind.degrees) % 180}°",
    }
    return {"kind": sizes[kind.kind]} if kind.kind in sizes else {}
