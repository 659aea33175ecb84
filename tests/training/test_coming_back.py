"""Coming back to runs: more steps, other paths to the same pictures, lost and damaged files."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jaxgan.errors import UserError
from jaxgan.optimizers import Adam
from jaxgan.schedules import Linear
from jaxgan.training.loop import train
from jaxgan.training.options import RunOptions
from jaxgan.training.rerun import rerun
from jaxgan.training.sampling import sample_run
from tests.tiny import WGAN_GP, command, digests, environment

SHORT = dataclasses.replace(WGAN_GP, steps=6, checkpoint_every=2)
quiet = partial(RunOptions, quiet=True, blur=False)


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory):
    workdir = tmp_path_factory.mktemp("runs") / "whole"
    train(SHORT, quiet(workdir=workdir))
    return workdir


@pytest.fixture
def copy(whole_run, tmp_path):
    return Path(shutil.copytree(whole_run, tmp_path / "copy"))


def test_more_steps_give_the_bits_of_a_run_that_had_them_from_the_start(whole_run, tmp_path):
    part = tmp_path / "part"
    train(dataclasses.replace(SHORT, steps=3), quiet(workdir=part))
    outcome = train(SHORT, quiet(workdir=part))
    assert outcome.step == 6
    assert outcome.digest == digests(whole_run)[6]
    assert json.loads((part / "config.json").read_text())["steps"] == 6
    with pytest.raises(UserError, match="steps is 6 there, 3 here"):
        train(dataclasses.replace(SHORT, steps=3), quiet(workdir=part))


def test_more_steps_under_a_schedule_are_asked_for_by_name(tmp_path):
    falling = Adam(learning_rate=Linear(2e-4, 0.0))
    config = dataclasses.replace(SHORT, steps=2, generator_optimizer=falling)
    train(config, quiet(workdir=tmp_path / "run"))
    more = dataclasses.replace(config, steps=3)
    with pytest.raises(
        UserError, match=r"--generator-optimizer.learning-rate linear:0.0002:0.0, over .* --extend"
    ):
        train(more, quiet(workdir=tmp_path / "run"))
    assert train(more, quiet(workdir=tmp_path / "run", extend=True)).step == 3
    noted = json.loads((tmp_path / "run" / "environment.json").read_text())["extended"]
    assert noted == [{"from": 2, "to": 3}]


def test_the_same_pictures_by_another_path_are_the_same(tmp_path, monkeypatch):
    (tmp_path / "ok").mkdir()
    for i in range(10):
        Image.fromarray(np.full((8, 8), 20 * i, np.uint8)).save(tmp_path / "ok" / f"{i}.png")
    monkeypatch.chdir(tmp_path)
    config = dataclasses.replace(SHORT, data="folder:ok", image_size=None, steps=1)
    train(config, quiet(workdir=tmp_path / "run"))
    for path in ("ok/", f"../{tmp_path.name}/ok", str(tmp_path / "ok")):
        again = dataclasses.replace(config, data=f"folder:{path}")
        assert train(again, quiet(workdir=tmp_path / "run")).step == 1


def test_a_first_checkpoint_that_was_cut_off_is_made_again(whole_run, copy):
    """Its digest is there and it is not: a kill fell in between, twice."""
    for _ in range(2):
        shutil.rmtree(copy / "checkpoints")
        (copy / "checkpoints").mkdir()
        first = (copy / "digests.jsonl").read_text().splitlines(keepends=True)[0]
        (copy / "digests.jsonl").write_text(first)
        train(SHORT, quiet(workdir=copy))
        assert (copy / "digests.jsonl").read_text() == (whole_run / "digests.jsonl").read_text()


def test_samples_that_were_deleted_are_made_again(copy):
    shutil.rmtree(copy / "samples")
    train(dataclasses.replace(SHORT, steps=7), quiet(workdir=copy))
    assert (copy / "samples" / "00000007.png").exists()


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)


def halved(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of TensorStore
def test_a_damaged_file_is_drawn_from_by_nobody(whole_run, tmp_path):
    """Each file of a checkpoint, one byte changed or cut in half: refused, or no other images."""
    wanted = sample_run(whole_run, 4, 0, None, None)[1]
    files = [path for path in (whole_run / "checkpoints" / "00000006").rglob("*") if path.is_file()]
    refusals = []
    for number, file in enumerate(files):
        for damage in (flipped, halved):
            run = Path(shutil.copytree(whole_run, tmp_path / str(number), dirs_exist_ok=True))
            damage(run / file.relative_to(whole_run))
            try:
                images = sample_run(run, 4, 0, 6, None)[1]
            except UserError as error:
                refusals.append(str(error))
            else:
                np.testing.assert_array_equal(images, wanted)
    assert len(refusals) >= 2
    assert not [line for line in refusals if "\n" in line or "delete" in line]


def test_the_checkpoint_of_another_run_is_not_drawn_from(copy, tmp_path):
    other = tmp_path / "other"
    train(dataclasses.replace(SHORT, seed=1), quiet(workdir=other))
    shutil.rmtree(copy / "checkpoints" / "00000006")
    shutil.copytree(other / "checkpoints" / "00000006", copy / "checkpoints" / "00000006")
    with pytest.raises(UserError, match="its digest is not the recorded one"):
        sample_run(copy, 4, 0, None, None)


def test_the_state_decides_which_step_it_is_of(copy):
    (copy / "checkpoints" / "00000006").rename(copy / "checkpoints" / "00000009")
    with pytest.raises(UserError, match=r"step 9 .*it holds the state of step 6"):
        train(dataclasses.replace(SHORT, steps=10), quiet(workdir=copy))


@pytest.mark.parametrize(
    ("lose", "words"),
    [
        (lambda run: shutil.rmtree(run / "checkpoints"), "no checkpoint of the recorded steps"),
        (
            lambda run: (run / "checkpoints" / "00000006").rename(run / "checkpoints" / "last"),
            "last is no checkpoint: give it back its name",
        ),
        (lambda run: (run / "digests.jsonl").unlink(), "no digest of the checkpoints of steps"),
        (lambda run: (run / "environment.json").write_text("{}"), "environment.json without"),
        (lambda run: (run / "environment.json").write_text("[]"), "is a list: expected an object"),
        (lambda run: (run / "digests.jsonl").write_text("null\n"), "line 1 of .* is null"),
        (lambda run: (run / "digests.jsonl").write_bytes(b"\xff\n"), "is damaged"),
        (lambda run: (run / "metrics.jsonl").write_text('{"step": "a"}\n'), "step is 'a'"),
        (lambda run: (run / "config.json").write_text("[" * 100_000), "config.json cannot be read"),
        (lambda run: (run / "config.json").write_text("{}"), "config without .*--restart"),
    ],
)
def test_what_was_lost_or_damaged_is_said_in_a_line_and_kept(copy, lose, words):
    lose(copy)
    before = sorted((path, path.stat().st_size) for path in copy.rglob("*") if path.is_file())
    with pytest.raises(UserError, match=words) as caught:
        train(dataclasses.replace(SHORT, steps=8), quiet(workdir=copy))
    assert "\n" not in str(caught.value)
    after = sorted((path, path.stat().st_size) for path in copy.rglob("*") if path.is_file())
    same = [pair for pair in before if pair in after or pair[0].name == "config.json"]
    assert len(same) == len(before)


def test_restart_deletes_what_a_run_wrote_and_nothing_else(copy):
    (copy / "samples" / "mine.png").write_text("precious")
    (copy / "config.json").write_text("{}")
    train(dataclasses.replace(SHORT, steps=1), quiet(workdir=copy, restart=True))
    assert list(digests(copy)) == [0, 1]
    assert (copy / "samples" / "mine.png").read_text() == "precious"
    assert (copy / "config.json.before").read_text() == "{}"
    assert not (copy / "samples" / "00000006.png").exists()


@pytest.mark.parametrize("name", ["digests.jsonl", "pictures.jsonl", "checkpoints", "samples"])
def test_restart_deletes_nothing_where_something_else_is_in_a_place_of_the_run(copy, name):
    place = copy / name
    if place.is_dir():
        shutil.rmtree(place)
        place.symlink_to("nowhere")
    else:
        place.unlink(missing_ok=True)
        place.mkdir()
    before = sorted(copy.rglob("*"))
    with pytest.raises(UserError, match=f"{name} is (a|no) directory.*move it away"):
        train(SHORT, quiet(workdir=copy, restart=True))
    assert sorted(copy.rglob("*")) == before


def test_restart_takes_no_foreign_folder_for_a_run(tmp_path):
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "mine.png").write_text("precious")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(UserError, match="holds no run that --restart may delete"):
        train(SHORT, quiet(workdir=tmp_path, restart=True))
    assert (tmp_path / "samples" / "mine.png").read_text() == "precious"


def test_a_run_that_another_process_began_meanwhile_is_left_alone(tmp_path):
    """The first process opens a folder of many pictures while the second trains a whole run."""
    folder = tmp_path / "many"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for i in range(3000):
        Image.fromarray(rng.integers(0, 255, (8, 8), np.uint8)).save(folder / f"{i}.png")
    workdir = f"--workdir={tmp_path / 'run'}"
    first = subprocess.Popen(command(workdir, f"--data=folder:{folder}", "--steps=1"),
                             env=environment(), stderr=subprocess.PIPE, text=True)  # fmt: skip
    train(dataclasses.replace(SHORT, steps=1), quiet(workdir=tmp_path / "run"))
    wanted = digests(tmp_path / "run")
    _, errors = first.communicate(timeout=200)
    assert first.returncode == 2
    assert len(errors.strip().splitlines()) == 1, errors
    assert digests(tmp_path / "run") == wanted


def test_samples_can_be_drawn_while_a_run_trains(tmp_path):
    workdir = tmp_path / "run"
    flags = (
        f"--workdir={workdir}",
        "--steps=100000",
        "--checkpoint-every=1",
        "--sample-every=1000",
    )
    trainer = subprocess.Popen(command(*flags, "--quiet"), env=environment(), text=True)
    try:
        end = time.monotonic() + 120
        while not (workdir / "digests.jsonl").exists() or len(digests(workdir)) < 5:
            assert time.monotonic() < end
            time.sleep(0.2)
        steps = [sample_run(workdir, 4, 0, None, None)[0] for _ in range(4)]
        assert steps == sorted(steps)
    finally:
        trainer.kill()
        trainer.wait()


def edited(run: Path, **values: object) -> None:
    config = json.loads((run / "config.json").read_text())
    (run / "config.json").write_text(json.dumps({**config, **values}))


def swapped(run: Path, **values: object) -> None:
    environment = json.loads((run / "environment.json").read_text())
    (run / "environment.json").write_text(json.dumps({**environment, **values}))


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        (partial(edited, seed=1), {"seed": 1}),
        (partial(edited, image_size=4096), {}),
        (partial(edited, latent_size=10**9), {}),
        (partial(swapped, config_digest="0" * 64), {}),
    ],
)
def test_a_config_that_the_run_was_not_made_with_is_used_by_nobody(change, asked, copy, tmp_path):
    before = (copy / "digests.jsonl").read_bytes()
    change(copy)
    config = dataclasses.replace(SHORT, steps=8, **asked)
    beginning = dataclasses.replace(SHORT, init_from=str(copy))
    for use in (
        lambda: train(config, quiet(workdir=copy)),
        lambda: train(beginning, quiet(workdir=tmp_path / "tuned")),
        lambda: sample_run(copy, 4, 0, None, None),
        lambda: repeated(copy),
    ):
        with pytest.raises(UserError, match="is not the config that this run was made with"):
            use()
    assert (copy / "digests.jsonl").read_bytes() == before
    assert train(SHORT, quiet(workdir=copy, restart=True)).step == 6


def test_what_is_wrong_with_a_config_is_told_with_its_file(copy):
    edited(copy, steps=0)
    with pytest.raises(UserError, match=r"copy/config\.json: --steps 0: expected"):
        sample_run(copy, 4, 0, None, None)


@pytest.mark.parametrize("name", ["config.json", "environment.json", "metrics.jsonl"])
def test_a_pipe_is_not_waited_for(name, copy):
    (copy / name).unlink()
    os.mkfifo(copy / name)
    with pytest.raises(UserError, match="it is a pipe"):
        train(dataclasses.replace(SHORT, steps=8), quiet(workdir=copy))


def test_a_run_among_its_pictures_is_refused(tmp_path, monkeypatch):
    """Its sample grids would be pictures to train on, and no run could go on with them."""
    for i in range(10):
        Image.fromarray(np.full((8, 8), 20 * i, np.uint8)).save(tmp_path / f"{i}.png")
    monkeypatch.chdir(tmp_path)
    for data, workdir in ((f"folder:{tmp_path}", tmp_path / "run"), ("folder:.", Path("runs/a"))):
        config = dataclasses.replace(SHORT, data=data, image_size=None, classes=None)
        with pytest.raises(UserError, match=r"lies in folder:.*give a directory outside"):
            train(config, quiet(workdir=workdir))
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


def repeated(run: Path, **options: object) -> tuple[object, list[str]]:
    said: list[str] = []
    arguments = {"until": None, "data_dir": None, "resident_bytes": 2**30, **options}
    return rerun(run, say=said.append, **arguments), said


def changed_record(run: Path, change: Callable[[dict], None]) -> None:
    lines = [json.loads(line) for line in (run / "digests.jsonl").read_text().splitlines()]
    change(lines[1])
    (run / "digests.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_a_record_that_contradicts_itself_is_told(copy):
    leaf = ".discriminator.params['Convolution_0']['bias']"
    changed_record(copy, lambda line: line["leaves"].update({leaf: "0" * 16}))
    with pytest.raises(UserError, match=r"contradicts itself at step 2: its digest of the leaves"):
        repeated(copy)
    changed_record(copy, lambda line: line["leaves"].pop(leaf))
    with pytest.raises(UserError, match=r"contradicts itself at step 2: its digest of the leaves"):
        repeated(copy)


def test_a_whole_digest_that_was_altered_is_told(copy):
    changed_record(copy, lambda line: line.update(digest="0" * 64))
    with pytest.raises(UserError, match="contradicts itself at step 2: its digest of the whole"):
        repeated(copy)


def test_a_record_that_was_cut_off_is_told(copy):
    first = (copy / "digests.jsonl").read_text().splitlines()[0]
    (copy / "digests.jsonl").write_text(first + "\n")
    equal, said = repeated(copy)
    assert equal == 1
    assert said[-1].startswith("the record ends at step 0 of 6")


def test_pictures_are_found_where_they_were_and_where_they_are_now(tmp_path, monkeypatch):
    (tmp_path / "here" / "ok").mkdir(parents=True)
    for i in range(10):
        picture = Image.fromarray(np.full((8, 8), 20 * i, np.uint8))
        picture.save(tmp_path / "here" / "ok" / f"{i}.png")
    monkeypatch.chdir(tmp_path / "here")
    run = tmp_path / "run"
    train(
        dataclasses.replace(SHORT, data="folder:ok", image_size=None, steps=1), quiet(workdir=run)
    )
    monkeypatch.chdir(tmp_path)
    assert repeated(run)[0] == 2
    (tmp_path / "here").rename(tmp_path / "there")
    with pytest.raises(UserError, match="no such folder"):
        repeated(run)
    assert repeated(run, data_path="there/ok")[0] == 2
    Image.fromarray(np.full((8, 8), 7, np.uint8)).save(tmp_path / "there" / "ok" / "3.png")
    with pytest.raises(UserError, match="holds other images than the run was trained on"):
        repeated(run, data_path="there/ok")
    assert repeated(run, data_path="there/ok", anyway=True)[0] != 2


def test_a_checkpoint_that_cannot_be_written_stops_the_run_at_once(tmp_path):
    workdir = tmp_path / "run"
    flags = (f"--workdir={workdir}", "--steps=100000", "--checkpoint-every=20", "--quiet")
    trainer = subprocess.Popen(
        command(*flags), env=environment(), stderr=subprocess.PIPE, text=True
    )
    end = time.monotonic() + 120
    while not (workdir / "digests.jsonl").exists() or len(digests(workdir)) < 3:
        assert time.monotonic() < end
        time.sleep(0.1)
    (workdir / "checkpoints").rename(workdir / "gone")
    (workdir / "checkpoints").touch()
    _, errors = trainer.communicate(timeout=60)
    assert trainer.returncode == 2
    assert len(errors.strip().splitlines()) == 1, errors
    assert "could not be written" in errors
