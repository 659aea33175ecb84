"""Odd surroundings: closed streams, pipes that end, locales, and what is not there."""

import dataclasses
import json
import os
import subprocess
import sys

import pytest

from jaxgan.errors import UserError
from jaxgan.training.loop import train
from jaxgan.training.options import RunOptions
from jaxgan.training.run_directory import default_workdir, read_run_config
from tests.tiny import WGAN_GP, command, digests, environment, run


def shell(script, *arguments, module="jaxgan.experiments.wgan_gp", **extra):
    """Run `"$@"` of a shell script as a tiny command."""
    return subprocess.run(
        ["bash", "-c", script, "bash", *command(*arguments, module=module)],
        env=environment(**extra), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def test_a_run_whose_reader_goes_stops_with_a_checkpoint(tmp_path):
    """The reader stays until the run is under way, as one does that has seen enough."""
    workdir = tmp_path / "run"
    script = '"$@" | grep -m 1 "compiled and begun"; exit "${PIPESTATUS[0]}"'
    flags = ("--steps=1000000", "--checkpoint-every=1000000", f"--workdir={workdir}")
    done = shell(script, *flags)
    assert done.returncode == 141, done.stderr
    assert done.stderr == ""
    assert max(digests(workdir)) > 0
    assert max(int(path.name) for path in (workdir / "checkpoints").iterdir()) > 0


@pytest.mark.parametrize("closing", ["<&- >&- 2>&-", "2>/dev/full >/dev/null"])
def test_closed_and_full_streams_do_not_disturb_a_run(closing, tmp_path):
    done = shell(f'"$@" {closing}', f"--workdir={tmp_path / 'run'}", "--steps=2")
    assert done.returncode == 0
    assert digests(tmp_path / "run").keys() == {0, 2}


def test_help_and_errors_where_nobody_listens(tmp_path):
    assert shell('"$@" >&-', "sample", "--help", module="jaxgan").returncode == 0
    assert shell('"$@" 2>/dev/full', "sample", str(tmp_path), module="jaxgan").returncode == 2
    full = shell('"$@" >/dev/full', "--help", module="jaxgan")
    assert full.returncode == 2
    assert full.stderr.startswith("error: no room left on the disk for the run or its output")
    assert len(full.stderr.splitlines()) == 1


def test_names_that_a_locale_cannot_spell(tmp_path):
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = run(f"--workdir={tmp_path / 'rün'}", **plain)
    assert done.returncode == 2
    assert "names of files are read as ascii here" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("JAX_PLATFORMS", "cuda", "JAX finds no device under JAX_PLATFORMS=cuda"),
        ("JAX_PLATFORMS", "nonsense", "'nonsense' is not in the list of known backends"),
    ],
)
def test_devices_that_are_not_there(name, value, expected, tmp_path):
    done = run(f"--workdir={tmp_path / 'run'}", **{name: value})
    assert done.returncode == 2, done.stderr
    assert expected in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("/".join(["long" * 50] * 25), "File name too long"),
        ("dangling", "is a link to nothing"),
        ("loop", "Too many levels of symbolic links"),
        (os.fsdecode(b"\xff"), "this name is not UTF-8"),
        ("a\0b", "embedded null byte"),
    ],
)
def test_places_where_no_run_can_be(place, expected, tmp_path):
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UserError, match=expected) as refused:
        train(WGAN_GP, RunOptions(workdir=tmp_path / place))
    assert len(str(refused.value)) < 500
    with pytest.raises(UserError, match=expected):
        read_run_config(tmp_path / place)


def test_an_error_is_one_line_whatever_a_name_holds(tmp_path):
    (tmp_path / "file").touch()
    place = tmp_path / "file" / "two\nlines"
    done = run(f"--workdir={place}")
    assert done.returncode == 2
    assert "two\\nlines cannot be written" in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr


def test_a_long_name_of_data_names_a_directory_that_can_be_made(tmp_path):
    first, second = (
        default_workdir(dataclasses.replace(WGAN_GP, data=f"folder:{'pictures/' * 100}{end}"))
        for end in "ab"
    )
    assert len(first.name) < 255
    assert first != second
    (tmp_path / first).mkdir(parents=True)


def test_steps_are_compiled_whatever_jax_is_told(tmp_path):
    for name, extra in (("plain", {}), ("eager", {"JAX_DISABLE_JIT": "1"})):
        assert run(f"--workdir={tmp_path / name}", "--steps=2", **extra).returncode == 0
    assert digests(tmp_path / "plain") == digests(tmp_path / "eager")
    recorded = json.loads((tmp_path / "plain" / "environment.json").read_text())
    assert recorded["default_float"] == "float32"


def test_who_holds_a_run_is_told(tmp_path):
    holder = (
        "import os, sys; from pathlib import Path\n"
        "from jaxgan.training.run_directory import locked\n"
        "with locked(Path(sys.argv[1])): print(os.getpid(), flush=True); sys.stdin.read()"
    )
    workdir = tmp_path / "run"
    first = subprocess.Popen([sys.executable, "-c", holder, workdir], env=environment(),
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # fmt: skip
    number = first.stdout.readline().strip()
    done = run(f"--workdir={workdir}")
    assert done.returncode == 2
    assert f"is in use by another process ({number} on " in done.stderr
    first.kill()
    first.communicate()
    assert run(f"--workdir={workdir}", "--steps=1").returncode == 0
