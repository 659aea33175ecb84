"""What real images themselves score once they have the blur and noise of some fakes."""

import numpy as np
import pytest

from jaxgan.features import pixel_features
from jaxgan.metrics.checks import as_file
from jaxgan.metrics.planting import blurred, noised
from jaxgan.report.card import Measured
from jaxgan.report.feature_instruments import diversity
from jaxgan.report.with_faults import JUDGED, scores_with_faults

RANDOM = np.random.default_rng(0)
REAL = as_file(blurred(RANDOM.random((400, 16, 16, 1)), 0.6))
NETWORK = pixel_features(REAL)


def scores(**values):
    found = {"blur_radius": 0.0, "noise": 0.0, "coverage": 0.5, "recall": 0.5}
    found = {name: Measured(value, protocol="way") for name, value in (found | values).items()}
    median = values.get("median_noise", 0.01)
    return found | {"median_noise": Measured(median, null=0.01)}


def found(words, **values):
    instrument = diversity(NETWORK)
    rows = instrument.rows(REAL)
    rng = np.random.default_rng(1)
    names = JUDGED["diversity"]
    return scores_with_faults(instrument, names, rows, REAL, scores(**values), words, 200, rng)


def by_hand(faulty):
    """Coverage of the second half of the images, made faulty, of the first half."""
    files = as_file(faulty)
    instrument = diversity(NETWORK)
    return instrument.compare(instrument.rows(REAL[:200]), instrument.rows(files))["coverage"]


@pytest.mark.parametrize("radius", [0.3, 0.6, 1.0])
def test_as_much_as_by_hand_after_a_blur(radius):
    values = found(["too soft"], blur_radius=radius)
    expected = by_hand(blurred(REAL[200:] / 255.0, radius))
    assert values["coverage_with_faults"].value == pytest.approx(expected, abs=0.08)


@pytest.mark.parametrize("values", [{"noise": 0.2}, {"median_noise": 0.21}])
def test_as_much_as_by_hand_after_noise(values):
    got = found(["too noisy"], **values)["coverage_with_faults"].value
    expected = by_hand(noised(REAL[200:] / 255.0, 0.2, np.random.default_rng(2)))
    assert got == pytest.approx(expected, abs=0.08)


def test_only_faults_that_the_verdict_names_are_planted():
    whole = found([], blur_radius=3.0, noise=0.3)
    assert whole["coverage_with_faults"].value > 0.9
    assert (
        whole["recall_with_faults"].value < 1
    )  # held against other images, not against themselves
    soft = found(["too soft"], blur_radius=3.0, noise=0.3)
    assert soft["coverage_with_faults"].value < 0.5
    assert soft["recall_with_faults"].protocol.endswith("; way")
