"""Scores turned into pixels: exactly where the inverse is known, closely on planted blurs."""

import numpy as np
import pytest

from jaxgan.metrics.checks import eight_bits
from jaxgan.metrics.equivalent_blur import SIGMAS, BlurSeries, blur_series, equivalent_blur
from jaxgan.metrics.gradients import gradient_distance
from jaxgan.metrics.planting import blurred, unsharpened
from jaxgan.metrics.sharpness import crete_blur, median_noise, tenengrad, variance_of_laplacian
from tests.metrics.real_sets import COUNTS, halves

PLANTED = np.array([0, 0.25, 0.5, 1, 2, 3])


def laplacian(images):
    return np.median(variance_of_laplacian(images))


def gradients(images):
    return np.median(tenengrad(images))


def survival(images):
    return np.median(crete_blur(images, 5))


@pytest.mark.parametrize(
    "law",
    [
        lambda s: 3 / (1 + s**2),  # falling and positive
        lambda s: 0.1 * (1 + s**2) ** 2,  # rising and positive
        lambda s: 1 - np.log1p(s**2),  # falling through 0
        lambda s: -1 + np.log1p(s**2),  # rising through 0
        lambda s: -np.log1p(s**2),  # from 0, as a signed tail
    ],
)
def test_where_interpolation_is_exact(law):
    series = BlurSeries(PLANTED, law(PLANTED))
    for sigma in (0.1, 0.25, 0.6, 1.7, 2.9):
        found = series.equivalent(law(sigma))
        assert found.sigma == pytest.approx(sigma, abs=1e-9)
        assert found.outside == ""
    for sigma in PLANTED:
        assert series.equivalent(law(sigma)) == (pytest.approx(sigma, abs=1e-7), "")


@pytest.mark.parametrize("sign", [1, -1])
def test_targets_outside_of_the_series(sign):
    for offset in (0, 100):  # positive scores are interpolated in their logarithm, others not
        series = BlurSeries(PLANTED, offset + sign * PLANTED**2)
        assert series.equivalent(offset - sign * 0.001) == (0, "sharper than real")
        assert series.equivalent(offset + sign * 9.001) == (3, "softer than the series")
    for target in (np.nan, np.inf):
        with pytest.raises(ValueError, match=f"target score {target}"):
            series.equivalent(target)


def test_a_target_of_the_other_sign_is_outside():
    falling = BlurSeries(PLANTED, 1 / (1 + PLANTED))
    assert falling.equivalent(-1) == (3, "softer than the series")


def test_one_frequency_by_hand():
    # A wave of f cycles a pixel has the amplitude exp(-2π²σ²f²) under a blur of σ.
    wave = np.cos(2 * np.pi * (np.arange(32) + 0.5) / 8)
    images = 0.5 + 0.49 * np.tile(wave, (2, 32, 1))[..., None]
    series = blur_series(np.std, images)
    expected = np.exp(-2 * np.pi**2 * np.array(SIGMAS) ** 2 / 64) * 0.49 / np.sqrt(2)
    np.testing.assert_array_equal(series.sigmas, SIGMAS)
    np.testing.assert_allclose(series.scores, expected, atol=0.0015)  # rounding to 1 / 255
    target = np.exp(-2 * np.pi**2 * 0.9**2 / 64) * 0.49 / np.sqrt(2)
    assert equivalent_blur(np.std, target, images).sigma == pytest.approx(0.9, abs=0.02)
    as_bytes = np.rint(255 * images).astype(np.uint8)
    np.testing.assert_allclose(blur_series(np.std, as_bytes).scores, expected, atol=0.0015)


def test_scores_are_given_images_as_a_file_holds_them():
    seen = []

    def score(images):
        seen.append(images)
        return -len(seen)

    real = np.random.default_rng(0).integers(0, 2, (2, 8, 8, 3)) * 1.0  # overshoots when blurred
    blur_series(score, real, (0, 0.25, 1))
    np.testing.assert_array_equal(seen[0], real)
    np.testing.assert_array_equal(seen[1], eight_bits(blurred(real, 0.25)))
    assert len(seen) == 3


@pytest.mark.parametrize("name", COUNTS)
def test_planted_blurs_come_back(name):
    reference, held_out = (half[:150] for half in halves(name))

    def tail(images):
        return gradient_distance(reference, images).tail

    planted = {sigma: eight_bits(blurred(held_out, sigma)) for sigma in (0.35, 0.9, 1.7, 2.7)}
    for score in (laplacian, gradients, survival, tail):
        series = blur_series(score, held_out)
        for sigma, images in planted.items():
            found = series.equivalent(score(images))
            assert found.outside == ""
            assert found.sigma == pytest.approx(sigma, abs=0.04 if sigma > 2 else 0.025)


def test_scores_agree_on_the_blur_of_other_images():
    other, held_out = (half[:300] for half in halves("cifar10"))
    soft = eight_bits(blurred(other, 1))
    found = [equivalent_blur(s, s(soft), held_out).sigma for s in (laplacian, gradients, survival)]
    np.testing.assert_allclose(found, 1, atol=0.06)


def test_sharpened_images_are_sharper_than_real():
    images = halves("cifar10")[1][:100]
    sharp = eight_bits(unsharpened(images, 0.5))
    for score in (laplacian, gradients, survival):
        assert equivalent_blur(score, score(sharp), images) == (0, "sharper than real")


IMAGES = np.random.default_rng(0).random((3, 16, 16, 1))


@pytest.mark.parametrize(
    "score",
    [
        lambda x: 1.0,
        lambda x: np.std(x) if np.std(x) > 0.2 else 1 - np.std(x),
        lambda x: np.nan,
        lambda x: np.log(max(np.std(x) - 0.1, 0)) if np.std(x) <= 0.1 else 0.0,
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_scores_without_an_inverse_are_refused(score):
    with pytest.raises(ValueError, match=r"at 0, .* at 3 pixels; expected all finite and strictly"):
        blur_series(score, IMAGES)


def test_a_noise_score_on_flat_images_is_refused():
    shapes = halves("shapes")[0]
    with pytest.raises(ValueError, match="cannot be read as a blur"):
        blur_series(lambda x: np.median(median_noise(x)), shapes)


@pytest.mark.parametrize("sigmas", [(), (0, 1), (0.5, 1, 2), (0, 2, 1), (0, 1, 1), (0, 1, np.nan)])
def test_sigmas_that_are_refused(sigmas):
    with pytest.raises(ValueError, match=r"sigmas .*expected three or more"):
        blur_series(laplacian, IMAGES, sigmas)


def test_images_that_are_refused():
    with pytest.raises(ValueError, match="real images with values from -1"):
        blur_series(laplacian, np.array([-1.0, 1.0]).repeat(64).reshape(2, 8, 8, 1))
