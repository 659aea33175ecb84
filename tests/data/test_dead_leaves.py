"""Dead leaves against brute force, the law of their radii and the spectrum of photographs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.ndimage import gaussian_filter
from scipy.signal.windows import kaiser
from scipy.special import ndtr

from jaxgan.data.dead_leaves import Leaves, dead_leaves, leaves, paint
from jaxgan.errors import UserError

MARGIN = 3 / 8


def brute(fallen: Leaves, size: int, points: int = 32) -> np.ndarray:
    """Levels at points² points a pixel, leaves laid down one by one from the lowest up."""
    at = (np.arange(size * points) + 0.5) / (size * points)
    levels = np.full((size * points, size * points), fallen.ground)
    for x, y, radius, level in list(zip(*fallen[:4], strict=True))[::-1]:
        columns = slice(*np.searchsorted(at, (x - radius, x + radius)))
        rows = slice(*np.searchsorted(at, (y - radius, y + radius)))
        inside = (at[rows, None] - y) ** 2 + (at[None, columns] - x) ** 2 < radius**2
        levels[rows, columns][inside] = level
    return levels


def pixels(levels: np.ndarray, points: int = 32) -> np.ndarray:
    size = len(levels) // points
    return levels.reshape(size, points, size, points).mean(axis=(1, 3))


def one_leaf(x: float, y: float, radius: float, level: float = 1.0, ground: float = 0.0) -> Leaves:
    return Leaves(*(np.array([value]) for value in (x, y, radius, level)), ground)


def test_every_pixel_against_32_by_32_points():
    for size, index in ((16, 0), (16, 1), (40, 2)):
        fallen = leaves(3, index)
        # Points miss a straight edge by at most half of one a row: 1 / 64.
        assert np.abs(paint(fallen, size) - pixels(brute(fallen, size))).max() < 1 / 64


@pytest.mark.parametrize("blur", [0.1, 0.3, 0.7, 1.5])
def test_blur_is_planted_before_there_are_pixels(blur):
    fallen, size, inner = leaves(3, 4), 16, slice(6, -6)
    exact = pixels(gaussian_filter(brute(fallen, size), 32 * blur, truncate=6))
    assert np.abs(paint(fallen, size, blur) - exact)[inner, inner].max() < 0.01


def test_blur_sees_the_leaves_beyond_the_border():
    # An upright edge (of a very large leaf) 1 pixel outside of the picture.
    size, blur = 32, 2.0
    huge = one_leaf(-1 / 32 - 1000, 0.5, 1000.0)
    levels = paint(huge, size, blur)
    expected = [
        quad(lambda x: 0.5 * math.erfc((x + 1) / blur / math.sqrt(2)), j, j + 1)[0]
        for j in range(4)
    ]
    np.testing.assert_allclose(levels[16, :4], expected, atol=2e-3)
    assert (paint(huge, size) == 0).all()


@pytest.mark.parametrize("blur", [0.1, 0.3, 1.0])
def test_planted_blur_is_the_sigma_asked_for_wherever_the_edge_lies(blur):
    # Upright edges at 16 places within a cell. Against R, the integral of the normal distribution
    # function: r R(x / r) at both sides of a pixel.
    mean_error = np.zeros(16)
    for shift in (np.arange(16) + 0.5) / 128:
        bounds = (4 + shift - np.arange(17)) / blur
        density = np.exp(-(bounds**2) / 2) / math.sqrt(2 * math.pi)
        exact = -blur * np.diff(bounds * ndtr(bounds) + density)
        levels = paint(one_leaf((4 + shift) / 16 - 1000, 0.5, 1000.0), 16, blur)[8]
        assert np.abs(levels - exact).max() < 5e-3
        mean_error += (levels - exact) / 16
    assert np.abs(mean_error).max() < 4e-4


def test_one_leaf_has_the_area_of_a_disc_and_the_topmost_hides_the_rest():
    assert paint(one_leaf(0.52, 0.47, 0.3), 32).sum() == pytest.approx(
        math.pi * (0.3 * 32) ** 2, rel=1e-3
    )
    two = Leaves(np.full(2, 0.5), np.full(2, 0.5), np.full(2, 0.3), np.array([0.25, 0.75]), 0.0)
    np.testing.assert_array_equal(paint(two, 16)[6:10, 6:10], 0.25)


def test_a_leaf_does_not_depend_on_the_tiles_it_lies_in():
    # 72 pixels are painted in tiles of 24; what is seen at 72 is what is seen at 24, in detail.
    fallen = leaves(0, 7)
    coarse = paint(fallen, 72).reshape(24, 3, 24, 3).mean(axis=(1, 3))
    assert np.abs(coarse - paint(fallen, 24)).max() < 0.01


def test_radii_have_the_inverse_cube_law_wherever_leaves_are_seen():
    # Of leaves whose centre is in the picture, whatever their radius, P(r > R) follows from r^-3.
    every = [leaves(0, i) for i in range(60)]
    x, y, radius = (np.concatenate([part[i] for part in every]) for i in range(3))
    inside = radius[(np.abs(x - 0.5) < 0.5) & (np.abs(y - 0.5) < 0.5)]
    least, largest = 1 / 32, 1 / 2
    assert least <= radius.min()
    assert radius.max() <= largest
    for limit in (0.04, 0.0625, 0.125, 0.25):
        expected = (limit**-2 - largest**-2) / (least**-2 - largest**-2)
        error = 4 * math.sqrt(expected * (1 - expected) / len(inside))
        assert np.mean(inside > limit) == pytest.approx(expected, abs=error)
    # Uniform in place: as many per area in the middle as in a strip of the margin.
    large = radius > 0.2
    strip = np.mean((x[large] > -MARGIN) & (x[large] < 0))
    middle = np.mean((x[large] > 0.3) & (x[large] < 0.3 + MARGIN))
    assert strip == pytest.approx(middle, rel=0.2)


def test_no_ground_is_seen():
    for index in range(30):
        fallen = leaves(1, index)
        for size in (16, 32):
            np.testing.assert_array_equal(
                paint(fallen, size), paint(fallen._replace(ground=9.0), size)
            )


def test_power_falls_with_frequency_as_that_of_photographs():
    size = 32
    images = dead_leaves(image_size=size).read(np.arange(250))["image"][..., 0] / 255
    window = kaiser(size, 8.0, sym=False)
    spectrum = np.abs(np.fft.fft2((images - images.mean(0)) * np.outer(window, window))) ** 2
    frequency = np.fft.fftfreq(size, 1 / size)
    ring = np.rint(np.hypot(frequency[:, None], frequency)).astype(int).ravel()
    radial = np.bincount(ring, spectrum.mean(0).ravel()) / np.bincount(ring)
    bins = np.arange(2, int(0.9 * size / 2) + 1)
    slope = np.polyfit(np.log(bins), np.log(radial[bins]), 1)[0]
    assert slope == pytest.approx(-2.6, abs=0.1)
    assert images.mean() == pytest.approx(0.5, abs=0.03)


def test_example_17_is_the_same_alone_in_a_batch_and_in_another_order():
    images = dead_leaves(size=1000, image_size=16, seed=3, blur=0.7)
    alone = images.read(np.array([17]))["image"]
    for indices in (np.arange(20), np.arange(19, -1, -1), np.array([900, 17, 17, 2])):
        batch = images.read(indices)["image"]
        for place in np.flatnonzero(indices == 17):
            np.testing.assert_array_equal(batch[place], alone[0])
    larger = dead_leaves(size=5000, image_size=16, seed=3, blur=0.7)
    np.testing.assert_array_equal(larger.read(np.array([17]))["image"], alone)


def test_seeds_splits_and_examples_differ():
    seen = {
        picture.tobytes()
        for seed in (0, 1, 2**63, 2**64 - 1)
        for split in ("train", "test")
        for picture in dead_leaves(8, 8, seed, split=split).read(np.arange(8))["image"]
    }
    assert len(seen) == 4 * 2 * 8


def test_what_the_set_says_of_itself():
    images = dead_leaves(10, 24, channels=3)
    batch = images.read(np.arange(10))
    assert images[:4] == ("dead_leaves", 10, (24, 24, 3), ())
    assert list(batch) == ["image"]
    assert batch["image"].shape == (10, 24, 24, 3)
    assert batch["image"].dtype == np.uint8
    assert (batch["image"] == batch["image"][..., :1]).all()
    assert images.read(np.empty(0, np.int64))["image"].shape == (0, 24, 24, 3)
    with pytest.raises(IndexError, match="indices in"):
        images.read(np.array([10]))


def test_fingerprint_changes_with_every_argument():
    forms = [
        {}, {"size": 9}, {"image_size": 16}, {"seed": 1}, {"blur": 0.5}, {"channels": 3},
        {"split": "test"},
    ]  # fmt: skip
    prints = [dead_leaves(**form).fingerprint for form in forms]
    assert len(set(prints)) == len(forms)
    assert prints[0] == dead_leaves().fingerprint


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"image_size": 7}, "image size 7 is too small: give 8 pixels or more"),
        ({"channels": 2}, "channels 2 is not possible"),
        ({"size": 0}, "size 0: expected a whole number from 1 to"),
        ({"seed": -1}, "seed -1: expected a whole number from 0 to"),
        ({"blur": math.nan}, "blur nan is out of range"),
        ({"blur": 0.05}, "blur 0.05 is out of range: give 0, or 0.1 to 4.0"),
        ({"blur": 4.5}, "blur 4.5 is out of range: give 0, or 0.1 to 4.0"),
        ({"split": "validation"}, "no split 'validation': choose train or test"),
    ],
)
def test_bad_arguments_are_refused_in_one_line(arguments, message):
    with pytest.raises(UserError, match=message) as caught:
        dead_leaves(**arguments)
    assert "\n" not in str(caught.value)
