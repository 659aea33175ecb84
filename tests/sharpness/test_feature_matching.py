"""Feature matching against hand arithmetic."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.errors import UserError
from jaxgan.protocols import Compared, SharpnessPart
from jaxgan.sharpness import FeatureMatching

NO_IMAGES = jnp.zeros((2, 1, 1, 1))
# Means over the batch: real (2, 0, -1), fake (1, 2, -1); differences (-1, 2, 0).
REAL = jnp.array([[1.0, 1.0, -1.0], [3.0, -1.0, -1.0]])
FAKE = jnp.array([[0.0, 4.0, 1.0], [2.0, 0.0, -3.0]])
# A layer before it, [2, 2, 1]: means real (1, 1), fake (4, 3); differences (3, 2).
FIRST_REAL = jnp.array([[[0.0], [1.0]], [[2.0], [1.0]]])
FIRST_FAKE = jnp.array([[[4.0], [0.0]], [[4.0], [6.0]]])


def matching(real, fake, **fields):
    part = FeatureMatching(**fields)
    return part(Compared(NO_IMAGES, NO_IMAGES, real, fake))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, 5 / 3),  # (1 + 4 + 0) / 3
        ({"distance": "l1"}, 1.0),  # (1 + 2 + 0) / 3
        ({"weight": 6.0}, 10.0),
        ({"layers": "all"}, (13 / 2 + 5 / 3) / 2),  # (9 + 4) / 2 in the first layer
        ({"layers": "all", "distance": "l1"}, (5 / 2 + 1) / 2),
    ],
)
def test_values(fields, expected):
    value = matching((FIRST_REAL, REAL), (FIRST_FAKE, FAKE), **fields)
    assert value.shape == ()
    assert value.dtype == jnp.float32
    np.testing.assert_allclose(value, expected, rtol=1e-6)


def test_slopes():
    # d/dφ_ij of mean_j (mean_i φ_ij - r_j)² = 2 (mean_i φ_ij - r_j) / (3 features · 2 images);
    # of the absolute difference, its sign / 6, and 0 where there is none.
    def slope(distance):
        return jax.grad(lambda f: matching((REAL,), (f,), distance=distance))(FAKE)

    np.testing.assert_allclose(slope("l2"), [[-1 / 3, 2 / 3, 0]] * 2, rtol=1e-6)
    np.testing.assert_allclose(slope("l1"), [[-1 / 6, 1 / 6, 0]] * 2, rtol=1e-6)


@pytest.mark.parametrize("distance", ["l1", "l2"])
def test_real_features_are_not_pulled(distance):
    slope = jax.grad(lambda r: matching((r,), (FAKE,), distance=distance))(REAL)
    np.testing.assert_array_equal(slope, np.zeros((2, 3)))


@settings(deadline=None, max_examples=20, derandomize=True)
@given(
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    counts=st.tuples(st.integers(1, 6), st.integers(1, 6)),
    distance=st.sampled_from(["l1", "l2"]),
    seed=st.integers(0, 1000),
)
def test_against_numpy_for_batches_of_any_two_sizes(shape, counts, distance, seed):
    rng = np.random.default_rng(seed)
    real, fake = (rng.normal(size=(count, *shape)).astype(np.float32) for count in counts)
    difference = np.abs(real.mean(0) - fake.mean(0))
    expected = np.mean(difference if distance == "l1" else difference**2)
    value = matching((jnp.array(real),), (jnp.array(fake),), distance=distance)
    np.testing.assert_allclose(value, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("distance", ["l1", "l2"])
def test_nothing_is_learned_from_the_same_features_in_another_order(distance):
    def loss(fake):
        return matching((FIRST_REAL, REAL), fake, layers="all", distance=distance)

    value, slope = jax.value_and_grad(loss)((FIRST_REAL[::-1], REAL[::-1]))
    assert value == 0
    for of_layer in slope:
        np.testing.assert_array_equal(of_layer, np.zeros(of_layer.shape))


def test_a_weight_means_the_same_for_every_width():
    wide = [jnp.tile(x, (1, 7)) for x in (REAL, FAKE)]
    np.testing.assert_allclose(matching(wide[:1], wide[1:]), 5 / 3, rtol=1e-6)


def test_means_of_bfloat16_features_keep_what_bfloat16_cannot_hold():
    # 1 + 2^-7 follows 1 in bfloat16; the mean of the two, 1 + 2^-8, is no bfloat16.
    real = jnp.ones((2, 1), jnp.bfloat16)
    fake = jnp.array([[1.0], [1 + 2**-7]], jnp.bfloat16)
    value = matching((real,), (fake,))
    assert value == 2.0**-16
    assert value.dtype == jnp.float32


def test_it_compiles_without_a_scatter():
    slope = jax.jit(jax.grad(lambda f: matching((FIRST_REAL, REAL), f, layers="all")))
    assert "scatter" not in slope.lower((FIRST_FAKE, FAKE)).as_text()
    assert np.all(np.isfinite(slope((FIRST_FAKE, FAKE))[1]))


def test_it_is_a_sharpness_term_that_reads_features():
    assert isinstance(FeatureMatching(), SharpnessPart)
    assert FeatureMatching.role == "sharpness"
    assert FeatureMatching.needs == {"features"}


def test_a_discriminator_without_features_is_refused():
    with pytest.raises(UserError, match=r"no features.*another discriminator"):
        matching((), ())


def test_features_that_do_not_match_are_refused():
    with pytest.raises(AssertionError, match="shape"):
        matching((REAL,), (FAKE[:, :2],))
    with pytest.raises(ValueError, match="shorter"):
        matching((REAL, REAL), (FAKE,))


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan, np.inf])
def test_weights_out_of_range_are_refused(weight):
    with pytest.raises(UserError, match=r"a number above 0.*choose none"):
        FeatureMatching(weight)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"distance": "L2"}, "distance 'L2': expected one of l2, l1"),
        ({"layers": "first"}, "layers 'first': expected one of last, all"),
    ],
)
def test_unknown_choices_are_refused(fields, expected):
    with pytest.raises(UserError, match=expected):
        FeatureMatching(**fields)
