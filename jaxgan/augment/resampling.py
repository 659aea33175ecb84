"""An image looked up at the places of an affine map: Karras et al. (2020), arXiv:2006.06676, B.2.

The image is mirrored for ever, doubled with the wavelet sym6, interpolated bilinearly, and halved
with the same filter. (The authors' code mirrors once and sees black beyond.)

The map is linear in the image. Its transpose adds up, for each sample, what was looked up there.
As a scatter this would be added in an order that GPUs leave open. Here the places are sorted by
cell, and every cell adds up its own in their order: gathers alone, in gradients of any order.

A CPU takes 0.03 s for 64 images of 32x32x3 and 0.24 s for their gradient, 0.03 s and 0.31 s for 16
of 64x64x3 (processor time): both grow with the number of pixels.
"""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp

from jaxgan.augment.wavelet import MARGIN, doubling, halving

__all__ = ["resampled"]

HIGHEST = jax.lax.Precision.HIGHEST


def resampled(images: jax.Array, matrix: jax.Array) -> jax.Array:
    """Images [B, S, S, C], matrices [B, 3, 3] -> images of the same shape.

    A pixel at (x, y) from the centre is looked up at `matrix` (x, y, 1). Where that is the identity
    the image is handed on as it is, to the bit. No gradient goes through the matrices.
    """
    count, side, _, channels = images.shape
    matrix = jax.lax.stop_gradient(matrix).astype(images.dtype)
    up, down = (jnp.asarray(make(side), images.dtype) for make in (doubling, halving))
    doubled = jnp.einsum("mi,bijc,nj->bmnc", up, images, up, precision=HIGHEST)
    found = _looked_up(doubled, _places(matrix, side))
    wide = found.reshape(count, 2 * (side + MARGIN), 2 * (side + MARGIN), channels)
    moved = jnp.einsum("im,bmnc,jn->bijc", down, wide, down, precision=HIGHEST)
    is_still = jnp.all(matrix == jnp.eye(3, dtype=matrix.dtype)[None], axis=(1, 2))
    return jnp.where(is_still[:, None, None, None], images, moved)


def _places(matrix: jax.Array, side: int) -> jax.Array:
    """Where each sample of the doubled result is looked up in the doubled image: [B, 2, P].

    x and y in samples. Sample m lies at pixel m / 2, pixel i at i - (side - 1) / 2 of the centre.
    """
    centre = (side - 1) / 2
    line = (jnp.arange(2 * (side + MARGIN), dtype=matrix.dtype) - MARGIN) / 2 - centre
    x, y = (axis.reshape(-1) for axis in jnp.meshgrid(line, line))
    at = jnp.stack([x, y, jnp.ones_like(x)])
    return 2 * (jnp.einsum("bij,jp->bip", matrix[:, :2], at, precision=HIGHEST) + centre)


@jax.custom_vjp
def _looked_up(period: jax.Array, places: jax.Array) -> jax.Array:
    """One period of an image [B, M, M, C], places [B, 2, P] -> what is there, [B, P, C]."""
    count, side, _, channels = period.shape
    cells, weights = _cells(places, side)
    flat = period.reshape(count, side * side, channels)
    row, column = cells // side, cells % side
    corners = [
        _rows_of(flat, (row + down) % side * side + (column + right) % side)
        for down in (0, 1)
        for right in (0, 1)
    ]
    return sum(w[..., None] * x for w, x in zip(weights[1:], corners[1:], strict=True)) + (
        weights[0][..., None] * corners[0]
    )


@partial(jax.custom_vjp, nondiff_argnums=(2,))
def _added_up(values: jax.Array, places: jax.Array, side: int) -> jax.Array:
    """The transpose: values [B, P, C] at places [B, 2, P] -> their sums [B, M, M, C]."""
    count, points, channels = values.shape
    cells, weights = _cells(places, side)
    shares = jnp.concatenate([w[..., None] * values for w in weights], -1)
    index = jnp.broadcast_to(jnp.arange(points, dtype=jnp.int32), cells.shape)
    cells, order = jax.lax.sort([cells, index], num_keys=2)
    ends = jnp.arange(side * side + 1, dtype=jnp.int32)
    ends = jax.vmap(lambda row: jnp.searchsorted(row, ends).astype(jnp.int32))(cells)
    first, last = ends[:, :-1], ends[:, 1:]

    def add(k: jax.Array, total: jax.Array) -> jax.Array:
        at = first + k
        point = jnp.take_along_axis(order, jnp.minimum(at, points - 1), 1)
        return total + jnp.where((at < last)[..., None], _rows_of(shares, point), 0)

    # A cell that has no more adds zeros: how often this goes round is of no consequence for bits.
    total = jnp.zeros((count, side * side, 4 * channels), values.dtype)
    total = jax.lax.fori_loop(0, jnp.max(last - first), add, total)
    total = total.reshape(count, side, side, 4, channels)
    shifts = ((0, 0), (0, 1), (1, 0), (1, 1))
    a, b, c, d = (jnp.roll(total[:, :, :, i], by, (1, 2)) for i, by in enumerate(shifts))
    return (a + b) + (c + d)


def _cells(places: jax.Array, side: int) -> tuple[jax.Array, list[jax.Array]]:
    """The cell that a place lies in, [B, P] int32, and the shares of the cell's four corners.

    A cell is counted by its upper left corner; then come the right one and the two below.
    """
    corner = jnp.floor(places)
    x, y = (places - corner)[:, 0], (places - corner)[:, 1]
    column, row = (corner[:, i].astype(jnp.int32) % side for i in (0, 1))
    shares = [(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y]
    return row * side + column, shares


def _rows_of(table: jax.Array, index: jax.Array) -> jax.Array:
    """Rows of each image's table: [B, N, C] and [B, P] -> [B, P, C]."""
    return jax.vmap(lambda rows, i: jnp.take(rows, i, axis=0, mode="clip"))(table, index)


_looked_up.defvjp(
    lambda period, places: (_looked_up(period, places), (places, period.shape[1])),
    lambda kept, slope: (_added_up(slope, kept[0], kept[1]), jnp.zeros_like(kept[0])),
)
_added_up.defvjp(
    lambda values, places, side: (_added_up(values, places, side), places),
    lambda side, places, slope: (_looked_up(slope, places), jnp.zeros_like(places)),
)
