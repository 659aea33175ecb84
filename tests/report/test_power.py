"""The smallest blur that has its word, worked out by hand and tried on photographs."""

import math

import numpy as np
import pytest

from jaxgan.metrics import planting
from jaxgan.metrics.checks import as_file
from jaxgan.metrics.equivalent_blur import BlurSeries
from jaxgan.report.card import Measured
from jaxgan.report.inputs import CardInputs
from jaxgan.report.measure import measure
from jaxgan.report.power import smallest_blur
from tests.photographs import crops

SIGMAS = np.linspace(0.0, 3.0, 61)
SCORES = {
    "blur_variance": Measured(0.0, None, 0.0, (-0.05, 0.05)),
    "blur_radius": Measured(0.0, None, 0.0, (-0.2, 0.2)),
    "edge_energy": Measured(1.0, None, 1.0, (0.98, 1.02)),
    "soft_end_radius": Measured(0.0, None, 0.0, (0.0, 0.2)),
}


def smallest(rate, variances=(0.0,), ends=(0.0,), scores=SCORES):
    """Edges that lose exp(-rate σ²)."""
    series = BlurSeries(SIGMAS, 3.0 * np.exp(-rate * SIGMAS**2))
    spectral = [{"blur_variance": v, "edge_energy": 1.0} for v in variances]
    single = [{"soft_end_radius": end} for end in ends]
    return smallest_blur(scores, spectral, single, series)


def test_the_scarcest_of_its_conditions_decides():
    # A variance of .0625 has a name: .25 pixels. Edges must lose .05: exp(-σ²) does at .226.
    assert smallest(1.0) == pytest.approx(0.255, abs=0.006)
    # exp(-σ² / 5) = .95 at σ² = .2565.
    assert smallest(0.2) == pytest.approx(math.sqrt(0.2565), abs=0.01)
    wide = {**SCORES, "blur_variance": Measured(0.0, None, 0.0, (-0.5, 0.49))}
    assert smallest(1.0, scores=wide) == pytest.approx(0.705, abs=0.006)


def test_nine_of_ten_splits_must_find_it():
    # Eight rise from 0; the ninth needs .1 more, and the tenth, which may be missed, 1 more.
    variances = [0.0] * 8 + [-0.1, -1.0]
    assert smallest(1.0, variances, [0.0] * 10) == pytest.approx(math.sqrt(0.1625), abs=0.011)


def test_what_the_fakes_themselves_are_like_does_not_enter():
    """A soft corner of the fakes would hide every blur from the rules."""
    soft_corner = {
        **{name: score._replace(value=0.6, interval=(0.0, 0.7)) for name, score in SCORES.items()},
        "uneven_softness": Measured(2.0, (1.9, 2.1), 0.05, (0.0, 0.1)),
        "even_softness": Measured(0.0, (0.0, 0.1), 0.0, (0.0, 0.1)),
    }
    assert smallest(1.0, scores=soft_corner) == smallest(1.0)


def test_never_where_edges_do_not_follow():
    assert smallest(1e-4) == math.inf


def test_so_small_a_blur_of_photographs_is_called_by_its_name_and_half_of_it_is_not():
    rng = np.random.default_rng(5)
    real, others = crops(400, 32, rng), crops(400, 32, rng) / 255.0

    def card(sigma):
        soft = as_file(planting.blurred(others[:150], sigma)) if sigma else as_file(others[:150])
        return measure(CardInputs("soft", soft, real))[0]

    (note,) = (note for note in card(0.0).notes if "9 of 10" in note)
    size = float(note.split(" from ")[1].split(" pixels")[0])
    assert 0.25 < size < 0.8
    assert {"too soft", "soft or other content"} & set(card(1.2 * size).verdict)
    assert not {"too soft", "soft or other content"} & set(card(size / 2).verdict)
