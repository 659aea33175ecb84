"""A whole card of two small sets, and what is refused."""

import json

import numpy as np
import pytest

from jaxgan.data import open_images
from jaxgan.errors import UserError
from jaxgan.features import pixel_features
from jaxgan.metrics import planting
from jaxgan.metrics.checks import as_file
from jaxgan.report.card import card_to_json
from jaxgan.report.inputs import CardInputs
from jaxgan.report.measure import measure

IMAGES = open_images("shapes", image_size=16, split="test").read(np.arange(700))["image"]
REAL, FAKE, TRAINED = IMAGES[:400], IMAGES[400:520], IMAGES[520:]

COUNTED = ("copied_share", "plain_share")  # of all images, without chance


def blurred(images, sigma):
    return as_file(planting.blurred(images / 255.0, sigma))


@pytest.fixture(scope="module")
def card():
    sets = CardInputs(
        "blurred shapes",
        blurred(FAKE, 1.0),
        REAL,
        TRAINED,
        has_edges=True,
        networks=(pixel_features(REAL),),
        notes=("a note",),
    )
    return sets, *measure(sets)


def test_a_card_holds_blur_in_pixels_with_interval_and_band(card):
    _, found, _ = card
    assert found.radius_px.value == pytest.approx(1.0, abs=0.1)
    low, high = found.radius_px.interval
    assert low <= found.radius_px.value <= high
    assert found.radius_px.band[1] < 0.5
    assert "too soft" in found.verdict
    assert found.scores["edge_radius"].value == pytest.approx(1.0, rel=0.1)
    assert found.scores["edge_radius"].null < 0.3


def test_json_holds_every_score_with_its_protocol(card):
    _, found, _ = card
    data = json.loads(json.dumps(card_to_json(found), allow_nan=False))
    assert {"radius_px", "noise", "contrast", "misfit", "verdict", "scores"} <= set(data)
    assert not {"blur_radius", "noise", "contrast", "misfit"} & set(data["scores"])
    assert data["verdict"] == list(found.verdict)
    for name, score in data["scores"].items():
        assert {"value", "protocol"} <= set(score), name
        if not name.startswith("equivalent_"):
            wanted = {"null"} if name in COUNTED else {"interval", "null", "band"}
            assert wanted <= set(score), name
            assert "images" in score["protocol"]
    frechet = data["scores"]["frechet_pixels_64"]
    assert frechet["features"].startswith("pixels-64@")
    for name in ("coverage", "recall", "memorisation", "checkerboard"):
        assert {"explained", "explained_band"} <= set(data["scores"][name]), name
    assert "explained" not in data["radius_px"]  # the blur itself is not explained by it
    assert data["because"][0][0] == "blur_variance"
    assert data["notes"][0] == "a note"
    assert "is called by its name in 9 of 10 cases from" in data["notes"][1]
    counts = {name: data["protocol"][name] for name in ("fakes", "real", "trained_on")}
    assert counts == {"fakes": 120, "real": 400, "trained_on": 180}
    assert not any("fid" in name for name in data["scores"])


def test_the_same_images_give_the_same_numbers_with_and_without_a_network(card):
    sets, found, _ = card
    without, _ = measure(sets._replace(networks=()))
    assert "coverage" not in without.scores
    for name, score in without.scores.items():
        assert found.scores[name] == score
    assert without.radius_px == found.radius_px


def test_evidence_is_of_the_images_it_names(card):
    _, _, evidence = card
    assert len(evidence.fake) == len(evidence.real) == len(evidence.neighbours) == len(FAKE)
    assert set(evidence.blur_rail) == {0.25, 0.5, 0.75, 1.0, 1.5, 2.0}
    assert evidence.equivalent_blur["tenengrad"] == pytest.approx(1.0, abs=0.25)
    assert np.isfinite(evidence.spectrum_ratio_2d).all()


@pytest.mark.parametrize(
    ("fake", "real", "message"),
    [
        (FAKE[:50], REAL, "too few fakes: 50, and a card needs 100"),
        (FAKE, REAL[:150], "too few real images: 150, and a card needs 200"),
        (FAKE / 255.0, REAL, "expected uint8"),
        (FAKE[:, :12, :12], REAL[:, :12, :12], "below 16 pixels"),
        (FAKE[:, :, [*range(16), 0]], REAL, "expected one form"),
        (np.repeat(FAKE, 3, axis=3), REAL, "expected one form"),
        (np.zeros_like(FAKE), REAL, "every pixel is 0"),
    ],
)
def test_images_that_cannot_be_compared_are_refused(fake, real, message):
    with pytest.raises(UserError, match=message):
        measure(CardInputs("bad", fake, real))
