"""Shapes against geometry by hand, brute force and the normal distribution function."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.ndimage import gaussian_filter
from scipy.special import ndtr

from jaxgan.data import open_images
from jaxgan.data.shapes import (
    CLASSES,
    Shape,
    coverage,
    parameters,
    render,
    shapes,
    signed_distance,
)
from jaxgan.errors import UserError


def one(kind: str, centre=(16.0, 16.0), radius=10.0, angle=0.0, aspect=1.0) -> Shape:
    """One white shape on black."""
    return Shape(
        kind=np.array([CLASSES.index(kind)], np.int32),
        centre=np.array([centre]),
        radius=np.array([radius]),
        angle=np.array([angle]),
        aspect=np.array([aspect]),
        background=np.zeros(1),
        foreground=np.ones(1),
    )


def outline(shape: Shape) -> np.ndarray:
    """Corners [k, 2] of one polygon, from the definition of its kind."""
    kind, radius = CLASSES[shape.kind[0]], shape.radius[0]
    if kind == "box":
        width = 2 * radius / math.hypot(1, shape.aspect[0])
        height = width * shape.aspect[0]
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2]
    elif kind == "triangle":
        corners = radius * np.array([[1, 0], [-0.5, math.sqrt(0.75)], [-0.5, -math.sqrt(0.75)]])
    else:
        turns = np.arange(10) * math.pi / 5
        radii = np.where(np.arange(10) % 2, radius * math.sin(0.1 * math.pi) / math.sin(
            0.7 * math.pi), radius)  # fmt: skip
        corners = np.stack([radii * np.cos(turns), radii * np.sin(turns)], axis=1)
    sin, cos = math.sin(shape.angle[0]), math.cos(shape.angle[0])
    return shape.centre[0] + corners @ np.array([[cos, sin], [-sin, cos]])


def inside(shape: Shape, points: np.ndarray) -> np.ndarray:
    """Whether points [..., 2] are inside one shape, by the winding angle of its outline."""
    if CLASSES[shape.kind[0]] == "disc":
        return np.hypot(*np.moveaxis(points - shape.centre[0], -1, 0)) < shape.radius[0]
    spokes = outline(shape) - points[..., None, :]
    around = np.arctan2(spokes[..., 1], spokes[..., 0])
    turns = np.diff(around, axis=-1, append=around[..., :1])
    return np.abs(((turns + math.pi) % (2 * math.pi) - math.pi).sum(-1)) > math.pi


def drawn(count: int, size: int = 32, seed: int = 5) -> list[Shape]:
    every = parameters(seed, np.arange(count), size)
    return [Shape(*(values[i : i + 1] for values in every)) for i in range(count)]


def test_disc_area():
    for radius in (0.3, 2.0, 9.97):
        covered = coverage(one("disc", (15.3, 16.8), radius), 32)
        assert covered.sum() == pytest.approx(math.pi * radius**2, rel=1e-12)


@pytest.mark.parametrize("kind", ["box", "triangle", "star"])
def test_polygon_area_by_the_shoelace_formula(kind):
    for angle in (0.0, 0.4, 2.0, math.pi / 2):
        shape = one(kind, (15.3, 16.8), 9.97, angle, aspect=0.6)
        x, y = outline(shape).T
        area = abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
        assert coverage(shape, 32).sum() == pytest.approx(area, rel=1e-12)


def test_upright_box_by_hand():
    # Corners at (4.25, 6) and (11.25, 13.5): 7 x 7.5.
    radius = math.hypot(7.5, 7) / 2
    box = one("box", (7.75, 9.75), radius, math.pi / 2, aspect=7 / 7.5)
    columns = np.array([0] * 4 + [0.75] + [1] * 6 + [0.25] + [0] * 4)
    rows = np.array([0] * 6 + [1] * 7 + [0.5] + [0] * 2)
    np.testing.assert_allclose(coverage(box, 16)[0], np.outer(rows, columns), atol=1e-12)


def test_every_pixel_against_32_by_32_points():
    step = (np.arange(16 * 32) + 0.5) / 32
    points = np.stack(np.meshgrid(step, step), axis=-1)
    for shape in drawn(12, size=16):
        brute = inside(shape, points).reshape(16, 32, 16, 32).mean((1, 3))
        # A straight edge through a pixel is missed by at most half a point a row: 1 / 64.
        assert np.abs(coverage(shape, 16)[0] - brute).max() < 1 / 64


def test_signed_distance_against_points_on_the_outline():
    centres = np.stack(np.meshgrid(np.arange(32) + 0.5, np.arange(32) + 0.5), axis=-1)
    for shape in drawn(12):
        distance = signed_distance(shape, 32)[0]
        if CLASSES[shape.kind[0]] == "disc":
            turns = np.linspace(0, 2 * math.pi, 4001)
            edge = shape.centre[0] + shape.radius[0] * np.stack([np.cos(turns), np.sin(turns)], 1)
        else:
            start = outline(shape)
            share = np.linspace(0, 1, 401)[:, None, None]
            edge = (start + share * (np.roll(start, -1, axis=0) - start)).reshape(-1, 2)
        nearest = np.min([np.hypot(*np.moveaxis(centres - point, -1, 0)) for point in edge], axis=0)
        np.testing.assert_allclose(np.abs(distance), nearest, atol=0.02)
        np.testing.assert_array_equal(distance > 0, inside(shape, centres))


def test_pixels_away_from_the_edge_are_plain():
    every = parameters(0, np.arange(200), 32)
    distance, covered = signed_distance(every, 32), coverage(every, 32)
    assert (covered[distance > math.sqrt(0.5)] > 1 - 1e-9).all()
    assert (np.abs(covered[distance < -math.sqrt(0.5)]) < 1e-9).all()


@pytest.mark.parametrize("blur", [0.1, 0.25, 0.5, 1.0, 3.0])
def test_planted_blur_is_the_sigma_asked_for_wherever_the_edge_lies(blur):
    # Across an upright edge: the normal distribution function, averaged over the pixel.
    for shift in (0.0, 0.2, 0.5, 0.9):
        edge = 14 + shift
        box = one("box", (32 + shift, 32.0), math.hypot(18, 18))
        exact = [
            quad(lambda x, at=edge: ndtr((x - at) / blur), j, j + 1, points=[edge])[0]
            for j in range(32)
        ]
        np.testing.assert_allclose(coverage(box, 64, blur)[0, 32, :32], exact, atol=3e-4)


def test_planted_blur_adds_to_the_variance_of_a_pixel():
    # The rule that users fit by: Phi(d / sqrt(sigma^2 + 1 / 12)); 255 levels leave 0.002.
    for blur, error in ((0.5, 0.0045), (0.7, 0.003), (1.5, 0.0022), (3.0, 0.002)):
        box = one("box", (32.3, 32.0), math.hypot(18, 18))
        levels = render(box, 64, blur)[0, 32, :32, 0] / 255
        distance = signed_distance(box, 64)[0, 32, :32]
        profile = ndtr(distance / math.sqrt(blur**2 + 1 / 12))
        assert np.abs(levels - profile).max() < error


@pytest.mark.parametrize("blur", [0.3, 1.0, 2.5])
def test_blurred_shapes_against_a_sampled_gaussian_on_a_grid_16_times_as_fine(blur):
    step = (np.arange(16 * 16) + 0.5) / 16
    points = np.stack(np.meshgrid(step, step), axis=-1)
    for shape in drawn(12, size=16):
        fine = gaussian_filter(
            inside(shape, points).astype(float), 16 * blur, truncate=6, mode="constant"
        )
        brute = fine.reshape(16, 16, 16, 16).mean((1, 3))
        assert np.abs(coverage(shape, 16, blur)[0] - brute).max() < 1 / 64


def test_a_small_blur_is_close_to_none_and_all_levels_stay_between_the_two():
    every = parameters(0, np.arange(100), 32)
    for blur in (0.05, 0.3, 16.0):
        covered = coverage(every, 32, blur)
        assert covered.min() > -5e-4
        assert covered.max() < 1 + 5e-4
    assert np.abs(coverage(every, 32, 0.05) - coverage(every, 32)).max() < 0.03


def test_example_17_is_the_same_alone_in_a_batch_and_in_another_order():
    images = shapes(size=1000, seed=3, blur=0.7)
    alone = images.read(np.array([17]))
    for indices in (np.arange(100), np.arange(999, -1, -1), np.array([900, 17, 17, 2])):
        batch = images.read(indices)
        for place in np.flatnonzero(indices == 17):
            np.testing.assert_array_equal(batch["image"][place], alone["image"][0])
            assert batch["label"][place] == alone["label"][0]
    larger = shapes(size=5000, seed=3, blur=0.7).read(np.array([17]))
    np.testing.assert_array_equal(larger["image"], alone["image"])


def test_size_scales_the_picture():
    small, large = (parameters(0, np.arange(50), size) for size in (16, 64))
    np.testing.assert_allclose(4 * small.centre, large.centre)
    np.testing.assert_allclose(4 * small.radius, large.radius)
    np.testing.assert_array_equal(small.angle, large.angle)


def test_seeds_splits_and_examples_differ():
    pictures = {
        picture.tobytes()
        for seed in (0, 1, 2**63, 2**63 + 1, 2**64 - 2, 2**64 - 1)
        for split in ("train", "test")
        for picture in shapes(100, seed=seed, split=split).read(np.arange(100))["image"]
    }
    assert len(pictures) == 6 * 2 * 100


def test_kinds_are_uniform_and_shapes_stay_inside_with_a_margin():
    every = parameters(0, np.arange(8000), 32)
    counts = np.bincount(every.kind, minlength=4)
    assert np.abs(counts - 2000).max() < 5 * math.sqrt(8000 * 3 / 16)
    assert (every.centre - every.radius[:, None]).min() >= 2
    assert (every.centre + every.radius[:, None]).max() <= 30
    assert every.background.min() >= 0
    assert every.background.max() <= 0.25
    assert every.foreground.min() >= 0.6
    assert every.foreground.max() <= 1
    # Each parameter fills its range and none follows another.
    columns = np.stack([*every.centre.T, every.radius, every.angle, every.background])
    assert np.abs(np.corrcoef(columns) - np.eye(5)).max() < 5 / math.sqrt(8000)


def test_what_the_set_says_of_itself():
    images = open_images("shapes", size=10, image_size=24, channels=3)
    batch = images.read(np.arange(10))
    assert images[:4] == ("shapes", 10, (24, 24, 3), ("disc", "box", "triangle", "star"))
    assert batch["image"].shape == (10, 24, 24, 3)
    assert batch["image"].dtype == np.uint8
    assert batch["label"].dtype == np.int32
    assert (batch["image"] == batch["image"][..., :1]).all()
    assert images.read(np.empty(0, np.int64))["image"].shape == (0, 24, 24, 3)
    for wrong in ([-1], [10]):
        with pytest.raises(IndexError, match="indices in"):
            images.read(np.array(wrong))


def test_fingerprint_changes_with_every_argument():
    forms = [
        {}, {"size": 9}, {"image_size": 16}, {"seed": 1}, {"blur": 0.5}, {"channels": 3},
        {"split": "test"},
    ]  # fmt: skip
    prints = [open_images("shapes", **form).fingerprint for form in forms]
    assert len(set(prints)) == len(forms)
    assert prints[0] == open_images("shapes").fingerprint


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"image_size": 7}, "image size 7 is too small: give 8 pixels or more"),
        ({"channels": 2}, "channels 2 is not possible"),
        ({"size": 0}, "size 0: expected a whole number from 1 to"),
        ({"seed": -1}, "seed -1: expected a whole number from 0 to"),
        ({"blur": -0.1}, "blur -0.1 is out of range"),
        ({"blur": math.nan}, "blur nan is out of range"),
        ({"blur": 0.01}, "blur 0.01 is out of range: give 0, or 0.05 to 16.0"),
        ({"blur": 17.0}, "blur 17.0 is out of range: give 0, or 0.05 to 16.0"),
        ({"split": "validation"}, "no split 'validation': choose train or test"),
    ],
)
def test_bad_arguments_are_refused_in_one_line(arguments, message):
    with pytest.raises(UserError, match=message) as caught:
        open_images("shapes", **arguments)
    assert "\n" not in str(caught.value)
