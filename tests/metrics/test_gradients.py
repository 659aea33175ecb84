"""The law of gradient magnitudes: by hand, by SciPy, and on real images with planted faults."""

import numpy as np
import pytest
from scipy import ndimage
from scipy.stats import wasserstein_distance
from skimage.color import rgb2gray

from jaxgan.metrics.checks import eight_bits
from jaxgan.metrics.gradients import gradient_distance, gradient_magnitudes
from jaxgan.metrics.planting import blurred, checkered, contrasted, noised, unsharpened
from tests.metrics.real_sets import BLURS, COUNTS, halves

RANDOM = np.random.default_rng(0).random((5, 9, 14, 3))
OTHER = 0.2 + 0.6 * np.random.default_rng(1).random((5, 9, 14, 3))


def test_a_plane_has_the_slope_it_has():
    down, right = np.indices((12, 9))
    plane = (0.1 + 0.03 * down + 0.04 * right)[None, :, :, None]
    magnitudes = gradient_magnitudes(plane)
    assert magnitudes.shape == (1, 10, 7)
    np.testing.assert_allclose(magnitudes, 0.05)


def test_an_edge_by_hand():
    edge = np.zeros((1, 8, 8, 1))
    edge[:, :, 4:] = 0.6  # seen from both sides of it: (0.6 - 0) / 2
    expected = np.tile([0, 0, 0.3, 0.3, 0, 0], (6, 1))
    np.testing.assert_allclose(gradient_magnitudes(edge)[0], expected, atol=1e-15)
    np.testing.assert_allclose(gradient_magnitudes(edge.swapaxes(1, 2))[0], expected.T, atol=1e-15)


def test_magnitudes_by_scipy_one_image_at_a_time():
    for i, luma in enumerate(rgb2gray(RANDOM)):
        expected = np.hypot(ndimage.sobel(luma, 0), ndimage.sobel(luma, 1))[1:-1, 1:-1] / 8
        np.testing.assert_allclose(gradient_magnitudes(RANDOM)[i], expected, rtol=1e-9)


def test_magnitudes_at_some_places_are_those_of_all():
    whole = gradient_magnitudes(RANDOM).reshape(5, -1)
    places = np.array([0, 83, 11, 12, 40])  # 7 rows of 12
    np.testing.assert_array_equal(gradient_magnitudes(RANDOM, places), whole[:, places])
    for bad in ([84], [-1], [[3]]):
        with pytest.raises(ValueError, match=r"expected \[P\], of 0 to 83"):
            gradient_magnitudes(RANDOM, np.array(bad))


@pytest.mark.parametrize("count", [5, 3])
def test_distance_by_scipy(count):
    real, fake = gradient_magnitudes(RANDOM).ravel(), gradient_magnitudes(OTHER[:count]).ravel()
    found = gradient_distance(RANDOM, OTHER[:count])
    assert found.distance == pytest.approx(wasserstein_distance(real, fake) / real.mean())
    levels = np.arange(900, 1000) / 1000
    difference = np.quantile(fake, levels) - np.quantile(real, levels)
    assert found.tail == pytest.approx(difference.mean() / real.mean())


def test_equal_counts_and_others_agree():
    # Every image twice has the same law.
    once, twice = (gradient_distance(RANDOM, x) for x in (OTHER, OTHER.repeat(2, axis=0)))
    assert twice.distance == pytest.approx(once.distance, rel=1e-9)


def test_what_does_not_change_the_law():
    assert gradient_distance(RANDOM, RANDOM[::-1]) == (0, 0)
    mirrored = gradient_distance(RANDOM, 0.9 - 0.9 * RANDOM[:, ::-1])
    assert mirrored.distance == pytest.approx(0.1)  # of 0.9 times the contrast
    checks = gradient_distance(OTHER, checkered(OTHER, 0.1))
    np.testing.assert_allclose(checks, 0, atol=1e-12)


@pytest.mark.parametrize("gain", [0.5, 0.8])
def test_contrast_by_hand(gain):
    # All magnitudes times c: the quantile functions differ by 1 - c of the real one.
    found = gradient_distance(RANDOM, contrasted(RANDOM, gain))
    assert found.distance == pytest.approx(1 - gain)
    law = gradient_magnitudes(RANDOM)
    strong = np.quantile(law, np.arange(900, 1000) / 1000).mean() / law.mean()
    assert found.tail == pytest.approx((gain - 1) * strong)
    # In units of the real mean, so not symmetric.
    assert gradient_distance(contrasted(RANDOM, gain), RANDOM).distance == pytest.approx(
        1 / gain - 1
    )


@pytest.mark.parametrize("name", COUNTS)
def test_every_step_of_blur_weakens_edges(name):
    reference, other = halves(name)
    planted = [eight_bits(blurred(other, sigma)) for sigma in BLURS]
    for real in (other, reference):  # from 0, and from the distance of two halves
        found = [gradient_distance(real, images) for images in planted]
        assert np.all(np.diff([x.distance for x in found]) > 0)
        assert np.all(np.diff([x.tail for x in found]) < 0)
        assert found[-1].distance > 0.6
        assert found[2].tail < -0.4


@pytest.mark.parametrize("name", COUNTS)
def test_what_each_fault_does(name):
    reference, other = halves(name)
    null = gradient_distance(reference, other).distance
    rng = np.random.default_rng(0)

    def found(images):
        return gradient_distance(reference, eight_bits(images))

    assert null < 0.06
    sharpened = found(unsharpened(other, 1))
    assert sharpened.distance > 5 * null
    assert sharpened.tail > 0.2
    faint = found(contrasted(other, 0.5))
    assert faint.distance > 5 * null
    assert faint.tail < -1
    noisy = found(noised(other, 0.1, rng))
    assert noisy.distance > 4 * null
    assert abs(noisy.tail) < 0.3
    both = found(noised(blurred(other, 2), 0.05, rng))
    assert both.distance > 0.45
    assert both.tail < -1.5


def test_real_images_without_edges_are_refused():
    plain = np.zeros((2, 8, 8, 1))
    plain[1] = 0.5
    with pytest.raises(ValueError, match=r"real images.*plain"):
        gradient_distance(plain, np.random.default_rng(0).random((2, 8, 8, 1)))
    with pytest.raises(ValueError, match="real images are 9x14x3 and fakes 9x14x1"):
        gradient_distance(RANDOM, RANDOM[..., :1])
