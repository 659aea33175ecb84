"""Where the images of a card come from: a run's checkpoint and unseen data, or two folders."""

import dataclasses
import json
import shutil

import numpy as np
import pytest
from PIL import Image

from jaxgan.data import open_images
from jaxgan.errors import UserError
from jaxgan.report.sources import sets_of_folders, sets_of_run
from jaxgan.training.loop import train
from jaxgan.training.options import RunOptions
from tests.tiny import WGAN_GP

SIZE = {"image_size": 16, "data_size": 300, "steps": 10}


def silent(line):
    return None


def trained(workdir, **changes):
    config = dataclasses.replace(WGAN_GP, **SIZE, **changes)
    train(config, RunOptions(workdir=workdir, blur=False, quiet=True))
    return workdir


@pytest.fixture(scope="module")
def workdir(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("run") / "run")


def sets(workdir, step=None, seed=0):
    return sets_of_run(
        workdir, count=100, step=step, seed=seed, data_dir=None, cache=None, say=silent
    )


def test_real_images_are_of_the_split_that_was_not_trained_on(workdir):
    found = sets(workdir)
    asked = {"image_size": 16, "channels": 1}
    test = open_images("shapes", split="test", size=500, **asked).read(np.arange(500))
    training = open_images("shapes", split="train", size=300, **asked).read(np.arange(300))
    np.testing.assert_array_equal(found.real, test["image"])
    np.testing.assert_array_equal(found.trained, training["image"])
    assert (found.protocol["trained_split"], found.protocol["real_split"]) == ("train", "test")
    assert found.notes == ()
    assert found.has_edges
    assert found.fake.shape == (100, 16, 16, 1)


def test_a_run_on_the_test_split_is_judged_against_the_training_split(tmp_path):
    found = sets(trained(tmp_path / "run", split="test"))
    assert (found.protocol["trained_split"], found.protocol["real_split"]) == ("test", "train")


def test_step_and_seed_choose_the_samples(workdir):
    last, first, other = sets(workdir), sets(workdir, step=5), sets(workdir, seed=1)
    assert (last.protocol["step"], first.protocol["step"]) == (10, 5)
    assert np.any(last.fake != first.fake)
    assert np.any(last.fake != other.fake)
    np.testing.assert_array_equal(last.fake, sets(workdir, step=10).fake)


@pytest.mark.parametrize(("half_life", "words"), [(10.0, "averaged"), (0.0, "of that step")])
def test_which_weights_were_looked_at_is_said(half_life, words, tmp_path):
    workdir = trained(tmp_path / "run", ema_half_life=half_life)
    assert words in sets(workdir).protocol["generator"]


def pictures(folder, count, seed, side=16, mode="RGB"):
    folder.mkdir(parents=True)
    channels = 3 if mode == "RGB" else 1
    made = np.random.default_rng(seed).integers(0, 256, (count, side, side, channels), np.uint8)
    for number, picture in enumerate(made):
        Image.fromarray(picture if channels == 3 else picture[..., 0]).save(
            folder / f"{number:03d}.png"
        )
    return folder


def folders(real, fake):
    return sets_of_folders(real, fake, image_size=None, cache=None, say=silent)


def test_folders_and_what_they_cannot_tell(tmp_path):
    real, fake = pictures(tmp_path / "real", 200, 0), pictures(tmp_path / "fake", 100, 1)
    found = folders(real, fake)
    assert (len(found.real), len(found.fake), found.trained) == (200, 100, None)
    assert "memorisation cannot be told" in found.notes[0]
    assert len(found.notes) == 1


def test_grey_fakes_of_coloured_data_have_three_channels_that_are_judged(tmp_path):
    real, fake = pictures(tmp_path / "real", 200, 0), pictures(tmp_path / "fake", 100, 1, mode="L")
    found = folders(real, fake)
    assert found.fake.shape[3] == 3
    assert np.all(found.fake == found.fake[..., :1])
    assert found.fake_names[:2] == ("000.png", "001.png")


def test_folders_that_do_not_compare_are_refused_before_anything_is_trained(tmp_path):
    real = pictures(tmp_path / "real", 200, 0)
    large, few = pictures(tmp_path / "large", 100, 1, side=20), pictures(tmp_path / "few", 99, 1)
    with pytest.raises(UserError, match=r"16 pixels and .*large of 20"):
        folders(real, large)
    with pytest.raises(UserError, match="too few fakes: 99"):
        folders(real, few)
    with pytest.raises(UserError, match="hold the same images"):
        folders(real, real)
    with pytest.raises(UserError, match=r"inner lies in .*real"):
        folders(real, pictures(real / "inner", 100, 2))


def test_one_picture_many_times_is_refused(tmp_path):
    real, same = pictures(tmp_path / "real", 200, 0), tmp_path / "same"
    same.mkdir()
    for i in range(120):
        shutil.copy(real / "000.png", same / f"{i}.png")
    with pytest.raises(UserError, match="120 fakes are one and the same picture"):
        folders(real, same)


def test_the_config_of_another_run_is_refused(workdir, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(workdir, copy)
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "seed": 1}))
    with pytest.raises(UserError, match="is not the config that this run was made with"):
        sets(copy)


@pytest.mark.parametrize("kept", [0, 3])
def test_metrics_that_were_lost_or_are_of_another_run_are_noted(kept, workdir, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(workdir, copy)
    lines = (copy / "metrics.jsonl").read_text().splitlines(keepends=True)
    assert len(lines) == 5
    (copy / "metrics.jsonl").write_text("".join(lines[:kept]))
    (note,) = sets(copy).notes
    assert note.startswith("metrics.jsonl is not what this run wrote")
    other = {**json.loads(lines[0]), "generator/loss": 1.5}
    (copy / "metrics.jsonl").write_text("".join([json.dumps(other) + "\n", *lines[1:]]))
    assert sets(copy).notes == (note,)
    (copy / "metrics.jsonl").write_text("".join(lines))
    assert sets(copy).notes == ()
