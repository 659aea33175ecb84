"""The projection of pictures by the command, on a real run of tiny networks."""

import numpy as np
import pytest
from PIL import Image

from tests.tiny import run


@pytest.fixture(scope="module")
def workdir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain") / "run"
    done = run(f"--workdir={folder}", "--steps=2")
    assert done.returncode == 0, done.stderr
    return folder


def jaxgan(*arguments):
    return run(*map(str, arguments), module="jaxgan")


def test_a_picture_is_projected_and_twice_alike(workdir, tmp_path):
    picture = tmp_path / "grey.png"
    Image.fromarray(np.full((12, 10, 3), 100, np.uint8)).save(picture)
    found = []
    for name in ("a", "b"):
        out = tmp_path / f"{name}.png"
        done = jaxgan("project", workdir, picture, "--steps=3", "--starts=2", f"--out={out}")
        assert done.returncode == 0, done.stderr
        assert "10x12 pixels, resized and cropped to 8x8" in done.stdout
        assert "PSNR" in done.stdout
        # Three 8-pixel images with gaps of 2 are 28 wide, enlarged 512 / 28 = 18 times.
        assert Image.open(out).size == (28 * 18, 8 * 18)
        found.append(np.load(out.with_suffix(".npz"))["z"])
    assert found[0].shape == (6,)
    np.testing.assert_array_equal(*found)


def test_what_cannot_be_projected_is_refused(workdir, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    good = tmp_path / "good.png"
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(good)
    out = tmp_path / "out.png"
    for arguments, expected in (
        ((broken,), "broken.png cannot be used: no picture format was recognised in it"),
        ((tmp_path / "nowhere.png",), "nowhere.png cannot be used: No such file"),
        ((good, "--space=w"), "--space w of a generator without styles"),
    ):
        done = jaxgan("project", workdir, *arguments, f"--out={out}")
        assert done.returncode == 2, done.stderr
        assert expected in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    assert not out.exists()
