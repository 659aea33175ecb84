"""Softness over positions: by hand on maps, by planted regions on photographs and on discs."""

import numpy as np
import pytest
from scipy.signal import convolve2d

from jaxgan.metrics import planting
from jaxgan.metrics.checks import as_file
from jaxgan.metrics.frame_regions import region_in_words
from jaxgan.metrics.regions import (
    PLANTED,
    region_energies,
    softness_map,
    softness_ruler,
    uneven,
    uneven_null,
)
from tests.photographs import crops

SIDE, REAL, FAKES = 32, 800, 400


def discs(count: int, rng: np.random.Generator) -> np.ndarray:
    """Discs near the middle of black images of 28 pixels, which leave the corners plain."""
    y, x = np.indices((28, 28))
    centre, radius = rng.uniform(11, 16, (2, count, 1, 1)), rng.uniform(3, 8, (count, 1, 1))
    inside = np.hypot(y - centre[0], x - centre[1]) < radius
    return as_file(inside * rng.uniform(0.4, 1, (count, 1, 1)))[..., None]


def planted_in(images: np.ndarray, noise: float = 0.0) -> dict[float, np.ndarray]:
    rng = np.random.default_rng(9)
    return {
        radius: region_energies(
            as_file(planting.noised(planting.blurred(images, radius), noise, rng))
        )
        for radius in PLANTED
    }


class Case:
    """Real images with their ruler, and fakes that are as good."""

    def __init__(self, images: np.ndarray) -> None:
        self.real, self.fakes = images[:REAL], images[REAL:] / 255.0
        self.planted = planted_in(self.real[:200])
        self.energies = region_energies(self.real)
        self.all_energies = np.concatenate([self.energies, region_energies(images[REAL:])])

    def map_of(self, fakes: np.ndarray) -> np.ndarray:
        return softness_map(self.energies, region_energies(as_file(fakes)), self.planted)

    def band(self, blur: float = 0.0) -> float:
        ruler, rng = softness_ruler(self.planted), np.random.default_rng(3)
        null = uneven_null(self.all_energies, ruler, len(self.fakes), rng, 100, blur)
        return float(np.quantile(null, 0.99))


@pytest.fixture(scope="module")
def photographs() -> Case:
    return Case(crops(REAL + FAKES, SIDE, np.random.default_rng(0)))


@pytest.fixture(scope="module")
def centred() -> Case:
    return Case(discs(REAL + FAKES, np.random.default_rng(1)))


def where(name: str) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), bool)
    half, quarter = SIDE // 2, SIDE // 4
    if name == "border":
        mask[:] = True
        mask[quarter:-quarter, quarter:-quarter] = False
    elif name == "centre":
        mask[quarter:-quarter, quarter:-quarter] = True
    else:
        rows = {"top": slice(half), "bottom": slice(half, None)}
        columns = {"left": slice(half), "right": slice(half, None)}
        words = name.replace("upper", "top").replace("lower", "bottom").split()
        row = next((rows[word] for word in words if word in rows), slice(None))
        column = next((columns[word] for word in words if word in columns), slice(None))
        mask[row, column] = True
    return mask


def soft_in(images: np.ndarray, name: str, sigma: float) -> np.ndarray:
    mask = where(name)[: images.shape[1], : images.shape[2], None]
    return np.where(mask, planting.blurred(images, sigma), images)


def test_energies_as_convolutions_of_mirrored_images_give_them():
    image = np.random.default_rng(4).random((1, 28, 28, 1))
    line = np.array([[1, 4, 6, 4, 1]]) / 16

    def filtered(plane, kernel):
        return convolve2d(plane, kernel, mode="same", boundary="symm")

    smooth = filtered(filtered(image[0, ..., 0], line), line.T)
    smoother = filtered(filtered(smooth, line), line.T)
    slope = np.array([[0.5, 0, -0.5]])
    detail = (image[0, ..., 0] - smooth) ** 2
    gradients = filtered(smoother, slope) ** 2 + filtered(smoother, slope.T) ** 2
    # A cell is 3.5 pixels a side: 7 of an image that is twice as fine.
    cells = [
        plane.repeat(2, axis=0).repeat(2, axis=1).reshape(8, 7, 8, 7).mean(axis=(1, 3))
        for plane in (detail, gradients)
    ]
    expected = np.stack(cells, axis=-1) / (gradients.mean() + (2 / 255) ** 2)
    np.testing.assert_allclose(region_energies(image)[0], expected, rtol=1e-4)


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.0])
def test_every_cell_of_a_blurred_frame_reads_its_blur(photographs, sigma):
    found = photographs.map_of(planting.blurred(photographs.fakes, sigma))
    assert np.median(found) == pytest.approx(sigma, abs=0.15)
    np.testing.assert_allclose(found, sigma, atol=0.5)


def test_contrast_is_not_taken_for_blur(photographs):
    faint = planting.contrasted(planting.blurred(photographs.fakes, 1.0), 0.5)
    assert np.median(photographs.map_of(faint)) == pytest.approx(1.0, abs=0.15)


def test_what_is_sharper_than_real_reads_0(photographs):
    sharpened = np.clip(planting.unsharpened(photographs.fakes, 1.0), 0, 1)
    assert photographs.map_of(sharpened).max() == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("left", "left half"),
        ("right", "right half"),
        ("top", "top half"),
        ("bottom", "bottom half"),
        ("border", "border"),
        ("centre", "centre (4x4 of 8x8 cells)"),
        ("upper left", "upper left quarter"),
        ("lower right", "lower right quarter"),
    ],
)
@pytest.mark.parametrize("sigma", [0.7, 1.5])
def test_soft_regions_are_found_and_named(photographs, name, words, sigma):
    found = photographs.map_of(soft_in(photographs.fakes, name, sigma))
    assert region_in_words(found) == words
    assert 0.75 * sigma < uneven(found) < 1.25 * sigma
    assert uneven(found) > 2 * photographs.band()


def test_half_frames_are_found_where_few_of_the_fakes_have_them(photographs):
    fakes = photographs.fakes.copy()
    fakes[:160] = soft_in(fakes[:160], "right", 1.5)
    found = photographs.map_of(fakes)
    assert region_in_words(found) == "right half"
    assert uneven(found) > 1.3 * photographs.band()


@pytest.mark.parametrize("case", ["photographs", "centred"])
def test_even_faults_are_not_uneven(case, request):
    case = request.getfixturevalue(case)
    rng = np.random.default_rng(5)
    even = {
        0.0: case.fakes,
        1.0: planting.blurred(case.fakes, 1.0),
        3.0: planting.blurred(case.fakes, 3.0),
    }
    for sigma, fakes in even.items():
        assert uneven(case.map_of(fakes)) < 1.2 * max(case.band(), case.band(sigma)), sigma
    assert uneven(case.map_of(planting.noised(case.fakes, 0.05, rng))) < case.band()


def test_half_frames_are_found_on_centred_content(centred):
    _, x = np.indices((28, 28))
    soft = np.where((x < 14)[..., None], planting.blurred(centred.fakes, 1.0), centred.fakes)
    found = centred.map_of(soft)
    assert np.isnan(found[0, 0])
    assert np.isnan(found[-1, -1])
    assert region_in_words(found) == "left half"
    assert uneven(found) == pytest.approx(1.0, abs=0.25)


def test_noise_that_is_planted_with_the_blur_is_not_uneven(centred):
    rng = np.random.default_rng(6)
    fakes = as_file(planting.noised(planting.blurred(centred.fakes, 2.0), 0.03, rng))
    noisy = region_energies(as_file(planting.noised(centred.real / 255.0, 0.03, rng)))
    planted = planted_in(centred.real[:200], 0.03)
    ruler = softness_ruler(planted)
    found = softness_map(noisy, region_energies(fakes), planted)
    null = uneven_null(noisy, ruler, FAKES, rng, 100, float(np.nanmedian(found)))
    assert uneven(found) < 1.3 * np.quantile(null, 0.99)


def test_few_images_of_high_contrast_do_not_decide(photographs):
    soft = soft_in(photographs.fakes, "left", 2.0)
    faint = planting.contrasted(photographs.fakes, 0.1)
    few = np.concatenate([soft[:20], faint[20:]])
    assert uneven(photographs.map_of(few)) < 0.25


def test_unevenness_by_hand():
    half, quarter = np.zeros((8, 8)), np.zeros((8, 8))
    half[:, :4] = 1.5
    quarter[4:, 4:] = 2.0
    assert uneven(half) == pytest.approx(1.5)
    assert uneven(half + 1) == pytest.approx(1.5)
    assert uneven(quarter) == pytest.approx(2 * np.sqrt(4 * 16 * 48) / 64)
    np.testing.assert_allclose(uneven(np.stack([half, np.ones((8, 8))])), [1.5, 0])


def test_cells_without_detail_do_not_count():
    half = np.zeros((8, 8))
    half[:, :4] = 1.0
    half[0] = half[-1] = np.nan
    assert uneven(half) == pytest.approx(1.0)
    assert region_in_words(half) == "left half"
    few = np.full((8, 8), np.nan)
    few[0, :7] = 1
    assert np.isnan(uneven(few))
    assert region_in_words(few) == "whole frame"


@pytest.mark.parametrize(
    ("rows", "columns", "words"),
    [
        (slice(None), slice(2), "left 2 of 8 columns"),
        (slice(3, None), slice(None), "bottom 5 of 8 rows"),
        (slice(None), slice(4, 5), "column 5 of 8"),
        (slice(2, 4), slice(None), "rows 3 to 4 of 8"),
        (slice(2), slice(5, None), "upper right corner (2x3 of 8x8 cells)"),
        (slice(3, 5), slice(1, 7), "centre (2x6 of 8x8 cells)"),
        (slice(1, 3), slice(4, 7), "rows 2 to 3, columns 5 to 7 of 8"),
        (slice(None), slice(None), "whole frame"),
    ],
)
def test_words_for_regions(rows, columns, words):
    soft = np.zeros((8, 8))
    soft[rows, columns] = 1
    assert region_in_words(soft) == words


def test_a_simpler_name_is_taken_where_it_fits_nearly_as_well():
    soft = np.zeros((8, 8))
    soft[:, :4] = 1
    soft[7, :4] = 0.35  # the half has 0.92 of contrast, the 7 rows 0.95
    assert region_in_words(soft) == "left half"
    soft[7, :4] = 0  # 0.87 against 0.99
    assert region_in_words(soft) == "upper left corner (7x4 of 8x8 cells)"


def test_borders_in_words():
    for width in (1, 2, 3):
        soft = np.ones((8, 8))
        soft[width:-width, width:-width] = 0
        assert region_in_words(soft) == "border"


def test_added_blur_reads_as_such(photographs):
    ruler = softness_ruler(photographs.planted)
    real = photographs.energies.mean(axis=0)
    np.testing.assert_allclose(ruler(real, real, 1.5), 1.5, rtol=1e-6)
    both = np.stack([real, region_energies(as_file(photographs.fakes)).mean(axis=0)])
    np.testing.assert_allclose(ruler(real, both)[1], photographs.map_of(photographs.fakes))


def test_the_null_of_equal_images_is_0(photographs):
    ruler = softness_ruler(photographs.planted)
    same = np.repeat(photographs.energies[:1], 30, axis=0)
    null = uneven_null(same, ruler, 10, np.random.default_rng(0), 5)
    np.testing.assert_allclose(null, np.zeros(5), atol=1e-3)
    few, many = (
        uneven_null(photographs.all_energies, ruler, count, np.random.default_rng(0), 40).mean()
        for count in (20, 300)
    )
    assert few > 1.5 * many


def test_refusals(photographs):
    ruler, rng = softness_ruler(photographs.planted), np.random.default_rng(0)
    with pytest.raises(ValueError, match="expected 0 and one or more"):
        softness_ruler({1.0: photographs.energies})
    with pytest.raises(ValueError, match=r"expected 0 and one or more"):
        softness_ruler({0.0: photographs.energies})
    with pytest.raises(ValueError, match=r"fake energies of shape \(3, 8, 8\)"):
        softness_map(photographs.energies, np.ones((3, 8, 8)), photographs.planted)
    with pytest.raises(ValueError, match="count 800: expected 1 to 799"):
        uneven_null(photographs.energies, ruler, 800, rng)
    with pytest.raises(ValueError, match="map of shape"):
        uneven(np.zeros((4, 4)))
