"""An augmentation that is steered, in runs: over interruptions, over shards, and in the metrics."""

from __future__ import annotations

import dataclasses
import json
from functools import partial

import pytest

from jaxgan.augment import ADA
from jaxgan.losses import NonSaturating
from jaxgan.training.loop import train
from jaxgan.training.options import RunOptions
from tests.tiny import WGAN_GP, digests

# p moves by 2 · 8 / 64 after every other of the discriminator's steps, two of which are an update.
FAST = ADA(interval=2, images_per_unit=64, target=-0.9)
SHORT = dataclasses.replace(
    WGAN_GP, augment=FAST, loss=NonSaturating(), penalty=(), steps=4, checkpoint_every=2,
    log_every=1, sample_every=4,
)  # fmt: skip
quiet = partial(RunOptions, quiet=True, blur=False)


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory):
    workdir = tmp_path_factory.mktemp("runs") / "whole"
    train(SHORT, quiet(workdir=workdir))
    return workdir


def test_what_steers_it_survives_an_interruption(whole_run, tmp_path):
    train(dataclasses.replace(SHORT, steps=2), quiet(workdir=tmp_path / "run"))
    train(SHORT, quiet(workdir=tmp_path / "run"))
    assert digests(tmp_path / "run") == digests(whole_run)


def test_the_probability_is_in_the_metrics(whole_run):
    lines = map(json.loads, (whole_run / "metrics.jsonl").read_text().splitlines())
    shown = [line["discriminator/augment.probability"] for line in lines]
    # Of the last discriminator step of each update, before it moves: at the second step of the
    # interval, so 0 first. A discriminator that is new calls some of the real images real.
    assert shown == [0.0, 0.25, 0.5, 0.75]
