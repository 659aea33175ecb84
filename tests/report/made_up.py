"""A card and its evidence from real metrics on images with planted faults, in a second."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from jaxgan.data.shapes import CLASSES, shapes
from jaxgan.metrics.checks import as_file
from jaxgan.metrics.edges import edge_spread, mean_edge_profile
from jaxgan.metrics.gradients import gradient_distance, gradient_magnitudes
from jaxgan.metrics.planting import blurred, noised
from jaxgan.metrics.regions import region_energies, softness_map
from jaxgan.metrics.sharpness import median_noise, tenengrad
from jaxgan.metrics.soft_share import calibrated, softness_scale
from jaxgan.metrics.softness import softness
from jaxgan.metrics.spectrum import (
    frequencies,
    image_spectra,
    power_spectrum_2d,
)
from jaxgan.report.card import Card, Measured
from jaxgan.report.class_softness import class_softness
from jaxgan.report.evidence import Evidence

SIZE, COUNT = 32, 80
SIGMA, NOISE = 1.0, 0.03  # what is planted in the fakes
BLURS, NOISES = (0.5, 1.0, 1.5, 2.0, 3.0), (0.01, 0.02, 0.05, 0.1)
FITTED = slice(2, SIZE // 2 + 1)


@lru_cache
def made_up(
    channels: int = 1,
    edges: bool = True,
    neighbours: bool = True,
    classes: bool = True,
    history: bool = True,
    texture: float = 0.01,
) -> tuple[Card, Evidence]:
    """`texture` is the noise of the real images: 0 leaves flat backgrounds, as digits have."""
    real, held, fake = _images(channels, texture)
    scores = _scores(real, held, fake)
    evidence = Evidence(
        real=real,
        fake=fake,
        neighbours=_plain(COUNT, COUNT, channels) if neighbours else None,
        real_tenengrad=tenengrad(real),
        fake_tenengrad=tenengrad(fake),
        real_noise=median_noise(real),
        fake_noise=median_noise(fake),
        blur_rail={sigma: _medians(as_file(blurred(real, sigma))) for sigma in BLURS},
        noise_rail={
            level: _medians(as_file(noised(real, level, np.random.default_rng(1))))
            for level in NOISES
        },
        **_spectra(real, held, fake),
        **_gradients(real, held, fake),
        edges=_edges(real, fake) if edges else None,
        equivalent_blur={"tenengrad": 0.93, "crete_blur_5": 0.71, "high_frequency_ratio": 1.04},
        class_names=CLASSES if classes else (),
        real_classes=np.array([0.26, 0.24, 0.25, 0.25]) if classes else None,
        fake_classes=np.array([0.42, 0.38, 0.2, 0.0]) if classes else None,
        history=_history() if history else {},
        **_single_images(real, fake, classes),
    )
    card = Card(
        name="made-up run, step 20000",
        radius_px=Measured(0.98, (0.93, 1.04), 0.02, (-0.09, 0.2), "spectral fit"),
        noise=Measured(0.0297, (0.028, 0.031), 0.008, (0.001, 0.014), "spectral fit"),
        contrast=Measured(0.98, (0.96, 1.01), 1.0, (0.97, 1.03), "spectral fit"),
        misfit=Measured(0.04, (0.03, 0.06), 0.03, (0.01, 0.05), "spectral fit"),
        verdict=("too soft", "too noisy", "narrow"),
        reasons=(
            "a Gaussian of 0.98 pixels lies between the real images and these",
            "noise 0.0297 of the range, above real images",
            "coverage 0.61: part of what the data show never appears",
        ),
        scores=scores,
        protocol={"data": "shapes", "images": COUNT, "seed": 0, "versions": {"jaxgan": "0.1"}},
        notes=("Few images: bands are wide.",),
    )
    return card, evidence


def _single_images(real: np.ndarray, fake: np.ndarray, classes: bool) -> dict:
    sigmas = np.array([0.0, 1.0, 2.0])
    series = np.stack([softness(as_file(blurred(real, sigma))) for sigma in sigmas])
    radius = calibrated(series, sigmas, softness(fake))
    energies = {sigma: region_energies(as_file(blurred(real, sigma))) for sigma in sigmas}
    labels = np.arange(COUNT) % 3
    found = class_softness(series.T, labels, softness(fake), labels, sigmas, CLASSES)
    return {
        "image_scores": {"radius_px": radius, "softness": softness(fake)},
        "fake_softness": softness(fake),
        "real_softness": series[0],
        "softness_scale": dict(zip(*softness_scale(series, sigmas), strict=True)),
        "extremes": (fake[:12], fake[-12:]),
        "region_map": softness_map(energies[0.0], region_energies(fake), energies),
        "classes": found if classes else None,
        "fake_labels": labels if classes else None,
    }


def _plain(first: int, count: int, channels: int) -> np.ndarray:
    return shapes(10_000, SIZE, channels=channels).read(np.arange(first, first + count))["image"]


@lru_cache
def _images(channels: int, texture: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """uint8: real, real again, and others with blur and noise."""
    rng = np.random.default_rng(0)
    sets = [_plain(i * COUNT, COUNT, channels) / 255.0 for i in range(3)]
    sets = [noised(images, texture, rng) for images in sets]
    sets[2] = noised(blurred(sets[2], SIGMA), NOISE, rng)
    return tuple(as_file(images) for images in sets)  # type: ignore[return-value]


def _medians(images: np.ndarray) -> tuple[float, float]:
    return float(np.median(tenengrad(images))), float(np.median(median_noise(images)))


def _spectra(real: np.ndarray, held: np.ndarray, fake: np.ndarray) -> dict:
    frequency = frequencies(SIZE)
    ours, others, theirs = (image_spectra(x).mean(axis=0) for x in (real, held, fake))
    fitted = np.full_like(ours, np.nan)
    transfer = np.exp(-4 * np.pi**2 * SIGMA**2 * frequency**2)
    fitted[FITTED] = (ours * transfer + NOISE**2)[FITTED]
    spread = 1 + np.abs(others / ours - 1) + 0.05
    return {
        "frequencies": frequency,
        "real_spectrum": ours,
        "fake_spectrum": theirs,
        "fitted_spectrum": fitted,
        "spectrum_band": (1 / spread, spread),
        "spectrum_ratio_2d": np.fft.fftshift(
            np.log10(power_spectrum_2d(fake) / power_spectrum_2d(real))
        ),
    }


def _gradients(real: np.ndarray, held: np.ndarray, fake: np.ndarray) -> dict:
    quantiles = np.concatenate([np.linspace(0, 0.98, 50), 1 - np.geomspace(0.02, 1e-4, 30)])
    ours, others, theirs = (
        np.quantile(gradient_magnitudes(x), quantiles) for x in (real, held, fake)
    )
    ratio = np.abs(others / np.maximum(ours, 1e-9) - 1) + 0.03
    return {
        "quantiles": quantiles,
        "real_gradients": ours,
        "fake_gradients": theirs,
        "gradient_band": (1 - ratio, 1 + ratio),
    }


def _edges(real: np.ndarray, fake: np.ndarray) -> dict[str, np.ndarray]:
    found = {}
    for name, images in (("real", real), ("fake", fake)):
        spread = edge_spread(images)
        found[f"{name}_radius"] = spread.radius[spread.accepted]
        found[f"{name}_rejected"] = np.float64(1 - np.mean(spread.accepted))
        profile = mean_edge_profile(images, spread)
        found[f"{name}_distance"], found[f"{name}_profile"] = profile
    return found


def _scores(real: np.ndarray, held: np.ndarray, fake: np.ndarray) -> dict[str, Measured]:
    distance = gradient_distance(real, fake).distance
    null = gradient_distance(real, held).distance
    pixels, features = "80 against 80 images", "random_conv@0123abcd"
    return {
        "gradient_distance": Measured(
            distance, (0.9 * distance, 1.1 * distance), null, (0.5 * null, 1.6 * null), pixels
        ),
        "tenengrad": Measured(0.42, (0.40, 0.45), 1.0, (0.9, 1.1), pixels),
        "checkerboard": Measured(1.27, None, 1.0, (0.8, 1.2)),
        "swd_progan_32": Measured(78, (70, 86), 31, (25, 38), pixels),
        "swd_progan_16": Measured(40, (34, 47), 30, (24, 36), pixels),
        "swd_reference_32": Measured(382, (360, 400), 46, (33, 60), pixels),
        "swd_reference_16": Measured(96, (80, 110), 45, (34, 58), pixels),
        "precision": Measured(0.72, (0.66, 0.78), 0.85, (0.8, 0.9), pixels, features),
        "recall": Measured(0.55, (0.5, 0.6), 0.85, (0.8, 0.9), pixels, features),
        "density": Measured(0.81, (0.7, 0.9), 1.0, (0.93, 1.07), pixels, features),
        "coverage": Measured(0.61, (0.56, 0.66), 0.969, (0.95, 0.98), pixels, features),
        "kernel_random_conv": Measured(0.004, (0.001, 0.007), 0.0, None, pixels, features),
        "overshoot": Measured(0.02, (0.015, 0.025), 0.018, (0.01, 0.03), pixels),
        "softer_share": Measured(0.6, (0.5, 0.7), 0.05, (0.0, 0.1), pixels),
    }


def _history() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    steps = np.arange(10, 20_001, 10)
    fall = np.exp(-steps / 4000)
    norms = np.exp(0.2 * rng.standard_normal((2, len(steps))))
    norms[0, [700, 1500]] = 40
    values = {
        "discriminator/loss": 0.9 + 0.4 * fall + 0.1 * rng.standard_normal(len(steps)),
        "generator/loss": 1.1 - 0.4 * fall + 0.15 * rng.standard_normal(len(steps)),
        "discriminator/gradient_norm": norms[0],
        "generator/gradient_norm": 0.3 * norms[1],
    }
    history = {name: np.stack([steps, value], axis=1) for name, value in values.items()}
    late = np.arange(1000, 20_001, 1000)
    history["blur/radius_px"] = np.stack([late, 1 + 2 * np.exp(-late / 5000)], axis=1)
    history["blur/noise"] = np.stack([late, 0.03 + 0.05 * np.exp(-late / 2000)], axis=1)
    history["blur/coverage"] = np.stack([late, 0.61 * (1 - np.exp(-late / 3000))], axis=1)
    return history
