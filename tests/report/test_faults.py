"""What real images themselves score once they have the blur, noise and contrast of some fakes."""

import numpy as np
import pytest

from jaxgan.features import pixel_features
from jaxgan.metrics.checks import as_file
from jaxgan.metrics.planting import blurred, contrasted, noised
from jaxgan.report.card import Measured
from jaxgan.report.faults import Faults, explained, fitted_faults, planted, with_noise_of
from jaxgan.report.feature_instruments import diversity
from jaxgan.report.instruments import read
from jaxgan.report.pixel_instruments import noise, sharpness

RANDOM = np.random.default_rng(0)
REAL = as_file(blurred(RANDOM.random((400, 16, 16, 1)), 0.6))
FAKE = as_file(blurred(RANDOM.random((150, 16, 16, 1)), 0.6))
NETWORK = pixel_features(REAL)


def beside(instrument, faults):
    reading, rows, _ = read(instrument, REAL, FAKE, np.random.default_rng(1))
    return explained(instrument, reading.scores, rows, REAL, 150, faults, np.random.default_rng(2))


def by_hand(faulty):
    """Coverage of some of the images, made faulty, of others."""
    instrument = diversity(NETWORK)
    files = instrument.rows(as_file(faulty))
    return instrument.compare(instrument.rows(REAL[:150]), files)["coverage"]


@pytest.mark.parametrize("radius", [0.3, 0.6, 1.0])
def test_as_much_as_by_hand_after_a_blur(radius):
    found = beside(diversity(NETWORK), Faults(radius=radius))["coverage"]
    expected = by_hand(blurred(REAL[150:300] / 255.0, radius))
    assert found.explained == pytest.approx(expected, abs=0.08)
    low, high = found.explained_band
    assert low <= found.explained <= high


def test_as_much_as_by_hand_after_noise_and_lost_contrast():
    found = beside(diversity(NETWORK), Faults(noise=0.2, contrast=0.7))["coverage"]
    faulty = noised(contrasted(REAL[150:300] / 255.0, 0.7), 0.2, np.random.default_rng(2))
    assert found.explained == pytest.approx(by_hand(faulty), abs=0.08)


def test_a_score_for_which_sizes_do_not_matter_has_the_band_of_new_images():
    found = beside(sharpness(), Faults(radius=0.5))["variance_of_laplacian"]
    whole = sharpness().rows(REAL)
    faulty = sharpness().rows(as_file(blurred(REAL / 255.0, 0.5)))
    assert found.explained == pytest.approx(
        sharpness().compare(whole, faulty)["variance_of_laplacian"], rel=0.03
    )
    # Of 400 images each value is as far from the median of all as fakes of 150 would be.
    ratios = faulty["variance_of_laplacian"] / np.median(whole["variance_of_laplacian"])
    deviation = 1.25 * ratios.std() * np.sqrt(1 / 150 + 1 / 400)
    low, high = found.explained_band
    assert (high - low) / (2 * 2.093) == pytest.approx(deviation, rel=0.5)


def test_without_faults_nothing_is_explained():
    reading, rows, _ = read(sharpness(), REAL, FAKE, np.random.default_rng(1))
    found = explained(sharpness(), reading.scores, rows, REAL, 150, Faults(), RANDOM)
    assert found == reading.scores
    assert planted(REAL, Faults(), RANDOM) is REAL


def test_all_faults_are_planted_and_rounded_to_levels():
    faults = Faults(radius=1.0, noise=0.1, contrast=0.5)
    found = planted(REAL, faults, np.random.default_rng(3))
    assert found.dtype == np.uint8
    plain = blurred(contrasted(REAL / 255.0, 0.5), 1.0)
    left = found / 255.0 - plain
    assert left.std() == pytest.approx(0.1, rel=0.02)
    assert abs(left.mean()) < 0.002


@pytest.mark.parametrize("deviation", [0.03, 0.1])
def test_the_noise_that_black_clips_is_planted_in_full(deviation):
    """On a black ground half of the noise is lost, and a fit reads .6 to .9 of it."""
    drawn = np.random.default_rng(4)
    pictures = blurred(np.maximum(drawn.random((400, 16, 16, 1)) - 0.7, 0), 0.6)
    real, others = as_file(pictures[:200]), pictures[200:]
    fakes = as_file(noised(others, deviation, drawn))
    medians = [float(np.median(noise().rows(some)["median_noise"])) for some in (real, fakes)]
    read_as = Measured(medians[1], None, medians[0], (0.0, 1.0))
    dim = Faults(noise=0.6 * deviation, contrast=1.0)
    found = with_noise_of(read_as, dim, noise(), real, np.random.default_rng(5))
    assert found.noise == pytest.approx(deviation, rel=0.05)
    assert with_noise_of(read_as, Faults(radius=1.0), noise(), real, drawn) == Faults(radius=1.0)
    far = dim._replace(noise=deviation / 10)  # that so much is white noise, nobody can believe
    assert with_noise_of(read_as, far, noise(), real, drawn).noise == 4 * far.noise


def scores(**values):
    found = {
        "blur_radius": (0.0, (-0.1, 0.1)),
        "noise": (0.0, (0.0, 0.01)),
        "median_noise": (0.02, (0.019, 0.021)),
        "contrast": (1.0, (0.97, 1.03)),
        "misfit": (0.01, (0.005, 0.02)),
    }
    return {
        name: Measured(values.get(name, null), None, null, band)
        for name, (null, band) in found.items()
    }


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        ({}, Faults()),
        ({"blur_radius": 1.0}, Faults(radius=1.0)),
        ({"blur_radius": 0.15}, Faults()),  # too little to matter
        ({"blur_radius": -0.5}, Faults()),  # sharper: there is nothing to plant
        ({"contrast": 0.5}, Faults(contrast=0.5)),
        ({"contrast": 0.5, "misfit": 0.2}, Faults()),  # a misfit looks like lost contrast
        ({"noise": 0.05, "median_noise": 0.06}, Faults(noise=0.05)),
        ({"noise": 0.05}, Faults()),  # the median noise does not bear it out
        ({"noise": 0.05, "median_noise": 0.0215}, Faults()),  # nor does so little
        ({"median_noise": 0.034}, Faults(noise=0.014)),  # the fit cannot be sure of so little
        ({"median_noise": 0.1}, Faults()),  # it would see so much: no white noise
        ({"noise": 0.009, "median_noise": 0.04}, Faults(noise=0.02)),
    ],
)
def test_faults_are_those_of_the_fit_that_lie_outside_of_their_bands(values, faults):
    assert tuple(fitted_faults(scores(**values))) == pytest.approx(tuple(faults))


def test_among_content_as_rough_as_noise_variances_add():
    """1/f noise with white noise of .03: .0658² = .0585² + .03², and the fit cannot tell."""
    found = scores(noise=0.0309, median_noise=0.0658)
    found["noise"] = found["noise"]._replace(band=(0.008, 0.0335))
    found["median_noise"] = found["median_noise"]._replace(null=0.0585, band=(0.058, 0.059))
    assert fitted_faults(found).noise == pytest.approx(0.03, rel=0.01)
    noisy = found["median_noise"]
    found["median_noise"] = noisy._replace(value=0.05901)
    assert fitted_faults(found).noise == 0  # of .0078, which is too little
    found["median_noise"] = noisy._replace(explained=0.0585, explained_band=(0.058, 0.059))
    assert fitted_faults(found).noise == 0  # beside a blur, texture may be what is left


def test_a_misfit_as_large_among_real_images_leaves_contrast_to_be_believed():
    found = scores(contrast=0.5, misfit=0.11)
    assert fitted_faults(found).contrast == 1.0  # 0.1 above real images
    few = found["misfit"]._replace(null=0.05, band=(0.02, 0.1))
    assert fitted_faults({**found, "misfit": few}).contrast == 0.5  # 0.06
