"""Both forms of both convolutions against SciPy, against a plain loop and against each other."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import correlate

from jaxgan.networks.layers.convolution import convolution, form_for_platform, up_convolution

down = jax.jit(convolution, static_argnames=("stride", "padding", "form"))
up = jax.jit(up_convolution, static_argnames=("stride", "form"))
both_forms = pytest.mark.parametrize("form", ["patches", "native"])


def whole_numbers(seed, *shape):
    """Small whole numbers as float32, whose sums of products are exact in any order."""
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(np.float32)


def spread(x, kernel, stride):
    """Transposed convolution by its definition, cropped to stride times the input."""
    batch, height, width, inputs = x.shape
    size, outputs = kernel.shape[1], kernel.shape[3]
    wide = np.zeros(
        (batch, stride * (height - 1) + size, stride * (width - 1) + size, outputs), np.float32
    )
    for b, i, j, c in np.ndindex(batch, height, width, inputs):
        rows, columns = slice(stride * i, stride * i + size), slice(stride * j, stride * j + size)
        wide[b, rows, columns] += x[b, i, j, c] * kernel[c]
    crop = (size - stride) // 2
    return wide[:, crop : wide.shape[1] - crop, crop : wide.shape[2] - crop]


@both_forms
@pytest.mark.parametrize(
    ("height", "width", "inputs", "outputs", "size", "stride", "padding"),
    [
        (8, 8, 1, 2, 4, 2, 1),  # the networks' own
        (7, 7, 2, 3, 4, 2, 1),  # an odd size, whose last row no window reaches
        (5, 8, 2, 1, 3, 1, 1),
        (6, 5, 3, 2, 3, 1, 0),
        (9, 7, 1, 1, 5, 3, 2),
        (4, 4, 2, 2, 1, 1, 0),
        (3, 3, 1, 2, 4, 4, 2),
        (6, 6, 1, 1, 2, 2, 3),  # windows wholly in the padding
    ],
)
def test_convolution_against_scipy(form, height, width, inputs, outputs, size, stride, padding):
    x = whole_numbers(0, 2, height, width, inputs)
    kernel = whole_numbers(1, outputs, size, size, inputs)
    padded = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    # "valid" in the channels too: one channel is left, the sum over all of them.
    expected = [
        [correlate(image, taps, "valid", "direct")[::stride, ::stride, 0] for taps in kernel]
        for image in padded
    ]
    found = down(x, kernel, stride=stride, padding=padding, form=form)
    np.testing.assert_array_equal(found, np.moveaxis(expected, 1, 3))


@both_forms
@pytest.mark.parametrize(
    ("height", "width", "inputs", "outputs", "size", "stride"),
    [
        (4, 4, 3, 2, 4, 2),  # the networks' own
        (3, 5, 1, 1, 2, 2),
        (3, 2, 2, 3, 6, 2),
        (2, 3, 1, 2, 9, 3),
        (4, 3, 2, 1, 3, 1),
        (1, 1, 2, 2, 4, 2),
    ],
)
def test_up_convolution_against_its_definition(form, height, width, inputs, outputs, size, stride):
    x = whole_numbers(0, 2, height, width, inputs)
    kernel = whole_numbers(1, inputs, size, size, outputs)
    found = up(x, kernel, stride=stride, form=form)
    assert found.shape == (2, stride * height, stride * width, outputs)
    np.testing.assert_array_equal(found, spread(x, kernel, stride))


@both_forms
@pytest.mark.parametrize(("size", "stride"), [(4, 2), (2, 2), (3, 1)])
def test_up_convolution_is_the_transpose_of_convolution(form, size, stride):
    # <convolution(y), x> = <y, up_convolution(x)> for one kernel, and all of it whole numbers.
    x, y = whole_numbers(0, 2, 3, 3, 2), whole_numbers(1, 2, 3 * stride, 3 * stride, 3)
    kernel = whole_numbers(2, 2, size, size, 3)
    smaller = down(y, kernel, stride=stride, padding=(size - stride) // 2, form=form)
    larger = up(x, kernel, stride=stride, form=form)
    assert np.sum(smaller * x) == np.sum(y * larger)


@both_forms
@pytest.mark.parametrize(("size", "stride", "inputs"), [(4, 2, 3), (6, 2, 1), (9, 3, 2)])
def test_every_pixel_is_made_of_equally_many_inputs(form, size, stride, inputs):
    # All ones: a pixel inside the border sums size² / stride² taps of every channel, so there is
    # no checkerboard. The border, (size - stride) / 2 wide, has fewer.
    x, kernel = jnp.ones((1, 5, 5, inputs)), jnp.ones((inputs, size, size, 1))
    y = np.asarray(up(x, kernel, stride=stride, form=form))
    border = (size - stride) // 2
    inside = y[:, border:-border, border:-border]
    np.testing.assert_array_equal(inside, np.full_like(inside, (size // stride) ** 2 * inputs))
    assert y[0, 0, 0, 0] < inside.min()


@settings(deadline=None, max_examples=15, derandomize=True)
@given(seed=st.integers(0, 1000), form=st.sampled_from(["patches", "native"]))
def test_up_convolution_keeps_the_sum(seed, form):
    # Every input away from the border spreads the whole kernel: sum(y) = sum(x) · sum(kernel).
    x, kernel = whole_numbers(seed, 1, 4, 4, 1), whole_numbers(seed + 1, 1, 4, 4, 2)
    x[:, [0, -1]] = x[:, :, [0, -1]] = 0
    y = up(x, kernel, stride=2, form=form)
    assert np.sum(y) == x.sum() * kernel.sum()


DOWN = partial(convolution, stride=2, padding=1)
UP = partial(up_convolution, stride=2)
SHAPES = {"down": (DOWN, (2, 6, 6, 2), (3, 4, 4, 2)), "up": (UP, (2, 3, 3, 2), (2, 4, 4, 3))}
both_directions = pytest.mark.parametrize("direction", SHAPES)


def derivatives(layer, form):
    """Value, slope in the image and the kernel, and the slope of a gradient penalty."""

    def score(x, kernel):
        # Not linear in either, so that the second derivatives are of all kinds.
        return jnp.sum(jnp.tanh(layer(x, kernel, form=form)), axis=(1, 2, 3))

    def penalty(x, kernel):
        slope = jax.grad(lambda x: jnp.sum(score(x, kernel)))(x)
        return jnp.sum(jnp.square(jnp.sqrt(jnp.sum(jnp.square(slope), axis=(1, 2, 3))) - 1))

    return {
        "value": partial(layer, form=form),
        "gradient": jax.grad(lambda x, kernel: jnp.sum(score(x, kernel)), (0, 1)),
        "second derivative": jax.grad(penalty, (0, 1)),
    }


@both_directions
@pytest.mark.parametrize("order", ["value", "gradient", "second derivative"])
def test_forms_agree(direction, order):
    layer, x_shape, kernel_shape = SHAPES[direction]
    rng = np.random.default_rng(0)
    x, kernel = rng.normal(size=x_shape), 0.2 * rng.normal(size=kernel_shape)
    with jax.enable_x64(True):
        patches, native = (
            jax.tree.leaves(jax.jit(derivatives(layer, form)[order])(x, kernel))
            for form in ("patches", "native")
        )
    for a, b in zip(patches, native, strict=True):
        assert np.abs(a).max() > 0.1
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


@both_forms
@both_directions
@pytest.mark.parametrize("order", ["value", "gradient", "second derivative"])
def test_no_scatter_in_any_derivative(direction, form, order):
    # Scatter adds in any order on accelerators, and the bits of a run would depend on it.
    layer, x_shape, kernel_shape = SHAPES[direction]
    compiled = jax.jit(derivatives(layer, form)[order])
    text = compiled.lower(jnp.ones(x_shape), jnp.ones(kernel_shape)).as_text()
    assert "tensor<2x" in text
    assert "scatter" not in text


@both_forms
@pytest.mark.parametrize(
    ("size", "stride"),
    [(4, 3), (5, 2), (2, 4), (2, 1), (6, 3)],  # three the stride does not divide, two off-centre
)
def test_kernels_that_cannot_spread_evenly_are_refused(form, size, stride):
    x, kernel = jnp.ones((1, 2, 2, 1)), jnp.ones((1, size, size, 1))
    with pytest.raises(ValueError, match=f"kernel size {size} with stride {stride}.*twice"):
        up_convolution(x, kernel, stride=stride, form=form)


def test_cpus_alone_get_patches():
    forms = {platform: form_for_platform(platform) for platform in ("cpu", "gpu", "tpu")}
    assert forms == {"cpu": "patches", "gpu": "native", "tpu": "native"}
