"""The blur of a set in pixels: exact on spectra made by the model, close on planted faults."""

import math
from functools import lru_cache

import numpy as np
import pytest
from scipy.optimize import least_squares

from jaxgan.data import open_images
from jaxgan.metrics import blur_fit, planting
from jaxgan.metrics.blur_fit import BlurFit, blur, fit_blur, fit_blurs
from jaxgan.metrics.blur_transfer import measured_transfer
from jaxgan.metrics.checks import as_file, eight_bits
from jaxgan.metrics.spectrum import frequencies, image_spectra
from tests.metrics.real_sets import halves
from tests.photographs import crops

SETS = ("cifar10", "mnist", "shapes")


@lru_cache
def sets(name):
    """Two disjoint halves; of shapes more than others need, for 10 % of a noise."""
    if name != "shapes":
        return halves(name)
    images = open_images("shapes", split="test").read(np.arange(1000))["image"] / 255.0
    return images[:500], images[500:]


@lru_cache
def reference(name):
    """Spectrum and transfer of the first half."""
    real = eight_bits(sets(name)[0])
    return image_spectra(real).mean(axis=0), measured_transfer(real)


def fitted(name, images):
    """The other half, degraded, against the first: independent images."""
    spectrum, transfer = reference(name)
    fake = image_spectra(eight_bits(images)).mean(axis=0)
    return fit_blur(spectrum, fake, images.shape[1], transfer)


def power_law(side):
    return 1e-3 * np.maximum(frequencies(side), 1 / side) ** -2.6


@pytest.mark.parametrize("variance", [-0.2, -0.01, 0.0, 0.0625, 0.5, 2.0, 9.0])
@pytest.mark.parametrize("noise", [0.0, 0.01, 0.08])
@pytest.mark.parametrize("contrast", [0.4, 1.3])
def test_exact_where_the_model_is(variance, noise, contrast):
    real = power_law(64)
    fake = contrast**2 * real * np.exp(-4 * np.pi**2 * variance * frequencies(64) ** 2) + noise**2
    fit = fit_blur(real, fake, 64)
    assert fit.variance == pytest.approx(variance, abs=1e-3, rel=0.01)
    assert fit.radius == math.copysign(math.sqrt(abs(fit.variance)), fit.variance)
    assert fit.noise == pytest.approx(noise, abs=1e-3)
    assert fit.contrast == pytest.approx(contrast, rel=0.01)
    assert fit.misfit < 0.005


def test_misfit_is_the_root_mean_square_in_nepers():
    # ±0.1 nepers in turn over the 15 bins 2 … 16, which no g, v or t can follow.
    real = power_law(32)
    turns = 0.1 * (-1.0) ** np.arange(len(real))
    assert fit_blur(real, real * np.exp(turns), 32).misfit == pytest.approx(0.1, abs=0.01)
    # The lowest bins and the corner are not looked at.
    outside = np.r_[1e3, 1e3, np.ones(15), np.full(7, 1e3)]
    assert fit_blur(real, real * outside, 32).misfit < 1e-3


def test_one_odd_bin_does_not_carry_the_fit():
    real = power_law(64)
    fake = real * np.exp(-4 * np.pi**2 * frequencies(64) ** 2)
    fake[3] *= 20  # by squares, these three nepers of one bin would give 1.03 and a gain of 1.14
    fit = fit_blur(real, fake, 64)
    assert fit.radius == pytest.approx(1, abs=0.003)
    assert fit.contrast == pytest.approx(1, abs=0.01)
    assert fit.misfit > 0.4


def test_a_warm_start_finds_the_same():
    real = power_law(64)
    fake = real * np.exp(-4 * np.pi**2 * 0.5 * frequencies(64) ** 2) + 0.03**2
    cold = fit_blur(real, fake, 64)
    for near in (cold, BlurFit(0.0, 0.0, 0.0, 1.0, 0.0), BlurFit(1.0, 1.0, 0.1, 0.7, 0.2)):
        (warm,) = fit_blurs(real[None], fake[None], 64, near=near)
        np.testing.assert_allclose(warm, cold, atol=1e-3)


def test_many_fits_are_as_good_as_each_alone():
    rng = np.random.default_rng(0)
    reals = power_law(64) * np.exp(rng.normal(0, 0.05, (12, 1)))
    blurs = np.exp(-4 * np.pi**2 * np.linspace(0, 4, 12)[:, None] * frequencies(64) ** 2)
    fakes = reals * blurs * np.exp(rng.normal(0, 0.02, blurs.shape)) + 0.01**2
    together = fit_blurs(reals, fakes, 64)
    alone = [fit_blur(real, fake, 64) for real, fake in zip(reals, fakes, strict=True)]
    np.testing.assert_allclose(together, alone, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", SETS)
def test_planted_blur(name):
    other = sets(name)[1]
    for sigma in (0.25, 0.5, 0.75, 1, 1.5, 2, 3):
        fit = fitted(name, planting.blurred(other, sigma))
        assert fit.radius == pytest.approx(sigma, abs=max(0.05, 0.05 * sigma)), sigma
        assert fit.noise < 0.02
        assert fit.misfit < 0.06


def test_planted_noise():
    other = sets("cifar10")[1]
    for noise in (0.03, 0.05, 0.1):
        fit = fitted("cifar10", planting.noised(other, noise, np.random.default_rng(0)))
        assert fit.noise == pytest.approx(noise, rel=0.1)  # clipping takes some away
        assert abs(fit.variance) < 0.05
    # Shapes have hard edges, and as much power at Nyquist: less noise is seen, and less well.
    other = sets("shapes")[1]
    for noise in (0.05, 0.1):
        fit = fitted("shapes", planting.noised(other, noise, np.random.default_rng(0)))
        assert fit.noise == pytest.approx(noise, abs=0.015)
        assert abs(fit.variance) < 0.06


def test_noise_on_black_is_half_clipped():
    # Strokes on black: half the noise is lost, and with it the rest reads as sharpness. Within the
    # range of pixels it is found, on sets with less power at high frequencies than the noise has.
    other = halves("mnist")[1]
    rng = np.random.default_rng(0)
    fit = fitted("mnist", planting.noised(other, 0.1, rng))
    assert fit.noise < 0.08
    assert fit.variance < 0
    fit = fitted("mnist", planting.noised(0.4 * other + 0.3, 0.1, rng))
    assert fit.noise == pytest.approx(0.1, rel=0.1)
    assert fit.contrast == pytest.approx(0.4, rel=0.05)


@pytest.mark.parametrize("name", SETS)
def test_blur_and_noise_together(name):
    # By variance of the Laplacian these are as sharp as real or sharper.
    soft = planting.blurred(sets(name)[1], 2)
    fit = fitted(name, planting.noised(soft, 0.05, np.random.default_rng(0)))
    assert 1.8 < fit.radius < 2.1
    assert 0.045 < fit.noise < 0.055
    assert fit.misfit < 0.05


@pytest.mark.parametrize("name", SETS)
def test_contrast_is_no_blur(name):
    other = sets(name)[1]
    sharp = fitted(name, other)
    weak = fitted(name, planting.contrasted(other, 0.5))
    assert weak.contrast == pytest.approx(0.5 * sharp.contrast, rel=0.03)
    assert weak.contrast == pytest.approx(0.5, abs=0.04)
    assert weak.variance == pytest.approx(sharp.variance, abs=0.01)


def test_brightness_and_whole_shifts_change_nothing():
    other = 0.8 * sets("shapes")[1]
    fit = fitted("shapes", other)
    np.testing.assert_allclose(fitted("shapes", other + 0.15), fit, atol=0.02)
    shifted = fitted("shapes", planting.shifted(other, 1))
    np.testing.assert_allclose(shifted[2:], fit[2:], atol=0.03)
    assert shifted.variance == pytest.approx(fit.variance, abs=0.02)


@pytest.mark.parametrize("name", SETS)
def test_other_faults_are_told_from_a_gaussian(name):
    other = sets(name)[1]
    null = fitted(name, other).misfit
    assert null < 0.06
    assert fitted(name, planting.enlarged(other, 1)).misfit > 0.15
    assert fitted(name, planting.enlarged(other, 0)).misfit > 0.25
    half_pixel = fitted(name, planting.shifted(other, 0.5))
    assert 0.45 < half_pixel.radius < 0.65  # averages over two pixels: a cosine
    assert half_pixel.misfit > 0.12
    mixed = other.copy()
    mixed[::2] = planting.blurred(other[::2], 2)
    assert fitted(name, mixed).misfit > null + 0.025
    sharpened = fitted(name, planting.unsharpened(other, 1))
    assert sharpened.variance < -0.03
    if name != "mnist":  # on black and white most of it is clipped
        assert sharpened.misfit > 0.12


def test_from_images_to_the_fit():
    real, other = sets("shapes")
    fake = planting.blurred(other, 1)
    fit = blur(real, np.clip(fake, 0, 1))
    np.testing.assert_allclose(fit, fitted("shapes", fake), atol=1e-6)
    assert all(type(number) is float for number in fit)
    eights = as_file(fake)
    np.testing.assert_allclose(blur(real, eights), fit, atol=1e-6)


def test_a_set_is_itself():
    real = sets("shapes")[0]
    np.testing.assert_allclose(blur(real, real)[:1] + blur(real, real)[2:], (0, 0, 1, 0), atol=1e-3)


def test_strong_blur_is_at_the_bound_and_finite():
    real, other = sets("shapes")
    fit = blur(real, np.clip(planting.blurred(other, 8), 0, 1))
    assert fit.radius == pytest.approx(5, abs=0.01)
    assert np.all(np.isfinite(fit))


def test_plain_images_of_different_brightness_have_no_detail():
    real = halves("cifar10")[0]
    levels = np.random.default_rng(0).random((100, 1, 1, 1))
    fit = blur(real, np.broadcast_to(levels, (100, 32, 32, 3)))
    assert fit.radius == pytest.approx(5, abs=0.01)
    assert fit.misfit > 0.5


def test_fakes_without_a_picture_are_refused():
    real = halves("cifar10")[0][:200]
    with pytest.raises(ValueError, match=r"white noise of deviation 0\.0[67]"):
        blur(real, np.clip(0.5 + 0.07 * np.random.default_rng(0).standard_normal(real.shape), 0, 1))
    plain = np.full_like(real, 51 / 255)
    plain[:, 0, 0] += 1 / 255  # one pixel in the corner, where the window is 0
    with pytest.raises(ValueError, match="fake spectrum: no power above that of 8-bit rounding"):
        blur(real, plain)


@pytest.mark.parametrize(
    ("real", "fake", "side", "message"),
    [
        (np.ones(24), np.ones(23), 32, r"fake spectrum of shape \(23,\)"),
        (np.ones(21), np.ones(24), 32, r"real spectrum of shape \(21,\)"),
        (np.ones(9), np.ones(9), 12, "expected 16 or more"),
        (np.ones(24), np.full(24, np.nan), 32, "fake spectrum: powers that are not finite"),
        (-np.ones(24), np.ones(24), 32, "real spectrum: powers .* below 0"),
        (np.zeros(24), np.ones(24), 32, "real spectrum: no power"),
    ],
)
def test_spectra_that_are_refused(real, fake, side, message):
    with pytest.raises(ValueError, match=message):
        fit_blur(real, fake, side)


def test_a_transfer_of_other_images_is_refused():
    transfer = reference("mnist")[1]  # 28 pixels
    with pytest.raises(ValueError, match="expected 24; measure it on images of that side"):
        fit_blur(power_law(32), power_law(32), 32, transfer)


@pytest.mark.parametrize("fault", ["bilinear", "unsharp", "blur and noise"])
def test_the_minimum_is_scipys_also_where_the_noise_is_at_its_bound(fault):
    """Without noise, log(t² + q) lies at its lower bound, where clipped steps alone would stall."""
    images = crops(500, 32, np.random.default_rng(3))
    real, held = images[:250], images[250:] / 255.0
    faulty = {
        "bilinear": planting.enlarged(held, 1),
        "unsharp": planting.unsharpened(held, 1.0),
        "blur and noise": planting.noised(planting.blurred(held, 1.0), 0.05,
                                          np.random.default_rng(4)),
    }[fault]  # fmt: skip
    spectra = [image_spectra(images).mean(axis=0) for images in (real, as_file(faulty))]
    transfer = measured_transfer(real)
    found = fit_blur(*spectra, 32, transfer)
    used = slice(2, 17)
    ours, observed = (np.log(power[used] + floor) for power, floor in
                      zip(spectra, (0.0, blur_fit.EIGHT_BIT_POWER), strict=True))  # fmt: skip

    def residual(x):
        return np.logaddexp(x[0] + ours + transfer(x[1])[0][used], x[2]) - observed

    tried = [
        least_squares(
            residual, [0.0, variance, noise], bounds=(blur_fit.LOWER, blur_fit.UPPER),
            loss="soft_l1", f_scale=0.1, x_scale="jac", ftol=1e-10, xtol=1e-10, gtol=1e-10,
        )
        for variance in (-0.1, 0.3, 1.0) for noise in (blur_fit.LOWER[2] + 0.1, -6.0)
    ]  # fmt: skip
    theirs = min(tried, key=lambda fit: fit.cost)
    assert found.variance == pytest.approx(theirs.x[1], abs=2e-3)
    assert found.misfit == pytest.approx(np.sqrt(np.mean(theirs.fun**2)), abs=1e-3)
