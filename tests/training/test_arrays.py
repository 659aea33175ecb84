"""A run on arrays in memory: trained, gone on with, repeated and judged."""

import dataclasses
import json

import numpy as np
import pytest

import jaxgan
from jaxgan.errors import UserError
from jaxgan.report.sources import sets_of_run
from tests.tiny import WGAN_GP

DRAWN = jaxgan.open_images("shapes", image_size=8, size=50).read(np.arange(50))
FACES = jaxgan.ImageSet.from_arrays(DRAWN["image"], DRAWN["label"], name="faces")
OPEN = dataclasses.replace(WGAN_GP, image_size=None)


def options(workdir):
    return jaxgan.RunOptions(workdir=workdir, quiet=True, blur=False)


def test_a_run_on_arrays_has_the_bits_of_one_on_the_same_images_from_elsewhere(tmp_path):
    outcome = jaxgan.train(OPEN, options(tmp_path / "arrays"), images=FACES)
    assert outcome.digest == jaxgan.train(WGAN_GP, options(tmp_path / "drawn")).digest
    config = json.loads((tmp_path / "arrays" / "config.json").read_text())
    assert (config["data"], config["image_size"], config["classes"]) == ("arrays:faces", 8, 4)
    environment = json.loads((tmp_path / "arrays" / "environment.json").read_text())
    assert environment["data_fingerprint"] == FACES.fingerprint


def test_it_goes_on_and_is_repeated_with_the_same_images_alone(tmp_path):
    run = tmp_path / "run"
    whole = jaxgan.train(OPEN, options(tmp_path / "whole"), images=FACES).digest
    jaxgan.train(dataclasses.replace(OPEN, steps=5), options(run), images=FACES)
    other = jaxgan.ImageSet.from_arrays(255 - DRAWN["image"], DRAWN["label"], name="faces")
    with pytest.raises(UserError, match="was trained on other images than arrays:faces now holds"):
        jaxgan.train(OPEN, options(run), images=other)
    with pytest.raises(UserError, match="data is arrays:faces there, shapes here"):
        jaxgan.train(OPEN, options(run))
    with pytest.raises(UserError, match="only Python can hand over"):
        jaxgan.train(dataclasses.replace(OPEN, data="arrays:faces"), options(run))
    assert jaxgan.train(OPEN, options(run), images=FACES).digest == whole

    assert jaxgan.rerun(run, images=FACES) == 4
    with pytest.raises(UserError, match=r"call jaxgan.train, jaxgan.rerun or jaxgan.blur_of_run"):
        jaxgan.rerun(run)
    with pytest.raises(UserError, match="holds other images than the run was trained on"):
        jaxgan.rerun(run, images=other)


def test_images_of_another_form_than_the_config_asks_for_are_refused(tmp_path):
    asked = dataclasses.replace(WGAN_GP, image_size=16)
    with pytest.raises(UserError, match="image_size 16 with arrays:faces, which has 8"):
        jaxgan.train(asked, options(tmp_path / "run"), images=FACES)
    assert not (tmp_path / "run").exists()


def test_its_samples_are_judged_against_the_same_images_or_held_out_ones(tmp_path):
    drawn = jaxgan.open_images("shapes", image_size=16, size=800).read(np.arange(800))["image"]
    trained, held_out = map(jaxgan.ImageSet.from_arrays, np.split(drawn, [400]))
    jaxgan.train(dataclasses.replace(OPEN, steps=1), options(tmp_path), images=trained)
    with pytest.raises(UserError, match="only Python can hand over"):
        jaxgan.blur_of_run(tmp_path, features=False)
    with pytest.raises(UserError, match="holds other images"):
        jaxgan.blur_of_run(tmp_path, features=False, images=held_out)

    def sets(held_out):
        asked = {"count": 100, "step": None, "seed": 0, "data_dir": None, "cache": None}
        return sets_of_run(tmp_path, images=trained, held_out=held_out, say=print, **asked)

    of_trained, of_held_out = sets(None), sets(held_out)
    assert "are those the run was trained on" in of_trained.notes[0]
    assert of_trained.trained is None
    np.testing.assert_array_equal(of_held_out.real, drawn[400:])
    np.testing.assert_array_equal(of_held_out.trained, drawn[:400])
    assert not of_held_out.notes
