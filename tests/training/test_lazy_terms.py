"""Terms that are computed at some steps only: the metrics tell their values, and no zeros."""

from __future__ import annotations

import dataclasses
import json

import pytest

from jaxgan.losses import NonSaturating
from jaxgan.penalties import R1, PathLength
from jaxgan.steps.lazy import last_computed
from jaxgan.training.loop import train
from jaxgan.training.options import RunOptions
from tests.tiny import WGAN_GP

LAZY = dataclasses.replace(
    WGAN_GP,
    loss=NonSaturating(),
    n_critic=2,
    penalty=(R1(interval=7), R1(interval=1)),
    generator_penalty=(PathLength(interval=4),),
    steps=16,
    checkpoint_every=16,
    sample_every=16,
)
NAMES = ("discriminator/r1", "discriminator/r1-2", "generator/path-length")


def lines_of(workdir, log_every, steps=LAZY.steps):
    config = dataclasses.replace(LAZY, log_every=log_every, steps=steps)
    train(config, RunOptions(workdir=workdir, quiet=True, evaluators=()))
    lines = map(json.loads, (workdir / "metrics.jsonl").read_text().splitlines())
    return {line["step"]: {k: line[k] for k in NAMES if k in line} for line in lines}


@pytest.fixture(scope="module")
def every_update(tmp_path_factory):
    return lines_of(tmp_path_factory.mktemp("runs") / "every", 1)


def test_a_term_is_told_at_the_updates_that_compute_it(every_update):
    # Two discriminator steps an update: steps 0, 7, 14, 21 and 28 are in updates 1, 4, 8, 11, 15.
    assert [s for s, line in every_update.items() if NAMES[0] in line] == [1, 4, 8, 11, 15]
    assert all(NAMES[1] in line for line in every_update.values())
    assert [s for s, line in every_update.items() if NAMES[2] in line] == [1, 5, 9, 13]
    assert all(value > 0 for line in every_update.values() for value in line.values())


def test_with_few_lines_each_has_the_last_value_before_it(every_update, tmp_path):
    few = lines_of(tmp_path / "run", 6, steps=8)  # interrupted between a value and its line
    few = lines_of(tmp_path / "run", 6)
    assert list(few) == [4, 5, 6, 9, 11, 12]
    for step, line in few.items():
        assert line == {k: every_update[step][k] for k in line}
        assert set(line) <= set(NAMES)
    assert [s for s, line in few.items() if NAMES[0] in line] == [4, 11]
    assert [s for s, line in few.items() if NAMES[2] in line] == [5, 9]
    assert [s for s, line in few.items() if NAMES[1] in line] == [6, 12]


@pytest.mark.parametrize("n_critic", [1, 2, 5])
@pytest.mark.parametrize("interval", [2, 3, 16])
def test_the_last_update_that_computed_it_by_counting(n_critic, interval):
    config = dataclasses.replace(LAZY, n_critic=n_critic, penalty=(R1(interval=interval),))
    last = None
    for update in range(1, 60):
        steps = range((update - 1) * n_critic, update * n_critic)
        last = update if any(step % interval == 0 for step in steps) else last
        assert last_computed(config, update)["discriminator/r1"] == last
