"""Power spectra of pictures whose spectrum is known, and the scores on spectra worked by hand."""

import numpy as np
import pytest
from scipy.signal import get_window

from jaxgan.metrics import planting
from jaxgan.metrics.checks import eight_bits
from jaxgan.metrics.spectrum import (
    checkerboard_index,
    checkerboard_ratio,
    frequencies,
    high_frequency_ratio,
    image_spectra,
    log_spectral_distance,
    period_two_power,
    power_spectrum_2d,
    slope,
    spectra,
)
from tests.metrics.real_sets import halves


def noise(count, side, channels, deviation, seed=0):
    rng = np.random.default_rng(seed)
    return 0.5 + deviation * rng.standard_normal((count, side, side, channels))


def grating(side, cycles_down, cycles_right, amplitude):
    row, column = np.indices((side, side))
    phase = 2 * np.pi * (cycles_down * row + cycles_right * column) / side
    return (0.5 + amplitude * np.cos(phase))[None, :, :, None]


HALF = np.array([0.5])


@pytest.mark.parametrize(("side", "channels"), [(32, 3), (28, 1), (15, 1)])
def test_white_noise_is_flat_at_its_variance(side, channels):
    for mean in (None, np.full(channels, 0.5)):
        images = noise(600, side, channels, 0.05)
        spectrum = image_spectra(images, mean).mean(axis=0)
        assert spectrum.shape == frequencies(side).shape
        # The window correlates neighbours, so that a bin has few independent ones: 5 sigma of the
        # single frequency in the corner.
        np.testing.assert_allclose(spectrum, 0.05**2, rtol=5 / np.sqrt(600 * channels))
        assert spectrum.mean() == pytest.approx(0.05**2, rel=0.02)


def test_the_level_is_that_of_the_set_and_channel():
    images = noise(4, 32, 3, 0.1)
    offset = np.array([0.1, 0.0, -0.1])
    np.testing.assert_allclose(image_spectra(images + offset), image_spectra(images), rtol=1e-3)
    # An image brighter than the set keeps that: 0.1 · 32 pixels squared, but for the window.
    window = np.kaiser(32, 8.0)
    window /= np.linalg.norm(window)
    pair = np.concatenate([np.full((1, 32, 32, 1), 0.4), np.full((1, 32, 32, 1), 0.6)])
    spectra = image_spectra(pair)
    np.testing.assert_allclose(spectra[:, 0], (0.1 * window.sum() ** 2) ** 2, rtol=1e-5)
    assert spectra[:, 3:].max() < 1e-4 * spectra[0, 0]


def test_bins_are_rounded_radii_to_the_corner():
    np.testing.assert_allclose(frequencies(32), np.arange(24) / 32)  # sqrt(1/2) · 32 = 22.6
    np.testing.assert_allclose(frequencies(64)[-1], 45 / 64)
    np.testing.assert_allclose(frequencies(15)[-1], 10 / 15)  # 7 · sqrt(2) = 9.9: no Nyquist


@pytest.mark.parametrize(("down", "right"), [(10, 0), (0, 10), (6, 8), (8, -6)])
def test_a_grating_lands_in_its_bin(down, right):
    # Two peaks of height (a/2 · sum w)², spread by the window alone: 10 cycles, whatever direction.
    images = grating(32, down, right, 0.2)
    plane = power_spectrum_2d(images, HALF)
    window = get_window(("kaiser", 8.0), 32, fftbins=False)
    window /= np.sqrt(np.sum(window**2))
    peak = (0.1 * window.sum() ** 2) ** 2
    assert plane[down, right] == pytest.approx(peak, rel=1e-4)
    assert plane[-down, -right] == pytest.approx(peak, rel=1e-4)
    spectrum = image_spectra(images, HALF)[0]
    assert np.argmax(spectrum) == 10
    assert spectrum[[5, 15]].max() < 1e-4 * spectrum[10]
    # Parseval over the rings: sum of all powers = pixels · sum (w x)².
    row, column = np.indices((32, 32))
    radius = np.rint(32 * np.hypot(np.fft.fftfreq(32)[row], np.fft.fftfreq(32)[column])).astype(int)
    total = 32**2 * np.sum((np.multiply.outer(window, window) * (images[0, :, :, 0] - 0.5)) ** 2)
    assert np.bincount(radius.ravel()) @ spectrum == pytest.approx(total, rel=1e-5)


@pytest.mark.parametrize("side", [16, 15])
def test_the_plane_is_that_of_numpy(side):
    images = noise(5, side, 3, 0.1)
    mean = images.mean(axis=(0, 1, 2))
    window = np.kaiser(side, 8.0)
    window = np.multiply.outer(window, window) / np.sum(window**2)
    planes = np.abs(np.fft.fft2((images - mean) * window[:, :, None], axes=(1, 2))) ** 2
    np.testing.assert_allclose(
        power_spectrum_2d(images), planes.mean(axis=(0, 3)), rtol=1e-4, atol=1e-9
    )
    frequency = np.fft.fftfreq(side)
    radius = np.rint(side * np.hypot(frequency[:, None], frequency)).astype(int)
    for number, plane in zip((0, 4), planes.mean(axis=3)[[0, 4]], strict=True):
        expected = np.bincount(radius.ravel(), plane.ravel()) / np.bincount(radius.ravel())
        found = image_spectra(images, mean)[number]
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-9)


def test_rows_do_not_depend_on_company():
    # Sets are cut into pieces for speed; 700 images are two of them.
    images = noise(700, 32, 1, 0.05)
    alone = np.concatenate([image_spectra(images[[i]], HALF) for i in (0, 511, 512, 699)])
    np.testing.assert_allclose(image_spectra(images, HALF)[[0, 511, 512, 699]], alone, rtol=1e-5)
    whole, *parts = (power_spectrum_2d(x, HALF) for x in (images, images[:350], images[350:]))
    np.testing.assert_allclose(whole, np.mean(parts, axis=0), rtol=1e-5)


def test_bytes_are_their_255th():
    images = np.random.default_rng(0).integers(0, 256, (4, 16, 16, 1), dtype=np.uint8)
    np.testing.assert_allclose(image_spectra(images), image_spectra(images / 255.0))


def test_brightness_and_contrast():
    images = halves("shapes")[0] * 0.5
    spectrum = image_spectra(images).mean(axis=0)
    np.testing.assert_allclose(image_spectra(images + 0.3).mean(axis=0), spectrum, rtol=1e-3)
    np.testing.assert_allclose(image_spectra(2 * images).mean(axis=0), 4 * spectrum, rtol=1e-3)


def test_log_spectral_distance_by_hand():
    real = np.array([1.0, 2, 4, 8])
    assert log_spectral_distance(real, real) == 0
    # Half the contrast is a quarter of the power: 6.02 dB, of which the shape knows nothing.
    assert log_spectral_distance(real, real / 4) == pytest.approx(6.0206, abs=1e-4)
    assert log_spectral_distance(real, real / 4, shape_only=True) == pytest.approx(0, abs=1e-12)
    # +10, 0, 0, -10 dB: root of 200 / 4; the mean is 0.
    fake = real * [10, 1, 1, 0.1]
    assert log_spectral_distance(real, fake) == pytest.approx(np.sqrt(50))
    # 20, 0, 0, 0 dB: 10 in all, and around the mean of 5, root of (225 + 3 · 25) / 4.
    fake = real * [100, 1, 1, 1]
    assert log_spectral_distance(real, fake) == pytest.approx(10)
    assert log_spectral_distance(real, fake, shape_only=True) == pytest.approx(np.sqrt(75))


@pytest.mark.parametrize("exponent", [0.0, -2.0, -2.6])
def test_slope_of_a_power_law(exponent):
    spectrum = np.ones(24)
    spectrum[2:15] = 3 * frequencies(32)[2:15] ** exponent  # 0.9 · 16 = 14.4: bins 2 … 14
    assert slope(spectrum, 32) == pytest.approx(exponent, abs=1e-9)
    spectrum[14] *= 2
    assert slope(spectrum, 32) > exponent + 0.05


def test_high_frequency_ratio_of_white_noise():
    # Energy grows with the circumference: (9 + … + 16) / (1 + … + 16) = 100 / 136.
    assert high_frequency_ratio(np.ones(24), 32) == pytest.approx(100 / 136)
    low = np.ones(24)
    low[9:] = 1e-9
    assert high_frequency_ratio(low, 32) == pytest.approx(0, abs=1e-8)


def test_scores_of_planted_blurs_are_monotone():
    real, other = halves("cifar10")
    reference = image_spectra(real).mean(axis=0)
    sets = [eight_bits(planting.blurred(other, s)) for s in (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3)]
    spectra = [image_spectra(images).mean(axis=0) for images in sets]
    assert np.all(np.diff([log_spectral_distance(reference, s) for s in spectra]) > 0)
    assert np.all(np.diff([high_frequency_ratio(s, 32) for s in spectra][:6]) < 0)  # then rounding
    slopes = [slope(s, 32) for s in spectra]
    assert -3.2 < slopes[0] < -2.4
    assert np.all(np.diff(slopes[:5]) < 0)
    assert slope(image_spectra(eight_bits(planting.contrasted(other, 0.5))).mean(axis=0), 32) == (
        pytest.approx(slopes[0], abs=0.03)
    )


def test_a_checkerboard_is_found_and_blur_and_noise_are_none():
    real, other = halves("cifar10")
    rng = np.random.default_rng(0)
    reference = power_spectrum_2d(real)

    def index(images):
        return checkerboard_index(reference, power_spectrum_2d(eight_bits(images)))

    # As of a transposed convolution, the same in every image: no mean image may take it away.
    assert index(planting.checkered(other, 0.02)) > 20
    assert index(planting.checkered(other, 0.005)) > 1.5
    assert index(planting.enlarged(other, 0)) > 2
    assert index(other) == pytest.approx(1, abs=0.15)
    # Blur falls steeply to the corner, and noise is flatter than photographs along the axes.
    assert 0.4 < index(planting.blurred(other, 1)) < 1.1
    assert 0.6 < index(planting.noised(other, 0.05, rng)) < 1.1


def test_the_index_from_every_image_is_that_of_the_mean_plane():
    real, other = (half[:60] for half in halves("cifar10"))
    other = planting.checkered(0.9 * other + 0.05, 0.01)
    expected = checkerboard_index(power_spectrum_2d(real), power_spectrum_2d(other))
    found = checkerboard_ratio(period_two_power(real), period_two_power(other))
    assert found == pytest.approx(expected, rel=1e-4)
    assert period_two_power(real).shape == (60, 2)
    with pytest.raises(ValueError, match="even"):
        period_two_power(real[:, :15, :15])


@pytest.mark.parametrize("side", [16, 15])
def test_both_from_one_transform(side):
    images = noise(5, side, 3, 0.1)
    for mean in (None, np.full(3, 0.4)):
        radial, period_two = spectra(images, mean)
        np.testing.assert_array_equal(radial, image_spectra(images, mean))
        assert (period_two is None) == (side == 15)
        if side == 16:
            np.testing.assert_array_equal(period_two, period_two_power(images, mean))
            plane = power_spectrum_2d(images, mean)
            radius = np.hypot(np.fft.fftfreq(16)[:, None], np.fft.fftfreq(16))
            ring = plane[(radius >= 0.45) & (radius < 0.5)].mean()
            peaks = (plane[8, 8] + plane[8, 0] + plane[0, 8]) / 3
            np.testing.assert_allclose(period_two.mean(axis=0), [peaks, ring], rtol=1e-4)


def test_checkerboard_index_by_hand():
    ones = np.ones((16, 16))
    peaked = ones.copy()
    peaked[8, 8] = 10
    assert checkerboard_index(ones, peaked) == pytest.approx(4)  # (10 + 1 + 1) / 3
    assert checkerboard_index(peaked, ones) == pytest.approx(1 / 4)
    peaked[8, 0] = peaked[0, 8] = 10
    assert checkerboard_index(ones, peaked) == pytest.approx(10)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: image_spectra(np.random.rand(3, 16, 20, 1)), "expected squares"),  # noqa: NPY002
        (lambda: image_spectra(noise(2, 16, 1, 0.1), np.zeros((16, 16))), "a level per channel"),
        (lambda: log_spectral_distance(np.ones(24), np.ones(12)), "of one image size"),
        (lambda: log_spectral_distance(np.ones(24), np.zeros(24)), "plain images"),
        (lambda: slope(np.full(24, np.nan), 32), "not finite"),
        (lambda: slope(np.ones(24), 28), r"expected \(21,\)"),
        (lambda: high_frequency_ratio(np.ones(20), 32), r"expected \(24,\)"),
        (lambda: checkerboard_index(np.ones((15, 15)), np.ones((15, 15))), "H even"),
        (lambda: checkerboard_index(np.ones(15), np.ones(15)), "power_spectrum_2d"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()
