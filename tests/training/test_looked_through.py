"""What a run looked through is in its record: other weights are refused, another path is not."""

import dataclasses
import json
import shutil

import numpy as np
import pytest

from jaxgan.errors import UserError
from jaxgan.training.loop import train
from jaxgan.training.options import RunOptions
from jaxgan.training.rerun import rerun
from jaxgan.training.sampling import sample_run
from tests.tiny import VARIANTS
from tests.weights.small import first_block, small_file


def through(weights, steps=1):
    config = VARIANTS["vgg_gan"]
    term = dataclasses.replace(config.sharpness[0], weights=str(weights), interval=1)
    return dataclasses.replace(
        config, data="shapes", channels=1, classes=None, steps=steps, shards=8, sharpness=(term,)
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    place = tmp_path_factory.mktemp("through")
    shutil.copy(small_file(), place / "weights.npz")
    train(through(place / "weights.npz"), RunOptions(workdir=place / "run", quiet=True, blur=False))
    return place


def test_the_record_names_the_network_and_another_path_goes_on(run):
    environment = json.loads((run / "run" / "environment.json").read_text())
    ((identity, digest),) = environment["frozen"].items()
    assert identity.startswith("vgg16:relu1_2:mean@")
    assert len(digest) == 64
    options = RunOptions(workdir=run / "run", quiet=True, blur=False)
    assert train(through(small_file(), steps=2), options).step == 2
    recorded = json.loads((run / "run" / "config.json").read_text())
    assert recorded["sharpness"][0]["weights"] == str(run / "weights.npz")
    assert recorded["steps"] == 2


def test_other_weights_are_refused_and_samples_need_none(run):
    other = first_block()
    other["features.2.bias"] = other["features.2.bias"] + np.float32(0.5)
    np.savez(run / "other.npz", **other)
    options = RunOptions(workdir=run / "run", quiet=True, blur=False)
    with pytest.raises(UserError, match=r"looked through vgg16:.* here it would be vgg16:"):
        train(through(run / "other.npz", steps=3), options)
    shutil.move(run / "other.npz", run / "weights.npz")
    with pytest.raises(UserError, match="give the file of weights that it was made with"):
        rerun(run / "run", say=lambda line: None)
    (run / "weights.npz").unlink()
    with pytest.raises(UserError, match="there is no such file of weights"):
        rerun(run / "run", say=lambda line: None)
    assert sample_run(run / "run", 2, 0, None, None)[1].shape == (2, 8, 8, 1)
