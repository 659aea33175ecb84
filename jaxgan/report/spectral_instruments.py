"""The instruments that look at mean power spectra: of the images, and of their chroma."""

from __future__ import annotations

import math
import operator

import numpy as np

from jaxgan.metrics.blur_fit import BlurFit, fit_blur, fit_blurs
from jaxgan.metrics.blur_transfer import BlurTransfer
from jaxgan.metrics.colour import (
    cast,
    cast_shift,
    chroma_detail,
    chroma_sharpness,
    chroma_spectra,
    saturation,
)
from jaxgan.metrics.content import content_features, content_weights
from jaxgan.metrics.sharpness import tenengrad
from jaxgan.metrics.spectrum import (
    checkerboard_ratio,
    high_frequency_ratio,
    image_spectra,
    log_spectral_distance,
    period_two_power,
    slope,
)
from jaxgan.metrics.transfer_height import DIRECTIONS, directional_height, sector_spectra
from jaxgan.report.faults import Faults, planted
from jaxgan.report.instruments import Instrument, Numbers, Pairs, Rows

__all__ = ["chroma", "matched", "spectrum"]

MANY, FEW = 200, 20  # repeats of what is cheap to compare, and of what is not
TENENGRAD_OF_NOISE = 24.0  # what white noise of variance 1 adds, in luma
LUMA_OF_NOISE = 0.5625  # variance of luma where every colour has noise of its own
LEAST_SATURATION = 0.1  # of the real images'
MISFIT_TRUSTED = 0.1  # nats: noise and contrast are taken off the edges
RADIUS_ERROR = 0.01  # pixels: 0.0003 to 0.006 for blurs of 0.5 to 2 in all of four sets' images
MATCHED_IMAGES = 2000  # of each set, that are matched in content

Array = np.ndarray


def spectrum(
    side: int, channels: int, transfer: BlurTransfer, sectors: tuple[BlurTransfer, ...]
) -> Instrument:
    """The spectral blur fit, the half-height of the transfer, and the edges that bear them out."""

    def rows(images: Array) -> Rows:
        found = {
            "radial": image_spectra(images),
            "sectors": sector_spectra(images).astype(np.float32),
            "tenengrad": tenengrad(images),
        }
        return found if side % 2 else {**found, "period_two": period_two_power(images)}

    def scores(real: Rows, judged: Rows, fit: BlurFit) -> Numbers:
        """Of means over images, each a row of its own."""
        ours, theirs = real["radial"][0], judged["radial"][0]
        height = directional_height(
            real["sectors"][0], judged["sectors"][0], side, sectors, fit.noise
        )
        numbers = {
            "blur_variance": fit.variance,
            "blur_radius": fit.radius,
            "noise": fit.noise,
            "contrast": fit.contrast,
            "misfit": fit.misfit,
            "half_height": _finite(height.ring.sigma),
            **{
                f"half_height_{name.replace(' ', '_')}": _finite(along.sigma)
                for name, along in zip(DIRECTIONS, height.along, strict=True)
            },
            "anisotropy": height.anisotropy,
            "log_spectral_distance": log_spectral_distance(ours, theirs),
            "log_spectral_shape": log_spectral_distance(ours, theirs, shape_only=True),
            "spectral_slope": slope(theirs, side),
            "high_frequency_ratio": high_frequency_ratio(theirs, side)
            / high_frequency_ratio(ours, side),
        }
        energy = _without_faults(float(judged["tenengrad"][0]), fit, channels)
        numbers["edge_energy"] = energy / float(real["tenengrad"][0])
        if "period_two" in real:
            numbers["checkerboard"] = checkerboard_ratio(real["period_two"], judged["period_two"])
        return numbers

    def compare_many(pairs: Pairs) -> list[Numbers]:
        means = [(_means(real), _means(judged)) for real, judged in pairs]
        fits = _fits([[of["radial"][0] for of in pair] for pair in means], side, transfer)
        return [scores(*pair, fit) for pair, fit in zip(means, fits, strict=True)]

    return Instrument(
        rows,
        lambda real, judged: compare_many([(real, judged)])[0],
        MANY,
        "mean power spectrum, Kaiser window with beta 8",
        alone=frozenset({"spectral_slope"}),
        distances=frozenset({"misfit", "log_spectral_distance", "log_spectral_shape"}),
        errors=lambda numbers: {
            "blur_radius": RADIUS_ERROR,
            "blur_variance": 2 * RADIUS_ERROR * abs(numbers["blur_radius"]),
        },
        compare_many=compare_many,
    )


def matched(
    side: int, transfer: BlurTransfer, faults: Faults, rng: np.random.Generator
) -> Instrument:
    """The spectral fit to real images weighted so that, reduced, they look as the fakes do.

    Reduced pictures show their content, and little of a blur; `faults` are planted for that little.
    """

    def of_real(images: Array) -> Rows:
        return {
            "radial": image_spectra(images),
            "features": content_features(images),
            "faulty": content_features(planted(images, faults, rng)),
        }

    def of_fakes(images: Array) -> Rows:
        features = content_features(images)
        return {"radial": image_spectra(images), "features": features}

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        among_real = "faulty" in judged
        match = content_weights(real["features" if among_real else "faulty"], judged["features"])
        ours = match.weights @ real["radial"] / len(match.weights)
        fit = fit_blur(ours, judged["radial"].mean(axis=0), side, transfer, tries=1)
        return {
            "matched_variance": fit.variance,
            "matched_radius": fit.radius,
            "matched_contrast": fit.contrast,
            "content_overlap": match.overlap,
            "effective_share": match.effective / len(match.weights),
        }

    protocol = "mean power spectrum, real images weighted to the fakes' content"
    return Instrument(of_fakes, compare, FEW, protocol, most=MATCHED_IMAGES, rows_real=of_real,
                      most_real=MATCHED_IMAGES)  # fmt: skip


def _finite(sigma: float) -> float:
    """An upper bound of infinity, where nothing is left to see, says no more than 0 would."""
    return sigma if math.isfinite(sigma) else 0.0


def chroma(side: int, transfer: BlurTransfer) -> Instrument:
    """Colours beside luma: how strong, of which cast, and how sharp. For three channels."""

    def rows(images: Array) -> Rows:
        return {
            "radial": chroma_spectra(images),
            "saturation": saturation(images),
            "cast": cast(images),
            "detail": chroma_detail(images),
        }

    def compare_many(pairs: Pairs) -> list[Numbers]:
        found, coloured, spectra = [], [], []
        for real, judged in pairs:
            share = float(np.mean(judged["saturation"]) / np.mean(real["saturation"]))
            numbers = {"saturation": share, "cast": cast_shift(real["cast"], judged["cast"])}
            found.append(numbers)
            if share < LEAST_SATURATION:  # no colours whose sharpness could be told
                continue
            sharp = (chroma_sharpness(rows["detail"]) for rows in (judged, real))
            numbers["chroma_sharpness"] = operator.truediv(*sharp)
            coloured.append(numbers)
            spectra.append([rows["radial"].mean(axis=0) for rows in (real, judged)])
        for numbers, fit in zip(coloured, _fits(spectra, side, transfer), strict=True):
            numbers["chroma_variance"] = fit.variance
            numbers["chroma_noise"] = fit.noise
            numbers["chroma_misfit"] = fit.misfit
        return found

    return Instrument(
        rows,
        lambda real, judged: compare_many([(real, judged)])[0],
        MANY,
        "two chroma planes",
        distances=frozenset({"cast", "chroma_misfit"}),
        compare_many=compare_many,
    )


def _without_faults(tenengrad: float, fit: BlurFit, channels: int) -> float:
    """Edge energy without what noise adds and contrast changes, where the fit can be believed."""
    if fit.misfit >= MISFIT_TRUSTED:
        return tenengrad
    noise = LUMA_OF_NOISE if channels == 3 else 1.0
    return max(tenengrad - TENENGRAD_OF_NOISE * noise * fit.noise**2, 0.0) / fit.contrast**2


def _means(rows: Rows) -> Rows:
    """Of the rows of `spectrum`, over all images: one row each."""
    found = {name: rows[name].mean(axis=0, dtype=np.float64, keepdims=True)
             for name in rows if name != "tenengrad"}  # fmt: skip
    return {**found, "tenengrad": np.median(rows["tenengrad"], keepdims=True)}


def _fits(spectra: list[list[Array]], side: int, transfer: BlurTransfer) -> list[BlurFit]:
    """Fits to pairs of mean spectra, of real images and others."""
    if not spectra:
        return []
    ours, theirs = (np.stack(some) for some in zip(*spectra, strict=True))
    return fit_blurs(ours, theirs, side, transfer, tries=1)
