"""Content: bands and density ratios by hand, other photographs told from blur, blur left alone."""

from functools import lru_cache

import numpy as np
import pytest
from scipy.fft import idctn
from scipy.stats import norm

from jaxgan.metrics import planting
from jaxgan.metrics.blur_fit import BlurFit, fit_blur
from jaxgan.metrics.blur_transfer import BlurTransfer, measured_transfer
from jaxgan.metrics.checks import eight_bits
from jaxgan.metrics.content import ContentMatch, content_features, content_weights
from jaxgan.metrics.sharpness import tenengrad
from jaxgan.metrics.spectrum import image_spectra
from tests.photographs import crops

REAL = ("camera.png", "gravel.png", "moon.png", "page.png", "chelsea.png",
        "hubble_deep_field.jpg", "motorcycle_left.png", "retina.jpg")  # fmt: skip
OTHER = {"moon.png": 40, "gravel.png": 90, "hubble_deep_field.jpg": 30, "camera.png": 140}


def photographs(count: int, seed: int, names: tuple[str, ...] = REAL) -> np.ndarray:
    return crops(count, 64, np.random.default_rng(seed), names=names) / 255.0


@lru_cache
def reference() -> tuple[np.ndarray, np.ndarray, BlurTransfer]:
    """Real photographs, their spectra and what a blur leaves of them."""
    images = photographs(800, 0)
    return images, image_spectra(images), measured_transfer(images[:200])


@pytest.fixture(scope="module")
def real() -> np.ndarray:
    return reference()[0]


@pytest.fixture(scope="module")
def others() -> np.ndarray:
    """Of half the real photographs, in other shares."""
    return np.concatenate([photographs(n, n, (name,)) for name, n in OTHER.items()])


def fits(fake: np.ndarray) -> tuple[BlurFit, BlurFit, ContentMatch]:
    """Without weights, and with, after two rounds."""
    real, rows, transfer = reference()
    observed, features = image_spectra(fake).mean(axis=0), content_features(fake)
    plain = fit = fit_blur(rows.mean(axis=0), observed, 64, transfer)
    for _ in range(2):
        match = content_weights(content_features(real, fit.radius, fit.noise), features)
        fit = fit_blur(match.weights @ rows / len(rows), observed, 64, transfer)
    return plain, fit, match


def test_features_by_hand():
    # Two cosines along x in the 8x8 pixels that 32 are reduced to. The first ring has 3
    # frequencies, (0, 1), (1, 0), (1, 1); the second 4, (0, 2), (2, 0), (1, 2), (2, 1).
    coefficients = np.zeros((1, 8, 8))
    coefficients[0, 0, :3] = 8 * 0.5, 0.4, 0.2
    small = idctn(coefficients, axes=(1, 2), norm="ortho")
    image = small.repeat(4, axis=1).repeat(4, axis=2)[..., None]
    features = content_features(image)
    assert features.shape == (1, 4)
    assert features[0, 0] == pytest.approx(0.5)
    assert features[0, 1] == pytest.approx(np.log((0.2**2 / 4) / (0.4**2 / 3)), abs=2e-3)


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [(16, 16, 2), (28, 28, 3), (32, 32, 4), (32, 48, 4), (64, 64, 6), (96, 128, 6), (256, 256, 6)],
)
def test_features_of_every_size(height, width, expected):
    images = np.random.default_rng(0).random((2, height, width, 3))
    features = content_features(images)
    assert features.shape == (2, expected)
    assert np.all(np.isfinite(features))


def test_large_images_are_reduced_more():
    small = np.random.default_rng(0).random((3, 16, 16, 1))
    of_64, of_128 = (small.repeat(n, axis=1).repeat(n, axis=2) for n in (4, 8))
    np.testing.assert_allclose(content_features(of_128), content_features(of_64))


def test_contrast_is_no_content(real):
    features = content_features(real[:200])
    lower = content_features(planting.contrasted(real[:200], 0.5))
    assert np.median(np.abs(lower - features)) < 0.01
    assert np.max(np.abs(lower.mean(axis=0) - features.mean(axis=0))) < 0.1


@pytest.mark.parametrize(("radius", "noise"), [(1.0, 0.0), (2.0, 0.0), (0.0, 0.05), (1.0, 0.03)])
def test_a_blur_and_noise_that_are_known_are_allowed_for(real, radius, noise):
    part = real[:200]
    rng = np.random.default_rng(1)
    faulty = eight_bits(planting.noised(planting.blurred(part, radius), noise, rng))
    seen = content_features(faulty).mean(axis=0)
    unaware = np.abs(content_features(part).mean(axis=0) - seen).mean()
    aware = np.abs(content_features(part, radius, noise).mean(axis=0) - seen).mean()
    assert aware < 0.02
    assert aware < unaware / 2


def test_weights_of_normals_by_hand():
    # N(0, 1) to N(0.5, 1): w = exp(x/2 - 1/8), E w² = exp(1/4), overlap 2 Φ(-1/4).
    rng = np.random.default_rng(0)
    real, fake = rng.normal(0, 1, (20000, 1)), rng.normal(0.5, 1, (10000, 1))
    weights, effective, overlap = content_weights(real, fake)
    assert weights.mean() == pytest.approx(1)
    np.testing.assert_allclose(weights, np.exp(real[:, 0] / 2 - 1 / 8), rtol=0.2, atol=0.1)
    assert effective == pytest.approx(20000 * np.exp(-1 / 4), rel=0.03)
    assert overlap == pytest.approx(2 * norm.cdf(-1 / 4), abs=0.015)


def test_products_match_widths_and_correlations():
    rng = np.random.default_rng(1)
    real = rng.normal(size=(6000, 2))
    fake = rng.normal(size=(6000, 2)) @ np.array([[0.8, 0.4], [0.0, 0.6]])
    weights = content_weights(real, fake).weights
    matched = np.cov(real.T, aweights=weights)
    np.testing.assert_allclose(matched, np.cov(fake.T), atol=0.05)


def test_how_many_there_are_of_either_set_does_not_matter():
    rng = np.random.default_rng(2)
    real, fake = rng.normal(0, 1, (1000, 3)), rng.normal(0.3, 1, (400, 3))
    once, twice = content_weights(real, fake), content_weights(real, np.tile(fake, (5, 1)))
    np.testing.assert_allclose(once.weights, twice.weights, rtol=0.05)
    assert once.overlap == pytest.approx(twice.overlap, abs=0.01)


def test_sets_apart_do_not_overlap():
    rng = np.random.default_rng(3)
    real, fake = rng.normal(0, 1, (1000, 2)), rng.normal(6, 1, (500, 2))
    weights, effective, overlap = content_weights(real, fake)
    assert overlap < 0.05
    assert effective < 0.15 * len(real)
    assert np.all(np.isfinite(weights))


def test_features_of_one_value_only_are_no_harm():
    rng = np.random.default_rng(4)
    real, fake = rng.normal(size=(300, 2)), rng.normal(size=(300, 2))
    real[:, 1] = fake[:, 1] = 0.25
    assert content_weights(real, fake).overlap > 0.85


def test_many_features_take_squares_alone():
    rng = np.random.default_rng(5)
    real, fake = rng.normal(size=(3000, 20)), rng.normal(size=(3000, 20)) * 0.8
    weights = content_weights(real, fake).weights
    np.testing.assert_allclose(weights @ real**2 / len(real), 0.64, atol=0.08)


def test_real_against_real_is_no_blur(real):
    plain, matched, match = fits(photographs(300, 9))
    assert abs(matched.variance) < 0.03
    assert abs(matched.variance) < abs(plain.variance) + 0.02
    assert match.effective > 0.75 * len(real)
    assert match.overlap > 0.8


def test_the_false_blur_of_other_photographs_goes():
    # Random halves of the photographs in random shares, of which single ones may keep theirs.
    rng = np.random.default_rng(11)
    found = []
    for _ in range(4):
        names = rng.permutation(REAL)[:4]
        counts = rng.multinomial(250, rng.dirichlet(np.ones(4)))
        shown = zip(names, counts, strict=True)
        fake = np.concatenate([photographs(n, n, (str(name),)) for name, n in shown if n])
        plain, matched, match = fits(fake)
        assert match.overlap > 0.3
        found.append([plain.variance, matched.variance])
    before, after = np.abs(found).mean(axis=0)
    assert before > 0.1
    assert after < before / 2


@pytest.mark.parametrize("radius", [0.5, 1.0, 2.0])
def test_other_photographs_keep_their_blur(others, radius):
    plain, matched, _ = fits(eight_bits(planting.blurred(others, radius)))
    false, left = (abs(fit.variance - radius**2) for fit in (plain, matched))
    assert left < 0.09 + 0.03 * radius**2
    assert left < 0.85 * false


def test_a_third_of_the_false_blur_of_the_smoothest_goes():
    many = photographs(600, 4)
    smoothest = many[np.argsort(tenengrad(many))[:300]]
    plain, matched, _ = fits(smoothest)
    assert plain.variance > 0.15
    assert matched.variance < 0.7 * plain.variance
    # What stays is within what the weights moved, twice, and a little.
    assert matched.variance < 2 * (plain.variance - matched.variance) + 0.03


def test_lost_contrast_and_noise_do_no_harm():
    rng = np.random.default_rng(6)
    fake = planting.contrasted(planting.blurred(photographs(300, 9), 1.0), 0.5)
    _, matched, match = fits(eight_bits(planting.noised(fake, 0.01, rng)))
    assert matched.radius == pytest.approx(1, abs=0.05)
    assert matched.contrast == pytest.approx(0.5, abs=0.03)
    assert match.overlap > 0.75


def test_refusals():
    images = np.random.default_rng(0).random((2, 12, 20, 1))
    with pytest.raises(ValueError, match="12x20 pixels: expected 16"):
        content_features(images)
    with pytest.raises(ValueError, match="radius nan"):
        content_features(np.random.default_rng(0).random((2, 16, 16, 1)), radius=np.nan)
    with pytest.raises(ValueError, match="3 real features and 2 fake"):
        content_weights(np.zeros((5, 3)), np.zeros((5, 2)))
    with pytest.raises(ValueError, match="fake features: 1 rows"):
        content_weights(np.zeros((5, 3)), np.zeros((1, 3)))
