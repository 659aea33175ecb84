"""Pictures that go away or change while a run reads them, and coming back to such a run."""

from __future__ import annotations

import dataclasses
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jaxgan.config import Config
from jaxgan.data import open_images
from jaxgan.errors import UserError
from jaxgan.training.loop import train
from jaxgan.training.options import RunOptions
from jaxgan.training.rerun import rerun
from tests.tiny import WGAN_GP, digests

LONG = dataclasses.replace(
    WGAN_GP, image_size=None, steps=400, checkpoint_every=20, sample_every=400
)


def streamed(workdir: Path, **options: object) -> RunOptions:
    return RunOptions(workdir=workdir, resident_mib=0, quiet=True, blur=False, **options)


def refusal(config: Config, options: RunOptions) -> str:
    with pytest.raises(UserError) as caught:
        train(config, options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for i in range(20):
        Image.fromarray(rng.integers(0, 255, (8, 8), np.uint8)).save(folder / f"{i:02d}.png")
    return folder


@pytest.fixture(scope="module")
def lost(pictures, tmp_path_factory):
    """A run from which a picture was taken while it trained; what it said, and the picture."""
    workdir = tmp_path_factory.mktemp("runs") / "lost"
    kept = tmp_path_factory.mktemp("kept") / "07.png"

    def take() -> None:
        end = time.monotonic() + 200
        while time.monotonic() < end:
            if (workdir / "digests.jsonl").exists() and len(digests(workdir)) > 1:
                (pictures / "07.png").rename(kept)
                return
            time.sleep(0.002)

    taker = threading.Thread(target=take)
    taker.start()
    said = refusal(dataclasses.replace(LONG, data=f"folder:{pictures}"), streamed(workdir))
    taker.join()
    return workdir, said, kept


def test_a_lost_picture_is_named_and_put_back_the_run_goes_on_to_the_same_bits(
    lost, pictures, tmp_path
):
    workdir, said, kept = lost
    assert said == (
        f"{pictures}/07.png cannot be read: No such file or directory: restore it and run the same "
        "command again to go on from the last checkpoint, or train on what is there with --restart"
    )
    config = dataclasses.replace(LONG, data=f"folder:{pictures}")
    assert "now holds (missing: 07.png): restore them" in refusal(config, streamed(workdir))
    shutil.copy(pictures / "08.png", pictures / "07.png")
    assert "now holds (changed: 07.png): restore them" in refusal(config, streamed(workdir))
    Image.new("L", (9, 9)).save(pictures / "07.png")
    assert "07.png is 9x9: restore it and run the same" in refusal(config, streamed(workdir))
    (pictures / "07.png").write_bytes(b"")
    assert "recognised in it: restore it and run the" in refusal(config, streamed(workdir))
    shutil.copy(kept, pictures / "07.png")
    assert train(config, streamed(workdir)).step == 400
    train(config, streamed(tmp_path / "whole"))
    assert digests(workdir) == digests(tmp_path / "whole")


def test_names_of_missing_pictures_are_cut_short_and_a_lost_list_does_no_harm(tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for i in range(12):
        Image.new("L", (8, 8), 9 * i).save(folder / f"a\nb{i:02d}.png")
    config = dataclasses.replace(LONG, data=f"folder:{folder}", steps=1)
    workdir = tmp_path / "run"
    train(config, streamed(workdir))
    for i in range(5):
        (folder / f"a\nb{i:02d}.png").unlink()
    Image.new("L", (8, 8)).save(folder / "new.png")
    named = r"missing: a\nb00.png, a\nb01.png, a\nb02.png and 2 more; new: new.png"
    assert named in refusal(config, streamed(workdir))
    with pytest.raises(UserError) as caught:
        rerun(workdir, until=None, data_dir=None, resident_bytes=0, say=print)
    assert named in str(caught.value)
    for damage in ("[]\n", '{"path": [], "content": 1}\n', '{"path": 1}\n', "null\n", "{\n"):
        (workdir / "pictures.jsonl").write_text(damage)
        assert "fingerprint" in refusal(config, streamed(workdir))
    assert train(config, streamed(workdir, restart=True)).step == 1
    assert (workdir / "pictures.jsonl").read_text().count("\n") == 8


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda path: path.unlink(), "No such file"),
        (lambda path: path.write_bytes(path.read_bytes()[:-20]), "changed after its folder"),
        (lambda path: Image.new("L", (16, 16)).save(path), "changed after its folder"),
    ],
)
def test_a_picture_that_is_not_what_it_was_is_read_by_nobody(
    tmp_path, change: Callable[[Path], None], words: str
):
    for i in range(3):
        Image.new("L", (8, 8), i).save(tmp_path / f"{i}.png")
    images = open_images(f"folder:{tmp_path}")
    change(tmp_path / "1.png")
    assert images.read(np.array([0, 2]))["image"].shape == (2, 8, 8, 1)
    with pytest.raises(UserError, match=words):
        images.read(np.array([1]))
