"""Edge spread against planted blur, by the shapes' own geometry and by edges made by hand."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import ndtr

from jaxgan.data.shapes import parameters, shapes, signed_distance
from jaxgan.metrics.checks import eight_bits
from jaxgan.metrics.contours import find_contours
from jaxgan.metrics.edge_log import edge_radius_estimate
from jaxgan.metrics.edges import edge_spread, known_edge_spread, mean_edge_profile
from jaxgan.metrics.planting import blurred, noised, unsharpened

COUNT = 40


def pictures(size: int, blur: float, noise: float = 0.0, count: int = COUNT) -> np.ndarray:
    images = shapes(count, size, 0, blur).read(np.arange(count))["image"]
    return eight_bits(noised(images / 255, noise, np.random.default_rng(1))) if noise else images


def true_distance(size: int, count: int = COUNT) -> np.ndarray:
    return signed_distance(parameters(0, np.arange(count), size), size)


def tilted_edge(angle: float, radius: float, cells: int = 1, size: int = 48) -> np.ndarray:
    """A straight edge through the middle as the normal distribution function of the distance.

    Averaged over cells² points a pixel; with one, the edge is sampled at pixel centres.
    """
    at = (np.arange(size * cells) + 0.5) / cells - size / 2
    distance = np.cos(angle) * at[None, :] + np.sin(angle) * at[:, None] - 0.137
    fine = ndtr(distance / radius) if radius else (distance > 0).astype(np.float64)
    level = fine.reshape(size, cells, size, cells).mean(axis=(1, 3))
    return (0.1 + 0.8 * level)[None, :, :, None]


@pytest.mark.parametrize(
    ("size", "blur"), [(64, 0.5), (64, 1.0), (64, 2.0), (64, 3.0), (32, 0.5), (32, 1.0), (32, 2.0)]
)
def test_planted_blur_is_found(size, blur):
    images = pictures(size, blur)
    found = edge_spread(images)
    assert found.accepted.all()
    assert np.median(found.radius) == pytest.approx(blur, rel=0.05)
    # The spread over kinds of shape: a star's arms are thinner than 2 pixels of blur.
    assert np.quantile(np.abs(found.radius / blur - 1), 0.9) < (0.06 if blur <= 0.5 else 0.25)
    if blur <= 2:
        known = known_edge_spread(images, true_distance(size))
        assert np.median(known.radius) == pytest.approx(blur, rel=0.025)


@pytest.mark.parametrize(("size", "blur"), [(64, 0.5), (64, 2.0), (32, 1.0)])
def test_planted_blur_is_found_under_noise(size, blur):
    images = pictures(size, blur, noise=0.05)
    found, known = edge_spread(images), known_edge_spread(images, true_distance(size))
    assert np.nanmedian(found.radius) == pytest.approx(blur, rel=0.06)
    assert np.nanmedian(known.radius) == pytest.approx(blur, rel=0.04)
    # 0.05 of noise is more than 0.1 of a contrast below 0.5; shapes have 0.35 to 1.
    np.testing.assert_array_equal(found.accepted, found.misfit <= 0.1)
    assert 0.7 < found.accepted.mean() < 1
    assert np.median(found.misfit * found.contrast) == pytest.approx(0.05, rel=0.05)


def test_sharp_shapes_read_no_blur():
    for size in (32, 64):
        images = pictures(size, 0.0)
        found, known = edge_spread(images), known_edge_spread(images, true_distance(size))
        assert found.accepted.all()
        assert np.median(found.radius) < 0.1
        assert np.median(known.radius) < 0.08


@pytest.mark.parametrize("angle", [0.0, 0.2, 0.5, np.pi / 4, 2.5])
def test_the_pixel_is_taken_off_at_every_angle(angle):
    for radius in (0.5, 1.0, 2.0):
        area = edge_spread(tilted_edge(angle, radius, cells=16))
        assert area.radius[0] == pytest.approx(radius, abs=0.01)
        # Sampled at points, an edge has not the pixel's variance of 1 / 12, which is yet taken off.
        point = edge_spread(tilted_edge(angle, radius))
        assert point.radius[0] == pytest.approx(np.sqrt(radius**2 - 1 / 12), abs=0.015)


@pytest.mark.parametrize("angle", [0.2, 0.5, np.pi / 4])
def test_sharp_edges_read_about_0_averaged_or_sampled(angle):
    assert edge_spread(tilted_edge(angle, 0.0, cells=16)).radius[0] < 0.13
    assert edge_spread(tilted_edge(angle, 0.0)).radius[0] < 0.05


def test_levels_and_place_of_an_edge():
    # The edge lies 0.137 from the middle of the picture, and the bright side is beyond.
    size, angle = 48, 0.5
    at = np.arange(size) + 0.5 - size / 2
    distance = np.cos(angle) * at[None, :] + np.sin(angle) * at[:, None]
    found = known_edge_spread(tilted_edge(angle, 1.0, cells=16), distance[None])
    assert found.low[0] == pytest.approx(0.1, abs=1e-3)
    assert found.contrast[0] == pytest.approx(0.8, abs=2e-3)
    assert found.offset[0] == pytest.approx(0.137, abs=2e-3)
    assert found.misfit[0] < 2e-3
    assert abs(found.overshoot[0]) < 2e-3


def test_contour_distance_is_the_true_one_to_a_twentieth_of_a_pixel():
    every = parameters(0, np.arange(200), 64)
    discs = np.flatnonzero(every.kind == 0)[:10]
    images = pictures(64, 1.0, count=200)[discs, :, :, 0] / 255
    truth = signed_distance(every, 64)[discs]
    found = find_contours(images, 6.0)
    near = np.abs(truth) < 5.5
    # A disc of radius R, blurred by r, has its mid level r² / 2R further in.
    assert np.abs(found.distance - truth)[near].max() < 0.1
    assert np.abs(np.mean((found.distance - truth)[near])) < 0.05
    assert np.median(found.weight[near]) > 0.95
    assert np.isinf(found.distance[np.abs(truth) > 6.5]).all()
    assert (found.weight[np.abs(truth) > 6.5] == 0).all()


def test_corners_of_the_contour_count_little():
    square = np.zeros((1, 32, 32))
    square[0, 8:24, 8:24] = 1.0
    weight = find_contours(square, 6.0).weight[0]
    assert weight[8, 8] < 0.1
    assert weight[8, 15] > 0.95


def test_specks_and_holes_are_no_contour():
    plain = np.zeros((2, 32, 32))
    plain[:, 8:24, 8:24] = 1.0
    plain[1, 12, 12] = plain[1, 2, 2] = 0.5  # with SMOOTHING of 0.7 both stay on their side …
    plain[1, 18:20, 18:20], plain[1, 28:30, 28:30] = 0.0, 1.0  # … and these do not: 4 of 1024
    found = find_contours(plain, 6.0)
    np.testing.assert_array_equal(found.distance[1] > 0, found.distance[0] > 0)
    np.testing.assert_allclose(found.distance[1, :, 4:12], found.distance[0, :, 4:12], atol=0.02)


def test_unsharp_masking_reads_sharper_and_overshoots():
    images = pictures(64, 1.0) / 255
    lifted = 0.2 + 0.6 * images  # room for the overshoot
    plain, sharpened = edge_spread(lifted, 0.6), edge_spread(unsharpened(lifted, 1.0), 0.6)
    assert plain.accepted.all()
    assert sharpened.accepted.all()
    # 2 Φ(d) - Φ(d / √2) rises as Φ(d / 0.7) and passes 1 by 0.03, of which the fit takes a third.
    assert np.median(sharpened.radius) == pytest.approx(0.7, abs=0.05)
    assert np.quantile(plain.overshoot, 0.95) < 0.005
    assert np.median(sharpened.overshoot) > 0.012
    # A sharp edge: 2 · 1 - Φ(0) at its foot, less what a pixel averages.
    strong = edge_spread(unsharpened(0.25 + 0.5 * pictures(64, 0.0) / 255, 1.0), 0.5)
    assert np.median(strong.overshoot) > 0.1
    # Seen on either side, where the other has no room for it.
    over = np.clip(unsharpened(tilted_edge(0.5, 0.5, cells=8), 0.5), 0.1, 1.0)
    assert edge_spread(over).overshoot[0] > 0.03
    assert edge_spread(1 - over).overshoot[0] > 0.03


def test_what_is_no_clean_edge_is_rejected():
    rng = np.random.default_rng(0)
    square = np.full((32, 32), 0.2)
    square[8:24, 8:24] = 0.8
    faint = 0.5 + 0.4 * (square - 0.5)  # contrast 0.24
    grey = np.full((32, 32), 0.5)
    images = np.stack([square, faint, grey, rng.random((32, 32)), np.full((32, 32), 0.2)])
    images[4, 5, 5] = 0.9  # a speck
    found = edge_spread(images[..., None])
    np.testing.assert_array_equal(found.accepted, [True, False, False, False, False])
    np.testing.assert_array_equal(np.isnan(found.radius), ~found.accepted)
    assert found.contrast[1] == pytest.approx(0.24, abs=0.01)
    assert found.contrast[2] == 0
    assert found.misfit[2] == np.inf
    assert edge_spread(images[..., None], 0.5).accepted[1]
    # Dark on bright is an edge like another; against the known side it is none.
    negative = 1 - images[:1, ..., None]
    assert edge_spread(negative).radius[0] == pytest.approx(found.radius[0], abs=0.02)
    distance = np.where(square > 0.5, 1.0, -1.0)[None] * 0.5
    assert known_edge_spread(images[:1, ..., None], distance).accepted[0]
    assert not known_edge_spread(negative, distance).accepted[0]


def test_an_image_is_measured_the_same_alone_and_in_colour():
    images = pictures(32, 1.0, noise=0.03)
    together = edge_spread(images)
    for alone in (edge_spread(images[17:18]), edge_spread(np.repeat(images[17:18], 3, axis=-1))):
        for one, all_of_them in zip(alone, together, strict=True):
            np.testing.assert_allclose(one[0], all_of_them[17], rtol=1e-6, atol=1e-6)


def test_mean_profile_is_the_blurred_step():
    images = pictures(64, 1.0)
    for distance in (None, true_distance(64)):
        found = edge_spread(images) if distance is None else known_edge_spread(images, distance)
        where, level = mean_edge_profile(images, found, distance)
        assert (np.diff(where) > 0).all()
        assert where[0] < -5
        assert where[-1] > 5
        inner = np.abs(where) < 5
        expected = ndtr(where / np.sqrt(1 + 1 / 12))
        assert np.abs(level - expected)[inner].max() < 0.03


def test_mean_profile_is_centred_on_the_fitted_edge():
    # The distance given is 0.8 pixels off: the profile still is a half at 0.
    size = 48
    across = np.tile(np.arange(size) + 0.5 - size / 2, (1, size, 1))
    image = tilted_edge(0.0, 1.0, cells=16)
    found = known_edge_spread(image, across + 0.663)
    assert found.offset[0] == pytest.approx(0.8, abs=0.01)
    where, level = mean_edge_profile(image, found, across + 0.663)
    assert np.interp(0.0, where, level) == pytest.approx(0.5, abs=0.01)


def test_refusals():
    images = pictures(32, 1.0)
    distance = true_distance(32)
    with pytest.raises(ValueError, match="nominal_contrast 0"):
        edge_spread(images, 0.0)
    with pytest.raises(ValueError, match=r"signed_distance of shape \(39, 32, 32\)"):
        known_edge_spread(images, distance[1:])
    with pytest.raises(ValueError, match="NaN among the distances"):
        known_edge_spread(images, np.where(distance > 0, np.nan, distance))
    with pytest.raises(ValueError, match="40 images and 39 results"):
        mean_edge_profile(images, edge_spread(images[1:]))
    noise = np.random.default_rng(0).random((3, 32, 32, 1))
    with pytest.raises(ValueError, match="no image was accepted"):
        mean_edge_profile(noise, edge_spread(noise))


def test_closed_form_finds_the_blur_of_clean_images():
    estimate = jax.jit(edge_radius_estimate)
    for size, blur in ((64, 0.5), (64, 1.0), (64, 2.0), (32, 1.0)):
        images = jnp.asarray(pictures(size, blur) / 255, jnp.float32)
        assert np.median(estimate(images)) == pytest.approx(blur, rel=0.1)
    edge = jnp.asarray(tilted_edge(0.5, 1.0, cells=16), jnp.float32)
    assert float(estimate(edge)[0]) == pytest.approx(1.0, rel=0.02)
    colour = jnp.repeat(edge, 3, axis=-1)
    np.testing.assert_allclose(estimate(colour), estimate(edge), rtol=1e-4)


def test_closed_form_has_a_gradient_that_sharpens():
    value_and_slope = jax.jit(jax.value_and_grad(lambda x: edge_radius_estimate(x)[0]))
    image = jnp.asarray(tilted_edge(0.5, 1.5, cells=4, size=32), jnp.float32)
    before, slope = value_and_slope(image)
    assert bool(jnp.isfinite(slope).all())
    after, _ = value_and_slope(image - 0.01 * slope)  # the estimate has kinks, so a short step
    assert float(after) < float(before)
    flat, slope = value_and_slope(jnp.full((1, 32, 32, 1), 0.5))
    assert float(flat) == 32
    assert bool((slope == 0).all())


def test_blur_of_finished_pixels_adds_in_variance():
    images = pictures(64, 0.5) / 255
    found = edge_spread(blurred(images, 1.0))
    assert np.median(found.radius) == pytest.approx(np.sqrt(0.25 + 1.0), rel=0.04)
