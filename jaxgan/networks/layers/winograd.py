"""Small convolutions with fewer products: minimal filtering (Winograd 1980; Lavin and Gray 2016,
arXiv:1509.09308) for kernels of 2x2 and 3x3 without stride.

Two neighbouring outputs of a kernel with r taps take 2r products the plain way and r + 1 this way:
y = Aᵀ[(G g) ⊙ (Bᵀ d)] for a window d of r + 1 inputs and taps g. In two dimensions that is 9
products instead of 16 for 2x2, and 16 instead of 36 for 3x3, each one of matrices over channels.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

__all__ = ["minimal_filtering"]

Matrix = tuple[tuple[float, ...], ...]

# Bᵀ, G and Aᵀ of F(2, r), by r.
TRANSFORMS: dict[int, tuple[Matrix, Matrix, Matrix]] = {
    2: (
        ((1, -1, 0), (0, 1, 0), (0, 1, -1)),
        ((1, 0), (1, 1), (0, 1)),
        ((1, 1, 0), (0, 1, -1)),
    ),
    3: (
        ((1, 0, -1, 0), (0, 1, 1, 0), (0, -1, 1, 0), (0, 1, 0, -1)),
        ((1, 0, 0), (0.5, 0.5, 0.5), (0.5, -0.5, 0.5), (0, 0, 1)),
        ((1, 1, 1, 0), (0, 1, -1, -1)),
    ),
}


def minimal_filtering(x: jax.Array, kernel: jax.Array) -> jax.Array:
    """Cross-correlation without padding: x [B, H, W, I], kernel [O, r, r, I], r 2 or 3
    -> [B, H - r + 1, W - r + 1, O]."""
    size = kernel.shape[1]
    to_window, to_taps, to_output = TRANSFORMS[size]
    height, width = (n - size + 1 for n in x.shape[1:3])
    # All rows, columns and products in one array each: an operation for each of them is a kernel
    # of its own, which costs the compiler seconds and half a megabyte.
    rows = jnp.stack(_combined(to_window, _windows(x, 1, size)))
    windows = jnp.stack(_combined(to_window, _windows(rows, 3, size)))  # [column, row, B, h, w, I]
    taps = jnp.stack(_combined(to_taps, _parts(kernel, 1)))
    taps = jnp.stack(_combined(to_taps, _parts(taps, 2)))  # [column, row, O, I]
    products = lax.dot_general(windows, taps, (((5,), (3,)), ((0, 1), (0, 1))))
    columns = _interleaved(_combined(to_output, _parts(products, 0)), 3)
    y = _interleaved(_combined(to_output, _parts(columns, 0)), 1)
    return y[:, :height, :width]


def _parts(x: jax.Array, axis: int) -> list[jax.Array]:
    """The elements along an axis, by one operation, whose gradient is one as well."""
    return [jnp.squeeze(part, axis) for part in lax.split(x, (1,) * x.shape[axis], axis)]


def _windows(x: jax.Array, axis: int, size: int) -> list[jax.Array]:
    """Element i of all windows of size + 1 that begin at every other place along an axis."""
    count = -(-(x.shape[axis] - size + 1) // 2)  # windows; the last may reach past the end
    length = 2 * (count + 1)
    pads = [(0, 0)] * x.ndim
    pads[axis] = (0, length - x.shape[axis])
    halves = jnp.pad(x, pads).reshape(*x.shape[:axis], count + 1, 2, *x.shape[axis + 1 :])
    phases = [lax.index_in_dim(halves, i, axis + 1, keepdims=False) for i in range(2)]
    return [
        lax.slice_in_dim(phases[i % 2], i // 2, i // 2 + count, axis=axis) for i in range(size + 1)
    ]


def _combined(matrix: Matrix, parts: list[jax.Array]) -> list[jax.Array]:
    """Sums of parts, one for each row of coefficients; zeros and ones cost nothing."""
    sums = []
    for row in matrix:
        terms = [_scaled(c, part) for c, part in zip(row, parts, strict=True) if c]
        total = terms[0]
        for term in terms[1:]:
            total = total + term
        sums.append(total)
    return sums


def _scaled(factor: float, x: jax.Array) -> jax.Array:
    return x if factor == 1 else -x if factor == -1 else factor * x


def _interleaved(pair: list[jax.Array], axis: int) -> jax.Array:
    """Two arrays as the even and odd places of one."""
    shape = pair[0].shape
    return jnp.stack(pair, axis + 1).reshape(*shape[:axis], 2 * shape[axis], *shape[axis + 1 :])
