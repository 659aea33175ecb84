"""The instruments of a card that need no network: sharpness, spectra, edges, patches."""

from __future__ import annotations

import math

import numpy as np

from jaxgan.metrics.blocks import BLOCK, block_edge_share, block_edges
from jaxgan.metrics.edges import edge_spread
from jaxgan.metrics.gradients import gradient_magnitudes, law_distance
from jaxgan.metrics.levels import level_and_contrast
from jaxgan.metrics.marks import (
    clipped,
    frame_widths,
    grey_levels,
    point_noise,
    repeated_widths,
)
from jaxgan.metrics.ms_ssim import ms_ssim
from jaxgan.metrics.sharpness import median_noise, sharpness_scores
from jaxgan.metrics.sliced_wasserstein import Patches, patch_distance, patch_pyramid
from jaxgan.metrics.texture import texture, texture_gap
from jaxgan.report.instruments import Instrument, Rows

__all__ = ["blocks", "edges", "gradients", "noise", "patches", "sharpness", "similarity",
           "tones"]  # fmt: skip

Array = np.ndarray

MANY, FEW = 200, 20  # repeats of what is cheap to compare, and of what is not
PIXELS = 128  # of each image, whose gradients are compared
MEDIAN_ERROR = 0.05 / 255  # a twentieth of a level: of few values, a median is not known better
PATCHES, DIRECTIONS = 4, 64
EDGE_IMAGES, SIMILARITY_IMAGES, PATCH_IMAGES = 500, 1000, 2000
FEWEST_CLEAN = 10  # shapes that a median is taken of
WINDOWS = (5, 11)  # pixels, of Crete's blur
MIDDLE = (0.25, 0.75)  # quantiles between which values are averaged
PALE = 0.05  # quantile of the real images' contrast below which an image is pale


def sharpness() -> Instrument:
    """Medians over images; Tenengrad and the variance of the Laplacian as ratios to real ones."""

    def rows(images: Array) -> Rows:
        scores = sharpness_scores(images, WINDOWS)
        del scores["median_noise"]  # an instrument of its own
        return scores

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        numbers = {name: float(np.median(values)) for name, values in judged.items()}
        for name in ("tenengrad", "variance_of_laplacian"):
            numbers[name] /= float(np.median(real[name]))
        return numbers

    protocol = "median over images; Laplacian and Tenengrad over real"
    alone = frozenset(f"crete_blur_{w}" for w in WINDOWS)
    return Instrument(rows, compare, MANY, protocol, alone=alone)


def noise() -> Instrument:
    """The median noise, which bears out that of the spectral fit."""

    def rows(images: Array) -> Rows:
        return {"median_noise": median_noise(images)}

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        # Of 8-bit images the values are few, and their median jumps from one to the next.
        first, last = (int(part * len(judged["median_noise"])) for part in MIDDLE)
        return {"median_noise": float(np.sort(judged["median_noise"])[first:last].mean())}

    protocol = "mean over the middle half of the images"
    return Instrument(rows, compare, MANY, protocol, alone=frozenset({"median_noise"}),
                      errors=lambda numbers: {"median_noise": MEDIAN_ERROR})  # fmt: skip


def tones() -> Instrument:
    """Levels and contrast of single images, and marks that faults leave on them."""

    def rows(images: Array) -> Rows:
        return {
            "level": level_and_contrast(images),
            "clipped": clipped(images),
            "points": point_noise(images),
            "levels": grey_levels(images),
            "frames": frame_widths(images),
            "repeats": repeated_widths(images),
            "texture": texture(images),
        }

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        means = {
            name: judged[name].mean(axis=0) - real[name].mean(axis=0)
            for name in ("clipped", "points", "frames", "repeats")
        }
        level, contrast = real["level"].T
        numbers = {
            "brightness": float((judged["level"][:, 0].mean() - level.mean()) / level.std()),
            "level_spread": float(judged["level"][:, 0].std() / level.std()),
            "paler_share": float(np.mean(judged["level"][:, 1] < np.quantile(contrast, PALE))),
            "clipped_black": float(means["clipped"][0]),
            "clipped_white": float(means["clipped"][1]),
            "point_noise": float(means["points"]),
            "grey_levels": float(judged["levels"].mean() / real["levels"].mean()),
            "frame_width": float(means["frames"].max()),
            "frame_fall": float(-means["frames"].min()),
            "framed_share": float(np.mean(judged["frames"].max(axis=1) > 0))
            - float(np.mean(real["frames"].max(axis=1) > 0)),
            "repeated_rows": float(means["repeats"].max()),
        }
        gap = texture_gap(real["texture"], judged["texture"])
        return numbers if math.isnan(gap) else {**numbers, "texture": gap}

    return Instrument(
        rows,
        compare,
        MANY,
        "levels and marks of single images",
        distances=frozenset({"frame_width", "frame_fall", "repeated_rows"}),
        shares=frozenset({"paler_share"}),
    )


def blocks() -> Instrument:
    """How much more happens across the edges of 8x8 blocks than beside them."""

    def rows(images: Array) -> Rows:
        return {"edges": block_edges(images)}

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        return {"block_edges": block_edge_share(judged["edges"])}

    protocol = f"third differences, blocks of {BLOCK} pixels"
    return Instrument(rows, compare, MANY, protocol, alone=frozenset({"block_edges"}))


def gradients() -> Instrument:
    """The law of gradient magnitudes, at the same places of every image."""

    def rows(images: Array) -> Rows:
        inner = (images.shape[1] - 2) * (images.shape[2] - 2)
        places = np.linspace(0, inner - 1, min(PIXELS, inner)).astype(int)
        return {"magnitudes": gradient_magnitudes(images, places)}

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        found = law_distance(real["magnitudes"], judged["magnitudes"])
        return {"gradient_distance": found.distance, "gradient_tail": found.tail}

    return Instrument(rows, compare, FEW, f"Sobel, {PIXELS} pixels an image", equal=True)


def patches(seed: int) -> Instrument:
    """Sliced Wasserstein distances of the levels of Laplacian pyramids."""

    def rows(images: Array) -> Rows:
        pyramid = patch_pyramid(images, np.random.default_rng(seed), PATCHES)
        return {str(side): level for side, level in zip(pyramid.sides, pyramid.levels, strict=True)}

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        sides = tuple(map(int, real))
        pair = [Patches(sides, tuple(rows.values())) for rows in (real, judged)]
        size = min(len(level) for patches in pair for level in patches.levels)
        ours, theirs = (patches.take(np.arange(size)) for patches in pair)
        numbers = {}
        for name, reference in (("progan", False), ("reference", True)):
            rng = np.random.default_rng(seed)
            found = patch_distance(ours, theirs, rng, DIRECTIONS, reference)
            for side, value in zip(found.sides, found.values, strict=True):
                numbers[f"swd_{name}_{side}"] = float(value)
        return numbers

    protocol = f"{PATCHES} patches an image, {DIRECTIONS} directions"
    return Instrument(rows, compare, FEW, protocol, most=PATCH_IMAGES, equal=True)


def similarity() -> Instrument:
    """MS-SSIM of each image to another one of its set: higher is less diverse."""

    def rows(images: Array) -> Rows:
        other = np.roll(images, len(images) // 2, axis=0)
        return {"similarity": ms_ssim(images, other).values}

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        return {"ms_ssim": float(judged["similarity"].mean())}

    protocol = "pairs of any class, scales that fit"
    alone = frozenset({"ms_ssim"})
    return Instrument(rows, compare, FEW, protocol, most=SIMILARITY_IMAGES, equal=True, alone=alone)


def edges() -> Instrument:
    """The radius of each image's edges, for data whose edges are steps."""

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        clean = judged["accepted"]
        numbers = {"edges_rejected": 1.0 - float(np.mean(clean))}
        if np.sum(clean) >= FEWEST_CLEAN:
            numbers["edge_radius"] = float(np.median(judged["radius"][clean]))
            numbers["overshoot"] = float(np.median(judged["overshoot"][clean]))
        return numbers

    protocol = "median over clean shapes"
    alone = frozenset({"edges_rejected", "edge_radius", "overshoot"})
    return Instrument(_edge_rows, compare, MANY, protocol, most=EDGE_IMAGES, alone=alone,
                      shares=frozenset({"edges_rejected"}))  # fmt: skip


def _edge_rows(images: Array) -> Rows:
    return edge_spread(images)._asdict()
