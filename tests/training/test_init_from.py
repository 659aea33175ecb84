"""--init-from: the networks of another run, with fresh optimisers."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
from functools import partial
from pathlib import Path

import jax
import numpy as np
import pytest
from PIL import Image

from jaxgan.errors import UserError
from jaxgan.training.loop import train
from jaxgan.training.options import RunOptions
from jaxgan.training.rerun import rerun
from jaxgan.training.saved_state import saved_run
from tests.tiny import VARIANTS, WGAN_GP, command, digests, environment

SOURCE = dataclasses.replace(WGAN_GP, steps=4, checkpoint_every=2)
NEW = dataclasses.replace(SOURCE, seed=1, data="dead_leaves", classes=None, steps=5)
quiet = partial(RunOptions, quiet=True, blur=False)


def repeated(workdir: Path) -> object:
    return rerun(workdir, until=None, data_dir=None, resident_bytes=2**30, say=lambda line: None)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    workdir = tmp_path_factory.mktemp("runs") / "source"
    train(SOURCE, quiet(workdir=workdir))
    return workdir


@pytest.fixture(scope="module")
def tuned(source, tmp_path_factory):
    workdir = tmp_path_factory.mktemp("runs") / "tuned"
    train(dataclasses.replace(NEW, init_from=f"{source}@2"), quiet(workdir=workdir))
    return workdir


def test_networks_and_average_are_the_sources_and_the_rest_is_fresh(source, tuned):
    before, after = saved_run(source, 2).state, saved_run(tuned, 0).state
    for name in ("generator", "discriminator", "average"):
        for there, here in zip(
            jax.tree.leaves(getattr(before, name)),
            jax.tree.leaves(getattr(after, name)),
            strict=True,
        ):
            np.testing.assert_array_equal(there, here)
    assert int(after.step) == int(after.discriminator_step) == 0
    for optimizer in (after.generator_optimizer, after.discriminator_optimizer):
        assert all(not np.any(leaf) for leaf in jax.tree.leaves(optimizer))
    assert any(np.any(leaf) for leaf in jax.tree.leaves(before.generator_optimizer))


def test_the_run_keeps_its_beginning_and_is_repeated_without_its_source(tuned, source, tmp_path):
    assert sorted(path.name for path in (tuned / "checkpoints").iterdir()) == [
        "00000000", "00000002", "00000004", "00000005",
    ]  # fmt: skip
    away = shutil.move(source, tmp_path / "away")
    try:
        assert repeated(tuned) == 4
    finally:
        shutil.move(away, source)
    copy = Path(shutil.copytree(tuned, tmp_path / "copy"))
    shutil.rmtree(copy / "checkpoints" / "00000000")
    with pytest.raises(UserError, match="no checkpoint of step 0"):
        repeated(copy)


def test_the_step_is_recorded_and_the_newest_by_default(source, tmp_path):
    config = dataclasses.replace(NEW, init_from=str(source))
    train(config, quiet(workdir=tmp_path / "run"))
    recorded = json.loads((tmp_path / "run" / "config.json").read_text())
    assert recorded["init_from"] == f"{source}@4"


def test_a_name_with_an_at_sign_is_a_directory_where_there_is_one(source, tmp_path):
    named = shutil.copytree(source, tmp_path / "lr@2")
    config = dataclasses.replace(NEW, init_from=str(named))
    first = train(config, quiet(workdir=tmp_path / "run"))
    recorded = json.loads((tmp_path / "run" / "config.json").read_text())
    assert recorded["init_from"] == f"{named}@4"
    assert train(config, quiet(workdir=tmp_path / "run")) == first


def test_a_source_that_clears_its_checkpoint_away_meanwhile(source, tmp_path):
    """What was taken before anything is written is not looked for again."""
    copy, workdir = Path(shutil.copytree(source, tmp_path / "copy")), tmp_path / "run"
    flags = ("--steps=2", f"--init-from={copy}@2", f"--workdir={workdir}")
    with subprocess.Popen(
        command(*flags), env=environment(), stdout=subprocess.PIPE, text=True
    ) as p:
        while not p.stdout.readline().startswith("compiling"):
            assert p.poll() is None
        assert not (workdir / "config.json").exists()
        shutil.rmtree(copy)
        p.stdout.read()
    assert p.returncode == 0
    assert digests(workdir).keys() == {0, 2}


def test_a_run_in_two_goes_has_the_bits_of_one_go_also_by_another_path(
    source, tuned, tmp_path, monkeypatch
):
    workdir = tmp_path / "run"
    config = dataclasses.replace(NEW, steps=3, init_from=f"{source}@2")
    train(config, quiet(workdir=workdir))
    monkeypatch.chdir(source.parent)
    config = dataclasses.replace(NEW, init_from=f"{source.name}@2")
    assert train(config, quiet(workdir=workdir)).digest == digests(tuned)[5]
    others = (f"{source}@4", None)
    for other in others:
        with pytest.raises(UserError, match=r"init_from is .* there"):
            train(dataclasses.replace(NEW, init_from=other), quiet(workdir=workdir))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"image_size": 16}, "image_size is 8 there, 16 here"),
        ({"channels": 3}, "channels is 1 there, 3 here"),
        ({"latent_size": 7}, "latent_size is 6 there, 7 here"),
        (
            {"generator": dataclasses.replace(WGAN_GP.generator, width=4)},
            "generator.width is 2 there, 4 here",
        ),
    ],
)
def test_other_sizes_are_refused_by_name(source, tmp_path, changes, told):
    config = dataclasses.replace(NEW, init_from=str(source), **changes)
    with pytest.raises(UserError, match=told):
        train(config, quiet(workdir=tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_what_is_no_source_is_refused_before_anything_is_written(source, tmp_path):
    for wrong, told in (
        (f"{source}@3", "no checkpoint of step 3"),
        (str(tmp_path / "none"), "holds no run"),
        ("", "expected RUN_DIR or RUN_DIR@STEP"),
        (str(tmp_path / "run"), "own directory"),
        ("~nobody-of-this-name/run", "give the whole path"),
    ):
        with pytest.raises(UserError, match=told):
            train(dataclasses.replace(NEW, init_from=wrong), quiet(workdir=tmp_path / "run"))
        assert not (tmp_path / "run").exists()


def test_the_classes_of_a_conditional_run_must_be_as_many(tmp_path):
    config = dataclasses.replace(VARIANTS["cgan"], steps=1)
    train(config, quiet(workdir=tmp_path / "four"))
    folder = tmp_path / "pictures"
    for name in ("a", "b"):
        (folder / name).mkdir(parents=True)
        for i in range(8):
            noise = np.random.default_rng(i).integers(0, 255, (8, 8), np.uint8)
            Image.fromarray(noise).save(folder / name / f"{i}.png")
    config = dataclasses.replace(
        config, classes=None, data=f"folder:{folder}", init_from=str(tmp_path / "four")
    )
    with pytest.raises(UserError, match="classes is 4 there, 2 here"):
        train(config, quiet(workdir=tmp_path / "two"))
