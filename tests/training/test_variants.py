"""Every variant, in real processes: killed on four devices, finished and repeated on one."""

import signal
import subprocess

import pytest

from tests.tiny import EXPERIMENTS, command, digests, environment, run
from tests.training.test_resume import more_than, wait_until

# Compiled in two thirds of the time; wgan_gp is optimised in test_devices.py, test_resume.py. That
# other emitters (--xla_cpu_use_fusion_emitters=false) are quicker still is of no use: their bits
# depend on the number of devices.
QUICK = "--xla_backend_optimization_level=0"
OPTIMISED = {"cgan", "sngan"}
STEPS = ["--steps=120", "--checkpoint-every=10", "--shards=4"]


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_killed_on_four_devices_finished_and_repeated_on_one(name, tmp_path):
    # One, since those two share what they compile; test_devices.py has two and eight.
    module, workdir = f"jaxgan.experiments.{name}", tmp_path / "run"
    flags = "" if name in OPTIMISED else QUICK
    process = subprocess.Popen(
        command(*STEPS, f"--workdir={workdir}", module=module),
        env=environment(4, flags),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: more_than(workdir, 3), process, seconds=300)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert 30 <= max(digests(workdir)) < 120, "the run ended before it could be killed"
    finished = run(*STEPS, f"--workdir={workdir}", flags=flags, module=module)
    assert finished.returncode == 0, finished.stderr
    assert "going on from step" in finished.stdout
    # The grid of a variant that is conditioned on classes, or draws in steps, was written too.
    assert (workdir / "samples" / "00000120.png").exists()
    repeated = run("rerun", str(workdir), flags=flags, module="jaxgan")
    assert repeated.returncode == 0, repeated.stdout
    assert "13 of 13 recorded digests are equal" in repeated.stdout
