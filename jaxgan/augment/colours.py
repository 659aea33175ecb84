"""The colours of ADA: Karras et al. (2020), arXiv:2006.06676, appendix B.

All that is done to a colour (r, g, b, 1) is one 4x4 matrix an image, about mid-grey, which is 0.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from jaxgan.augment.coins import for_some

__all__ = ["drawn_colours", "recoloured"]

HIGHEST = jax.lax.Precision.HIGHEST
GREY = np.array([1.0, 1.0, 1.0, 0.0]) / np.sqrt(3)  # the axis of lightness
ALONG = np.outer(GREY, GREY).astype(np.float32)
AROUND = np.array(  # a quarter turn about the axis of lightness
    [[0, -1, 1, 0], [1, 0, -1, 0], [-1, 1, 0, 0], [0, 0, 0, 0]], np.float32
) / np.float32(np.sqrt(3))


def drawn_colours(
    key: jax.Array, probability: jax.Array | float, count: int, hues: bool
) -> jax.Array:
    """Matrices [count, 4, 4], float32; each transform with `probability`, in this order:

    brightness + N(0, 0.2), contrast x 2^N(0, 0.5), lightness mirrored (a half of those chosen), and
    where there are `hues`, hue turned by U(±π), saturation x 2^N(0, 1).
    """
    keys = jax.random.split(key, 10)
    eye = jnp.eye(4)
    each = (count, 1, 1)

    def chosen(i: int, drawn: jax.Array, otherwise: float) -> jax.Array:
        return for_some(keys[i], probability, drawn, otherwise)

    added = chosen(0, 0.2 * jax.random.normal(keys[1], each), 0)
    matrix = (
        eye[None]
        + added
        * jnp.asarray([0.0, 0.0, 0.0, 1.0])[None, None]
        * (jnp.asarray([1.0, 1.0, 1.0, 0.0])[None, :, None])
    )
    factor = chosen(2, jnp.exp2(0.5 * jax.random.normal(keys[3], each)), 1)
    matrix = matrix * jnp.where(jnp.arange(4)[None, :, None] < 3, factor, 1)
    mirrored = chosen(4, jax.random.bernoulli(keys[5], 0.5, each), False)
    matrix = _then(matrix, eye[None] - 2 * ALONG[None] * mirrored)
    if hues:
        angle = chosen(6, jax.random.uniform(keys[7], each, minval=-jnp.pi, maxval=jnp.pi), 0)
        across = jnp.diag(jnp.asarray([1.0, 1.0, 1.0, 0.0])) - ALONG
        turn = (jnp.cos(angle) - 1) * across[None] + jnp.sin(angle) * AROUND[None]
        matrix = _then(matrix, eye[None] + turn)
        factor = chosen(8, jnp.exp2(jax.random.normal(keys[9], each)), 1)
        matrix = _then(matrix, eye[None] + (factor - 1) * across[None])
    return matrix


def recoloured(images: jax.Array, matrix: jax.Array) -> jax.Array:
    """Images [B, H, W, 1 or 3] with matrices [B, 4, 4]; a grey one takes the mean of the rows.

    Where the matrix is the identity the image is handed on as it is, to the bit.
    """
    matrix = matrix.astype(images.dtype)
    is_still = jnp.all(matrix == jnp.eye(4, dtype=matrix.dtype)[None], axis=(1, 2))
    if images.shape[3] == 1:
        row = jnp.mean(matrix[:, :3], axis=1)
        gain, added = jnp.sum(row[:, :3], axis=1), row[:, 3]
        changed = images * gain[:, None, None, None] + added[:, None, None, None]
    else:
        changed = jnp.einsum("bij,bhwj->bhwi", matrix[:, :3, :3], images, precision=HIGHEST)
        changed = changed + matrix[:, None, None, :3, 3]
    return jnp.where(is_still[:, None, None, None], images, changed)


def _then(matrix: jax.Array, following: jax.Array) -> jax.Array:
    return jnp.matmul(following, matrix, precision=HIGHEST)
