"""`python -m jaxgan blur` on folders and on a run, as a person calls it."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jaxgan.commands.blur import main
from jaxgan.data import open_images
from jaxgan.errors import UserError
from jaxgan.metrics import planting
from jaxgan.metrics.checks import as_file
from tests.tiny import command, environment, run

SIDE = 16


def fill(folder, images):
    folder.mkdir()
    for i, image in enumerate(images):
        Image.fromarray(image[..., 0]).save(folder / f"{i:04d}.png")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("images")
    images = open_images("shapes", image_size=SIDE).read(np.arange(420))["image"]
    fill(root / "real", images[:300])
    soft = planting.blurred(images[300:] / 255.0, 1.0)
    fill(root / "fake", as_file(soft))
    return root


def test_two_folders_give_a_page_and_figures(folders, capsys):
    out = folders / "out"
    flags = ["--real", folders / "real", "--fake", folders / "fake", "--out", out,
             "--cache", folders / "cache", "--sheet"]  # fmt: skip
    assert main(list(map(str, flags))) == 0
    printed = capsys.readouterr().out
    assert "too soft" in printed
    assert all(str(out / name) in printed for name in ("blur.html", "blur-images.csv"))
    card = json.loads((out / "blur.json").read_text())
    assert card["radius_px"]["value"] == pytest.approx(1.0, abs=0.15)
    assert "too soft" in card["verdict"]
    names = {identity.split("@")[0] for identity in card["protocol"]["networks"]}
    assert names == {"rotation:real", "random-conv", "pixels-64"}
    assert all("gate" in facts for facts in card["protocol"]["networks"].values())
    page = (out / "blur.html").read_text()
    assert "too soft" in page.lower()
    assert "http" not in page.replace("http://www.w3.org", "")
    lines = (out / "blur-images.csv").read_text().splitlines()
    assert lines[0].startswith("rank,name,class,radius_px")
    assert len(lines) == 1 + 120
    radii = [float(line.split(",")[3]) for line in lines[1:]]
    assert radii == sorted(radii, reverse=True)
    assert Image.open(out / "sheet-softest.png").width > 300


def test_contact_sheets_are_not_put_among_the_pictures(folders):
    for name in ("real", "fake"):
        flags = ["--real", folders / "real", "--fake", folders / "fake", "--sheet",
                 "--out", folders / name / "card"]  # fmt: skip
        with pytest.raises(UserError, match=f"lies in .*{name}, whose pictures --sheet"):
            main(list(map(str, flags)))
        assert not (folders / name / "card").exists()


def test_a_run_is_judged_against_images_it_was_not_trained_on(tmp_path, capsys):
    workdir = tmp_path / "run"
    done = run(
        f"--workdir={workdir}",
        f"--image-size={SIDE}",
        "--data-size=400",
        "--steps=60",
        "--generator.upsampling=bilinear",
    )  # smooth from the start
    assert done.returncode == 0, done.stderr
    assert main([str(workdir), "--no-features", "--count", "120"]) == 0
    assert "blur radius" in capsys.readouterr().out
    card = json.loads((workdir / "blur.json").read_text())
    assert card["protocol"]["step"] == 60
    assert card["protocol"]["trained_split"] == "train"
    assert card["protocol"]["real_split"] == "test"
    assert card["protocol"]["fakes"] == 120
    assert "memorisation" in card["scores"]
    assert "wgan_gp on shapes, seed 0, step 60" in (workdir / "blur.html").read_text()


def test_a_run_whose_samples_cannot_be_judged_still_ends_well(tmp_path):
    """After one update it draws noise, and 50 images are too few to train a classifier on."""
    flags = (f"--workdir={tmp_path / 'run'}", f"--image-size={SIDE}", "--steps=1")
    with_card = [part for part in command(*flags) if part != "--no-blur"]
    done = subprocess.run(with_card, env=environment(), capture_output=True, text=True,
                          timeout=300, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "no blur card: " in done.stderr
    assert not (tmp_path / "run" / "blur.json").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "give the directory of a run, or --real"),
        (["--real", "a", "--fake", "b"], "no --out: give the directory of a run, or --real"),
        (["run", "--real", "a"], "give the directory of a run, or --real"),
        (["run", "--count", "99"], "--count 99: expected a whole number from 100 to 100000"),
        (
            ["run", "--count", "100001"],
            "--count 100001: expected a whole number from 100 to 100000",
        ),
        (["--real", "a", "--fake", "b", "--out", "c", "--count", "200"], "--count is for runs"),
        (["run", "--seed", "-1"], "--seed -1"),
        (["run", "--out", "file"], "--out file is a file: give a directory"),
        (["nowhere"], "nowhere holds no run"),
    ],
)
def test_what_is_not_enough_is_refused(arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=words):
        main(arguments)


def test_a_reader_that_goes_away_is_no_error():
    """As `jaxgan compare A B | head -1`: what reads the output closes it early."""
    card = Path(__file__).parents[2] / "experiments" / "gallery" / "real" / "blur.json"
    compare = " ".join(command("compare", *[str(card)] * 60, module="jaxgan"))
    done = subprocess.run(["bash", "-c", f"{compare} | head -c 1"], env=environment(),
                          capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
    assert done.stdout == "1"
    assert done.stderr == ""
