"""ADA's transforms, how often they come, and its controller by hand."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

import jaxgan
from jaxgan.augment import ADA, BGC
from jaxgan.augment.ada import Steering
from jaxgan.augment.affine import Geometry, drawn_geometry, flipped_and_turned
from jaxgan.augment.colours import drawn_colours, recoloured
from jaxgan.errors import UserError
from jaxgan.protocols import AugmentPart, Remembering, Reporting, SteeredAugment

MANY = 8000
ONLY = {
    "geometry": {"colour": 0.0},
    "colour": {"geometry": 0.0},
    "cutout": {"geometry": 0.0, "colour": 0.0, "cutout": 1.0},
}


def noise(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)


def augmented(images, probability, seed=0, **fields):
    part = BGC(probability, **fields)
    return np.asarray(jax.jit(part)(jax.random.key(seed), jnp.asarray(images)))


def is_share(hits, share):
    """Whether a share of MANY draws is what it should be, to 4 standard deviations."""
    return abs(np.mean(hits) - share) < 4 * np.sqrt(share * (1 - share) / MANY)


def geometry(probability=0.5, seed=0):
    draw = jax.jit(lambda key: drawn_geometry(key, probability, MANY, 32))
    drawn = draw(jax.random.key(seed))
    return Geometry(*map(np.asarray, drawn))


def test_how_often_each_geometric_transform_comes():
    flip, turns, matrix = geometry()
    is_eye = (matrix == np.eye(3)).all((1, 2))
    # Half of those chosen are flipped; 3 of 4 turns are turns.
    assert is_share(flip, 0.25)
    assert is_share(turns > 0, 0.375)
    for k in (1, 2, 3):
        assert is_share(turns == k, 0.125)
    # No coin of shift, scale, stretch and fractional shift (1/16), no rotation (1/2); or a whole
    # shift that rounds to 0 along both axes: 1/8 either, of ±4 pixels.
    assert is_share(is_eye, 1 / 32 * (1 + 1 / 64))
    # And neither flipped nor turned by a number other than 0.
    assert is_share(is_eye & ~flip & (turns == 0), 0.75 * 0.625 / 32 * (1 + 1 / 64))


def test_how_often_images_are_rotated_and_scaled():
    _, _, matrix = geometry()
    linear = matrix[:, :2, :2]
    # Without a rotation only the diagonal is left: of half of the images at p = 1/2.
    is_straight = (linear[:, 0, 1] == 0) & (linear[:, 1, 0] == 0)
    assert is_share(is_straight, 0.5)
    # Neither scaled nor stretched nor rotated: 1/2 · 1/2 · 1/2.
    assert is_share((linear == np.eye(2)).all((1, 2)), 1 / 8)


def test_laws_of_the_matrix():
    _, _, matrix = geometry(1.0)
    linear = matrix[:, :2, :2].astype(np.float64)
    # Scales: areas shrink by 2^(2 N(0, 0.2)), the singular values' ratio is 2^(2 |N(0, 0.2)|).
    areas = -0.5 * np.log2(np.linalg.det(linear))
    assert scipy.stats.kstest(areas, scipy.stats.norm(0, 0.2).cdf).pvalue > 1e-3
    large, small = np.linalg.svd(linear, compute_uv=False).T
    stretch = 0.5 * np.log2(large / small)
    assert scipy.stats.kstest(stretch, scipy.stats.halfnorm(0, 0.2).cdf).pvalue > 1e-3
    # At p = 1 the first rotation is drawn, and with it the direction is uniform.
    angle = np.arctan2(linear[:, 1, 0], linear[:, 0, 0])
    assert scipy.stats.kstest(angle, scipy.stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 1e-3


def test_whole_pixels_are_shifted_before_anything_is_scaled_or_rotated():
    # G = T_whole S R S' R' T_fraction: without a fractional shift, of half of the images, what is
    # added is whole pixels, whatever the linear part.
    _, _, matrix = geometry()
    linear, shift = matrix[:, :2, :2].astype(np.float64), matrix[:, :2, 2].astype(np.float64)
    changed = ~(linear == np.eye(2)).all((1, 2))
    whole = (shift[changed] == np.round(shift[changed])).all(1)
    assert np.mean(whole) == pytest.approx(0.5, abs=4 * 0.5 / changed.sum() ** 0.5)
    # With one, it is N(0, 4²) pixels as the linear part looks it up: rows of it, and of the whole
    # shift, of which half of the images have none.
    found = shift[changed][~whole]
    rows = np.mean(np.sum(linear[changed][~whole] ** 2, 2), 0)
    steps = np.round(np.random.default_rng(0).uniform(-1, 1, 10**6) * 4).var() / 2
    np.testing.assert_allclose(found.var(0), steps + 16 * rows, rtol=0.15)


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("flip", [False, True])
def test_flips_and_turns_are_numpys(flip, turns):
    images = noise(2, 5, 5, 3)
    result = flipped_and_turned(images, jnp.full(2, flip), jnp.full(2, turns))
    expected = np.rot90(images[:, :, ::-1] if flip else images, turns, (1, 2))
    np.testing.assert_array_equal(result, expected)


def colours(probability=0.5, hues=True, count=MANY):
    draw = jax.jit(lambda key: drawn_colours(key, probability, count, hues))
    return np.asarray(draw(jax.random.key(3)), np.float64)


def test_how_often_each_colour_transform_comes_and_its_law():
    grey = np.array([1, 1, 1, 0]) / np.sqrt(3)
    matrix = colours(hues=False)
    # Along the grey axis there are contrast and, mirrored, its negative; across it contrast alone.
    along = np.einsum("i,bij,j->b", grey, matrix, grey)
    assert is_share(along < 0, 0.25)
    contrast = np.log2(np.abs(along))
    assert contrast.mean() == pytest.approx(0, abs=4 * (0.125 / MANY) ** 0.5)
    assert contrast.var() == pytest.approx(0.125, rel=0.1)
    # Of a standard normal times 1/2, where the coin fell.
    chosen = contrast[np.abs(contrast) > 1e-6]
    assert len(chosen) / MANY == pytest.approx(0.5, abs=0.025)
    assert scipy.stats.kstest(chosen, scipy.stats.norm(0, 0.5).cdf).pvalue > 1e-3
    added = matrix[:, 0, 3] / along
    chosen = added[np.abs(added) > 1e-6]
    assert len(chosen) / MANY == pytest.approx(0.5, abs=0.025)
    assert scipy.stats.kstest(chosen, scipy.stats.norm(0, 0.2).cdf).pvalue > 1e-3


def test_hue_and_saturation():
    matrix = colours(1.0)
    u = np.array([1, -1, 0, 0]) / np.sqrt(2)
    v = np.array([1, 1, -2, 0]) / np.sqrt(6)
    cos, sin = (np.einsum("i,bij,j->b", a, matrix, u) for a in (u, v))
    angle, radius = np.arctan2(sin, cos), np.hypot(cos, sin)
    assert scipy.stats.kstest(angle, scipy.stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 1e-3
    # Contrast and saturation together: 2^N(0, √(0.25 + 1)).
    law = scipy.stats.norm(0, 1.25**0.5)
    assert scipy.stats.kstest(np.log2(radius), law.cdf).pvalue > 1e-3
    # Grey stays grey under both: they act across its axis.
    grey = np.einsum("bij,j->bi", matrix[:, :3, :3], np.ones(3))
    np.testing.assert_allclose(grey, grey[:, :1] @ np.ones((1, 3)), atol=1e-4)


def test_colours_are_multiplied():
    images, matrix = noise(5, 6, 6, 3), colours(1.0, count=5)
    result = recoloured(jnp.asarray(images), jnp.float32(matrix))
    for i, (y, x) in ((i, at) for i in range(5) for at in np.ndindex(6, 6)):
        expected = matrix[i] @ [*images[i, y, x], 1]
        np.testing.assert_allclose(result[i, y, x], expected[:3], atol=1e-4)
    grey = recoloured(jnp.asarray(images[..., :1]), jnp.float32(matrix))
    for i in range(5):
        mean = matrix[i, :3].mean(0)
        expected = images[i, ..., :1] * mean[:3].sum() + mean[3]
        np.testing.assert_allclose(grey[i], expected, atol=1e-4)


def test_cutouts():
    result = augmented(np.ones((MANY // 4, 16, 16, 1)), 1.0, **ONLY["cutout"])[..., 0]
    rows, columns = (result == 0).any(2), (result == 0).any(1)
    np.testing.assert_array_equal(result == 0, rows[:, :, None] & columns[:, None])
    # Half a side wide where it lies within; its centre is uniform.
    assert rows.sum(1).max() == columns.sum(1).max() == 8
    assert rows.sum(1).min() == columns.sum(1).min() == 4
    # Pixel i is cut where |(i + 1/2)/16 - c| < 1/4: at the middle with probability 1/2.
    assert rows[:, 8].mean() == pytest.approx(0.5, abs=0.05)
    assert rows[:, 0].mean() == pytest.approx(0.25 + 0.5 / 16, abs=0.04)
    half = augmented(np.ones((MANY, 4, 4, 1)), 0.5, **ONLY["cutout"])
    assert is_share((half == 0).any((1, 2, 3)), 0.5)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("side", [16, 28, 33])
def test_at_probability_0_no_bit_is_changed(channels, side):
    images = noise(4, side, side, channels)
    np.testing.assert_array_equal(augmented(images, 0.0, cutout=1.0), images)


def test_untouched_images_among_touched_ones_keep_their_bits():
    images = noise(64, 16, 16, 3)
    result = augmented(images, 0.05)
    same = (result == images).all((1, 2, 3))
    assert 10 < same.sum() < 64


@pytest.mark.parametrize("group", list(ONLY))
def test_every_image_is_changed_in_its_own_way_by_its_key(group):
    images = np.broadcast_to(noise(1, 16, 16, 3), (16, 16, 16, 3))
    result = augmented(images, 1.0, **ONLY[group])
    assert len(np.unique(result.reshape(16, -1), axis=0)) > 10
    np.testing.assert_array_equal(result, augmented(images, 1.0, **ONLY[group]))
    assert not np.array_equal(result, augmented(images, 1.0, seed=1, **ONLY[group]))


def test_factors_of_groups_multiply_the_probability():
    changed = [
        (augmented(np.ones((MANY, 4, 4, 1)), p, **fields) == 0).any((1, 2, 3)).mean()
        for p, fields in ((0.5, ONLY["cutout"]), (1.0, {**ONLY["cutout"], "cutout": 0.5}))
    ]
    assert changed[0] == changed[1] == pytest.approx(0.5, abs=0.03)


def test_slopes_of_slopes_are_finite_without_a_scatter():
    images = noise(8, 16, 16, 3)

    def total(x):
        return jnp.sum(BGC(0.8, cutout=1.0)(jax.random.key(0), x) ** 2)

    def steepness(x):
        return jnp.sum(jax.grad(total)(x) ** 2)

    for function in (jax.grad(total), jax.grad(steepness)):
        compiled = jax.jit(function)
        assert "scatter" not in compiled.lower(images).as_text()
        slope = np.asarray(compiled(images))
        assert np.isfinite(slope).all()
        assert (np.abs(slope).max((1, 2, 3)) > 0).all()


def steered(part, observations, batch_size):
    """p after each observation."""
    memory, seen = part.init(), []
    for observed in observations:
        memory = part.update(memory, jnp.float32(observed), batch_size)
        seen.append(float(memory.probability))
    return seen


def test_the_controller_by_hand():
    # Every second batch of 50 p moves by 2 · 50 / 1000 = 0.1 towards a mean sign of 0.5.
    part = ADA(target=0.5, interval=2, images_per_unit=1000)
    #        mean 0.75   0.6         0.5: stays  0.2         -1          1
    signs = [1, 0.5, 0.2, 1.0, 0.0, 1.0, 0.4, 0.0, -1.0, -1.0, 1.0, 1.0]
    expected = [0, 0.1, 0.1, 0.2, 0.2, 0.2, 0.2, 0.1, 0.1, 0.0, 0.0, 0.1]
    np.testing.assert_allclose(steered(part, signs, 50), expected, atol=1e-6)


def test_p_stays_between_0_and_1():
    part = ADA(interval=1, images_per_unit=100)
    up = steered(part, [1.0] * 6, 30)
    np.testing.assert_allclose(up, [0.3, 0.6, 0.9, 1, 1, 1], atol=1e-6)
    assert steered(part, [-1.0] * 3, 30) == [0, 0, 0]


def test_signs_of_logits():
    part = ADA()
    assert float(part.observe(jnp.asarray([3.0, -1.0, 0.0, 0.1]))) == 0.25
    assert float(part.observe(jnp.asarray([[[3.0, 1.0], [2.0, 0.0]]]))) == 0.75


def test_it_is_called_at_the_probability_that_it_remembers():
    images, steer = jnp.asarray(noise(4, 16, 16, 3)), jax.jit(ADA())
    memory = Steering(jnp.float32(0.7), jnp.float32(0), jnp.int32(0))
    result = steer(jax.random.key(1), images, memory)
    np.testing.assert_array_equal(result, augmented(images, 0.7, seed=1))
    np.testing.assert_array_equal(steer(jax.random.key(1), images, ADA().init()), images)
    assert ADA().report(memory)["probability"] == jnp.float32(0.7)


def test_they_are_augmentations():
    for part in (ADA(), BGC()):
        assert isinstance(part, AugmentPart)
        assert part.role == "augment"
    assert isinstance(ADA(), SteeredAugment)
    assert isinstance(ADA(), Reporting)
    assert not isinstance(BGC(), Remembering)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: BGC(1.5), "probability"),
        (lambda: BGC(jaxgan.schedules.Linear(0.0, 1.5)), "probability"),
        (lambda: BGC(colour=-0.1), "colour"),
        (lambda: BGC(geometry=0, colour=0), "choose none"),
        (lambda: ADA(target=1.0), "target"),
        (lambda: ADA(interval=0), "interval"),
        (lambda: ADA(images_per_unit=0), "images_per_unit"),
    ],
)
def test_values_out_of_range_are_refused(make, words):
    with pytest.raises(UserError, match=words):
        make()


def test_a_batch_that_is_too_small_is_refused_with_both_ways_out():
    with pytest.raises(UserError, match=r"8 images.*--augment.interval 8 or --batch-size 4"):
        ADA().check_batch(2)
    ADA().check_batch(4)
    ADA(interval=8).check_batch(2)


def test_images_that_do_not_fit_are_refused():
    with pytest.raises(UserError, match=r"16x20 images: expected square"):
        augmented(np.zeros((2, 16, 20, 3)), 0.5)
    with pytest.raises(UserError, match=r"2x2 images: .*sides of 4"):
        augmented(np.zeros((2, 2, 2, 3)), 0.5)
    with pytest.raises(UserError, match=r"2 channels: expected 1 or 3.*--augment.colour 0"):
        augmented(np.zeros((2, 16, 16, 2)), 0.5)
    assert augmented(noise(2, 16, 16, 6), 0.5, colour=0.0).shape == (2, 16, 16, 6)
