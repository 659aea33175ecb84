"""Kernels of blurs: by hand where pixels are whole, by moments elsewhere; scipy's convolution."""

import math

import numpy as np
import pytest
from scipy import ndimage

from jaxgan.metrics.kernels import box, convolved, disc, motion


def moments(kernel: np.ndarray) -> np.ndarray:
    """Of the weights, with x to the right and y up: means of x, y, x², xy and y²."""
    reach = len(kernel) // 2
    right, down = np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1))
    up = -down
    return np.array([np.sum(kernel * x) for x in (right, up, right**2, right * up, up**2)])


@pytest.mark.parametrize("kernel", [disc(0.3), disc(2.7), box(0.5), box(4.4), motion(0.2, 10),
                                    motion(7.3, 33), motion(12, 120)])  # fmt: skip
def test_all_sum_to_one_around_the_centre(kernel):
    assert kernel.shape[0] == kernel.shape[1]
    assert kernel.shape[0] % 2 == 1
    assert kernel.min() >= 0
    assert kernel.sum() == pytest.approx(1)
    np.testing.assert_allclose(moments(kernel)[:2], 0, atol=1e-3)


def test_a_box_by_hand():
    np.testing.assert_allclose(box(3), np.full((3, 3), 1 / 9))
    along = np.array([0.5, 1, 1, 1, 0.5]) / 4
    np.testing.assert_allclose(box(4), np.multiply.outer(along, along))
    np.testing.assert_array_equal(box(0.7), [[1.0]])


def test_a_disc_is_the_area_in_each_pixel():
    # Radius 1: the middle pixel lies inside, a quarter of each of the four corners' discs by hand:
    # the segment over x = 1/2 has the area pi/3 - sqrt(3)/4, of which the corners have the rest.
    kernel = disc(1) * math.pi
    assert kernel.shape == (3, 3)
    assert kernel[1, 1] == pytest.approx(1, abs=0.01)
    segment = math.pi / 3 - math.sqrt(3) / 4
    assert kernel[:, 2].sum() == pytest.approx(segment, abs=0.01)
    np.testing.assert_allclose(kernel, kernel.T)
    np.testing.assert_allclose(kernel, kernel[::-1])


@pytest.mark.parametrize("radius", [3.0, 4.6, 6.2])
def test_the_spread_of_a_disc(radius):
    # radius² / 4 along each axis, and the pixels' own 1/12.
    _, _, across, mixed, up = moments(disc(radius))
    assert across == pytest.approx(radius**2 / 4 + 1 / 12, rel=0.02)
    assert up == pytest.approx(across)
    assert mixed == pytest.approx(0, abs=1e-9)


def test_motion_by_hand():
    np.testing.assert_allclose(motion(5, 0)[2], np.full(5, 0.2), atol=1e-3)
    assert motion(5, 0)[[0, 1, 3, 4]].sum() == 0
    np.testing.assert_allclose(motion(5, 90), motion(5, 0).T, atol=1e-9)
    np.testing.assert_allclose(motion(4, 0)[2], [0.125, 0.25, 0.25, 0.25, 0.125], atol=1e-3)
    # Nine pixels of a diagonal, which rises to the right where rows run down.
    np.testing.assert_allclose(motion(9 * math.sqrt(2), 45), np.eye(9)[::-1] / 9, atol=1e-3)
    np.testing.assert_allclose(motion(9 * math.sqrt(2), 135), np.eye(9) / 9, atol=1e-3)


@pytest.mark.parametrize("degrees", [20.0, 70.0, 110.0, 200.0])
def test_the_spread_of_a_motion(degrees):
    # length² / 12 along the line; pixels add up to 1/12 to either axis.
    _, _, across, mixed, up = moments(motion(15, degrees))
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    assert across == pytest.approx(15**2 / 12 * cos**2, abs=0.25)
    assert up == pytest.approx(15**2 / 12 * sin**2, abs=0.25)
    assert mixed == pytest.approx(15**2 / 12 * cos * sin, abs=0.25)


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (5, 1), (1, 7), (9, 9), (25, 25)])
@pytest.mark.parametrize("side", [(16, 16), (9, 20)])
def test_convolution_is_scipys(shape, side):
    rng = np.random.default_rng(0)
    images, kernel = rng.random((3, *side, 2)), rng.random(shape)
    expected = ndimage.convolve(images, kernel[None, :, :, None], mode="reflect")
    np.testing.assert_allclose(convolved(images, kernel), expected, atol=1e-10)


def test_many_images_are_convolved_as_one_is():
    images = np.random.default_rng(0).random((300, 32, 32, 1))
    np.testing.assert_allclose(convolved(images, box(3))[-1], convolved(images[-1:], box(3))[0])


def test_types_and_ranges():
    kernel = box(3)
    whole = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 1), np.uint8)
    np.testing.assert_allclose(convolved(whole, kernel), convolved(whole / 255.0, kernel))
    assert convolved(whole.astype(np.float32), kernel).dtype == np.float32
    np.testing.assert_allclose(convolved(3 * np.ones((1, 8, 8, 1)), kernel), 3)


def test_refusals():
    images = np.zeros((1, 8, 8, 1))
    for size in (0, -1, math.inf, math.nan):
        for shape in (disc, box, lambda length: motion(length, 0)):
            with pytest.raises(ValueError, match="more than 0 pixels"):
                shape(size)
    with pytest.raises(ValueError, match="degrees nan"):
        motion(3, math.nan)
    with pytest.raises(ValueError, match="both odd"):
        convolved(images, np.ones((2, 3)))
    with pytest.raises(ValueError, match="finite weights"):
        convolved(images, np.full((3, 3), math.nan))
    with pytest.raises(ValueError, match=r"expected \[N, H, W, C\]"):
        convolved(images[0], box(3))
    with pytest.raises(ValueError, match="int64"):
        convolved(images.astype(np.int64), box(3))
