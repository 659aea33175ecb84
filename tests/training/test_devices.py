"""The same shards give the same bits on any number of devices and hosts."""

import json
import shutil
import socket
import subprocess

import pytest

from tests.tiny import command, digests, environment, run

SHARDS = "--shards=8"


@pytest.fixture(scope="module")
def on_one_device(tmp_path_factory):
    workdir = tmp_path_factory.mktemp("one") / "run"
    done = run(SHARDS, f"--workdir={workdir}")
    assert done.returncode == 0, done.stderr
    return digests(workdir)


@pytest.mark.parametrize("devices", [2, 4, 8])
def test_devices(devices, on_one_device, tmp_path):
    done = run(SHARDS, f"--workdir={tmp_path / 'run'}", devices=devices)
    assert done.returncode == 0, done.stderr
    assert digests(tmp_path / "run") == on_one_device


def test_two_processes_of_four_devices(on_one_device, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    processes = [
        subprocess.Popen(
            command(
                SHARDS,
                f"--workdir={tmp_path / 'run'}",
                f"--coordinator=127.0.0.1:{port}",
                "--process-count=2",
                f"--process={i}",
            ),
            env=environment(devices=4),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for i in range(2)
    ]
    results = [process.communicate(timeout=300) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], results
    assert digests(tmp_path / "run") == on_one_device


def test_interrupted_on_two_devices_and_finished_on_four(on_one_device, tmp_path):
    workdir = tmp_path / "run"
    assert run(SHARDS, f"--workdir={workdir}", devices=2).returncode == 0
    shutil.rmtree(workdir / "checkpoints" / "00000012")
    shutil.rmtree(workdir / "checkpoints" / "00000010")
    # Without --shards, a run that is there keeps its own.
    done = run(f"--workdir={workdir}", devices=4)
    assert done.returncode == 0, done.stderr
    assert digests(workdir) == on_one_device


def test_products_cut_by_threads_are_cut_alike_when_repeated(tmp_path):
    """Four virtual devices give XLA four threads or more, by which it cuts large products; whoever
    goes on or repeats on one device takes as many. Tiny networks would not show it."""
    workdir = tmp_path / "run"
    wide = ["--generator.width=8", "--discriminator.width=8", "--image-size=28"]
    sizes = ["--batch-size=64", "--data-size=200", "--steps=2", "--checkpoint-every=1"]
    flags, wgan = ["--shards=4", *wide, *sizes], "jaxgan.experiments.wgan"
    done = run(*flags, f"--workdir={workdir}", devices=4, module=wgan)
    assert done.returncode == 0, done.stderr
    threads = json.loads((workdir / "environment.json").read_text())["cpu_threads"]
    assert threads >= 4
    whole = digests(workdir)
    shutil.rmtree(workdir / "checkpoints" / "00000002")
    finished = run(*flags, f"--workdir={workdir}", module=wgan)
    assert "going on from step 1" in finished.stdout
    assert digests(workdir) == whole
    again = run("rerun", str(workdir), module="jaxgan")
    assert again.returncode == 0, again.stdout
    assert "another environment" not in again.stdout


def test_shards_not_divisible_by_devices(tmp_path):
    done = run("--shards=2", f"--workdir={tmp_path / 'run'}", devices=4)
    assert done.returncode == 2
    assert "2 shards on 4 devices" in done.stderr
    assert not (tmp_path / "run").exists()
