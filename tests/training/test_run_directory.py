"""The directory of a run, killed at any moment of its beginning."""

import os
import shutil
from pathlib import Path

import pytest

from jaxgan.errors import UserError
from jaxgan.training.run_directory import RunPaths, create_run, recorded_config
from tests.tiny import WGAN, WGAN_GP

CALLS = ((Path, "unlink"), (Path, "mkdir"), (shutil, "rmtree"), (os, "replace"))


class Killed(BaseException):
    """As SIGKILL: nothing of the program runs after it."""


def made_on(data):
    """What a run's environment.json says, of these data."""
    texts = dict.fromkeys(("device_kind", "xla_flags", "default_float"), "")
    return {**texts, "packages": {}, "data_fingerprint": data}


def killed_at(call, workdir, config):
    """Create a run, and stop before the n-th call that changes the directory; False at its end."""
    left = [call]

    def counted(real):
        def change(*arguments, **options):
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return real(*arguments, **options)

        return change

    with pytest.MonkeyPatch.context() as patch:
        for where, name in CALLS:
            patch.setattr(where, name, counted(getattr(where, name)))
        try:
            create_run(workdir, config, made_on("0"))
        except Killed:
            return True
    return False


@pytest.mark.parametrize("there", [False, True], ids=["new", "over another run"])
def test_a_kill_while_a_run_begins_leaves_nothing_in_the_way(there, tmp_path):
    calls, killed = 0, True
    while killed:
        workdir = tmp_path / str(calls)
        workdir.mkdir()
        if there:
            create_run(workdir, WGAN_GP, made_on("1"))
            (workdir / "checkpoints" / "00000005").mkdir()
            (workdir / "digests.jsonl").touch()
        killed = killed_at(calls, workdir, WGAN)
        found = recorded_config(workdir)
        if not killed:
            assert found == WGAN
        elif found is not None:  # the run that was there, which goes on from its beginning
            assert found == WGAN_GP
            assert RunPaths(workdir).environment.exists()
        else:
            create_run(workdir, WGAN, made_on("0"))
            assert recorded_config(workdir) == WGAN
        calls += 1
    assert calls > 8


def test_checkpoints_without_a_config_are_left_alone(tmp_path):
    create_run(tmp_path, WGAN, made_on("0"))
    (tmp_path / "checkpoints" / "00000005").mkdir()
    (tmp_path / "config.json").unlink()
    with pytest.raises(UserError, match="holds files but no run"):
        recorded_config(tmp_path)
