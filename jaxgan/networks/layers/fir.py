"""Doubling and halving images with the low-pass [1, 3, 3, 1] of StyleGAN2 (Karras et al. 2020,
arXiv:1912.04958, appendix B), alone and together with a 3x3 convolution; and StyleGAN's doubling.

A filter reaches past the border. The authors see zeros there, which darkens the border of a
constant to 3/4 going up and to 7/8 going down; repeated pixels keep a constant constant. All is
made of slices, sums and stacks, so no gradient of any order has a scatter in it.
"""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp

from jaxgan.networks.layers.convolution import Form, convolution, up_convolution

__all__ = ["Edge", "blur", "fir_down", "fir_down_convolution", "fir_up", "fir_up_convolution",
           "nearest_up_convolution"]  # fmt: skip

Edge = Literal["zero", "repeat"]
"""What lies outside an image: zeros, as in the authors' code, or the nearest pixel."""

# What a pixel in the even and in the odd places of an enlarged image takes of the pixel before, the
# pixel at its own place and the one after.
EVEN, ODD = (0.25, 0.75, 0.0), (0.0, 0.75, 0.25)
# The three pixels that a tap of a 3x3 kernel may meet, seen from an even and from an odd place: a
# tap to the left of an even place meets the odd place of the cell before.
PHASES = (
    ((0.75, 0.25, 0.0), EVEN, ODD),
    (EVEN, ODD, (0.0, 0.25, 0.75)),
)


def fir_up(x: jax.Array, *, edge: Edge) -> jax.Array:
    """Twice the size: [B, H, W, C] -> [B, 2H, 2W, C].

    Along each axis y[2i] = 3/4 x[i] + 1/4 x[i-1] and y[2i+1] = 3/4 x[i] + 1/4 x[i+1], which is
    [1, 3, 3, 1]/4 on pixels with zeros put between them.
    """
    for axis in (1, 2):
        size, wide = x.shape[axis], _surrounded(x, axis, edge)
        before, after = (_cut(wide, axis, start, start + size) for start in (0, 2))
        pair = [0.75 * x + 0.25 * before, 0.75 * x + 0.25 * after]
        shape = (*x.shape[:axis], 2 * size, *x.shape[axis + 1 :])
        x = jnp.stack(pair, axis + 1).reshape(shape)
    return x


def fir_down(x: jax.Array, *, edge: Edge) -> jax.Array:
    """Half the size: [B, H, W, C] -> [B, H/2, W/2, C]; H and W even.

    Along each axis y[i] = (x[2i-1] + 3 x[2i] + 3 x[2i+1] + x[2i+2]) / 8.
    """
    for axis in (1, 2):
        half, wide = x.shape[axis] // 2, _surrounded(x, axis, edge)
        cells = wide.reshape(*x.shape[:axis], half + 1, 2, *x.shape[axis + 1 :])
        odd, even = (jax.lax.index_in_dim(cells, i, axis + 1, keepdims=False) for i in (0, 1))
        outer = _cut(odd, axis, 0, half) + _cut(even, axis, 1, half + 1)
        inner = _cut(even, axis, 0, half) + _cut(odd, axis, 1, half + 1)
        x = 0.125 * outer + 0.375 * inner
    return x


def fir_up_convolution(x: jax.Array, kernel: jax.Array, *, form: Form) -> jax.Array:
    """A 3x3 convolution of the enlarged image: x [B, H, W, I], kernel [O, 3, 3, I]
    -> [B, 2H, 2W, O].

    The filter's tail a pixel outside the image is convolved too, as in the authors' code; a padded
    convolution of `fir_up` would see a zero there. Filter and kernel are folded into one kernel of
    3x3 for each of the four places of an output pixel: as many products, no enlarged input.
    """
    outputs, _, _, inputs = kernel.shape
    phases = jnp.asarray(PHASES, kernel.dtype)  # [place, tap, pixel]
    folded = jnp.einsum("pta,qub,otui->pqoabi", phases, phases, kernel)
    cells = convolution(
        x, folded.reshape(4 * outputs, 3, 3, inputs), stride=1, padding=1, form=form
    )
    batch, height, width, _ = cells.shape
    cells = cells.reshape(batch, height, width, 2, 2, outputs)
    return cells.transpose(0, 1, 3, 2, 4, 5).reshape(batch, 2 * height, 2 * width, outputs)


def fir_down_convolution(x: jax.Array, kernel: jax.Array, *, form: Form) -> jax.Array:
    """The filtered image convolved with stride 2: x [B, H, W, I], kernel [O, 3, 3, I]
    -> [B, H/2, W/2, O].

    The filter runs at full size, so its tail outside the image is convolved as well; the middle
    tap meets the pixels of `fir_down`.
    """
    for axis in (1, 2):
        size, pads = x.shape[axis], [(0, 0)] * 4
        pads[axis] = (2, 2)
        wide = jnp.pad(x, pads)
        far, left, right, farther = (_cut(wide, axis, i, i + size + 1) for i in range(4))
        x = 0.125 * (far + farther) + 0.375 * (left + right)
    return convolution(x, kernel, stride=2, padding=0, form=form)


def nearest_up_convolution(x: jax.Array, kernel: jax.Array, *, form: Form) -> jax.Array:
    """Every pixel twice along both axes, then a 3x3 convolution with zeros around: x [B, H, W, I],
    kernel [O, 3, 3, I] -> [B, 2H, 2W, O].

    As one transposed convolution with the kernel convolved with 2x2 ones, and fewer products.
    """
    taps = kernel[:, ::-1, ::-1].transpose(3, 1, 2, 0)
    for axis in (1, 2):
        before, after = ([(0, 0)] * 4 for _ in range(2))
        before[axis], after[axis] = (1, 0), (0, 1)
        taps = jnp.pad(taps, before) + jnp.pad(taps, after)
    return up_convolution(x, taps, stride=2, form=form)


def blur(x: jax.Array) -> jax.Array:
    """Low-passed by [1, 2, 1]/4 along each axis, with zeros around: [B, H, W, C] -> the same."""
    for axis in (1, 2):
        size, wide = x.shape[axis], _surrounded(x, axis, "zero")
        before, after = (_cut(wide, axis, start, start + size) for start in (0, 2))
        x = 0.5 * x + 0.25 * (before + after)
    return x


def _surrounded(x: jax.Array, axis: int, edge: Edge) -> jax.Array:
    """One more pixel before and after along an axis."""
    size = x.shape[axis]
    first, last = _cut(x, axis, 0, 1), _cut(x, axis, size - 1, size)
    if edge == "zero":
        first = last = jnp.zeros_like(first)
    return jnp.concatenate([first, x, last], axis)


def _cut(x: jax.Array, axis: int, start: int, stop: int) -> jax.Array:
    return jax.lax.slice_in_dim(x, start, stop, axis=axis)
