"""Kinds of blur: planted into photographs by other means, and what is no kernel's blur."""

from functools import lru_cache

import numpy as np
import pytest
from scipy import ndimage

from jaxgan.metrics import planting
from jaxgan.metrics.blur_kinds import BlurKind, blur_kind
from jaxgan.metrics.checks import eight_bits
from jaxgan.metrics.transfer_height import sector_spectra, sector_transfers
from tests.photographs import crops


@lru_cache
def photographs() -> tuple[np.ndarray, np.ndarray]:
    """Real images, and others in the place of fakes."""
    images = crops(600, 32, np.random.default_rng(3)) / 255.0
    return images[:300], images[300:]


@lru_cache
def of_photographs():
    real = photographs()[0]
    return real, sector_spectra(real), sector_transfers(real)


def kind_of(fakes: np.ndarray) -> BlurKind:
    real, rows, transfers = of_photographs()
    return blur_kind(real, rows, sector_spectra(eight_bits(fakes)), transfers)


def convolved(kernel: np.ndarray) -> np.ndarray:
    return ndimage.convolve(photographs()[1], kernel[None, :, :, None], mode="reflect")


def test_a_box():
    found = kind_of(convolved(np.full((5, 5), 1 / 25)))
    assert found.kind == "box"
    assert found.size == pytest.approx(5, rel=0.03)


def test_a_disc():
    # Sampled eight times as finely as the pixels are.
    place = (np.arange(9 * 8) + 0.5) / 8 - 4.5
    inside = (place[:, None] ** 2 + place**2 < 3.4**2).reshape(9, 8, 9, 8).mean(axis=(1, 3))
    found = kind_of(convolved(inside / inside.sum()))
    assert found.kind == "disc"
    assert found.size == pytest.approx(3.4, rel=0.03)


@pytest.mark.parametrize(
    ("kernel", "length", "degrees"),
    [
        (np.full((1, 7), 1 / 7), 7, 0),
        (np.full((9, 1), 1 / 9), 9, 90),
        (np.eye(5)[::-1] / 5, 5 * 2**0.5, 45),
        (np.eye(7) / 7, 7 * 2**0.5, 135),
    ],
)
def test_a_motion_and_its_direction(kernel, length, degrees):
    found = kind_of(convolved(kernel))
    assert found.kind == "motion"
    assert found.size == pytest.approx(length, rel=0.08)
    assert abs((found.degrees - degrees + 90) % 180 - 90) < 4


@pytest.mark.parametrize("degrees", [20.0, 67.0])
def test_a_motion_between_the_sectors(degrees):
    # Points on a line of 9 pixels, counted in the pixels that they are in; rows run down.
    along = (np.arange(4000) + 0.5) / 4000 * 9 - 4.5
    angle = np.radians(degrees)
    edges = np.arange(-4.5, 5)
    kernel = np.histogram2d(-along * np.sin(angle), along * np.cos(angle), (edges, edges))[0]
    found = kind_of(convolved(kernel / 4000))
    assert found.kind == "motion"
    assert found.size == pytest.approx(9, rel=0.08)
    assert found.degrees == pytest.approx(degrees, abs=4)


def test_contrast_and_noise_do_not_hide_a_motion():
    soft = planting.contrasted(convolved(np.full((1, 7), 1 / 7)), 0.6)
    found = kind_of(planting.noised(soft, 0.03, np.random.default_rng(0)))
    assert found.kind == "motion"
    assert found.size == pytest.approx(7, rel=0.08)


@pytest.mark.parametrize(("sigma", "noise"), [(0.6, 0.0), (1.0, 0.03), (2.0, 0.0), (2.0, 0.03)])
def test_a_gaussian_is_nothing_else(sigma, noise):
    soft = planting.blurred(photographs()[1], sigma)
    found = kind_of(planting.noised(soft, noise, np.random.default_rng(0)))
    assert found.kind == "gaussian"
    assert found.size == pytest.approx(sigma, rel=0.05)


def components(count: int) -> np.ndarray:
    fakes = photographs()[1]
    flat = fakes.reshape(len(fakes), -1)
    mean = flat.mean(axis=0)
    _, modes = np.linalg.eigh((flat - mean) @ (flat - mean).T)  # in the space of images: smaller
    modes = modes[:, -count:]
    return (modes @ (modes.T @ (flat - mean)) + mean).reshape(fakes.shape)


@pytest.mark.parametrize(
    "fault",
    [
        lambda images: components(12),
        lambda images: components(48),
        lambda images: planting.enlarged(images, 0),
        lambda images: planting.enlarged(images, 1),
        lambda images: planting.unsharpened(images, 1.5),
    ],
)
def test_no_kernel(fault):
    found = kind_of(fault(photographs()[1]))
    assert found.kind == "none"
    assert min(one.residual for one in found.candidates.values()) > 1.5 * found.chance


def test_no_blur_is_hardly_a_gaussian():
    found = kind_of(photographs()[1])
    assert found.kind == "gaussian"
    assert found.size < 0.25
    assert found.candidates["gaussian"].residual < found.chance


def test_refusals():
    real, rows, transfers = of_photographs()
    with pytest.raises(ValueError, match="fake rows of shape"):
        blur_kind(real, rows, rows[0], transfers)
    with pytest.raises(ValueError, match="noise, or nothing"):
        blur_kind(real, rows, 0 * rows, transfers)
