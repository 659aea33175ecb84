"""What a card's figures show, gathered from what its instruments saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from jaxgan.metrics.blur_transfer import BlurTransfer
from jaxgan.metrics.checks import eight_bits
from jaxgan.metrics.edges import EdgeSpread, mean_edge_profile
from jaxgan.metrics.middle import middle
from jaxgan.metrics.planting import blurred, noised
from jaxgan.metrics.sharpness import median_noise, tenengrad
from jaxgan.metrics.spectrum import (
    frequencies,
    power_spectrum_2d,
)
from jaxgan.report.card import Measured, Pair
from jaxgan.report.class_softness import ClassSoftness
from jaxgan.report.findings import Findings
from jaxgan.report.inputs import CardInputs
from jaxgan.report.instruments import Readings, splits, spread

__all__ = ["Evidence", "gather"]

Array = np.ndarray

SHOWN = 1000  # images in the map of single images, and looked up among the training images
PLANTED = 300  # real images that faults are planted into,
FEWEST_PLANTED, PLANTED_VALUES = 50, 2**23  # or as many as have so many values
BLURS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0)  # pixels
NOISES = (0.01, 0.02, 0.05, 0.1)
QUANTILES = np.concatenate([np.linspace(0.01, 0.99, 99), [0.995, 0.998, 0.999]])
REPEATS = 50
EXTREMES = 12  # softest and sharpest fakes that are shown


@dataclass(frozen=True)
class Evidence:
    """The arrays that a card's figures show; images are uint8 [n, H, W, C]."""

    real: Array  # as many as fakes
    fake: Array
    neighbours: Array | None  # [n, H, W, C] the training image nearest to each fake, if known
    real_tenengrad: Array  # [n] one number an image
    fake_tenengrad: Array
    real_noise: Array  # [n] median noise of each image
    fake_noise: Array
    # Medians (Tenengrad, noise) of real images with planted faults, by their size in pixels or sd.
    blur_rail: Mapping[float, Pair]
    noise_rail: Mapping[float, Pair]
    frequencies: Array  # [bins] cycles a pixel
    real_spectrum: Array  # [bins] radial power
    fake_spectrum: Array
    fitted_spectrum: Array  # [bins] what the fit makes of the real one; NaN where it did not look
    spectrum_band: tuple[Array, Array]  # real over real, 95 %, as power ratios, each [bins]
    spectrum_ratio_2d: Array  # [H, W] log10 of fake over real power, zero frequency in the middle
    quantiles: Array  # [q] at which the next three are given
    real_gradients: Array  # [q] quantiles of the gradient magnitude
    fake_gradients: Array
    gradient_band: tuple[Array, Array]  # real over real quantile ratios, 95 %
    edges: Mapping[str, Array] | None  # real_ and fake_ radius, rejected, distance and profile
    equivalent_blur: Mapping[str, float]  # pixels, by score
    class_names: tuple[str, ...] = ()
    real_classes: Array | None = None  # [K] shares
    fake_classes: Array | None = None
    history: Mapping[str, Array] = field(default_factory=dict)  # of a run: name -> [[step, value]]
    image_scores: Mapping[str, Array] = field(default_factory=dict)  # of all fakes, each [n]
    fake_labels: Array | None = None  # int [n], where the fakes' classes are known or judged
    fake_softness: Array | None = None  # [n], of all fakes
    real_softness: Array | None = None  # [N], of the real images that were looked at one by one
    # Of the median real image, by pixels of planted blur, as far as it rises:
    softness_scale: Mapping[float, float] = field(default_factory=dict)
    extremes: tuple[Array, Array] | None = None  # the softest and the sharpest fakes
    region_map: Array | None = None  # [8, 8] pixels; NaN where real images have no detail
    classes: ClassSoftness | None = None  # radius and surprise of each class


def gather(
    sets: CardInputs,
    scores: Mapping[str, Measured],
    readings: Readings,
    transfer: BlurTransfer,
    facts: Findings,
    seed: int,
) -> Evidence:
    """The evidence of a card whose readings these are, by the names that `measure` gives them."""
    rng = np.random.default_rng([seed, *b"evidence"])
    size = min(len(sets.fake), len(sets.real) // 2)
    shown = min(size, SHOWN)
    real, fake = (spread(images, shown) for images in (sets.real, sets.fake))
    _, sharp_real, sharp_fake = readings["sharpness"]
    _, noise_real, noise_fake = readings["noise"]
    few = max(FEWEST_PLANTED, PLANTED_VALUES // sets.real[0].size)
    planted = spread(sets.real, min(PLANTED, few)) / 255.0
    return Evidence(
        real=real,
        fake=fake,
        neighbours=_neighbours(sets, readings),
        real_tenengrad=spread(sharp_real["tenengrad"], shown),
        fake_tenengrad=spread(sharp_fake["tenengrad"], shown),
        real_noise=spread(noise_real["median_noise"], shown),
        fake_noise=spread(noise_fake["median_noise"], shown),
        blur_rail={sigma: _medians(blurred(planted, sigma)) for sigma in BLURS},
        noise_rail={sd: _medians(noised(planted, sd, rng)) for sd in NOISES},
        **_spectra(sets, scores, readings, transfer, size, rng),
        **_gradients(readings, rng),
        edges=_edges(sets, readings),
        equivalent_blur=facts.equivalent_blur.radii,
        class_names=sets.class_names,
        **_classes(sets, readings),
        history=sets.history,
        image_scores={
            "radius_px": facts.fake_radius,
            "softness": facts.fake_softness,
            "tenengrad": sharp_fake["tenengrad"],
            "median_noise": noise_fake["median_noise"],
        },
        fake_labels=facts.fake_labels,
        **_single_images(sets.fake, facts),
        region_map=facts.region_map,
        classes=facts.classes,
    )


def _single_images(images: Array, facts: Findings) -> dict[str, Any]:
    """Softness of all images, and up to EXTREMES of the softest and sharpest; nothing in noise."""
    if not facts.softness_scale:
        return {}
    order = np.argsort(-facts.fake_softness, kind="stable")
    return {
        "real_softness": facts.real_softness,
        "fake_softness": facts.fake_softness,
        "softness_scale": facts.softness_scale,
        "extremes": (images[order[:EXTREMES]], images[order[::-1][:EXTREMES]]),
    }


def _neighbours(sets: CardInputs, readings: Readings) -> Array | None:
    if sets.trained is None:
        return None
    return sets.trained[readings["memorisation"][2]["place"]]


def _medians(images: Array) -> Pair:
    images = eight_bits(images)
    return float(np.median(tenengrad(images))), float(np.median(median_noise(images)))


def _spectra(
    sets: CardInputs,
    scores: Mapping[str, Measured],
    readings: Readings,
    transfer: BlurTransfer,
    size: int,
    rng: np.random.Generator,
) -> dict[str, Any]:
    _, rows_real, rows_fake = readings["spectrum"]
    radial = rows_real["radial"]
    real, fake = radial.mean(axis=0), rows_fake["radial"].mean(axis=0)
    side = sets.fake.shape[1]
    log_transfer, _ = transfer(scores["blur_variance"].value)
    fitted = scores["contrast"].value ** 2 * real * np.exp(log_transfer)
    ratios = [
        radial[split.held].mean(axis=0) / radial[split.reference].mean(axis=0)
        for split in splits(len(radial), size, REPEATS, rng)
    ]
    images = (spread(images, SHOWN) for images in (sets.real, sets.fake))
    real_2d, fake_2d = (power_spectrum_2d(some) for some in images)
    return {
        "frequencies": frequencies(side),
        "real_spectrum": real,
        "fake_spectrum": fake,
        "fitted_spectrum": fitted + scores["noise"].value ** 2,
        "spectrum_band": middle(ratios),
        "spectrum_ratio_2d": np.fft.fftshift(np.log10(fake_2d / real_2d)),
    }


def _gradients(readings: Readings, rng: np.random.Generator) -> dict[str, Any]:
    _, rows_real, rows_fake = readings["gradients"]
    real, fake = rows_real["magnitudes"], rows_fake["magnitudes"]
    ratios = [
        np.quantile(real[held], QUANTILES) / np.maximum(np.quantile(real[other], QUANTILES), 1e-6)
        for other, held in splits(len(real), len(fake), REPEATS // 5, rng)
    ]
    return {
        "quantiles": QUANTILES,
        "real_gradients": np.quantile(real, QUANTILES),
        "fake_gradients": np.quantile(fake, QUANTILES),
        "gradient_band": (np.min(ratios, axis=0), np.max(ratios, axis=0)),
    }


def _edges(sets: CardInputs, readings: Readings) -> dict[str, Array] | None:
    """Radii of clean shapes, the share of others, and mean edges, for data that have edges."""
    if "edges" not in readings or "edge_radius" not in readings["edges"][0].scores:
        return None
    _, rows_real, rows_fake = readings["edges"]
    found = {}
    for name, rows, images in (("real", rows_real, sets.real), ("fake", rows_fake, sets.fake)):
        clean = rows["accepted"]
        found[f"{name}_radius"] = rows["radius"][clean]
        found[f"{name}_rejected"] = np.asarray(1 - np.mean(clean))
        whole = EdgeSpread(**{field: rows[field] for field in EdgeSpread._fields})
        profile = mean_edge_profile(spread(images, len(clean)), whole)
        found[f"{name}_distance"], found[f"{name}_profile"] = profile
    return found


def _classes(sets: CardInputs, readings: Readings) -> dict[str, Any]:
    if "classes" not in readings:
        return {}
    count = len(sets.class_names)
    shares = [
        np.bincount(rows["probabilities"].argmax(axis=1), minlength=count)
        / len(rows["probabilities"])
        for rows in readings["classes"][1:]
    ]
    return {"real_classes": shares[0], "fake_classes": shares[1]}
