"""Ways between samples, mixes and truncations, on real runs of tiny networks."""

import numpy as np
import pytest
from PIL import Image

from jaxgan.training.latent_pictures import interpolation, mixing, opened, truncation_sweep
from tests.tiny import run


def trained(folder, experiment):
    flags = (f"--workdir={folder}", "--steps=2")
    done = run(*flags, module=f"jaxgan.experiments.{experiment}")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def styled(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("styled") / "run", "stylegan2")


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("plain") / "run", "wgan_gp")


@pytest.fixture(scope="module")
def of_classes(tmp_path_factory):
    """A conditional run with styles."""
    folder = tmp_path_factory.mktemp("classes") / "run"
    conditioned = ("--generator.conditioning=concat", "--discriminator.conditioning=projection")
    flags = (f"--workdir={folder}", "--steps=2", *conditioned)
    done = run(*flags, module="jaxgan.experiments.stylegan2")
    assert done.returncode == 0, done.stderr
    return folder


def jaxgan(*arguments):
    return run(*map(str, arguments), module="jaxgan")


def refused(*arguments):
    done = jaxgan("sample", *arguments)
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    return done.stderr


def test_a_way_in_w_as_a_picture_and_as_an_animation(styled, tmp_path):
    flags = ("--interpolate", "--space=w", "--count=3", "--frames=5", "--loop")
    for name in ("way.png", "way.webp"):
        done = jaxgan("sample", styled, *flags, f"--out={tmp_path / name}")
        assert done.returncode == 0, done.stderr
        assert "15 images of step 2" in done.stdout
    # Three rows of six 8-pixel images, both ends among them, with gaps of 2: 28 by 58, 9 times.
    assert Image.open(tmp_path / "way.png").size == (58 * 9, 28 * 9)
    strip = np.asarray(Image.open(tmp_path / "way.png"))[::9, ::9]
    np.testing.assert_array_equal(strip[:8, 50:58], strip[10:18, :8])  # the second stop
    np.testing.assert_array_equal(strip[20:28, 50:58], strip[:8, :8])  # back at the first
    animation = Image.open(tmp_path / "way.webp")
    assert (animation.n_frames, animation.size) == (15, (512, 512))


def test_a_way_in_z_of_a_generator_without_styles(plain, tmp_path):
    done = jaxgan("sample", plain, "--interpolate", f"--out={tmp_path / 'way.png'}")
    assert done.returncode == 0, done.stderr
    assert "25 images" in done.stdout  # from one to the next of four in 8 steps, and the last


@pytest.mark.parametrize(
    "how", [("--interpolate",), ("--mix", "--coarse-layers=2"), ("--truncation", 0.5, 1)]
)
def test_of_one_class(of_classes, tmp_path, how):
    pictures = []
    for label in ((), ("--label", 0), ("--label", 2)):
        out = tmp_path / f"{len(pictures)}.png"
        done = jaxgan("sample", of_classes, *how, *label, "--out", out)
        assert done.returncode == 0, done.stderr
        pictures.append(np.asarray(Image.open(out)))
    np.testing.assert_array_equal(pictures[0], pictures[1])  # class 0 where none is said
    assert np.any(pictures[1] != pictures[2])
    assert "--label 4: expected a class from 0 to 3" in refused(
        of_classes, *how, "--label", 4, f"--out={tmp_path / 'x.png'}"
    )


def test_a_projection_of_one_class(of_classes, tmp_path):
    picture, found = tmp_path / "grey.png", []
    Image.fromarray(np.full((8, 8), 100, np.uint8)).save(picture)
    for label in (0, 2):
        out = tmp_path / f"{label}.png"
        flags = ("--steps=2", "--starts=1", "--space=w", "--label", label, "--out", out)
        done = jaxgan("project", of_classes, picture, *flags)
        assert done.returncode == 0, done.stderr
        found.append(np.load(out.with_suffix(".npz"))["w"])
    assert np.any(found[0] != found[1])


def test_what_cannot_be_is_refused(plain, styled, tmp_path):
    out = f"--out={tmp_path / 'x.png'}"
    assert "generator without styles" in refused(plain, "--interpolate", "--space=w", out)
    assert "generator without styles" in refused(plain, "--mix", out)
    assert "generator without styles" in refused(plain, "--truncation", 0.5, 1, out)
    assert "--truncation 1.5: expected a number" in refused(styled, "--truncation", 0.5, 1.5, out)
    assert "ends in .png or .webp" in refused(styled, "--interpolate", "--out=x.gif")
    assert "ends in .png" in refused(styled, f"--out={tmp_path / 'x.webp'}")
    assert "has 4 layers with styles" in refused(styled, "--mix", "--coarse-layers=4", out)
    assert "--loop is for --interpolate" in refused(styled, "--loop", out)
    assert "choose one" in refused(styled, "--mix", "--interpolate", out)
    assert not list(tmp_path.iterdir())


def test_ways_pass_through_the_samples(styled):
    of = opened(styled, None, 0, None, 2)
    at_once = truncation_sweep(of, (1.0,))
    in_z = interpolation(of, 3, space="z", loop=False)
    in_w = interpolation(of, 3, space="w", loop=False)
    for way in (in_z, in_w):
        np.testing.assert_allclose(way[[0, -1]], at_once, atol=1e-5)
    assert np.abs(in_z[1] - in_w[1]).max() > 1e-6
    # Other seeds, other images; the same seed, the same.
    np.testing.assert_array_equal(interpolation(of, 3, space="z", loop=False), in_z)
    assert np.any(truncation_sweep(opened(styled, None, 1, None, 2), (1.0,)) != at_once)


def test_truncated_to_nothing_all_are_the_mean_image(styled):
    of = opened(styled, None, 0, None, 3)
    rows = truncation_sweep(of, (1.0, 0.0)).reshape(2, 3, 8, 8, 1)
    assert np.ptp(rows[1], axis=0).max() == 0
    assert np.ptp(rows[0], axis=0).max() > 0


def test_a_mix_of_one_image_with_itself_is_the_image(styled):
    of = opened(styled, None, 0, None, 2)
    same = of._replace(z=of.z[np.array([0, 0])])
    table = mixing(same, 2).reshape(2, 2, 8, 8, 1)
    assert np.all(table[0, 0] == 1)  # white
    np.testing.assert_array_equal(table[1, 1], table[1, 0])
    other = mixing(of, 2).reshape(2, 2, 8, 8, 1)
    assert np.any(other[1, 1] != other[1, 0])
    assert np.any(other[1, 1] != other[0, 1])
