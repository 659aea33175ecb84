"""Scores of single images: by hand, by scikit-image and SciPy, and on real images with faults."""

import numpy as np
import pytest
from scipy import ndimage
from skimage.color import rgb2gray
from skimage.measure import blur_effect

from jaxgan.metrics.checks import eight_bits
from jaxgan.metrics.planting import blurred, checkered, contrasted, noised
from jaxgan.metrics.sharpness import (
    NOISE_FLOOR,
    crete_blur,
    median_noise,
    sharpness_scores,
    tenengrad,
    variance_of_laplacian,
)
from tests.metrics.real_sets import BLURS, COUNTS, halves

SCORES = [variance_of_laplacian, tenengrad, crete_blur, median_noise]
RANDOM = np.random.default_rng(0).random((4, 20, 28, 3))


def point(value):
    """One grey pixel in black, away from the border: of its interior's 36 pixels, 9 see it."""
    image = np.zeros((1, 8, 8, 1))
    image[0, 3, 4] = value
    return image


def test_a_point_by_hand():
    # Laplacian -4, and 1 four times; Sobel 1, 1, 2, 2, 1, 1 along either axis.
    np.testing.assert_allclose(variance_of_laplacian(point(0.5)), [20 * 0.25 / 36])
    np.testing.assert_allclose(tenengrad(point(0.5)), [24 * 0.25 / 36])
    np.testing.assert_array_equal(median_noise(point(0.5)), [0])


def test_a_checkerboard_by_hand():
    # Laplacian ±8 a, Immerkaer's ±16 a; Sobel's smoothing sees nothing of it.
    checks = checkered(np.full((1, 8, 10, 1), 0.5), 0.1)
    np.testing.assert_allclose(variance_of_laplacian(checks), 0.64)
    np.testing.assert_allclose(median_noise(checks), 1.6 / (6 * 0.6744897501960817))
    np.testing.assert_allclose(tenengrad(checks), 0, atol=1e-25)


def test_a_plane_by_hand():
    down, right = np.indices((12, 9))
    plane = (0.1 + 0.03 * down + 0.04 * right)[None, :, :, None]
    np.testing.assert_allclose(variance_of_laplacian(plane), 0, atol=1e-25)
    np.testing.assert_allclose(tenengrad(plane), 64 * 0.05**2)
    np.testing.assert_allclose(median_noise(plane), 0, atol=1e-15)


def test_crete_blur_of_a_plane_by_hand():
    # A running mean of 11 keeps a slope of 1, but near the borders, whose pixels repeat, leaves
    # 6, 10, 14, 18 and 21 22nds of it: 16 + 12 + 8 + 4 + 1 are lost on one side, and on the other,
    # whose margin is wider, all but the 16. In all 66 / 22 of 93.
    down, right = np.indices((96, 96))
    plane = 0.005 * (down + right)[None, :, :, None]
    np.testing.assert_allclose(crete_blur(plane), 1 - 3 / 93)
    stripes = np.tile(RANDOM[:1, :1, :, :1], (1, 20, 1, 1))
    np.testing.assert_allclose(crete_blur(stripes), 1)  # nothing to lose along them


def test_by_scipy_one_image_at_a_time():
    inside = (slice(1, -1), slice(1, -1))
    for i, luma in enumerate(rgb2gray(RANDOM)):
        down, right = ndimage.sobel(luma, 0), ndimage.sobel(luma, 1)
        laplacian = ndimage.laplace(luma)
        assert variance_of_laplacian(RANDOM)[i] == pytest.approx(laplacian[inside].var())
        assert tenengrad(RANDOM)[i] == pytest.approx((down**2 + right**2)[inside].mean())
        twice = ndimage.convolve(luma, np.outer([1, -2, 1], [1, -2, 1]))
        expected = np.median(abs(twice[inside])) / (6 * 0.6744897501960817)
        assert median_noise(RANDOM)[i] == pytest.approx(expected)


@pytest.mark.parametrize("window", [5, 11])
@pytest.mark.parametrize("name", COUNTS)
def test_crete_blur_by_scikit_image(name, window):
    images = halves(name)[0][:15].copy()
    images[0] = 0.3  # a plain one
    images[1:5] = blurred(images[1:5], 1.5)
    images = eight_bits(images)
    expected = [blur_effect(rgb2gray(x) if x.shape[-1] == 3 else x[..., 0], window) for x in images]
    np.testing.assert_allclose(crete_blur(images, window), expected, atol=1e-6)
    assert crete_blur(images, window)[0] == 1


def test_crete_blur_of_oblong_images_by_scikit_image():
    for images in (RANDOM, RANDOM.swapaxes(1, 2)):
        expected = [blur_effect(rgb2gray(x)) for x in images]
        np.testing.assert_allclose(crete_blur(images), expected, atol=1e-6)


@pytest.mark.parametrize("window", [10, 1, 21, -3])
def test_windows_that_are_refused(window):
    with pytest.raises(ValueError, match=f"window {window}: expected an odd .* 3 to 20"):
        crete_blur(RANDOM, window)


def test_all_scores_at_once_are_those_one_by_one():
    found = sharpness_scores(RANDOM, windows=(3, 11))
    alone = {score.__name__: score(RANDOM) for score in SCORES if score is not crete_blur}
    alone |= {f"crete_blur_{window}": crete_blur(RANDOM, window) for window in (3, 11)}
    assert found.keys() == alone.keys()
    for name, values in alone.items():
        np.testing.assert_array_equal(found[name], values)
    assert "crete_blur_5" in sharpness_scores(RANDOM)
    with pytest.raises(ValueError, match="window 21: expected an odd"):
        sharpness_scores(RANDOM, windows=(5, 21))


@pytest.mark.parametrize("score", SCORES)
def test_each_image_has_the_score_it_has_alone(score):
    together = score(RANDOM)
    assert (together.shape, together.dtype) == ((4,), np.float64)
    alone = np.concatenate([score(RANDOM[i : i + 1]) for i in range(4)])
    np.testing.assert_allclose(together, alone, rtol=1e-12)
    pixels = np.rint(255 * RANDOM).astype(np.uint8)
    np.testing.assert_array_equal(score(pixels), score(pixels / 255.0))
    with pytest.raises(ValueError, match="expected"):
        score(2 * RANDOM - 1)


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("deviation", [0.02, 0.05])
def test_noise_adds_20_and_24_times_its_variance(name, deviation):
    images = 0.3 + 0.4 * halves(name)[0]  # so that nothing is clipped
    luma = images.mean(axis=-1, keepdims=True)
    noise = noised(luma, deviation, np.random.default_rng(2)) - luma
    for score, factor in ((variance_of_laplacian, 20), (tenengrad, 24)):
        # With either sign of it, what noise and image have in common by chance falls out.
        gain = np.mean((score(luma + noise) + score(luma - noise)) / 2 - score(luma))
        assert gain == pytest.approx(factor * deviation**2, rel=0.03)


def test_median_noise_reads_the_deviation():
    down, right = np.indices((32, 32))
    planes = np.tile((0.3 + 0.005 * down + 0.005 * right)[None, :, :, None], (200, 1, 1, 1))
    rng = np.random.default_rng(3)
    for deviation in (0.005, 0.02, 0.05):
        found = median_noise(noised(planes, deviation, rng))
        assert found.mean() == pytest.approx(deviation, rel=0.02)
        assert found.std() < 0.1 * deviation
    colours = noised(planes.repeat(3, axis=-1), 0.02, rng)
    assert median_noise(colours).mean() == pytest.approx(0.750 * 0.02, rel=0.02)


def test_contrast():
    faint = contrasted(RANDOM, 0.5)
    for score, factor in zip(SCORES, (0.25, 0.25, 1, 0.5), strict=True):
        np.testing.assert_allclose(score(faint), factor * score(RANDOM), rtol=1e-9)
    brighter = 0.4 + 0.5 * RANDOM
    for score in SCORES:
        np.testing.assert_allclose(score(brighter), score(0.5 * RANDOM), rtol=1e-9)


def test_moving_by_whole_pixels_changes_nothing():
    field = np.full((3, 48, 48, 1), 0.2)
    moved = field.copy()
    blobs = blurred(np.random.default_rng(0).random((3, 16, 16, 1)), 0.5)
    field[:, 12:28, 12:28] = blobs
    moved[:, 17:33, 15:31] = blobs
    for score in (*SCORES, lambda x: crete_blur(x, 5)):
        np.testing.assert_allclose(score(moved), score(field), rtol=1e-9)


@pytest.mark.parametrize("name", COUNTS)
def test_every_step_of_blur_lowers_sharpness(name):
    real = halves(name)[1]
    planted = [eight_bits(blurred(real, sigma)) for sigma in BLURS]

    def steps(score):
        return np.diff([np.median(score(images)) for images in planted])

    assert np.all(steps(variance_of_laplacian) < 0)
    assert np.all(steps(tenengrad) < 0)
    assert np.all(steps(crete_blur) > 0)
    assert np.all(steps(lambda images: crete_blur(images, 5)) > 0)


@pytest.mark.parametrize("name", COUNTS)
def test_blur_with_noise_deceives_the_laplacian_but_not_all_scores(name):
    reference, other = halves(name)
    soft = blurred(other, 2)
    both = eight_bits(noised(soft, 0.05, np.random.default_rng(4)))

    def ratio(score, images):
        return np.median(score(images)) / np.median(score(reference))

    assert ratio(variance_of_laplacian, both) > 20 * ratio(variance_of_laplacian, eight_bits(soft))
    assert ratio(tenengrad, both) < 0.4
    assert np.median(crete_blur(both, 5)) < np.median(crete_blur(eight_bits(soft), 5)) - 0.1
    real_noise = max(np.median(median_noise(reference)), NOISE_FLOOR)
    assert np.median(median_noise(both)) > 3.5 * real_noise
    if name == "shapes":
        assert ratio(variance_of_laplacian, both) > 1


@pytest.mark.parametrize("name", ["mnist", "shapes"])
def test_noise_on_flat_backgrounds(name):
    """A clean set reads 0; over the floor, blur alone does not raise it, and noise does."""
    real = halves(name)[0]
    assert np.median(median_noise(real)) == 0
    for sigma in BLURS:
        assert np.median(median_noise(eight_bits(blurred(real, sigma)))) <= NOISE_FLOOR
    noisy = median_noise(eight_bits(noised(real, 0.02, np.random.default_rng(5))))
    # Background that is black loses half of it, and may read down to 0.02 times √(½ - 1 / 2π).
    assert 0.58 * 0.02 < np.median(noisy) < 1.15 * 0.02


def test_the_noise_floor_is_that_of_rounding():
    levels = np.random.default_rng(0).random(100_000)
    np.testing.assert_allclose(np.std(eight_bits(levels) - levels), NOISE_FLOOR, rtol=0.01)
