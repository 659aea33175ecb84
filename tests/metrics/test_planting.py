"""Planted faults have exactly the size asked for, or every instrument would be calibrated wrong."""

import numpy as np
import pytest
from scipy import ndimage
from scipy.stats import kurtosis

from jaxgan.data import open_images
from jaxgan.metrics.planting import (
    blurred,
    blurred_by_each,
    checkered,
    contrasted,
    enlarged,
    noised,
    quantized,
    shifted,
    unsharpened,
)

RANDOM = np.random.default_rng(0).random((3, 16, 24, 3))


def wave(k_y, k_x, height=12, width=20):
    """A cosine of k / 2N cycles per pixel along each axis, even about the image's borders."""
    along_y = np.cos(np.pi * k_y * (np.arange(height) + 0.5) / height)
    along_x = np.cos(np.pi * k_x * (np.arange(width) + 0.5) / width)
    return 0.5 + 0.4 * (along_y[:, None] * along_x)[None, :, :, None]


def gain(sigma, k_y, k_x, height=12, width=20):
    squared = (k_y / (2 * height)) ** 2 + (k_x / (2 * width)) ** 2
    return np.exp(-2 * np.pi**2 * sigma**2 * squared)


@pytest.mark.parametrize("sigma", [0.1, 0.25, 0.5, 1, 3])
def test_blur_has_the_transfer_of_its_sigma_at_every_frequency(sigma):
    for k_y, k_x in ((1, 0), (0, 1), (3, 7), (11, 0), (0, 19), (11, 19)):
        expected = 0.5 + gain(sigma, k_y, k_x) * (wave(k_y, k_x) - 0.5)
        np.testing.assert_allclose(blurred(wave(k_y, k_x), sigma), expected, atol=1e-12)


def test_several_blurs_of_one_transform():
    found = list(blurred_by_each(RANDOM, (0, 0.5, 2, 1)))
    for images, sigma in zip(found, (0, 0.5, 2, 1), strict=True):
        np.testing.assert_allclose(images, blurred(RANDOM, sigma), atol=1e-14)
    assert not np.shares_memory(found[0], RANDOM)


@pytest.mark.parametrize("sigma", [1.25, 1.5, 2, 3])
def test_a_blurred_point_has_the_variance_of_its_sigma(sigma):
    # Below this, the response of a band-limited point rings, and its moments do not converge.
    point = np.zeros((1, 65, 65, 1))
    point[0, 32, 32] = 1
    law = blurred(point, sigma)[0, :, :, 0]
    offset = np.arange(65) - 32
    assert law.sum() == pytest.approx(1, abs=1e-12)
    for axis in (0, 1):
        marginal = law.sum(axis=axis)
        assert marginal @ offset == pytest.approx(0, abs=1e-10)
        assert marginal @ offset**2 == pytest.approx(sigma**2, rel=0.01)
    np.testing.assert_allclose(law, law.T, atol=1e-15)


@pytest.mark.parametrize("sigma", [1.5, 2, 3])
def test_a_wide_blur_is_the_sampled_gaussian_with_mirrored_borders(sigma):
    expected = ndimage.gaussian_filter(
        RANDOM, sigma, mode="reflect", truncate=10, axes=(1, 2)
    )  # "reflect" is scipy's name for half-sample symmetry
    np.testing.assert_allclose(blurred(RANDOM, sigma), expected, atol=1e-4 if sigma < 2 else 1e-7)


def test_blur_is_that_of_the_shapes_with_a_blur_of_their_own():
    # Those are blurred before they are sampled, so only what sampling folds over differs.
    indices = np.arange(20)
    sharp, soft = (
        open_images("shapes", blur=blur).read(indices)["image"] / 255.0 for blur in (0.0, 1.0)
    )
    error = np.sqrt(np.mean((blurred(sharp, 1.0) - soft) ** 2))
    assert error < 0.005
    for other in (0.9, 1.1):
        assert np.sqrt(np.mean((blurred(sharp, other) - soft) ** 2)) > 2 * error


def test_laws_of_blur():
    once = blurred(blurred(RANDOM, 0.6), 0.8)
    np.testing.assert_allclose(once, blurred(RANDOM, 1.0), atol=1e-12)  # variances add
    np.testing.assert_allclose(once.mean(axis=(1, 2)), RANDOM.mean(axis=(1, 2)), rtol=1e-12)
    np.testing.assert_array_equal(blurred(RANDOM, 0), RANDOM)
    step = np.zeros((1, 8, 32, 1))
    step[:, :, 16:] = 1
    assert abs(blurred(step, 2)[:, :, 0]).max() < 1e-9  # nothing comes round from the far side


def test_noise():
    images = np.full((40, 32, 32, 3), 0.5)
    noise = noised(images, 0.03, np.random.default_rng(1)) - images
    assert noise.size == 122_880  # the deviation's own is 0.03 / √(2 · 122,880) = 0.2 % of it
    assert noise.std() == pytest.approx(0.03, rel=0.01)
    assert abs(noise.mean()) < 4 * 0.03 / np.sqrt(noise.size)
    assert abs(kurtosis(noise, axis=None)) < 0.06  # normal
    channels = np.corrcoef(noise.reshape(-1, 3).T) - np.eye(3)
    neighbours = np.corrcoef(noise[:, :, 1:].ravel(), noise[:, :, :-1].ravel())[0, 1]
    assert max(abs(channels).max(), abs(neighbours)) < 0.02  # white: 4 / √40,960
    again = noised(images, 0.03, np.random.default_rng(1)) - images
    np.testing.assert_array_equal(again, noise)


def test_contrast():
    images = contrasted(RANDOM, 0.5)
    axes = (1, 2, 3)
    np.testing.assert_allclose(images.mean(axis=axes), RANDOM.mean(axis=axes))
    np.testing.assert_allclose(images.std(axis=axes), 0.5 * RANDOM.std(axis=axes))
    np.testing.assert_allclose(contrasted(images, 2), RANDOM)


@pytest.mark.parametrize(("amount", "sigma"), [(1, 1), (0.5, 2)])
def test_unsharp_mask(amount, sigma):
    strength = 1 + amount * (1 - gain(sigma, 3, 7))
    expected = 0.5 + strength * (wave(3, 7) - 0.5)
    np.testing.assert_allclose(unsharpened(wave(3, 7), amount, sigma), expected, atol=1e-12)


def test_checkerboard():
    pattern = checkered(np.full((2, 8, 8, 3), 0.5), 0.1) - 0.5
    np.testing.assert_allclose(
        pattern[1, :2, :4, 2], 0.1 * np.array([[1, -1, 1, -1], [-1, 1, -1, 1]])
    )
    power = abs(np.fft.fft2(pattern[0, :, :, 0]))
    assert power[4, 4] == pytest.approx(0.1 * 64)
    power[4, 4] = 0
    assert power.max() < 1e-12  # all of it at (½, ½) cycles per pixel


def test_enlarged_nearest():
    found = enlarged(RANDOM, 0)
    for i, j in ((0, 0), (3, 4), (7, 11)):
        block = RANDOM[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        np.testing.assert_allclose(
            found[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2],
            np.broadcast_to(block.mean(axis=(1, 2), keepdims=True), block.shape),
        )


def test_enlarged_bilinear():
    # The centres of the large pixels lie ¼ and ¾ of the way between those of the small ones.
    row = np.array([0.1, 0.3, 0.9, 0.5])
    image = np.tile(row.repeat(2), (8, 1))[None, :, :, None]
    expected = [0.1, 0.15, 0.25, 0.45, 0.75, 0.8, 0.6, 0.5]
    np.testing.assert_allclose(enlarged(image, 1)[0, :, :, 0], np.tile(expected, (8, 1)))
    upright = np.moveaxis(image, 1, 2)
    np.testing.assert_allclose(enlarged(upright, 1)[0, :, :, 0], np.tile(expected, (8, 1)).T)
    # A plane stays where it is: nothing is shifted by half a pixel.
    down, right = np.indices((16, 24))
    plane = (0.1 + 0.02 * down + 0.01 * right)[None, :, :, None]
    np.testing.assert_allclose(enlarged(plane, 1)[:, 1:-1, 1:-1], plane[:, 1:-1, 1:-1])


def test_shift():
    whole = shifted(RANDOM, 2)
    np.testing.assert_allclose(whole[:, 2:, 2:], RANDOM[:, :-2, :-2])
    np.testing.assert_allclose(whole[:, :2, 2:], RANDOM[:, :1, :-2].repeat(2, axis=1))
    half = shifted(RANDOM, 0.5)
    means = (RANDOM[:, 1:, 1:] + RANDOM[:, :-1, 1:] + RANDOM[:, 1:, :-1] + RANDOM[:, :-1, :-1]) / 4
    np.testing.assert_allclose(half[:, 1:, 1:], means)
    back = shifted(RANDOM, -1)
    np.testing.assert_allclose(back[:, :-1, :-1], RANDOM[:, 1:, 1:])


def cosines():
    """The orthonormal DCT-II as a matrix, by its definition."""
    k, n = np.indices((8, 8))
    return np.sqrt(2 / 8) * np.where(k == 0, np.sqrt(0.5), 1) * np.cos(np.pi * k * (n + 0.5) / 8)


def test_quantized_blocks():
    images = np.random.default_rng(1).random((2, 17, 26, 3))
    found = quantized(images, 0.2)
    assert found.shape == images.shape
    for i, j in ((0, 0), (1, 2)):
        rows, columns = slice(8 * i, 8 * i + 8), slice(8 * j, 8 * j + 8)
        exact = cosines() @ images[1, rows, columns, 2] @ cosines().T
        coefficients = cosines() @ found[1, rows, columns, 2] @ cosines().T
        np.testing.assert_allclose(coefficients, 0.2 * np.round(exact / 0.2), atol=1e-12)
    whole = found[:, :16, :24]
    np.testing.assert_allclose(quantized(whole, 0.2), whole, atol=1e-12)
    np.testing.assert_allclose(quantized(images, 1e-9), images, atol=1e-8)


def test_quantized_blocks_over_the_border_are_filled_with_its_pixels():
    images = np.random.default_rng(1).random((1, 10, 8, 1))
    filled = np.concatenate([images[:, 8:], np.repeat(images[:, 9:], 6, axis=1)], axis=1)
    np.testing.assert_array_equal(quantized(images, 0.3)[:, 8:], quantized(filled, 0.3)[:, :2])


def test_quantized_blocks_show_at_their_borders():
    images = blurred(np.random.default_rng(1).random((20, 32, 32, 1)), 3)
    jumps = abs(np.diff(quantized(images, 0.2), axis=2)).mean(axis=(0, 1, 3))
    borders = jumps[7::8]
    assert borders.min() > 3 * np.delete(jumps, [7, 15, 23]).max()


EVERY = [
    lambda x: blurred(x, 1),
    lambda x: noised(x, 0.1, np.random.default_rng(0)),
    lambda x: contrasted(x, 0.5),
    lambda x: unsharpened(x, 1),
    lambda x: checkered(x, 0.1),
    lambda x: enlarged(x, 0),
    lambda x: enlarged(x, 1),
    lambda x: shifted(x, 0.5),
    lambda x: quantized(x, 0.1),
]


@pytest.mark.parametrize("plant", EVERY)
def test_every_fault_is_float64_and_leaves_its_images_alone(plant):
    pixels = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), np.uint8)
    images = pixels / 255.0
    before = images.copy()
    found = plant(images)
    assert (found.shape, found.dtype) == (images.shape, np.float64)
    np.testing.assert_array_equal(images, before)
    np.testing.assert_array_equal(plant(pixels), found)  # bytes mean 0 … 255
    assert plant(images.astype(np.float32)).dtype == np.float64
    for bad, words in ((images[0], "shape"), (pixels.astype(int), "type")):
        with pytest.raises(ValueError, match=words):
            plant(bad)


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (lambda x: blurred(x, -1), "sigma -1"),
        (lambda x: blurred(x, np.nan), "sigma nan"),
        (lambda x: blurred(x, np.inf), "sigma inf"),
        (lambda x: noised(x, -0.1, np.random.default_rng(0)), "deviation -0.1"),
        (lambda x: noised(x, np.nan, np.random.default_rng(0)), "deviation nan"),
        (lambda x: enlarged(x[:, 1:], 0), "15x24 pixels: expected even"),
        (lambda x: enlarged(x, 3), "order 3"),
        (lambda x: quantized(x, 0), "step 0"),
        (lambda x: quantized(x, np.nan), "step nan"),
    ],
)
def test_sizes_out_of_range_are_refused(plant, words):
    with pytest.raises(ValueError, match=words):
        plant(RANDOM)
