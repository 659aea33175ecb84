"""What the gate says of a card's networks, and where its answers are kept."""

import json

import numpy as np

from jaxgan.data import open_images
from jaxgan.features import Outputs, feature_network, pixel_features
from jaxgan.report.networks import gated

IMAGES = open_images("shapes", image_size=16).read(np.arange(400))["image"]
SEES = pixel_features(IMAGES)
BLIND = feature_network("blind", 1, {}, lambda _, x: Outputs(x.mean((1, 2)), None))


def test_those_that_pass_come_first_and_others_say_why_not(tmp_path):
    first, last = gated([BLIND, SEES], IMAGES, tmp_path, "data")
    assert (first.identity, last.identity) == (SEES.identity, BLIND.identity)
    assert first.facts["gate"] == "passed"
    assert last.facts["gate"].startswith(f"{BLIND.identity}: ")
    assert "with blur" in last.facts["gate"]
    assert last.facts.keys() - {"gate"} == BLIND.facts.keys()


def test_answers_are_kept_for_the_network_and_the_data(tmp_path):
    gated([BLIND], IMAGES, tmp_path, "data")
    (kept,) = tmp_path.iterdir()
    kept.write_text(json.dumps("passed"))
    assert gated([BLIND], IMAGES, tmp_path, "data")[0].facts["gate"] == "passed"
    assert gated([BLIND], IMAGES, tmp_path, "other")[0].facts["gate"] != "passed"
    other = feature_network("also blind", 1, {}, lambda _, x: Outputs(x.mean((1, 2)), None))
    assert gated([other], IMAGES, tmp_path, "data")[0].facts["gate"] != "passed"


def test_a_gate_answers_as_many_images_as_it_needs(tmp_path):
    (found,) = gated([SEES], IMAGES[:399], tmp_path, "data")
    assert found.facts["gate"] == "not asked: 399 images, and 400 are needed"
    assert not list(tmp_path.iterdir())
