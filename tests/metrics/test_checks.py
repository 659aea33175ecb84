"""What metrics accept, and what they say of what they do not."""

import time
import tracemalloc

import numpy as np
import pytest
from skimage.color import rgb2gray

from jaxgan.metrics import blocks, blur_transfer, checks, gradients, sharpness, spectrum
from jaxgan.metrics.checks import (
    as_file,
    by_pieces,
    check_features,
    check_images,
    check_pair,
    checked,
    checked_pair,
    eight_bits,
    grey,
    luma,
    pieces,
    planes,
)
from jaxgan.metrics.ms_ssim import ms_ssim
from jaxgan.metrics.sliced_wasserstein import patch_pyramid

BYTES = np.random.default_rng(0).integers(0, 256, (3, 9, 8, 3), np.uint8)
FLOATS = BYTES / 255.0


def changed(value):
    images = FLOATS.copy()
    images[1, 2, 3, 0] = value
    return images


def test_bytes_mean_0_to_255_and_floats_0_to_1():
    for images in (BYTES, FLOATS, FLOATS.astype(np.float32)):
        checked = check_images(images)
        assert checked.dtype == np.float64
        np.testing.assert_allclose(checked, FLOATS, atol=1e-7)
    np.testing.assert_array_equal(check_images(BYTES), FLOATS)
    assert check_images(BYTES[:1, :, :, :1]).shape == (1, 9, 8, 1)


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (FLOATS[0], r"shape \(9, 8, 3\): expected \[N, H, W, C\]"),
        (FLOATS[..., :2], "C 1"),
        (FLOATS[:0], "0 images, expected 1 or more"),
        (FLOATS[:, :7], "7x8 pixels: expected 8 or more"),
        (FLOATS[:, :, :7], "9x7 pixels: expected 8 or more"),
        (BYTES.astype(np.int32), "int32: expected floats"),
        (changed(np.nan), "NaN or infinity"),
        (changed(np.inf), "NaN or infinity"),
        (BYTES.astype(np.float64), "from 0 to 255.*divide by 255"),
        (2 * FLOATS - 1, "from -1 to 1.*map"),
        (changed(1.02), "to 1.02.*eight_bits"),
        (changed(-0.02), "from -0.02.*eight_bits"),
        (np.full_like(FLOATS, 0.25), "every pixel is 0.25"),
    ],
)
def test_what_is_refused(images, words):
    with pytest.raises(ValueError, match=f"^fakes.*{words}"):
        check_images(images, "fakes")


def test_too_few():
    with pytest.raises(ValueError, match="3 images, expected 4"):
        check_images(FLOATS, fewest=4)


def test_pairs():
    real, fake = check_pair(BYTES, FLOATS[:2])
    np.testing.assert_array_equal(real[:2], fake)
    with pytest.raises(ValueError, match="real images are 9x8x3 and fakes 8x8x3"):
        check_pair(FLOATS, FLOATS[:, :8])
    with pytest.raises(ValueError, match="9x8x3 and fakes 9x8x1"):
        check_pair(FLOATS, FLOATS[..., :1])
    with pytest.raises(ValueError, match="fake images: 1 images"):
        check_pair(FLOATS, FLOATS[:1])
    with pytest.raises(ValueError, match="real images: NaN"):
        check_pair(changed(np.nan), FLOATS)


def test_features():
    checked = check_features(np.ones((2, 3), np.float32))
    assert (checked.dtype, checked.shape) == (np.float64, (2, 3))
    for features, words in (
        (np.ones(3), r"shape \(3,\)"),
        (np.ones((3, 0)), r"shape \(3, 0\)"),
        (np.ones((1, 3)), "1 rows"),
        (np.array([[1, np.nan], [0, 0]]), "NaN"),
    ):
        with pytest.raises(ValueError, match=f"^codes.*{words}"):
            check_features(features, "codes")


def test_grey():
    np.testing.assert_allclose(grey(FLOATS), rgb2gray(FLOATS), rtol=1e-12)
    np.testing.assert_allclose(grey(np.ones((1, 8, 8, 3))), 1.0, rtol=1e-12)
    np.testing.assert_array_equal(grey(FLOATS[..., 1:2]), FLOATS[..., 1])


def test_eight_bits():
    levels = np.array([-0.3, 0, 0.4, 0.6, 1.4, 254.6, 255, 300])
    np.testing.assert_array_equal(eight_bits(levels / 255) * 255, [0, 0, 0, 1, 1, 255, 255, 255])
    np.testing.assert_array_equal(eight_bits(FLOATS), FLOATS)
    assert as_file(levels / 255).dtype == np.uint8


def test_checked_images_are_the_same_array():
    for images in (BYTES, FLOATS, FLOATS.astype(np.float32)):
        assert checked(images) is images
    real, fake = checked_pair(BYTES, FLOATS)
    assert real is BYTES
    assert fake is FLOATS
    with pytest.raises(ValueError, match=r"^fakes: every pixel is 0\.2; "):
        checked(np.full_like(BYTES, 51), "fakes")
    with pytest.raises(ValueError, match="one form"):
        checked_pair(BYTES, FLOATS[:, :8])


def test_luma_and_planes():
    np.testing.assert_array_equal(luma(BYTES), grey(FLOATS))
    np.testing.assert_array_equal(planes(BYTES), FLOATS.transpose(0, 3, 1, 2))
    single = planes(BYTES, np.float32)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single[:, 2], FLOATS[..., 2], atol=1e-7)


@pytest.mark.parametrize("cores", [1, 2, 5])
def test_pieces_together_are_the_whole(cores, monkeypatch):
    monkeypatch.setattr(checks, "_cores", lambda: cores)
    sizes = []

    def found(some, others):
        sizes.append(len(some))
        time.sleep(0.002 * (some[0, 0, 0, 0] % 5))  # so that pieces end in another order
        return some[:, :, 0, 0] + 2.0 * others[:, :1]

    images = np.random.default_rng(1).integers(0, 256, (300, 64, 64, 1), np.uint8)
    others = np.arange(300)[:, None]
    whole = by_pieces(found, images, others)
    np.testing.assert_array_equal(whole, images[:, :, 0, 0] + 2.0 * others)
    assert sum(sizes) == 300
    assert set(sizes) == {32, 300 % 32}  # 2**17 values and the rest, whatever the cores
    sums = [part for _, part in pieces(lambda some: some.sum(), images)]
    assert sum(sums) == images.sum()
    assert by_pieces(luma, images[:0]).shape == (0, 64, 64)


def test_errors_in_pieces_are_raised():
    def fails(some):
        raise ValueError("of a piece")

    with pytest.raises(ValueError, match="of a piece"):
        by_pieces(fails, np.zeros((40, 64, 64, 3), np.uint8))


MEASURES = {
    "sharpness": sharpness.sharpness_scores,
    "gradients": lambda images: gradients.gradient_magnitudes(images, np.arange(128)),
    "spectra": spectrum.spectra,
    "plane": spectrum.power_spectrum_2d,
    "blocks": blocks.block_edges,
    "patches": lambda images: patch_pyramid(images, np.random.default_rng(0), 4),
    "similarity": lambda images: ms_ssim(images, images, scales=1),
    "transfer": blur_transfer.measured_transfer,
}


@pytest.mark.parametrize("name", MEASURES)
def test_no_measure_takes_a_set_of_bytes_apart_at_once(name, monkeypatch):
    monkeypatch.setattr(checks, "_cores", lambda: 2)
    images = np.random.default_rng(1).integers(0, 256, (130, 128, 128, 3), np.uint8)
    MEASURES[name](images[:3])  # what is kept for the next time
    tracemalloc.start()
    MEASURES[name](images)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 * images.size  # as floats, they have 8 bytes a value


def test_plain_images_among_others_are_no_plain_set():
    images = np.random.default_rng(1).integers(0, 256, (3, 208, 208, 3), np.uint8)
    images[1] = 7  # a piece of its own
    for measure in MEASURES.values():
        measure(images)
