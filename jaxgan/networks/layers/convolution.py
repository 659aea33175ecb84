"""Convolution, and its up-sampling twin, in the form each platform runs fastest.

XLA's native convolution is right on GPUs and TPUs. On CPUs it falls to one thread inside a loop
and its double backward is slow, so there a convolution is written as patches times a matrix or, for
small kernels between many channels, by minimal filtering. All forms have gradients of any order
without scatter, and compute the same sums.

Kernels are stored with the side that the matrix product sums over last, or, going up, first: so
every gradient of the product comes out in the layout the kernel has, without a transpose, which
on CPUs halves the time of a weight gradient.
"""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp
from jax import lax

from jaxgan.networks.layers.winograd import minimal_filtering

__all__ = ["Form", "convolution", "form_for_platform", "up_convolution"]

FEWEST_CHANNELS = 16  # below, minimal filtering moves more numbers than it saves products

Form = Literal["patches", "native"]


def form_for_platform(platform: str) -> Form:
    """The form that is fastest on a platform: cpu, gpu, tpu …"""
    return "patches" if platform == "cpu" else "native"


def convolution(
    x: jax.Array, kernel: jax.Array, *, stride: int, padding: int, form: Form
) -> jax.Array:
    """Cross-correlation with zero padding.

    x [B, H, W, I], kernel [O, K, K, I] -> [B, (H + 2·padding - K) // stride + 1, same, O].
    """
    if form == "native":
        pads = ((padding, padding), (padding, padding))
        layout = ("NHWC", "OHWI", "NHWC")
        return lax.conv_general_dilated(x, kernel, (stride, stride), pads, dimension_numbers=layout)
    # Blocks of stride x stride pixels become channels where the kernel is made of such blocks:
    # a quarter of the windows for a stride of 2, and so less to compile.
    size = kernel.shape[1]
    fold = stride if size % stride == 0 else 1
    x, kernel = _fold(_padded(x, size, stride, padding), fold), _fold(kernel, fold)
    if _is_worth_transforming(kernel.shape, stride // fold):
        return minimal_filtering(x, kernel)
    patches = _patches(x, size // fold, stride // fold)
    return lax.dot_general(patches, kernel.reshape(kernel.shape[0], -1), (((3,), (1,)), ((), ())))


def up_convolution(x: jax.Array, kernel: jax.Array, *, stride: int, form: Form) -> jax.Array:
    """Transposed convolution as a sub-pixel product: K/stride inputs a side for every output pixel.

    x [B, H, W, I], kernel [I, K, K, O], K a multiple of stride with K - stride even
    -> [B, stride·H, stride·W, O]. Equal to `torch.nn.functional.conv_transpose2d` with padding
    (K - stride)/2. A kernel that the stride divides spreads evenly and prints no checkerboard
    (Odena et al. 2016).
    """
    size = kernel.shape[1]
    if size % stride or (size - stride) % 2:
        raise ValueError(
            f"kernel size {size} with stride {stride}: expected a multiple of the stride whose "
            "difference from it is even, such as twice the stride"
        )
    inputs, _, _, outputs = kernel.shape
    if form == "native":
        return _up_at_once(x, kernel, stride)
    if min(inputs, outputs) < FEWEST_CHANNELS:
        return _up_by_product(x, kernel, stride)
    return _up_by_phases(x, kernel, stride)


def _is_worth_transforming(kernel_shape: tuple[int, ...], stride: int) -> bool:
    """Whether minimal filtering does a kernel [O, K, K, I] faster than patches do (measured)."""
    outputs, size, _, inputs = kernel_shape
    return stride == 1 and size in (2, 3) and min(inputs, outputs) >= FEWEST_CHANNELS


def _padded(x: jax.Array, size: int, stride: int, padding: int) -> jax.Array:
    """Zeros around [B, H, W, C], and cut to what windows of `size` every `stride` cover."""
    x = jnp.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    height, width = (n - (n - size) % stride for n in x.shape[1:3])
    return x[:, :height, :width]


def _fold(x: jax.Array, block: int) -> jax.Array:
    """Space to depth: [B, block·H, block·W, C] -> [B, H, W, block·block·C]."""
    batch, height, width, channels = x.shape
    blocks = x.reshape(batch, height // block, block, width // block, block, channels)
    return blocks.transpose(0, 1, 3, 2, 4, 5).reshape(batch, height // block, width // block, -1)


def _patches(x: jax.Array, size: int, stride: int) -> jax.Array:
    """[B, H, W, C] -> [B, H', W', size·size·C], in the order of a kernel's rows and columns."""
    batch, height, width, channels = x.shape
    below, right = height - size + 1, width - size + 1
    windows = [
        lax.slice(x, (0, i, j, 0), (batch, i + below, j + right, channels), (1, stride, stride, 1))
        for i in range(size)
        for j in range(size)
    ]
    return jnp.concatenate(windows, axis=-1)


def _up_at_once(x: jax.Array, kernel: jax.Array, stride: int) -> jax.Array:
    """One convolution with stride² · O outputs, whose channels are then laid out as pixels."""
    inputs, size, _, outputs = kernel.shape
    reach = size // stride
    taps = kernel.reshape(inputs, reach, stride, reach, stride, outputs)
    # Correlation reads forwards where spreading writes forwards: the taps run backwards.
    taps = taps[:, ::-1, :, ::-1].transpose(2, 4, 5, 1, 3, 0)
    taps = taps.reshape(stride * stride * outputs, reach, reach, inputs)
    cells = convolution(x, taps, stride=1, padding=reach - 1, form="native")
    batch, height, width, _ = cells.shape
    cells = cells.reshape(batch, height, width, stride, stride, outputs)
    wide = cells.transpose(0, 1, 3, 2, 4, 5).reshape(batch, height * stride, width * stride, -1)
    return _cropped(wide, (size - stride) // 2)


def _up_by_phases(x: jax.Array, kernel: jax.Array, stride: int) -> jax.Array:
    """A convolution of reach × reach taps for each place that an output pixel has among stride²."""
    inputs, size, _, outputs = kernel.shape
    reach = size // stride
    taps = kernel.reshape(inputs, reach, stride, reach, stride, outputs)[:, ::-1, :, ::-1]
    padded = _padded(x, reach, 1, reach - 1)
    # Where an output pixel lies among the stride places of a cell, and in which cell.
    phases = [divmod(place + (size - stride) // 2, stride) for place in range(stride)]

    def phase(down: tuple[int, int], right: tuple[int, int]) -> jax.Array:
        (top, row), (left, column) = down, right
        window = padded[:, top : top + x.shape[1] + reach - 1, left : left + x.shape[2] + reach - 1]
        own = taps[:, :, row, :, column].transpose(3, 1, 2, 0)
        return convolution(window, own, stride=1, padding=0, form="patches")

    rows = [jnp.stack([phase(down, right) for right in phases], axis=3) for down in phases]
    wide = jnp.stack(rows, axis=2)  # [B, H, stride, W, stride, O]
    return wide.reshape(len(x), stride * x.shape[1], stride * x.shape[2], outputs)


def _up_by_product(x: jax.Array, kernel: jax.Array, stride: int) -> jax.Array:
    """Every input pixel times the whole kernel, then what overlaps added up, by columns first."""
    inputs, size, _, outputs = kernel.shape
    reach = size // stride
    batch, height, width, _ = x.shape
    by_column = kernel.reshape(inputs, size, reach, stride * outputs).transpose(0, 2, 1, 3)
    product = lax.dot_general(x, by_column.reshape(inputs, -1), (((3,), (0,)), ((), ())))
    columns = _added_up(product.reshape(batch, height, width, reach, -1), axis=2)
    rows = columns.reshape(batch, height, width + reach - 1, reach, stride, stride * outputs)
    rows = rows.transpose(0, 1, 3, 4, 2, 5).reshape(batch, height, reach, -1)
    wide = _added_up(rows[:, :, None], axis=1)
    wide = wide.reshape(batch, stride * (height + reach - 1), stride * (width + reach - 1), outputs)
    return _cropped(wide, (size - stride) // 2)


def _added_up(tiles: jax.Array, axis: int) -> jax.Array:
    """Tiles [B, H, W, reach, F] laid one cell apart along an axis, summed where they overlap."""
    reach = tiles.shape[3]
    total = jnp.zeros((), tiles.dtype)
    for i in range(reach):
        pads = [(0, 0)] * 4
        pads[axis] = (i, reach - 1 - i)
        total = total + jnp.pad(tiles[:, :, :, i], pads)
    return total


def _cropped(x: jax.Array, border: int) -> jax.Array:
    return x[:, border : x.shape[1] - border, border : x.shape[2] - border]
