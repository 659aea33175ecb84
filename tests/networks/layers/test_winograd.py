"""Minimal filtering against SciPy, on whole numbers, where it is exact."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import correlate

from jaxgan.networks.layers.convolution import FEWEST_CHANNELS, convolution, up_convolution
from jaxgan.networks.layers.winograd import TRANSFORMS, minimal_filtering

filtered = jax.jit(minimal_filtering)


def whole_numbers(seed, *shape):
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(np.float32)


@pytest.mark.parametrize("size", [2, 3])
def test_transforms_make_two_correlations(size):
    # Aᵀ[(G g) ⊙ (Bᵀ d)] is the correlation of size + 1 inputs with size taps, for any d and g.
    to_window, to_taps, to_output = map(np.array, TRANSFORMS[size])
    d, g = whole_numbers(0, size + 1), whole_numbers(1, size)
    got = to_output @ ((to_taps @ g) * (to_window @ d))
    np.testing.assert_array_equal(got, np.correlate(d, g, "valid"))


@settings(deadline=None, max_examples=12, derandomize=True)
@given(
    size=st.sampled_from([2, 3]),
    height=st.integers(3, 9),
    width=st.integers(3, 9),
    inputs=st.integers(1, 3),
    outputs=st.integers(1, 3),
)
def test_against_scipy(size, height, width, inputs, outputs):
    x = whole_numbers(0, 2, height, width, inputs)
    kernel = whole_numbers(1, outputs, size, size, inputs)
    expected = [
        [correlate(image, taps, "valid", "direct")[..., 0] for taps in kernel] for image in x
    ]
    np.testing.assert_array_equal(filtered(x, kernel), np.moveaxis(expected, 1, 3))


def test_rounding_is_that_of_float32():
    rng = np.random.default_rng(0)
    x, kernel = rng.normal(size=(2, 8, 8, 32)), rng.normal(size=(16, 3, 3, 32)) / 17
    exact = [[correlate(im, k, "valid", "direct")[..., 0] for k in kernel] for im in x]
    got = filtered(jnp.float32(x), jnp.float32(kernel))
    np.testing.assert_allclose(got, np.moveaxis(exact, 1, 3), atol=2e-5)


@pytest.mark.parametrize("direction", ["down", "same", "up"])
def test_convolutions_of_many_channels_take_this_way_and_agree_with_the_native_one(direction):
    channels = FEWEST_CHANNELS
    size = 3 if direction == "same" else 4
    x = whole_numbers(0, 2, 6, 6, channels)
    kernel = whole_numbers(1, channels, size, size, channels)

    def apply(x, kernel, form):
        if direction == "up":
            return up_convolution(x, kernel, stride=2, form=form)
        stride = 1 if direction == "same" else 2
        return convolution(x, kernel, stride=stride, padding=1, form=form)

    def penalty(x, kernel, form):
        # Second derivatives, of both arguments.
        slope = jax.grad(lambda x: jnp.sum(jnp.tanh(0.01 * apply(x, kernel, form))))(x)
        return jnp.sum(jnp.square(slope))

    products = jax.make_jaxpr(lambda x, k: apply(x, k, "patches"))(x, kernel)
    # Going up there are four phases of 2x2 taps.
    expected = {"same": 16, "down": 9, "up": 4 * 9}[direction]
    made = [e.outvars[0].aval.shape for e in products.eqns if e.primitive.name == "dot_general"]
    assert sum(rows * columns for rows, columns, *_ in made) == expected
    # Whole numbers, and halves and quarters of them: both ways are exact.
    np.testing.assert_array_equal(apply(x, kernel, "patches"), apply(x, kernel, "native"))
    slopes = [jax.jit(jax.grad(penalty, (0, 1)), static_argnums=2)(x, kernel, form)
              for form in ("patches", "native")]  # fmt: skip
    for ours, native in zip(*slopes, strict=True):
        np.testing.assert_allclose(ours, native, rtol=1e-3, atol=1e-4 * np.abs(native).max())
