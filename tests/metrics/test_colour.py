"""Colour: by hand on single colours, equal to the planes' own spectra, found where planted."""

import numpy as np
import pytest

from jaxgan.metrics import checks, planting
from jaxgan.metrics.blur_fit import fit_blur
from jaxgan.metrics.checks import as_file
from jaxgan.metrics.colour import (
    OPPONENT,
    cast,
    cast_shift,
    chroma_detail,
    chroma_sharpness,
    chroma_spectra,
    opponent,
    saturation,
)
from jaxgan.metrics.spectrum import image_spectra
from tests.photographs import crops

SCORES = (opponent, saturation, cast, chroma_detail, chroma_spectra)


def photographs(count: int = 150, seed: int = 0) -> np.ndarray:
    return crops(count, 32, np.random.default_rng(seed), channels=3)


def plain(*colours: tuple[float, float, float]) -> np.ndarray:
    """One image of 8x8 pixels for each colour."""
    return np.tile(np.array(colours, float)[:, None, None, :], (1, 8, 8, 1))


def with_chroma(images: np.ndarray, change) -> np.ndarray:
    """A file of the images whose two chroma planes went through `change`."""
    planes = opponent(images)
    planes[..., 1:] = change(planes[..., 1:])
    return as_file(planes @ OPPONENT)


def with_intensity(images: np.ndarray, change) -> np.ndarray:
    planes = opponent(images)
    planes[..., :1] = change(planes[..., :1])
    return as_file(planes @ OPPONENT)


def test_planes_by_hand():
    found = opponent(plain((1, 0, 0), (0, 1, 0), (0.5, 0.5, 0.5)))[:, 0, 0]
    one, two, six = 1 / np.sqrt([3, 2, 6])
    np.testing.assert_allclose(
        found, [[one, two, six], [one, 0, -2 * six], [1.5 * one, 0, 0]], atol=1e-15
    )


def test_planes_are_a_rotation_and_keep_white_noise():
    noise = 0.5 + 0.05 * np.random.default_rng(0).standard_normal((20, 32, 32, 3))
    planes = opponent(noise)
    np.testing.assert_allclose(planes @ OPPONENT, noise, atol=1e-14)
    np.testing.assert_allclose(planes.std(axis=(0, 1, 2)), 0.05, rtol=0.02)


def test_saturation_by_hand():
    colours = plain((1, 0, 0), (0.3, 0.3, 0.3), (0.5, 0, 0), (0, 1, 1))
    expected = np.sqrt(2 / 3) * np.array([1, 0, 0.5, 1])
    np.testing.assert_allclose(saturation(colours), expected, atol=1e-15)
    half_red = plain((0, 0, 0))
    half_red[0, :4, :, 0] = 1  # the root of the mean square, not the mean
    np.testing.assert_allclose(saturation(half_red), np.sqrt(2 / 3 / 2))


def test_faded_photographs_are_less_saturated_by_that_much():
    real = photographs()
    for share in (0.4, 0.7):
        faded = with_chroma(real, lambda chroma, share=share: share * chroma)
        assert saturation(faded).mean() / saturation(real).mean() == pytest.approx(share, abs=0.01)


def test_casts_by_hand():
    image = plain((0, 0, 0))
    image[0, :4] = 0.4, 0.2, 0  # on half of it
    np.testing.assert_allclose(cast(image), [[0.2 / np.sqrt(2), 0]], atol=1e-15)
    np.testing.assert_allclose(cast(plain((0.2, 0.5, 0.2))), [[0, -0.6 / np.sqrt(6)]], atol=1e-15)


def test_shifts_by_hand():
    real = np.array([[1.0, 0], [-1, 0], [0, 2], [0, -2]])  # variances 2/3 and 8/3
    assert cast_shift(real, real) == 0
    assert cast_shift(real, real + np.array([1, 0])) == pytest.approx(np.sqrt(3 / 2), rel=1e-5)
    assert cast_shift(real, real + np.array([1, 2])) == pytest.approx(
        np.sqrt(3 / 2 + 3 / 2), rel=1e-5
    )
    turned = real @ np.array([[0.6, 0.8], [-0.8, 0.6]])
    moved = turned + np.array([0.6, 0.8])
    assert cast_shift(turned, moved) == pytest.approx(np.sqrt(3 / 2), rel=1e-5)


def test_a_cast_of_grey_pictures_is_measured_in_rounding():
    step = 1 / 255 / np.sqrt(12)
    assert cast_shift(np.zeros((5, 2)), np.full((5, 2), step)) == pytest.approx(np.sqrt(2))


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_a_channel_at_nine_tenths_is_a_cast_and_blur_and_noise_are_none(channel):
    real = photographs()
    weaker = real / 255.0
    weaker[..., channel] *= 0.9
    rows = cast(real)
    assert cast_shift(rows, cast(as_file(weaker))) > 0.3
    assert cast_shift(rows, cast(as_file(planting.blurred(real, 2)))) < 0.02
    noisy = planting.noised(real, 0.03, np.random.default_rng(1))
    assert cast_shift(rows, cast(as_file(noisy))) < 0.1


def test_chroma_detail_by_hand():
    # Red of 0.4 and 0.6 by columns: chroma ±0.1/√2 and ±0.1/√6 around its mean, a mean square of
    # 0.01 · (1/2 + 1/6) / 2 = 1/300. Differences to the right are twice that, down there are none.
    image = plain((0.5, 0.3, 0.4))
    image[0, :, ::2, 0], image[0, :, 1::2, 0] = 0.4, 0.6
    np.testing.assert_allclose(chroma_detail(image), [[np.sqrt(1 / 300)] * 2])
    np.testing.assert_allclose(chroma_detail(image.transpose(0, 2, 1, 3)), chroma_detail(image))
    broad = plain((0.5, 0.3, 0.4))
    broad[0, :, :4, 0], broad[0, :, 4:, 0] = 0.4, 0.6  # one difference of seven
    np.testing.assert_allclose(chroma_detail(broad), [[np.sqrt(1 / 300 / 7), np.sqrt(1 / 300)]])


def test_white_noise_reads_its_deviation_twice_and_a_sharpness_of_one():
    noise = 0.5 + 0.05 * np.random.default_rng(0).standard_normal((20, 32, 32, 3))
    np.testing.assert_allclose(chroma_detail(noise).mean(axis=0), 0.05, rtol=0.02)
    assert chroma_sharpness(chroma_detail(noise)) == pytest.approx(1, abs=0.01)


def test_grey_images_have_no_say_in_sharpness():
    rows = chroma_detail(photographs(20))
    grey = chroma_detail(np.repeat(photographs(20)[..., :1], 3, axis=3))
    np.testing.assert_allclose(grey, 0, atol=1e-15)
    both = chroma_sharpness(np.concatenate([rows, grey]))
    assert both == pytest.approx(chroma_sharpness(rows))


def test_soft_chroma_is_found_and_soft_luma_or_pale_colours_are_not_taken_for_it():
    real = photographs()
    usual = chroma_sharpness(chroma_detail(real))

    def left(images: np.ndarray) -> float:
        return chroma_sharpness(chroma_detail(images)) / usual

    soft = [
        left(with_chroma(real, lambda chroma, s=s: planting.blurred(chroma, s)))
        for s in (0.5, 1.0, 2.0, 4.0)
    ]
    assert soft == sorted(soft, reverse=True)
    assert soft[0] < 0.85
    assert soft[1] < 0.65
    assert left(with_intensity(real, lambda plane: planting.blurred(plane, 2.0))) > 0.97
    pale = left(with_chroma(real, lambda chroma: 0.4 * chroma))
    assert pale == pytest.approx(1, abs=0.05)


def test_chroma_spectra_are_what_grey_leaves_of_the_spectra_of_colours():
    # Rotations keep power: that of R, G and B is that of the planes, and intensity is √3 the mean.
    real = photographs(30)
    mean_of_colours = real.mean(axis=3, keepdims=True) / 255
    rest = (3 * image_spectra(real) - 3 * image_spectra(mean_of_colours)) / 2
    np.testing.assert_allclose(chroma_spectra(real).mean(axis=0), rest.mean(axis=0), rtol=1e-4)


def test_chroma_spectra_of_white_noise_are_its_variance_and_those_of_grey_images_0():
    noise = 0.5 + 0.05 * np.random.default_rng(0).standard_normal((200, 16, 16, 3))
    np.testing.assert_allclose(chroma_spectra(noise).mean(axis=0), 0.05**2, rtol=0.15)
    grey = np.repeat(photographs(3)[..., :1], 3, axis=3)
    np.testing.assert_array_equal(chroma_spectra(grey), 0)


def test_the_blur_fit_reads_softness_saturation_and_noise_of_chroma():
    real, others = photographs(400), photographs(400, seed=1)

    def fault(chroma: np.ndarray) -> np.ndarray:
        return 0.5 * planting.blurred(chroma, 1.5)

    fake = with_chroma(others, fault)
    fake = as_file(planting.noised(fake, 0.01, np.random.default_rng(2)))
    found = fit_blur(chroma_spectra(real).mean(axis=0), chroma_spectra(fake).mean(axis=0), 32)
    assert found.radius == pytest.approx(1.5, abs=0.2)
    assert found.contrast == pytest.approx(0.5, abs=0.1)
    assert found.noise == pytest.approx(0.01, abs=0.001)


@pytest.mark.parametrize("score", SCORES)
def test_every_image_for_itself(score, monkeypatch):
    images = photographs(7)
    together = score(images)
    monkeypatch.setattr(checks, "PIECE", 2 * images[0].size)
    np.testing.assert_array_equal(score(images), together)


@pytest.mark.parametrize("score", SCORES)
def test_refusals_of_images(score):
    with pytest.raises(ValueError, match="1 channel: expected 3"):
        score(np.random.default_rng(0).random((2, 16, 16, 1)))
    with pytest.raises(ValueError, match="expected \\[N, H, W, C\\]"):
        score(np.zeros((3, 32, 32)))


def test_no_sharpness_without_chroma():
    with pytest.raises(ValueError, match="without any chroma"):
        chroma_sharpness(np.zeros((3, 2)))
