"""The corners where the obvious arithmetic is wrong, worked out by hand."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.numerics import half_life_decay, mean_in_order, moving_average, safe_norm

M = 2.0**24  # the float32 above which only even whole numbers exist: M + 1 rounds to M


def total_norm(x):
    return jnp.sum(safe_norm(x))


def test_norm_of_each_example():
    # sqrt(9 + 16) = 5; sqrt(1 + 4 + 4) = 3; the zero example 0.
    x = jnp.array([[3.0, 4.0, 0.0], [1.0, -2.0, 2.0], [0.0, 0.0, 0.0]])
    np.testing.assert_array_equal(safe_norm(x), [5.0, 3.0, 0.0])
    np.testing.assert_array_equal(safe_norm(x.reshape(3, 1, 3, 1)), [5.0, 3.0, 0.0])


def test_gradient_of_the_norm_is_the_unit_vector_and_0_at_0():
    # d|x|/dx = x / |x|: (3, 4) / 5 and, by definition here, 0 where |x| = 0.
    x = jnp.array([[3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(jax.grad(total_norm)(x), [[0.6, 0.8], [0.0, 0.0]], rtol=1e-6)


def test_second_derivative_of_the_norm():
    # d2|x|/dx2 = (1 - u u') / |x| with u = x / |x|: at (3, 4), (1 - .36, -.48; -.48, 1 - .64) / 5.
    hessian = jax.hessian(total_norm)(jnp.array([[3.0, 4.0]]))[0, :, 0]
    np.testing.assert_allclose(hessian, [[0.128, -0.096], [-0.096, 0.072]], rtol=1e-5)
    np.testing.assert_array_equal(jax.hessian(total_norm)(jnp.zeros((1, 2))), np.zeros((1, 2) * 2))


@settings(deadline=None, max_examples=25, derandomize=True)
@given(st.lists(st.floats(-100, 100), min_size=6, max_size=6))
def test_norm_and_gradient_against_numpy_and_central_differences(values):
    x = np.array(values).reshape(2, 3)
    x[:, 0] += np.where(np.abs(x[:, 0]) < 1, 2, 0)  # away from 0, where no derivative exists
    with jax.enable_x64(True):
        np.testing.assert_allclose(safe_norm(jnp.array(x)), np.linalg.norm(x, axis=1), rtol=1e-13)
        gradient = jax.grad(total_norm)(jnp.array(x))
    for index in np.ndindex(2, 3):
        ahead, behind = x.copy(), x.copy()
        ahead[index] += 1e-4
        behind[index] -= 1e-4
        slope = np.linalg.norm(ahead, axis=1).sum() - np.linalg.norm(behind, axis=1).sum()
        assert gradient[index] == pytest.approx(slope / 2e-4, abs=1e-6)


# Sums in which the order of addition decides the result: pairs first, an odd one carried over.
ORDERED_SUMS = {
    1: ([M], M),
    2: ([M, 1], M),
    # (M + 1) + 1 = M; the other way round M + 2.
    3: ([M, 1, 1], M),
    # (M + 1) + (1 + 1) = M + 2; left to right M, right to left M + 4 (a tie, to even).
    4: ([M, 1, 1, 1], M + 2),
    # [(M + 1) + (1 + 1)] - M = (M + 2) - M = 2; left to right 0, right to left 3.
    5: ([M, 1, 1, 1, -M], 2),
    # [(M + 1) + (1 + 1)] + (1 - M) = (M + 2) - (M - 1) = 3; left to right 0, right to left 4.
    6: ([M, 1, 1, 1, 1, -M], 3),
    # [(M + 1) + (1 + 1)] + [(1 + 1) - M] = (M + 2) - (M - 2) = 4; left to right 0, back 5.
    7: ([M, 1, 1, 1, 1, 1, -M], 4),
    # [(M + 1) + (1 + 1)] + [(1 + 1) + (1 - M)] = (M + 2) - (M - 3) = 5; left to right 0, back 6.
    8: ([M, 1, 1, 1, 1, 1, 1, -M], 5),
    # {[(M + 1) + (1 + 1)] + [(1 + 1) + (1 + 1)]} - M = (M + 6) - M = 6; left to right 0, back 7.
    9: ([M, 1, 1, 1, 1, 1, 1, 1, -M], 6),
}


@pytest.mark.parametrize("parts", ORDERED_SUMS)
@pytest.mark.parametrize("mapped", [mean_in_order, jax.jit(mean_in_order)], ids=["eager", "jit"])
def test_mean_adds_neighbours_pairwise(parts, mapped):
    values, total = ORDERED_SUMS[parts]
    mean = mapped(jnp.array(values, jnp.float32))
    assert mean == np.float32(total) / np.float32(parts)


@pytest.mark.parametrize("parts", range(1, 10))
def test_mean_over_the_leading_axis_of_every_leaf(parts):
    # Rows 0, 1, … S - 1 have the mean (S - 1) / 2; ten times as much ten times that.
    rows = jnp.arange(parts, dtype=jnp.float32)
    tree = {"a": rows, "b": (10 * jnp.broadcast_to(rows[:, None, None], (parts, 2, 3)),)}
    mean = mean_in_order(tree)
    np.testing.assert_allclose(mean["a"], (parts - 1) / 2, rtol=1e-6)
    np.testing.assert_allclose(mean["b"][0], np.full((2, 3), 5.0 * (parts - 1)), rtol=1e-6)


def test_moving_average_of_each_leaf():
    # 0.75 · 4 + 0.25 · 8 = 5; 0.75 · 0 + 0.25 · (-4) = -1.
    average = {"a": jnp.array(4.0), "b": (jnp.zeros(2),)}
    new = {"a": jnp.array(8.0), "b": (jnp.array([-4.0, -4.0]),)}
    moved = moving_average(average, new, 0.75)
    assert moved["a"] == 5.0
    np.testing.assert_array_equal(moved["b"][0], [-1.0, -1.0])


def test_moving_average_without_memory_is_the_new_value_whatever_the_old():
    moved = moving_average({"a": jnp.array([jnp.nan, 1.0])}, {"a": jnp.array([2.0, 0.1])}, 0.0)
    np.testing.assert_array_equal(moved["a"], np.array([2.0, 0.1], np.float32))


@settings(deadline=None, max_examples=30, derandomize=True)
@given(
    st.floats(-1e3, 1e3, width=32),
    st.floats(-1e3, 1e3, width=32),
    st.floats(0, 1, exclude_max=True),
)
def test_moving_average_lies_between_old_and_new(old, new, decay):
    moved = float(moving_average(jnp.float32(old), jnp.float32(new), decay))
    slack = 1e-6 * (abs(old) + abs(new)) + 1e-30
    assert min(old, new) - slack <= moved <= max(old, new) + slack


@pytest.mark.parametrize(
    ("batch_size", "half_life", "decay"),
    [
        (10, 10.0, 0.5),  # a half-life in one step
        (20, 10.0, 0.25),  # two half-lives in one step
        (16, 64.0, 0.5**0.25),  # a quarter of one: the fourth root of a half
        (64, 0.0, 0.0),  # no averaging
    ],
)
def test_decay_of_a_half_life(batch_size, half_life, decay):
    assert half_life_decay(batch_size, half_life) == pytest.approx(decay, rel=1e-12)


@settings(deadline=None, max_examples=20, derandomize=True)
@given(batch_size=st.integers(1, 512), steps=st.integers(1, 30))
def test_a_contribution_halves_in_a_half_life_of_images(batch_size, steps):
    decay = half_life_decay(batch_size, half_life=float(batch_size * steps))
    average = jnp.float32(1.0)
    for _ in range(steps):
        average = moving_average(average, jnp.float32(0.0), decay)
    assert float(average) == pytest.approx(0.5, rel=1e-5)
