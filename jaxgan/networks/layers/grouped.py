"""The grouped 3x3 convolution, in the form each platform runs fastest.

Channels stand in groups, and every output channel sees the inputs of its own group alone. On CPUs
the native one is far slower than the products it is made of, and its double backward slower still:
there the groups are the batch of one matrix product, and channels come first and images last, so
that every product and every move to a neighbour reads and writes long rows of numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
from jax import lax

from jaxgan.networks.layers.convolution import Form

__all__ = ["channel_axis", "grouped_convolution", "turned"]

AT_ONCE = 4 * 2**20  # bytes of neighbours: what caches hold; more is slower and takes more memory
NARROW = 96  # rows of a weight gradient's product; XLA:CPU is slow where there are fewer


def channel_axis(form: Form) -> int:
    """Where a form has the channels: first of [C, H, W, B], or last of [B, H, W, C]."""
    return 0 if form == "patches" else 3


def turned(x: jax.Array, form: Form) -> jax.Array:
    """[B, H, W, C] in the order that a form has, and back."""
    return jnp.swapaxes(x, channel_axis(form), 3)


def grouped_convolution(x: jax.Array, kernel: jax.Array, *, form: Form) -> jax.Array:
    """3x3 cross-correlation within groups, with one zero around.

    kernel [O, 3, 3, I / groups], whose last axis says how many channels a group has;
    x [B, H, W, I] -> [B, H, W, O], or in the form for CPUs x [I, H, W, B] -> [O, H, W, B]. Both
    forms have reverse-mode gradients of any order without scatter, and compute the same sums.
    """
    if form == "native":
        return lax.conv_general_dilated(
            x,
            kernel,
            (1, 1),
            ((1, 1), (1, 1)),
            dimension_numbers=("NHWC", "OHWI", "NHWC"),
            feature_group_count=x.shape[-1] // kernel.shape[-1],
        )
    return _convolved(x, kernel)


# Each of the next two is linear in both arguments, and their gradients are made of these two again:
# so all orders of gradients are as fast as the forward pass, and keep nothing but the arguments.
@jax.custom_vjp
def _convolved(x: jax.Array, kernel: jax.Array) -> jax.Array:
    """x [I, H, W, B], kernel [O, 3, 3, I / groups] -> [O, H, W, B]."""
    return _by_parts(_by_rows, x.size, len(x) // kernel.shape[3], x, kernel)


@partial(jax.custom_vjp, nondiff_argnums=(2,))
def _weight_gradient(x: jax.Array, y: jax.Array, groups: int) -> jax.Array:
    """x [I, H, W, B], y [O, H, W, B] -> [O, 3, 3, I / groups], the sums over all pixels of y times
    the neighbours of x, which is the kernel's gradient for a cotangent y."""
    sizes = len(x) // groups, len(y) // groups
    return _by_parts(partial(_sums_over_pixels, sizes), x.size, groups, x, y)


def _mirrored(kernel: jax.Array, groups: int) -> jax.Array:
    """The kernel [I, 3, 3, O / groups] with which outputs' cotangents become those of inputs."""
    outputs, _, _, size = kernel.shape
    own = kernel[:, ::-1, ::-1].reshape(groups, outputs // groups, 3, 3, size)
    return own.transpose(0, 4, 2, 3, 1).reshape(groups * size, 3, 3, -1)


def _convolved_back(residuals: tuple[jax.Array, jax.Array], y: jax.Array) -> tuple:
    x, kernel = residuals
    groups = len(x) // kernel.shape[3]
    return _convolved(y, _mirrored(kernel, groups)), _weight_gradient(x, y, groups)


def _weight_gradient_back(
    groups: int, residuals: tuple[jax.Array, jax.Array], kernel: jax.Array
) -> tuple:
    x, y = residuals
    return _convolved(y, _mirrored(kernel, groups)), _convolved(x, kernel)


_convolved.defvjp(lambda x, kernel: (_convolved(x, kernel), (x, kernel)), _convolved_back)
_weight_gradient.defvjp(
    lambda x, y, groups: (_weight_gradient(x, y, groups), (x, y)), _weight_gradient_back
)


def _by_rows(x: jax.Array, kernel: jax.Array) -> jax.Array:
    """Three neighbours in a row, side by side, times all three rows of the kernel at once; then the
    three sums that make an output pixel are added up from its row and the two beside it.

    That moves 3 numbers in and 3 out for every one of x, where patches move 9 in and 1 out.
    """
    inputs, *pixels = x.shape
    outputs, _, _, size = kernel.shape
    groups = inputs // size
    own = outputs // groups
    rows = kernel.reshape(groups, own, 3, 3 * size).transpose(0, 2, 1, 3)
    sums = lax.dot_general(
        rows.reshape(groups, 3 * own, 3 * size),
        _beside(x, groups, 3, (-1, 0, 1)),
        (((2,), (1,)), ((0,), (0,))),
    ).reshape(groups, 3, own, *pixels)
    above, same, below = (sums[:, i] for i in range(3))
    return (_moved(above, 2, -1) + same + _moved(below, 2, 1)).reshape(outputs, *pixels)


def _sums_over_pixels(sizes: tuple[int, int], x: jax.Array, y: jax.Array) -> jax.Array:
    """`_weight_gradient` of some of the groups, of `sizes` inputs and outputs each."""
    size, own = sizes
    groups = len(x) // size
    # Two groups at once, of whose product only the blocks on the diagonal are wanted.
    pair = 2 if groups % 2 == 0 and 3 * size < NARROW else 1
    sums = lax.dot_general(
        _beside(y, groups, 2, (1, 0, -1)).reshape(groups // pair, pair * 3 * own, -1),
        _beside(x, groups, 3, (-1, 0, 1)).reshape(groups // pair, pair * 3 * size, -1),
        (((2,), (2,)), ((0,), (0,))),
    ).reshape(groups // pair, pair, 3 * own, pair, 3 * size)
    sums = jnp.stack([sums[:, i, :, i] for i in range(pair)], axis=1)
    rows = sums.reshape(groups, 3, own, 3, size).transpose(0, 2, 1, 3, 4)
    return rows.reshape(groups * own, 3, 3, size)


def _by_parts(
    function: Callable[..., jax.Array], numbers: int, groups: int, *arrays: jax.Array
) -> jax.Array:
    """A function of arrays whose first axis holds groups, called with some groups after others.

    `numbers` are those of one array; the parts are as few as keep their neighbours in the cache,
    and have an even number of groups if they can.
    """
    wanted = -(-3 * numbers * arrays[0].dtype.itemsize // AT_ONCE)
    fitting = [n for n in range(1, groups + 1) if groups % n == 0 and n >= wanted]
    even = [n for n in fitting if groups // n % 2 == 0]
    parts = (even or fitting or [groups])[0]
    if parts == 1:
        return function(*arrays)
    split = [a.reshape(parts, len(a) // parts, *a.shape[1:]) for a in arrays]
    results = lax.map(lambda part: function(*part), tuple(split))
    return results.reshape(-1, *results.shape[2:])


def _beside(x: jax.Array, groups: int, axis: int, order: tuple[int, ...]) -> jax.Array:
    """Channels of each group moved by each of `order`, side by side: [C, H, W, B]
    -> [groups, 3 C / groups, H · W · B]; axis 2 is H, 3 is W."""
    channels, *pixels = x.shape
    x = x.reshape(groups, channels // groups, *pixels)
    three = jnp.concatenate([_moved(x, axis, by) for by in order], axis=1)
    return three.reshape(*three.shape[:2], -1)


def _moved(x: jax.Array, axis: int, by: int) -> jax.Array:
    """Element i + by of an axis in place i, zero beyond the ends; `by` is -1, 0 or 1."""
    if not by:
        return x
    pads = [(0, 0)] * x.ndim
    pads[axis] = (0, 1) if by > 0 else (1, 0)
    size = x.shape[axis]
    start = max(by, 0)
    return jnp.pad(lax.slice_in_dim(x, start, start + size - 1, axis=axis), pads)
