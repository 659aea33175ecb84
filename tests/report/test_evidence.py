"""What figures show, held against the images that they are of."""

import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.data import open_images
from jaxgan.features import Outputs, feature_network, pixel_features
from jaxgan.metrics import median_noise, planting, tenengrad
from jaxgan.metrics.checks import as_file
from jaxgan.report.inputs import CardInputs
from jaxgan.report.instruments import spread
from jaxgan.report.measure import measure

IMAGES = open_images("shapes", image_size=16, split="test").read(np.arange(700))["image"]
REAL, HELD, TRAINED = IMAGES[:400], IMAGES[400:520], IMAGES[520:]
CONTRAST, SIGMA, NOISE, COPIES = 0.8, 1.0, 0.05, 7


def brightness(_, x):
    """Three classes: dark, middling and bright images."""
    return Outputs(x.mean((1, 2)), -100 * jnp.abs(x.mean((1, 2, 3))[:, None] - levels()))


def levels():
    return jnp.array([[0.2, 0.4, 0.6]])


CLASSES = feature_network("brightness", 1, {}, brightness, has_logits=True)


@pytest.fixture(scope="module")
def found():
    grey = 0.1 + CONTRAST * HELD / 255.0  # contrast lost, and no level at an end of the range
    soft = planting.blurred(grey, SIGMA)
    fake = as_file(planting.noised(soft, NOISE, np.random.default_rng(0)))
    fake[:COPIES] = TRAINED[:COPIES]
    sets = CardInputs("planted", fake, REAL, TRAINED, ("dark", "middling", "bright"), True,
                     (pixel_features(REAL), CLASSES))  # fmt: skip
    _, evidence = measure(sets)
    return fake, evidence


def test_images_are_of_the_side_that_they_stand_on(found):
    fake, evidence = found
    np.testing.assert_array_equal(evidence.fake, fake)
    assert all(any(np.array_equal(shown, one) for one in REAL) for shown in evidence.real)
    np.testing.assert_array_equal(evidence.neighbours[:COPIES], fake[:COPIES])


def test_numbers_of_single_images_are_of_those_shown(found):
    _, evidence = found
    for shown, energies, noises in (
        (evidence.real, evidence.real_tenengrad, evidence.real_noise),
        (evidence.fake, evidence.fake_tenengrad, evidence.fake_noise),
    ):
        np.testing.assert_allclose(energies, tenengrad(shown))
        np.testing.assert_allclose(noises, median_noise(shown))


def test_rails_go_down_with_blur_and_up_with_noise(found):
    _, evidence = found
    energies = [energy for energy, _ in evidence.blur_rail.values()]
    noises = [noise for _, noise in evidence.noise_rail.values()]
    assert energies == sorted(energies, reverse=True)
    assert noises == sorted(noises)


def test_the_fitted_spectrum_lies_on_that_of_the_fakes(found):
    """Over all frequencies: where contrast, where blur and where noise decides."""
    _, evidence = found
    seen = np.isfinite(evidence.fitted_spectrum) & (evidence.frequencies > 0.05)
    away = np.log(evidence.fitted_spectrum[seen] / evidence.fake_spectrum[seen])
    assert np.abs(away).max() < 0.4
    ends = evidence.frequencies[seen]
    assert ends.min() < 0.15
    assert ends.max() > 0.45


def test_the_map_of_frequencies_is_fakes_over_real(found):
    """Blur in between: 10·log10 of power falls by 4π²σ²f², here e^-3.9 at a quarter of a cycle."""
    _, evidence = found
    middle = evidence.spectrum_ratio_2d.shape[0] // 2
    assert evidence.spectrum_ratio_2d[middle, middle + 4] < -0.5
    assert evidence.spectrum_ratio_2d[middle + 4, middle] < -0.5
    low, high = evidence.spectrum_band
    assert np.all(low < 1)
    assert np.all(high > 1)


def test_gradients_of_soft_images_are_small(found):
    _, evidence = found
    top = evidence.quantiles == 0.99
    assert evidence.fake_gradients[top] < 0.7 * evidence.real_gradients[top]
    low, high = evidence.gradient_band
    assert low[top] <= 1 <= high[top]


def test_edges_are_wider_by_the_blur(found):
    _, evidence = found
    assert np.median(evidence.edges["fake_radius"]) > np.median(evidence.edges["real_radius"]) + 0.5
    assert 0 <= evidence.edges["real_rejected"] < 1


def test_equivalent_blurs_in_pixels(found):
    _, evidence = found
    assert evidence.equivalent_blur.keys() <= {"tenengrad", "crete_blur_5", "high_frequency_ratio"}
    assert evidence.equivalent_blur["tenengrad"] == pytest.approx(1.3, abs=0.4)  # contrast, too


def test_classes_by_hand(found):
    fake, evidence = found
    looked_at = spread(REAL, 2 * len(fake))
    for images, shares in ((looked_at, evidence.real_classes), (fake, evidence.fake_classes)):
        means = images.mean(axis=(1, 2, 3)) / 255.0
        nearest = np.abs(means[:, None] - np.asarray(levels())).argmin(axis=1)
        np.testing.assert_allclose(shares, np.bincount(nearest, minlength=3) / len(images))
