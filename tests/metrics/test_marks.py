"""Marks of single images: by hand on tiny ones, and found where they are planted in real ones."""

import numpy as np
import pytest

from jaxgan.metrics import checks, planting
from jaxgan.metrics.checks import as_file
from jaxgan.metrics.marks import clipped, frame_widths, grey_levels, point_noise, repeated_widths
from tests.photographs import crops

SCORES = (clipped, point_noise, grey_levels, frame_widths, repeated_widths)


def photographs(channels: int = 1, count: int = 150) -> np.ndarray:
    return crops(count, 32, np.random.default_rng(0), channels=channels)


def salted(images: np.ndarray, share: float) -> np.ndarray:
    """With `share` of the pixels black or white."""
    drawn = np.random.default_rng(1).random(images.shape[:3])[..., None]
    return np.where(drawn < share / 2, 0, np.where(drawn < share, 255, images)).astype(np.uint8)


def grey_with(*points: tuple[int, int, int], channels: int = 1) -> np.ndarray:
    """One image of 10x10 pixels, 128 but for (row, column, level)."""
    image = np.full((1, 10, 10, channels), 128, np.uint8)
    for row, column, level in points:
        image[0, row, column] = level
    return image


def noise(side: int = 32, channels: int = 1) -> np.ndarray:
    shape = (1, side, side, channels)
    return np.random.default_rng(0).integers(60, 200, shape).astype(np.uint8)


def test_clipped_values_by_hand():
    image = np.full((1, 10, 10, 1), 0.5)
    image[0, 0, :3] = 0.0019  # level 0.48 of a file: 0
    image[0, 1, :5] = 1.0
    image[0, 2, :4, 0] = 0.0021, 0.0021, 0.9979, 0.9979  # levels 1 and 254
    np.testing.assert_allclose(clipped(image), [[0.03, 0.05]])


@pytest.mark.parametrize(
    ("points", "found"),
    [
        ([(5, 5, 192)], 1),  # 64 above
        ([(5, 5, 191)], 0),
        ([(5, 5, 64), (2, 7, 255)], 2),
        ([(5, 5, 255), (6, 6, 255)], 0),  # they touch
        ([(0, 5, 255)], 0),  # at the border, where neighbours are missing
    ],
)
def test_points_by_hand(points, found):
    np.testing.assert_allclose(point_noise(grey_with(*points)), [found / 64])


def test_a_point_in_one_channel_counts_as_one_in_all():
    one = grey_with(channels=3)
    one[0, 5, 5, 2] = 255
    np.testing.assert_allclose(point_noise(one), point_noise(grey_with((5, 5, 255), channels=3)))
    np.testing.assert_allclose(point_noise(one), [1 / 64])


@pytest.mark.parametrize("channels", [1, 3])
def test_points_are_told_from_pictures_blur_and_noise(channels):
    real = photographs(channels)
    share = point_noise(real).mean()
    assert share < 0.0006
    assert point_noise(salted(real, 0.002)).mean() > share + 0.001
    blurred = as_file(planting.blurred(real, 1.0))
    assert point_noise(blurred).mean() < 1e-5
    assert point_noise(salted(blurred, 0.002)).mean() == pytest.approx(0.0017, abs=0.0004)
    rng = np.random.default_rng(2)
    assert point_noise(as_file(planting.noised(real, 0.05, rng))).mean() < share + 0.0003


def test_grey_levels_by_hand():
    image = grey_with(channels=3)
    image[0, (0, 3, 6, 9), 0, 0] = 0, 255, 7, 7
    np.testing.assert_allclose(grey_levels(image), [(4 + 1 + 1) / 3])
    nearly = image / 255 + np.where(image < 128, 0.0019, -0.0019)  # the same levels of a file
    np.testing.assert_allclose(grey_levels(nearly), grey_levels(image))


def test_few_levels_are_told_from_low_contrast_and_blur():
    real = photographs(3)
    usual = grey_levels(real).mean()

    def left(images: np.ndarray) -> float:
        return float(grey_levels(as_file(images)).mean() / usual)

    assert 0.5 <= left(planting.contrasted(real, 0.5)) < 0.6
    assert left(planting.contrasted(real, 1.3)) > 0.8
    assert left(planting.blurred(real, 2.0)) > 0.7
    few = np.rint(real / 255.0 * 15) / 15
    assert left(few) < 0.12
    assert grey_levels(as_file(few)).max() <= 16


def test_frames_by_hand():
    image = noise(channels=3)
    image[:, :1] = 0, 80, 255  # one plain colour
    image[:, -2:] = 0
    image[:, :, :3] = 255  # over the ends of the others, which are then not plain
    np.testing.assert_array_equal(frame_widths(image), [[0, 0, 3, 0]])
    image[:, :1], image[:, -2:] = 255, 255
    np.testing.assert_array_equal(frame_widths(image), [[1, 2, 3, 0]])
    image[:, 0, 5, 1] = 0  # not plain in one channel
    np.testing.assert_array_equal(frame_widths(image), [[0, 2, 3, 0]])


def test_a_frame_may_waver_by_two_levels_and_not_by_three():
    image = noise()
    image[:, :, :2] = 128 + np.arange(64).reshape(32, 2, 1) % 5 - 2
    np.testing.assert_array_equal(frame_widths(image), [[0, 0, 2, 0]])
    image[:, 0, 0] = 131
    np.testing.assert_array_equal(frame_widths(image), [[0, 0, 0, 0]])


def test_a_slope_is_no_frame_beyond_its_first_row():
    rows = np.arange(32, dtype=np.uint8)[None, :, None, None] * 5
    slope = np.broadcast_to(rows, (1, 32, 32, 1))
    np.testing.assert_array_equal(frame_widths(slope), [[1, 1, 0, 0]])
    np.testing.assert_array_equal(repeated_widths(slope), [[0, 0, 4, 4]])


def test_widths_count_to_an_eighth_of_the_side_and_no_less_than_two():
    halves = noise(10)
    halves[:, :, :5] = 128
    np.testing.assert_array_equal(frame_widths(halves)[0, 2:], [2, 0])
    np.testing.assert_array_equal(repeated_widths(halves)[0, 2:], [2, 0])
    framed = np.pad(noise(16), ((0, 0), (8, 8), (8, 8), (0, 0)))
    np.testing.assert_array_equal(frame_widths(framed), [[4, 4, 4, 4]])
    np.testing.assert_array_equal(repeated_widths(framed), [[4, 4, 4, 4]])


def test_repeated_borders_by_hand():
    padded = np.pad(noise(28), ((0, 0), (1, 3), (2, 0), (0, 0)), mode="edge")
    np.testing.assert_array_equal(repeated_widths(padded), [[1, 3, 2, 0]])
    wavering = padded.copy()
    wavering[:, -1, 4], wavering[:, -4, 4] = padded[:, -1, 4] - 1, padded[:, -4, 4] + 1
    np.testing.assert_array_equal(repeated_widths(wavering), [[1, 3, 2, 0]])
    wavering[:, -4, 4] += 1
    np.testing.assert_array_equal(repeated_widths(wavering), [[1, 2, 2, 0]])
    wavering[:, -2, 4] += 9  # the third row is as the first again, but no second one is
    both = np.concatenate([padded, wavering])
    np.testing.assert_array_equal(repeated_widths(both), [[1, 3, 2, 0], [1, 0, 2, 0]])
    twice = planting.enlarged(noise(), 0)
    np.testing.assert_array_equal(repeated_widths(twice), [[1, 1, 1, 1]])


def test_frames_are_told_from_the_borders_of_pictures():
    real = photographs()
    black = np.pad(real[:, 1:-1, 1:-1], ((0, 0), (1, 1), (1, 1), (0, 0)))
    padded = np.pad(real[:, 2:-2, 2:-2], ((0, 0), (2, 2), (2, 2), (0, 0)), mode="edge")
    assert np.all(frame_widths(real).mean(axis=0) < 0.4)
    assert np.all(frame_widths(black).mean(axis=0) > 1)
    assert np.all(repeated_widths(real).mean(axis=0) < 0.5)
    assert np.all(repeated_widths(padded).mean(axis=0) > 2)


@pytest.mark.parametrize("score", SCORES)
def test_every_image_for_itself(score, monkeypatch):
    images = salted(photographs(3, 7), 0.01)
    together = score(images)
    monkeypatch.setattr(checks, "PIECE", 2 * images[0].size)
    np.testing.assert_array_equal(score(images), together)
    np.testing.assert_array_equal(score(images[3:4]), together[3:4])


@pytest.mark.parametrize("score", SCORES)
def test_refusals(score):
    with pytest.raises(ValueError, match="expected \\[N, H, W, C\\]"):
        score(np.zeros((3, 32, 32)))
