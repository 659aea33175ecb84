"""Classes of known softness: the score is normal, and each pixel of blur raises it by 1."""

import numpy as np
import pytest

from jaxgan.report.class_softness import class_softness

SIGMAS = np.array([0.0, 1.0, 2.0])
NAMES = ("ant", "bee", "cow", "fly")


def sets(shifts, count=60, seed=0):
    """Softness of real images under planted blurs, and of fakes whose classes are shifted."""
    rng = np.random.default_rng(seed)
    labels = np.arange(4 * count) % 4
    sharp = rng.normal(0.0, 0.3, len(labels))
    series = sharp[:, None] + SIGMAS
    fakes = rng.normal(0.0, 0.3, len(labels)) + np.array(shifts)[labels]
    return series, labels, fakes, labels, SIGMAS, NAMES


def test_the_soft_class_stands_out_with_its_radius():
    found = class_softness(*sets([0, 0, 1.0, 0]))
    assert found.softer(1.5) == [2]
    assert found.radius[2] == pytest.approx(1.0, abs=0.15)
    assert found.in_words(1.5).startswith("cow ")
    assert found.score.surprise > 3
    assert list(found.counts) == [60] * 4


def test_classes_that_are_all_soft_do_not_stand_out():
    found = class_softness(*sets([1.0, 1.0, 1.0, 1.0]))
    assert found.softer(1.0) == []
    assert abs(found.score.surprise) < 1.5


def test_chance_makes_a_class_stand_out_in_one_of_forty_cases():
    alarms = [class_softness(*sets([0, 0, 0, 0], seed=s)).score.surprise > 1 for s in range(200)]
    assert np.mean(alarms) < 0.07


def test_classes_of_few_images_are_left_out():
    series, labels, fakes, fake_labels, *rest = sets([0, 0, 1.0, 0])
    kept = (fake_labels != 3) | (np.arange(len(fakes)) < 40)
    found = class_softness(series, labels, fakes[kept], fake_labels[kept], *rest)
    assert found.names == ("ant", "bee", "cow")
    assert class_softness(series[:30], labels[:30], fakes, fake_labels, *rest) is None
