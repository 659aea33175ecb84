"""Bad input: one clear line, exit status 2, nothing written and nothing lost."""

import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from jaxgan.commands.train import experiment_main
from jaxgan.experiments import wgan_gp
from tests.tiny import FLAGS, command, environment, run


@pytest.fixture
def refused(tmp_path, capfd):
    """Run the tiny command in a fresh directory; returns the one line of its error."""

    def run_main(*flags):
        arguments = [*FLAGS, *flags, f"--workdir={tmp_path / 'run'}"]
        with pytest.raises(SystemExit) as ended:
            experiment_main(wgan_gp.CONFIG, wgan_gp.QUICK, "", arguments)
        assert ended.value.code == 2
        lines = capfd.readouterr().err.strip().splitlines()
        assert len(lines) == 1, lines
        assert lines[0].startswith("error: ")
        assert not (tmp_path / "run").exists()
        return lines[0]

    return run_main


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        ("--batch-size=-8", "a whole number from 1"),
        ("--steps=0", "a whole number from 1"),
        ("--checkpoint-every=0", "a whole number from 1"),
        ("--seed=-1", "a whole number from 0"),
        ("--weight-clip=0", "a number from 1e-30"),
        ("--generator-optimizer.learning-rate=-1e-4", "a number above 0"),
        ("--penalty.weight=0", "weight 0.0: expected a number above 0"),
        ("--image-size=27", "28, 32, 64 or 128"),
        ("--shards=3", "must split evenly"),
        ("--loss=cubist", "hinge, least-squares, non-saturating"),
        ("--loss=a\nb", "--loss a\\nb: expected one of"),
        ("--wait-seconds=-1", "a whole number from 1"),
        ("--class-weight-generator=2", "set --discriminator.conditioning auxiliary"),
        ("--evaluators=fid", "expected some of blur"),
        ("--data=mnits", "mnist"),
        ("--discriminator.norm=batch", "layer or none"),
    ],
)
def test_values(flag, expected, refused):
    assert expected in refused(flag)


def test_a_tfds_set_that_is_not_on_disk(tmp_path, refused):
    line = refused("--data=mnist", f"--data-dir={tmp_path / 'nowhere'}")
    assert "--download" in line


def test_empty_folder(tmp_path, refused):
    (tmp_path / "images").mkdir()
    assert "images" in refused(f"--data=folder:{tmp_path / 'images'}")


def test_a_broken_image_among_good_ones(tmp_path, refused):
    folder = tmp_path / "images"
    folder.mkdir()
    for i in range(5):
        Image.fromarray(np.full((8, 8), 40 * i, np.uint8)).save(folder / f"{i}.png")
    content = (folder / "3.png").read_bytes()
    (folder / "3.png").write_bytes(content[: len(content) // 2])
    assert "3.png" in refused(f"--data=folder:{folder}")


@pytest.mark.parametrize("process", [0, 1])
def test_a_process_whose_others_do_not_come_says_so_and_ends(process, tmp_path):
    done = run(
        f"--workdir={tmp_path / 'run'}", "--coordinator=localhost:12397", "--process-count=2",
        f"--process={process}", "--wait-seconds=3",
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("error: not all 2 processes of this run came to localhost:12397")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_process_without_others_is_refused(tmp_path):
    done = run(f"--workdir={tmp_path / 'run'}", "--process=16")
    assert done.returncode == 2
    assert "--process and --process-count need --coordinator" in done.stderr


def test_unwritable_directory(tmp_path):
    (tmp_path / "file").write_text("")
    done = run(f"--workdir={tmp_path / 'file' / 'run'}")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def can_mount():
    probe = ["unshare", "--user", "--map-root-user", "--mount", "true"]
    return shutil.which("unshare") and subprocess.run(probe, check=False).returncode == 0


def run_on_a_disk_of(kibibytes, tmp_path, *flags):
    """Run the tiny command on a small disk; the process, with the disk's files as its output."""
    disk = tmp_path / "disk"
    disk.mkdir()
    script = (
        f'mount -t tmpfs -o size={kibibytes}k none "{disk}" && "$@" --quiet; status=$?;'
        f'find "{disk}/run" -type f | sort; exit $status'
    )
    training = command(f"--workdir={disk / 'run'}", *flags)
    return subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", *training],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.skipif(not can_mount(), reason="needs unshare, to mount a small disk")
def test_a_disk_that_is_too_small_from_the_start(tmp_path):
    done = run_on_a_disk_of(500, tmp_path)
    assert done.returncode == 2, done.stderr
    assert "no room for a checkpoint" in done.stderr.splitlines()[0]
    assert done.stdout == ""  # nothing was written


@pytest.mark.skipif(not can_mount(), reason="needs unshare, to mount a small disk")
def test_a_disk_that_fills_up(tmp_path):
    often = ["--steps=2000", "--sample-every=1", "--log-every=1", "--checkpoint-every=10"]
    done = run_on_a_disk_of(2500, tmp_path, *often)
    assert done.returncode == 2, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "no room" in lines[0]
    assert "commit_success.txt" in done.stdout  # the checkpoints before are still there


@pytest.mark.parametrize("rate", ["1e20", "1e38"])  # in the next losses; in the state itself
def test_nan_stops_the_run_and_names_the_last_good_checkpoint(rate, tmp_path):
    flags = ["--generator-optimizer=sgd", f"--generator-optimizer.learning-rate={rate}"]
    done = run(*flags, f"--workdir={tmp_path / 'run'}", "--checkpoint-every=1")
    assert done.returncode == 1, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    assert "NaN or infinity at step" in lines[0]
    checkpoints = sorted((tmp_path / "run" / "checkpoints").iterdir())
    assert str(checkpoints[-1]) in lines[0]
