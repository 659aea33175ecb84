"""The augmentation against plain loops, and the laws of what it draws."""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.augment import DiffAugment
from jaxgan.errors import UserError
from jaxgan.protocols import AugmentPart

NAMES = ("color", "translation", "cutout")
MANY = 4000  # images whose draws are compared with a law


def augmented(images, policy, seed=0):
    return np.asarray(DiffAugment(policy)(jax.random.key(seed), jnp.asarray(images)))


def noise(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)


def colour_draws(count, seed):
    """Brightness, saturation and contrast of each image, found on an image made to tell them.

    Its pixels are l + (1, 0, -1) with l = 1 and -1 in turn. Contrast alone scales the difference of
    light and dark, both scale that of red and blue, and brightness alone moves the mean, 0.
    """
    light = np.where(np.indices((4, 4)).sum(0) % 2, -1.0, 1.0)[..., None]
    probe = np.float32(light + np.array([1.0, 0.0, -1.0]))
    result = augmented(np.broadcast_to(probe, (count, 4, 4, 3)), "color", seed).astype(np.float64)
    contrast = (result[:, 0, 0, 1] - result[:, 0, 1, 1]) / 2
    saturation = (result[:, 0, 0, 0] - result[:, 0, 0, 2]) / 2 / contrast
    return result.mean((1, 2, 3)), saturation, contrast


def test_laws_of_the_colours():
    brightness, saturation, contrast = draws = colour_draws(MANY, 0)
    for drawn, low, width in ((brightness, -0.5, 1), (saturation, 0, 2), (contrast, 0.5, 1)):
        assert scipy.stats.kstest(drawn, scipy.stats.uniform(low, width).cdf).pvalue > 1e-3
    assert np.abs(np.corrcoef(draws) - np.eye(3)).max() < 4 / MANY**0.5


def test_colours_against_numpy():
    images = noise(5, 6, 7, 3).astype(np.float64)
    expected = np.empty_like(images)
    for i, (b, s, c) in enumerate(zip(*colour_draws(5, 3), strict=True)):
        image = images[i] + b
        for y, x in np.ndindex(6, 7):
            grey = image[y, x].sum() / 3
            image[y, x] = grey + s * (image[y, x] - grey)
        level = image.sum() / image.size
        expected[i] = level + c * (image - level)
    result = augmented(images.astype(np.float32), "color", 3)
    np.testing.assert_allclose(result, expected, atol=1e-5)


def test_a_grey_image_has_no_saturation():
    images = noise(5, 6, 6, 1)
    brightness, _, contrast = colour_draws(5, 0)
    level = images.mean((1, 2, 3), keepdims=True)
    expected = level + contrast[:, None, None, None] * (images - level)
    expected += brightness[:, None, None, None]
    np.testing.assert_allclose(augmented(images, "color"), expected, atol=1e-5)


def moved(image, down, right):
    """One image shifted, by loops; what comes in is 0."""
    height, width, _ = image.shape
    result = np.zeros_like(image)
    for y, x in np.ndindex(height, width):
        if 0 <= y - down < height and 0 <= x - right < width:
            result[y, x] = image[y - down, x - right]
    return result


def shifts(images, policy="translation", most=(2, 2), seed=0):
    """The shift of each image, found by trying all; every pixel must agree, bit for bit."""
    found = []
    candidates = list(itertools.product(*(range(-m, m + 1) for m in most)))
    for before, after in zip(images, augmented(images, policy, seed), strict=True):
        fitting = [s for s in candidates if np.array_equal(moved(before, *s), after)]
        assert len(fitting) == 1
        found += fitting
    return np.array(found)


@pytest.mark.parametrize(
    ("height", "width", "most"),
    # An eighth, rounded: 4/8 -> 1 (as .5 + .5), 11/8 -> 1, 12/8 -> 2, 16/8 = 2, 28/8 -> 4.
    [(16, 16, (2, 2)), (4, 11, (1, 1)), (12, 28, (2, 4))],
)
def test_translation_against_loops(height, width, most):
    found = shifts(noise(24, height, width, 2), most=most)
    assert len(np.unique(found, axis=0)) > 4


def test_translations_are_uniform_and_their_axes_independent():
    # Where the one pixel that is not 0 ends up, started at (5, 5) of a side of 16: ±2.
    images = np.zeros((MANY, 16, 16, 1), np.float32)
    images[:, 5, 5] = 1
    _, rows, columns, _ = np.nonzero(augmented(images, "translation"))
    counts = np.histogram2d(rows - 5, columns - 5, bins=np.arange(-2.5, 3))[0]
    assert counts.sum() == MANY
    assert scipy.stats.chisquare(counts.ravel()).pvalue > 1e-3


def holes(height, width, count=MANY):
    """Which rows and columns of each image are cut out, as masks; checks that nothing else is."""
    images = np.float32(1.5) + noise(count, height, width, 1)
    result = augmented(images, "cutout")
    hole = result[..., 0] == 0
    rows, columns = hole.any(2), hole.any(1)
    np.testing.assert_array_equal(hole, rows[:, :, None] & columns[:, None, :])
    np.testing.assert_array_equal(result[~hole], images[~hole])
    return rows, columns


def stretches(side, length):
    """Every stretch that may be cut out of a side, as masks, by loops."""
    first = -(length // 2)
    centres = side if length % 2 else side + 1
    return np.array(
        [
            [start <= i < start + length for i in range(side)]
            for start in range(first, first + centres)
        ]
    )


@pytest.mark.parametrize(("height", "width"), [(8, 8), (5, 12)])
def test_cutouts_are_uniform_and_their_axes_independent(height, width):
    # Half a side of 5 is 3, 8 is 4, 12 is 6.
    indices = []
    for masks, side, length in zip(
        holes(height, width), (height, width), ((height + 1) // 2, width // 2), strict=True
    ):
        possible = stretches(side, length)
        agree = (masks[:, None, :] == possible[None, :, :]).all(2)
        assert (agree.sum(1) == 1).all()
        indices.append(agree.argmax(1))
        assert scipy.stats.chisquare(agree.sum(0)).pvalue > 1e-3
    table = scipy.stats.contingency.crosstab(*indices).count
    assert scipy.stats.chi2_contingency(table).pvalue > 1e-3


def test_no_more_than_a_quarter_and_no_less_than_a_16th_is_cut_out():
    # 4 · 4 of 8 · 8 pixels within the image, 2 · 2 of them at a corner.
    rows, columns = holes(8, 8)
    shares = rows.sum(1) * columns.sum(1) / 64
    assert shares.min() == 1 / 16
    assert shares.max() == 1 / 4


def test_a_hole_has_all_channels():
    result = augmented(np.ones((8, 8, 8, 3), np.float32), "cutout")
    np.testing.assert_array_equal(result, np.broadcast_to(result[..., :1], result.shape))


def test_changes_come_in_the_order_written_and_draw_the_same_in_any_company():
    images = noise(6, 16, 16, 3)
    for first, second in itertools.permutations(NAMES, 2):
        # The second alone, on the first's result: each has its draws to itself.
        alone = augmented(augmented(images, first), second)
        np.testing.assert_allclose(augmented(images, f"{first},{second}"), alone, atol=1e-6)
    assert not np.allclose(augmented(images, "color,cutout"), augmented(images, "cutout,color"))


def test_all_three_are_the_default():
    images = noise(2, 8, 8, 3)
    whole = np.asarray(DiffAugment()(jax.random.key(0), jnp.asarray(images)))
    np.testing.assert_array_equal(whole, augmented(images, "color,translation,cutout"))


@pytest.mark.parametrize("policy", NAMES)
def test_every_image_is_changed_in_its_own_way(policy):
    images = np.broadcast_to(noise(1, 32, 32, 3), (16, 32, 32, 3))
    results = augmented(images, policy).reshape(16, -1)
    assert len(np.unique(results, axis=0)) > 10


@pytest.mark.parametrize("policy", NAMES)
def test_draws_are_the_keys(policy):
    images = noise(8, 16, 16, 3)
    np.testing.assert_array_equal(augmented(images, policy), augmented(images, policy))
    assert not np.array_equal(augmented(images, policy), augmented(images, policy, seed=1))


@settings(deadline=None, max_examples=8, derandomize=True)
@given(
    policy=st.sampled_from([*NAMES, "color,translation,cutout", "cutout,color"]),
    shape=st.sampled_from([(4, 4, 1), (9, 12, 3)]),
    seed=st.integers(0, 1000),
)
def test_slopes_are_those_of_an_affine_map(policy, shape, seed):
    # Given its draws, T is affine: w · (T(x + d) - T(x)) is exactly the slope of w · T(x) along d.
    x, d, w = noise(3, 2, *shape, seed=seed).astype(np.float64)
    with jax.enable_x64(True):

        @jax.jit
        def slope_and_change(seed):
            def total(images):
                return jnp.sum(w * DiffAugment(policy)(jax.random.key(seed), images))

            return jax.grad(total)(x), total(x + d) - total(x)

        slope, change = map(np.asarray, slope_and_change(seed))
    assert slope.dtype == np.float64
    assert slope.shape == x.shape
    assert np.sum(slope * d) == pytest.approx(change, abs=1e-9)
    assert np.all(np.abs(slope).max((1, 2, 3)) > 0)  # something of every image gets through


@pytest.mark.parametrize("policy", NAMES)
def test_the_compiled_gradient_has_no_scatter(policy):
    images = noise(4, 16, 16, 3)

    def total(x):
        return jnp.sum(jnp.square(DiffAugment(policy)(jax.random.key(0), x)))

    text = jax.jit(jax.grad(total)).lower(images).as_text()
    assert "stablehlo" in text
    assert "scatter" not in text
    assert "gather" not in text


def test_packs_and_masks_can_be_moved_and_cut_out():
    assert augmented(noise(2, 8, 8, 6), "translation,cutout").shape == (2, 8, 8, 6)


def test_it_is_an_augmentation():
    assert isinstance(DiffAugment(), AugmentPart)
    assert DiffAugment.role == "augment"


@pytest.mark.parametrize("policy", ["", "colour", "color,", "color, cutout", "cutout,cutout"])
def test_unknown_policies_are_refused(policy):
    with pytest.raises(UserError, match=r"expected some of color, translation, cutout, each once"):
        DiffAugment(policy)


@pytest.mark.parametrize("shape", [(2, 1, 1, 2), (2, 3, 8, 3), (2, 8, 3, 3)])
def test_images_without_room_are_refused(shape):
    with pytest.raises(UserError, match=r"expected sides of 4 pixels and more.*choose none"):
        DiffAugment()(jax.random.key(0), jnp.zeros(shape))


@pytest.mark.parametrize("channels", [2, 4, 6])
def test_colours_of_packs_are_refused(channels):
    with pytest.raises(UserError, match=r"expected 1 or 3.*policy translation,cutout"):
        DiffAugment("color")(jax.random.key(0), jnp.zeros((2, 8, 8, channels)))
