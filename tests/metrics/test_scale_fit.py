"""Enlarged pictures: by hand on white spectra, found where Pillow enlarged, not where it's blur."""

from functools import lru_cache

import numpy as np
import pytest
from PIL import Image

from jaxgan.metrics import planting
from jaxgan.metrics.blur_fit import BlurFit, fit_blur
from jaxgan.metrics.blur_transfer import measured_transfer
from jaxgan.metrics.checks import as_file, eight_bits
from jaxgan.metrics.scale_fit import ScaleFit, fit_scale, rather_enlarged
from jaxgan.metrics.sharpness import tenengrad
from jaxgan.metrics.spectrum import frequencies, image_spectra
from tests.photographs import crops

RESAMPLING = {
    "lanczos": Image.Resampling.LANCZOS,
    "bicubic": Image.Resampling.BICUBIC,
    "bilinear": Image.Resampling.BILINEAR,
}


def photographs(count: int, seed: int) -> np.ndarray:
    return crops(count, 64, np.random.default_rng(seed)) / 255.0


@lru_cache
def real() -> np.ndarray:
    return photographs(500, 0)


@lru_cache
def real_spectrum() -> np.ndarray:
    return image_spectra(real()).mean(axis=0)


def verdict(fake: np.ndarray) -> tuple[ScaleFit, bool]:
    spectrum = image_spectra(eight_bits(fake)).mean(axis=0)
    scale = fit_scale(real_spectrum(), spectrum, 64)
    blur = fit_blur(real_spectrum(), spectrum, 64, measured_transfer(real()[:150]))
    return scale, rather_enlarged(blur, scale)


def enlarged(images: np.ndarray, side: int, kernel: str) -> np.ndarray:
    """To `side` pixels a side by Pillow, and their middle of the size they had."""
    large = np.stack(
        [
            np.asarray(Image.fromarray(image[..., 0]).resize((side, side), RESAMPLING[kernel]))
            for image in as_file(images)
        ]
    )
    first = (side - images.shape[1]) // 2
    inside = slice(first, first + images.shape[1])
    return large[:, inside, inside, None] / 255.0


@pytest.mark.parametrize("scale", [1.1, 1.5, 1.9, 2.6])
def test_white_pictures_by_hand(scale):
    # White before, so only the kernel shows: linear interpolation's transfer is sinc² an axis.
    frequency = frequencies(64)
    angle = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    u = scale * frequency[:, None, None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    fake = 0.01 * np.prod(np.sinc(u) ** 4, axis=-1).mean(axis=1)
    found = fit_scale(np.full_like(frequency, 0.01), fake, 64)
    assert found.kernel == "bilinear"
    assert found.scale == pytest.approx(scale, abs=0.01)
    assert found.contrast == pytest.approx(1, abs=0.01)
    assert found.noise < 0.002
    assert found.misfit < 0.01


@pytest.mark.parametrize(
    ("side", "kernel"),
    [(70, "lanczos"), (80, "lanczos"), (96, "lanczos"), (80, "bicubic"), 
     (80, "bilinear"), (128, "lanczos"), (128, "bicubic"), (192, "bicubic")],
)  # fmt: skip
def test_enlarged_photographs_are_found(side, kernel):
    scale, told = verdict(enlarged(photographs(300, 1), side, kernel))
    assert told
    assert scale.scale == pytest.approx(side / 64, rel=0.04)
    if side >= 80:
        assert scale.kernel == kernel


def test_noise_over_enlarged_photographs_is_told_from_them():
    rng = np.random.default_rng(2)
    scale, told = verdict(planting.noised(enlarged(photographs(300, 1), 80, "bicubic"), 0.02, rng))
    assert told
    assert scale.scale == pytest.approx(1.25, rel=0.04)
    assert scale.noise == pytest.approx(0.02, abs=0.005)


@pytest.mark.parametrize("radius", [0.0, 0.5, 1.0, 2.0])
def test_a_gaussian_blur_is_not_taken_for_it(radius):
    _, told = verdict(planting.blurred(photographs(300, 1), radius))
    assert not told


def test_smooth_pictures_are_not_taken_for_it():
    many = photographs(600, 1)
    _, told = verdict(many[np.argsort(tenengrad(many))[:300]])
    assert not told


@pytest.mark.parametrize(
    ("scale", "misfit", "expected"), [(1.3, 0.065, True), (1.3, 0.075, False), (1.03, 0.01, False)]
)
def test_clearly_better_than_a_gaussian_and_larger(scale, misfit, expected):
    blur = BlurFit(variance=0.2, radius=0.45, noise=0.0, contrast=1.0, misfit=0.1)
    assert rather_enlarged(blur, ScaleFit(scale, "bicubic", 0.0, 1.0, misfit)) is expected


def test_small_enlargement_is_none():
    scale, _ = verdict(photographs(300, 1))
    assert scale.scale < 1.05


def test_refusals():
    spectrum = np.ones(len(frequencies(64)))
    with pytest.raises(ValueError, match="real spectrum of shape"):
        fit_scale(spectrum[1:], spectrum, 64)
    with pytest.raises(ValueError, match="fake spectrum: no power"):
        fit_scale(spectrum, np.zeros_like(spectrum), 64)
