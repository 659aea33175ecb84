"""Interrupted runs end with the bits of uninterrupted ones."""

import dataclasses
import json
import random
import shutil
import signal
import subprocess
import time

import numpy as np
import pytest
from PIL import Image

from jaxgan.errors import UserError
from jaxgan.training.loop import train
from jaxgan.training.options import RunOptions
from tests.tiny import WGAN_GP, command, digests, environment, run

KILLS = 6


def metrics_without_time(workdir):
    lines = map(json.loads, (workdir / "metrics.jsonl").read_text().splitlines())
    return [{k: v for k, v in line.items() if k != "time"} for line in lines]


def quiet(workdir, **options):
    return RunOptions(workdir=workdir, quiet=True, **options)


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory):
    workdir = tmp_path_factory.mktemp("whole") / "run"
    train(WGAN_GP, quiet(workdir))
    return workdir


def test_digests_at_every_checkpoint_and_at_the_end(whole_run):
    assert list(digests(whole_run)) == [0, 5, 10, 12]
    assert len(set(digests(whole_run).values())) == 4


def test_two_runs_are_equal_in_bits_and_metrics(whole_run, tmp_path):
    train(WGAN_GP, quiet(tmp_path / "again"))
    assert digests(tmp_path / "again") == digests(whole_run)
    assert metrics_without_time(tmp_path / "again") == metrics_without_time(whole_run)


def test_images_read_ahead_give_the_bits_of_images_on_the_device(whole_run, tmp_path):
    train(WGAN_GP, quiet(tmp_path / "streamed", resident_mib=0))
    assert digests(tmp_path / "streamed") == digests(whole_run)
    shutil.rmtree(tmp_path / "streamed" / "checkpoints" / "00000012")
    train(WGAN_GP, quiet(tmp_path / "streamed", resident_mib=0))
    assert digests(tmp_path / "streamed") == digests(whole_run)


def test_another_seed_is_another_run(whole_run, tmp_path):
    train(dataclasses.replace(WGAN_GP, seed=1), quiet(tmp_path / "other"))
    assert not set(digests(tmp_path / "other").values()) & set(digests(whole_run).values())


def test_resuming_from_an_older_checkpoint_rewrites_the_rest(whole_run, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(whole_run, copy)
    before = metrics_without_time(copy)
    shutil.rmtree(copy / "checkpoints" / "00000012")
    shutil.rmtree(copy / "checkpoints" / "00000010")
    outcome = train(WGAN_GP, quiet(copy))
    assert outcome.step == 12
    assert digests(copy) == digests(whole_run)
    assert metrics_without_time(copy) == before


def test_a_line_cut_off_by_a_kill_is_written_again(whole_run, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(whole_run, copy)
    shutil.rmtree(copy / "checkpoints" / "00000012")
    for name in ("digests.jsonl", "metrics.jsonl"):
        text = (copy / name).read_text()
        (copy / name).write_text(text[: len(text) - 20])
    train(WGAN_GP, quiet(copy))
    assert digests(copy) == digests(whole_run)
    assert metrics_without_time(copy) == metrics_without_time(whole_run)


def test_killed_while_the_first_checkpoint_was_written(whole_run, tmp_path):
    """Its digest was recorded, and would be so twice."""
    copy = tmp_path / "copy"
    shutil.copytree(whole_run, copy)
    shutil.rmtree(copy / "checkpoints")
    (copy / "checkpoints" / "00000000.orbax-checkpoint-tmp").mkdir(parents=True)
    for name in ("digests.jsonl", "metrics.jsonl"):
        first = (copy / name).read_text().splitlines()[0]
        (copy / name).write_text(first + "\n")
    train(WGAN_GP, quiet(copy))
    assert (copy / "digests.jsonl").read_text() == (whole_run / "digests.jsonl").read_text()
    assert metrics_without_time(copy) == metrics_without_time(whole_run)


def test_blur_is_measured_once_a_grid(tmp_path):
    """A run that goes on writes the grid of its step again; coming back to a finished one, too."""
    sizes = {"image_size": 16, "data_size": 300, "steps": 4, "checkpoint_every": 2}
    smooth = dataclasses.replace(WGAN_GP.generator, upsampling="bilinear")
    config = dataclasses.replace(WGAN_GP, **sizes, sample_every=2, generator=smooth)
    for name in ("whole", "stopped"):
        train(config, quiet(tmp_path / name))
    shutil.rmtree(tmp_path / "stopped" / "checkpoints" / "00000004")
    for _ in range(2):
        train(config, quiet(tmp_path / "stopped"))
    found = metrics_without_time(tmp_path / "stopped")
    assert [line["step"] for line in found if "blur/radius_px" in line] == [0, 2, 4]
    assert found == metrics_without_time(tmp_path / "whole")


def test_sigkill_at_any_moment_six_times(tmp_path):
    steps = "--steps=240"
    rng = random.Random(0)
    killed = tmp_path / "killed"
    kills = 0
    while kills < KILLS:
        with (tmp_path / "log").open("a") as log:
            process = subprocess.Popen(
                command(steps, f"--workdir={killed}", "--checkpoint-every=2"),
                env=environment(),
                stdout=log,
                stderr=log,
            )
        # Half the kills fall into start-up, restoring and compiling, half into the run, where
        # a checkpoint is nearly always being written.
        lines = len(digests(killed)) if (killed / "digests.jsonl").exists() else 0
        if kills % 2:
            wait_until(lambda lines=lines: more_than(killed, lines + 2), process)
        time.sleep(rng.uniform(0, 0.5 if kills % 2 else 4))
        assert process.poll() is None, "the run ended before it could be killed: make it longer"
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
    final = run(steps, f"--workdir={killed}", "--checkpoint-every=2")
    assert final.returncode == 0, final.stderr
    whole = run(steps, f"--workdir={tmp_path / 'whole'}", "--checkpoint-every=2")
    assert whole.returncode == 0, whole.stderr
    assert digests(killed) == digests(tmp_path / "whole")
    assert metrics_without_time(killed) == metrics_without_time(tmp_path / "whole")


def more_than(workdir, lines):
    path = workdir / "digests.jsonl"
    return path.exists() and path.read_text().count("\n") > lines


def wait_until(condition, process, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, "the process ended early"
        assert time.monotonic() < end, f"nothing happened in {seconds} s"
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_a_checkpoint_and_the_run_goes_on(number, tmp_path):
    steps = ["--steps=100000", "--checkpoint-every=100000", "--sample-every=100000"]
    workdir = tmp_path / "run"
    process = subprocess.Popen(
        command(*steps, f"--workdir={workdir}"),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs this may ignore it, as nohup does.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )
    wait_until(lambda: (workdir / "metrics.jsonl").exists(), process)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number, err
    assert err == ""
    stopped_at = max(digests(workdir))
    assert 0 < stopped_at < 100_000
    assert f"stopped at step {stopped_at}" in out
    assert (workdir / "checkpoints" / f"{stopped_at:08d}").is_dir()


def test_a_checkpoint_cut_off_half_way_is_never_loaded(whole_run, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(whole_run, copy)
    # What a save leaves that was killed before it was committed: everything but the mark.
    (copy / "checkpoints" / "00000012" / "commit_success.txt").unlink()
    outcome = train(WGAN_GP, quiet(copy))
    assert outcome.digest == digests(whole_run)[12]


def test_a_damaged_checkpoint_is_refused_and_the_way_out_works(whole_run, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(whole_run, copy)
    damaged = copy / "checkpoints" / "00000012"
    largest = max(damaged.rglob("*"), key=lambda p: p.stat().st_size if p.is_file() else 0)
    content = bytearray(largest.read_bytes())
    for i in range(len(content) // 2, len(content), 7):
        content[i] ^= 0xFF
    largest.write_bytes(content)
    with pytest.raises(UserError, match=r"00000012.*to go on from step 10"):
        train(WGAN_GP, quiet(copy))
    assert digests(copy) == digests(whole_run)  # nothing was lost
    shutil.rmtree(damaged)
    assert train(WGAN_GP, quiet(copy)).digest == digests(whole_run)[12]


def test_another_config_is_refused_with_both_values(whole_run):
    with pytest.raises(UserError, match="batch_size is 8 there, 16 here"):
        train(dataclasses.replace(WGAN_GP, batch_size=16), quiet(whole_run))
    wider = dataclasses.replace(WGAN_GP.generator, width=4)
    with pytest.raises(UserError, match=r"another config: generator\.width is 2 there, 4 here\. "):
        train(dataclasses.replace(WGAN_GP, generator=wider), quiet(whole_run))


def test_other_images_under_the_same_name_are_refused(tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    for i in range(10):
        Image.fromarray(np.full((8, 8), 20 * i, np.uint8)).save(folder / f"{i}.png")
    config = dataclasses.replace(WGAN_GP, data=f"folder:{folder}", image_size=None, steps=2)
    train(config, quiet(tmp_path / "run"))
    Image.fromarray(np.full((8, 8), 7, np.uint8)).save(folder / "3.png")
    with pytest.raises(UserError, match="trained on other images"):
        train(config, quiet(tmp_path / "run"))


def test_restart_begins_anew(whole_run, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(whole_run, copy)
    train(dataclasses.replace(WGAN_GP, steps=3), quiet(copy, restart=True))
    assert list(digests(copy)) == [0, 3]
    assert sorted(p.name for p in (copy / "samples").iterdir()) == ["00000000.png", "00000003.png"]


def test_a_directory_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("precious")
    for restart in (False, True):
        with pytest.raises(UserError, match="holds files but no run"):
            train(WGAN_GP, quiet(tmp_path, restart=restart))
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_run_in_use_is_refused(whole_run):
    from jaxgan.training.run_directory import locked

    with locked(whole_run), pytest.raises(UserError, match="in use by another process"):
        train(WGAN_GP, quiet(whole_run))
