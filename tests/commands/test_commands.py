"""The commands on real runs: repeat them, draw from them."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from tests.tiny import run


@pytest.fixture(scope="module")
def workdir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "run"
    done = run(f"--workdir={folder}")
    assert done.returncode == 0, done.stderr
    return folder


def jaxgan(*arguments, devices=1):
    return run(*map(str, arguments), devices=devices, module="jaxgan")


def test_plain_lines_when_the_output_is_no_terminal(tmp_path):
    done = run(f"--workdir={tmp_path / 'run'}")
    assert "step 12/12" in done.stdout
    assert "steps/s" in done.stdout
    assert "images/s" in done.stdout
    assert "\x1b" not in done.stdout  # no escape sequences
    assert done.stderr == ""


def test_what_a_run_leaves_behind(workdir):
    names = {path.name for path in workdir.iterdir()} - {".lock"}
    assert names == {
        "checkpoints",
        "config.json",
        "digests.jsonl",
        "environment.json",
        "metrics.jsonl",
        "samples",
        "tensorboard",
    }
    environment = json.loads((workdir / "environment.json").read_text())
    assert environment["device_kind"] == "cpu"
    assert environment["device_count"] == 1
    assert {"jax", "jaxlib", "flax", "optax"} <= set(environment["packages"])
    assert len(environment["data_fingerprint"]) == 64
    steps = [json.loads(x)["step"] for x in (workdir / "metrics.jsonl").read_text().splitlines()]
    assert steps == [2, 4, 6, 8, 10, 12]
    assert {path.name for path in (workdir / "samples").iterdir()} == {
        f"{step:08d}.png" for step in (0, 6, 12)
    }


def test_tensorboard_events_hold_the_metrics(workdir):
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.record_writer import masked_crc32c  # noqa: F401  the format's own checksum

    (path,) = (workdir / "tensorboard").iterdir()
    content, offset, seen = path.read_bytes(), 0, {}
    while offset < len(content):  # length (8 bytes), checksum (4), event, checksum (4)
        size = int.from_bytes(content[offset : offset + 8], "little")
        event = Event.FromString(content[offset + 12 : offset + 12 + size])
        seen |= {(event.step, value.tag): value.simple_value for value in event.summary.value}
        offset += 16 + size
    for line in (workdir / "metrics.jsonl").read_text().splitlines():
        row = json.loads(line)
        tag = "discriminator/loss"
        assert seen[row["step"], tag] == pytest.approx(row[tag], rel=1e-6)


def test_rerun_repeats_every_digest(workdir):
    before = sorted(path for path in workdir.rglob("*"))
    done = jaxgan("rerun", workdir)
    assert done.returncode == 0, done.stderr
    assert "4 of 4 recorded digests are equal" in done.stdout
    assert sorted(path for path in workdir.rglob("*")) == before


def test_rerun_until(workdir):
    done = jaxgan("rerun", workdir, "--until", 7)
    assert done.returncode == 0, done.stderr
    assert "2 of 2 recorded digests are equal" in done.stdout


def test_rerun_names_the_first_step_and_leaf_that_differ(workdir, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(workdir, copy)
    lines = [json.loads(line) for line in (copy / "digests.jsonl").read_text().splitlines()]
    leaf = ".discriminator.params['Convolution_0']['bias']"
    for line in lines[2:]:
        line["digest"] = "0" * 64
        line["leaves"][leaf] = "0" * 16
    (copy / "digests.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = jaxgan("rerun", copy)
    assert done.returncode == 1
    assert f"DIFFERENT at step 10, after 2 equal digests: {leaf}" in done.stdout


def test_rerun_of_a_run_whose_config_was_changed_is_refused_or_a_mismatch(workdir, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(workdir, copy)
    config = json.loads((copy / "config.json").read_text())
    config["penalty"][0]["weight"] = 9.0
    (copy / "config.json").write_text(json.dumps(config))
    done = jaxgan("rerun", copy)
    assert done.returncode == 2
    assert "is not the config that this run was made with" in done.stderr
    # Records of before do not tell; their digests do.
    environment = json.loads((copy / "environment.json").read_text())
    del environment["config_digest"]
    (copy / "environment.json").write_text(json.dumps(environment))
    done = jaxgan("rerun", copy)
    assert done.returncode == 1
    # The first update shows it: step 0 is the same.
    assert "DIFFERENT at step 5, after 1 equal digests" in done.stdout


def test_rerun_reports_another_environment_first(workdir, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(workdir, copy)
    environment = json.loads((copy / "environment.json").read_text())
    environment["packages"]["jax"] = "0.4.1"
    environment["device_kind"] = "TPU v9"
    (copy / "environment.json").write_text(json.dumps(environment))
    done = jaxgan("rerun", copy)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("another environment: jax: 0.4.1 recorded")
    assert lines[1] == "another environment: device_kind: TPU v9 recorded, cpu here"
    assert done.returncode == 0  # the bits are what counts


def test_sample_draws_a_grid(workdir, tmp_path):
    out = tmp_path / "four.png"
    done = jaxgan("sample", workdir, "--count", 4, "--seed", 3, "--out", out)
    assert done.returncode == 0, done.stderr
    four = np.asarray(Image.open(out))
    # Two rows of two 8-pixel images with a gap of 2: 18 pixels, enlarged 512 // 18 = 28 times.
    assert four.shape == (18 * 28, 18 * 28)
    # The first images of a longer draw from the same seed are the same.
    jaxgan("sample", workdir, "--count", 1, "--seed", 3, "--out", tmp_path / "one.png")
    one = np.asarray(Image.open(tmp_path / "one.png"))
    np.testing.assert_array_equal(one[:: 512 // 8, :: 512 // 8], four[: 8 * 28 : 28, : 8 * 28 : 28])
    jaxgan("sample", workdir, "--count", 4, "--seed", 4, "--out", out)
    assert np.any(np.asarray(Image.open(out)) != four)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["sample", "nowhere"], "holds no run"),
        (["rerun", "nowhere"], "holds no run"),
        (["polish", "nowhere"], "expected one of blur, compare, project, rerun, sample"),
    ],
)
def test_refusals(arguments, expected, tmp_path):
    done = jaxgan(arguments[0], tmp_path / arguments[1])
    assert done.returncode == 2
    assert expected in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_sample_of_a_step_that_was_not_kept(workdir, tmp_path):
    done = jaxgan("sample", workdir, "--step", 7, "--out", tmp_path / "x.png")
    assert done.returncode == 2
    assert "it has 5, 10, 12" in done.stderr
    assert not (tmp_path / "x.png").exists()


def test_help_lists_every_field(tmp_path):
    done = run("--help")
    assert done.returncode == 0
    flags = (
        "--steps --batch-size --seed --data --image-size --shards --checkpoint-every --workdir "
        "--quick --restart --download --n-critic --loss --penalty.weight --generator.width"
    )
    for flag in flags.split(" "):
        assert f"{flag} " in done.stdout


@pytest.fixture(scope="module")
def conditional(tmp_path_factory):
    folder = tmp_path_factory.mktemp("conditional") / "run"
    done = run(f"--workdir={folder}", "--steps=2", module="jaxgan.experiments.cgan")
    assert done.returncode == 0, done.stderr
    return folder


def test_sample_of_one_class(conditional, tmp_path):
    config = json.loads((conditional / "config.json").read_text())
    assert config["classes"] == 4  # disc, box, triangle, star: from the data
    pictures = {}
    for label in (None, 1, 2):
        out = tmp_path / f"{label}.png"
        flags = [] if label is None else ["--label", label]
        done = jaxgan("sample", conditional, "--count", 4, "--out", out, *flags)
        assert done.returncode == 0, done.stderr
        pictures[label] = np.asarray(Image.open(out))[::28, ::28]
    # Two rows of two with a gap of 2: images 1 and 2 of all classes in turn are of class 1 and 2.
    np.testing.assert_array_equal(pictures[None][:8, 10:], pictures[1][:8, 10:])
    np.testing.assert_array_equal(pictures[None][10:, :8], pictures[2][10:, :8])
    assert np.any(pictures[1] != pictures[2])


def test_classes_that_are_not_there(conditional, workdir, tmp_path):
    out = tmp_path / "x.png"
    done = jaxgan("sample", conditional, "--label", 4, "--out", out)
    assert (done.returncode, out.exists()) == (2, False)
    assert "--label 4: expected a class from 0 to 3" in done.stderr
    done = jaxgan("sample", workdir, "--label", 0, "--out", out)
    assert (done.returncode, out.exists()) == (2, False)
    assert "wgan_gp is not conditioned on classes" in done.stderr


def test_data_without_labels_are_refused_for_a_conditional_gan(tmp_path):
    folder = tmp_path / "flat"
    folder.mkdir()
    for i in range(3):
        Image.fromarray(np.full((8, 8), 20 * i, np.uint8)).save(folder / f"{i}.png")
    workdir = tmp_path / "run"
    flags = (f"--data=folder:{folder}", f"--workdir={workdir}")
    done = run(*flags, module="jaxgan.experiments.cgan")
    assert done.returncode == 2
    assert f"folder:{folder} has no labels" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not workdir.exists()


def test_a_rerun_that_keeps_less_than_nothing_on_the_devices(workdir):
    done = jaxgan("rerun", workdir, "--resident-mib", -1)
    assert done.returncode == 2
    assert "--resident-mib -1" in done.stderr
