"""What a card's figures show, gathered from what its instruments saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from jaxgan.metrics.blur_transfer import BlurTransfer
from jaxgan.metrics.checks import eight_bits
from jaxgan.metrics.edges import EdgeSpread, mean_edge_profile
from jaxgan.metrics.equivalent_blur import blur_series
from jaxgan.metrics.planting import blurred, noised
from jaxgan.metrics.sharpness import crete_blur, median_noise, tenengrad
from jaxgan.metrics.spectrum import (
    frequencies,
    high_frequency_ratio,
    image_spectra,
    power_spectrum_2d,
)
from jaxgan.report.card import Evidence, Measured, Pair
from jaxgan.report.instruments import Reading, Rows, splits, spread

if TYPE_CHECKING:
    from jaxgan.report.measure import ImageSets

__all__ = ["gather"]

Array = np.ndarray
Readings = Mapping[str, tuple[Reading, Rows, Rows]]

SHOWN = 1000  # images in the map of single images, and looked up among the training images
PLANTED = 300  # real images that faults are planted into
BLURS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0)  # pixels
NOISES = (0.01, 0.02, 0.05, 0.1)
QUANTILES = np.concatenate([np.linspace(0.01, 0.99, 99), [0.995, 0.998, 0.999]])
REPEATS = 50


def gather(
    sets: ImageSets,
    scores: Mapping[str, Measured],
    readings: Readings,
    transfer: BlurTransfer,
    seed: int,
) -> Evidence:
    """The evidence of a card whose readings these are, by the names that `measure` gives them."""
    rng = np.random.default_rng([seed, *b"evidence"])
    size = min(len(sets.fake), len(sets.real) // 2)
    shown = min(size, SHOWN)
    real, fake = (spread(images, shown) for images in (sets.real, sets.fake))
    _, sharp_real, sharp_fake = readings["sharpness"]
    planted = spread(sets.real, PLANTED) / 255.0
    return Evidence(
        real=real,
        fake=fake,
        neighbours=_neighbours(sets, readings),
        real_tenengrad=spread(sharp_real["tenengrad"], shown),
        fake_tenengrad=spread(sharp_fake["tenengrad"], shown),
        real_noise=spread(sharp_real["median_noise"], shown),
        fake_noise=spread(sharp_fake["median_noise"], shown),
        blur_rail={sigma: _medians(blurred(planted, sigma)) for sigma in BLURS},
        noise_rail={sd: _medians(noised(planted, sd, rng)) for sd in NOISES},
        **_spectra(sets, scores, readings, transfer, size, rng),
        **_gradients(readings, rng),
        edges=_edges(sets, readings),
        equivalent_blur=_equivalent(sharp_fake, planted, readings),
        class_names=sets.class_names,
        **_classes(sets, readings),
        history=sets.history,
    )


def _neighbours(sets: ImageSets, readings: Readings) -> Array | None:
    if sets.trained is None:
        return None
    return sets.trained[readings["memorisation"][2]["place"]]


def _medians(images: Array) -> Pair:
    images = eight_bits(images)
    return float(np.median(tenengrad(images))), float(np.median(median_noise(images)))


def _spectra(
    sets: ImageSets,
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
    drawn = splits(len(radial), size, REPEATS, rng)
    ratios = radial[drawn.held].mean(axis=1) / radial[drawn.reference].mean(axis=1)
    images = (spread(images, SHOWN) for images in (sets.real, sets.fake))
    real_2d, fake_2d = (power_spectrum_2d(some) for some in images)
    return {
        "frequencies": frequencies(side),
        "real_spectrum": real,
        "fake_spectrum": fake,
        "fitted_spectrum": fitted + scores["noise"].value ** 2,
        "spectrum_band": tuple(np.quantile(ratios, (0.025, 0.975), axis=0)),
        "spectrum_ratio_2d": np.fft.fftshift(np.log10(fake_2d / real_2d)),
    }


def _gradients(readings: Readings, rng: np.random.Generator) -> dict[str, Any]:
    _, rows_real, rows_fake = readings["gradients"]
    real, fake = rows_real["magnitudes"], rows_fake["magnitudes"]
    drawn = splits(len(real), min(len(fake), len(real) // 2), REPEATS // 5, rng)
    ratios = [
        np.quantile(real[held], QUANTILES) / np.maximum(np.quantile(real[other], QUANTILES), 1e-6)
        for other, held in zip(*drawn, strict=True)
    ]
    return {
        "quantiles": QUANTILES,
        "real_gradients": np.quantile(real, QUANTILES),
        "fake_gradients": np.quantile(fake, QUANTILES),
        "gradient_band": (np.min(ratios, axis=0), np.max(ratios, axis=0)),
    }


def _edges(sets: ImageSets, readings: Readings) -> dict[str, Array] | None:
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


def _equivalent(fakes: Rows, planted: Array, readings: Readings) -> dict[str, float]:
    """Three scores of single images or spectra as planted blurs, in pixels; those that can be."""
    judged = readings["spectrum"][2]["radial"].mean(axis=0)
    side = planted.shape[1]
    ways = {
        "tenengrad": (lambda x: np.median(tenengrad(x)), np.median(fakes["tenengrad"])),
        "crete_blur_5": (lambda x: np.median(crete_blur(x, 5)), np.median(fakes["crete_blur_5"])),
        "high_frequency_ratio": (
            lambda x: high_frequency_ratio(image_spectra(x).mean(axis=0), side),
            high_frequency_ratio(judged, side),
        ),
    }
    found = {}
    for name, (score, target) in ways.items():
        try:
            series = blur_series(score, planted)
        except (
            ValueError
        ):  # the score does not follow blur on such images, as noise scores on flat ones
            continue
        found[name] = series.equivalent(float(target)).sigma
    return found


def _classes(sets: ImageSets, readings: Readings) -> dict[str, Any]:
    if "classes" not in readings:
        return {}
    count = len(sets.class_names)
    shares = [
        np.bincount(rows["probabilities"].argmax(axis=1), minlength=count)
        / len(rows["probabilities"])
        for rows in readings["classes"][1:]
    ]
    return {"real_classes": shares[0], "fake_classes": shares[1]}
