"""The instruments of a card that need no network: sharpness, spectra, edges, patches."""

from __future__ import annotations

import numpy as np

from jaxgan.metrics.blocks import BLOCK, block_edge_share, block_edges
from jaxgan.metrics.blur_fit import fit_blur
from jaxgan.metrics.blur_transfer import BlurTransfer
from jaxgan.metrics.edges import edge_spread
from jaxgan.metrics.gradients import gradient_magnitudes, law_distance
from jaxgan.metrics.ms_ssim import ms_ssim
from jaxgan.metrics.sharpness import crete_blur, median_noise, tenengrad, variance_of_laplacian
from jaxgan.metrics.sliced_wasserstein import Patches, patch_distance, patch_pyramid
from jaxgan.metrics.spectrum import (
    checkerboard_ratio,
    high_frequency_ratio,
    image_spectra,
    log_spectral_distance,
    period_two_power,
    slope,
)
from jaxgan.report.instruments import Instrument, Rows

__all__ = ["blocks", "edges", "gradients", "patches", "sharpness", "similarity", "spectrum"]

Array = np.ndarray

MANY, FEW = 200, 20  # repeats of what is cheap to compare, and of what is not
PIXELS = 128  # of each image, whose gradients are compared
PATCHES, DIRECTIONS = 4, 64
EDGE_IMAGES, SIMILARITY_IMAGES = 500, 1000
FEWEST_CLEAN = 10  # shapes that a median is taken of
WINDOWS = (5, 11)  # pixels, of Crete's blur


def sharpness() -> Instrument:
    """Medians over images; Tenengrad and the variance of the Laplacian as ratios to real ones."""

    def rows(images: Array) -> Rows:
        crete = {f"crete_blur_{w}": crete_blur(images, w) for w in WINDOWS}
        return {
            "tenengrad": tenengrad(images),
            "variance_of_laplacian": variance_of_laplacian(images),
            "median_noise": median_noise(images),
            **crete,
        }

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        numbers = {name: float(np.median(values)) for name, values in judged.items()}
        for name in ("tenengrad", "variance_of_laplacian"):
            numbers[name] /= float(np.median(real[name]))
        return numbers

    protocol = "median over images; Laplacian and Tenengrad over real"
    alone = frozenset({"median_noise", *(f"crete_blur_{w}" for w in WINDOWS)})
    return Instrument(rows, compare, MANY, protocol, alone=alone)


def spectrum(side: int, transfer: BlurTransfer) -> Instrument:
    """The spectral blur fit, and other numbers of the mean power spectrum."""

    def rows(images: Array) -> Rows:
        found = {"radial": image_spectra(images)}
        return found if side % 2 else {**found, "period_two": period_two_power(images)}

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        ours, theirs = real["radial"].mean(axis=0), judged["radial"].mean(axis=0)
        fit = fit_blur(ours, theirs, side, transfer, tries=1)
        numbers = {
            "blur_variance": fit.variance,
            "blur_radius": fit.radius,
            "noise": fit.noise,
            "contrast": fit.contrast,
            "misfit": fit.misfit,
            "log_spectral_distance": log_spectral_distance(ours, theirs),
            "log_spectral_shape": log_spectral_distance(ours, theirs, shape_only=True),
            "spectral_slope": slope(theirs, side),
            "high_frequency_ratio": high_frequency_ratio(theirs, side)
            / high_frequency_ratio(ours, side),
        }
        if "period_two" in real:
            numbers["checkerboard"] = checkerboard_ratio(real["period_two"], judged["period_two"])
        return numbers

    protocol = "mean power spectrum, Kaiser window with beta 8"
    return Instrument(rows, compare, MANY, protocol, alone=frozenset({"spectral_slope"}))


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
        magnitudes = gradient_magnitudes(images).reshape(len(images), -1)
        places = np.linspace(0, magnitudes.shape[1] - 1, min(PIXELS, magnitudes.shape[1]))
        return {"magnitudes": magnitudes[:, places.astype(int)]}

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        found = law_distance(real["magnitudes"], judged["magnitudes"])
        return {"gradient_distance": found.distance, "gradient_tail": found.tail}

    return Instrument(rows, compare, FEW, f"Sobel, {PIXELS} pixels an image")


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

    return Instrument(rows, compare, FEW, f"{PATCHES} patches an image, {DIRECTIONS} directions")


def similarity() -> Instrument:
    """MS-SSIM of each image to another one of its set: higher is less diverse."""

    def rows(images: Array) -> Rows:
        return {"images": images}

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        images = judged["images"]
        half = len(images) // 2
        return {"ms_ssim": float(ms_ssim(images[:half], images[half : 2 * half]).values.mean())}

    protocol = "pairs of any class, scales that fit"
    alone = frozenset({"ms_ssim"})
    return Instrument(rows, compare, FEW, protocol, most=SIMILARITY_IMAGES, alone=alone)


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
    return Instrument(_edge_rows, compare, MANY, protocol, most=EDGE_IMAGES, alone=alone)


def _edge_rows(images: Array) -> Rows:
    return edge_spread(images)._asdict()
