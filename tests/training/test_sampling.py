"""Samples of a checkpoint, and the classes that they were asked for."""

import dataclasses

import numpy as np
import pytest
from PIL import Image

from jaxgan.errors import UserError
from jaxgan.training.loop import train
from jaxgan.training.options import RunOptions
from jaxgan.training.run_directory import read_run_config
from jaxgan.training.sampling import sample_labels, sample_run
from tests.tiny import VARIANTS, WGAN_GP

COUNT = 259  # more than are drawn at a time, and 256 is no multiple of three classes


@pytest.fixture(scope="module")
def workdir(tmp_path_factory):
    root = tmp_path_factory.mktemp("conditional")
    rng = np.random.default_rng(0)
    for name in ("cat", "dog", "owl"):
        (root / "data" / name).mkdir(parents=True)
        for number in range(4):
            pixels = rng.integers(0, 256, (8, 8), np.uint8)
            Image.fromarray(pixels).save(root / "data" / name / f"{number}.png")
    config = dataclasses.replace(
        VARIANTS["cgan"], data=f"folder:{root / 'data'}", classes=None, steps=1
    )
    train(config, RunOptions(workdir=root / "run", blur=False, quiet=True))
    return root / "run"


def test_samples_are_of_the_classes_that_are_told(workdir):
    config = read_run_config(workdir)
    labels = sample_labels(config, COUNT)
    assert (labels.shape, labels.dtype) == ((COUNT,), np.int32)
    assert labels[:5].tolist() == [0, 1, 2, 0, 1]
    assert labels[255:].tolist() == [0, 1, 2, 0]
    step, mixed = sample_run(workdir, COUNT, 0, None, None)
    assert step == 1
    _, pure = sample_run(workdir, COUNT, 0, None, 1)
    same = np.all(mixed == pure, axis=(1, 2, 3))
    np.testing.assert_array_equal(same, labels == 1)


def test_one_class_and_none(workdir):
    config = read_run_config(workdir)
    assert sample_labels(config, 3, label=2).tolist() == [2, 2, 2]
    with pytest.raises(UserError, match="--label 3: expected a class from 0 to 2"):
        sample_labels(config, 3, label=3)
    assert sample_labels(WGAN_GP, 3) is None
    with pytest.raises(UserError, match="not conditioned on classes"):
        sample_labels(WGAN_GP, 3, label=0)
