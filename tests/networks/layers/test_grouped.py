"""The grouped convolution against SciPy, group by group, and its forms against each other."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.signal import correlate2d

from jaxgan.networks.layers.grouped import grouped_convolution, turned

FORMS = ["patches", "native"]


def convolved(x, kernel, form):
    """[B, H, W, I] -> [B, H, W, O], wherever the form has its channels."""
    return turned(grouped_convolution(turned(x, form), kernel, form=form), form)


def some(groups, size, own, side=(5, 4), batch=2):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(batch, *side, groups * size))
    return x, rng.normal(size=(groups * own, 3, 3, size))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("groups", "size", "own", "side"),
    [
        (3, 2, 2, (5, 4)),
        (1, 3, 2, (4, 4)),
        (4, 1, 1, (3, 6)),
        (2, 2, 3, (1, 1)),
        (2, 16, 16, (7, 7)),
        (12, 4, 4, (90, 70)),  # more than is taken at once
        (7, 9, 9, (70, 70)),
    ],
)
def test_each_group_against_scipy(groups, size, own, side, form):
    x, kernel = some(groups, size, own, side)
    y = convolved(jnp.float32(x), jnp.float32(kernel), form)
    expected = np.zeros((len(x), *side, groups * own))
    for output in range(groups * own):
        first = output // own * size
        for image, channel in np.ndindex(len(x), size):
            plane = x[image, :, :, first + channel]
            expected[image, :, :, output] += correlate2d(
                plane, kernel[output, :, :, channel], mode="same"
            )
    np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("groups", "size", "own", "side"),
    [(3, 2, 2, (5, 4)), (4, 2, 3, (3, 3)), (12, 4, 4, (90, 70)), (1, 40, 3, (3, 5))],
)
def test_gradients_of_both_forms_and_of_their_slopes_are_equal(groups, size, own, side):
    x, kernel = some(groups, size, own, side)
    weights = np.random.default_rng(1).normal(size=(2, *side, groups * own))

    def penalized(x, kernel, form):
        def score(x):
            y = convolved(x, kernel, form)
            return jnp.sum(weights * jnp.tanh(y))

        value, slope = jax.value_and_grad(score)(x)
        return value + jnp.sum(jnp.square(slope))  # as R1 has it

    with jax.enable_x64(True):
        ours, native = (
            jax.jit(jax.grad(penalized, (0, 1)), static_argnums=2)(x, kernel, form)
            for form in FORMS
        )
        for a, b in zip(ours, native, strict=True):
            assert a.dtype == jnp.float64
            assert np.abs(b).max() > 1
            np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("form", FORMS)
def test_no_gradient_scatters(form):
    x, kernel = some(2, 2, 2)

    def objective(kernel):
        score = lambda x: jnp.sum(jnp.sin(convolved(x, kernel, form)))  # noqa: E731
        return jnp.sum(jnp.square(jax.grad(score)(jnp.float32(x))))

    lowered = jax.jit(jax.grad(objective)).lower(jnp.float32(kernel)).as_text()
    assert "scatter" not in lowered
    assert ("convolution" in lowered) == (form == "native")
