"""Blur of all that the discriminator sees early on: Karras et al. (2021), arXiv:2106.12423.

StyleGAN3-R keeps fine detail from its discriminator at first, by a Gaussian of 10 pixels that fades
out over the first 200,000 images, so that large shapes are judged before small ones.

The Gaussian is exact in the frequency domain. An image that is mirrored at its borders is, along an
axis of N pixels, a sum of cosines c_k(i) = cos(π k (i + ½) / N), k = 0 … N-1, of k / 2N cycles per
pixel (the DCT-II). A Gaussian of standard deviation s multiplies frequency f by exp(-2 π² s² f²),
which is exp(-π² s² k² / 2N²) for c_k. With the normalised cosines as columns of C the blur of an
axis is the matrix C diag(exp(-π² s² k² / 2N²)) Cᵀ: nothing wraps around, no kernel is cut off, and
no sampled kernel is narrower than asked for, as they are below 0.7 pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import chex
import jax
import jax.numpy as jnp
import numpy as np

from jaxgan.errors import UserError
from jaxgan.ranges import check_number, field_of
from jaxgan.schedules import Linear, Number

__all__ = ["EarlyBlur"]


@dataclass(frozen=True)
class EarlyBlur:
    """Gaussian blur."""

    sigma: Number = Linear(10.0, 0.0, 200_000)
    """Standard deviation, in pixels of the image; the paper's shrinks from 10, at sides of 256 and
    more, to 0 after 200,000 images. (The kernel of the paper's code, 2^-(x/sigma)^2, has 0.85
    sigma; this one has sigma.)"""

    role: ClassVar[str] = "softening"

    def __post_init__(self) -> None:
        check_number(*field_of(self, "sigma"), above=0, hint="for no blur, choose none")

    def __call__(self, key: jax.Array, images: jax.Array) -> jax.Array:
        """Images [B, H, W, C] -> blurred images [B, H, W, C]."""
        del key
        chex.assert_rank(images, 4)
        _, height, width, _ = images.shape
        if min(height, width) < 2:
            raise UserError(
                f"early blur of {height}x{width} images: expected sides of 2 pixels and more, "
                "because one pixel has nothing to blur with; choose instance noise or none"
            )
        sigma = jnp.asarray(self.sigma, images.dtype)
        # The default precision may round pixels to fewer bits, which is noise where blur ends.
        highest = jax.lax.Precision.HIGHEST
        rows = _change(height, sigma)
        images = images + jnp.einsum("ij,bjwc->biwc", rows, images, precision=highest)
        columns = _change(width, sigma)
        return images + jnp.einsum("ij,bhjc->bhic", columns, images, precision=highest)


def _change(side: int, sigma: jax.Array) -> jax.Array:
    """What the blur of an axis adds to it, [side, side]: C diag(exp(-π² s² k² / 2N²) - 1) Cᵀ.

    The difference from the image, and not the blurred image, so that σ = 0 changes no bit.
    """
    k = np.arange(side)
    cosines = np.cos(np.pi * np.outer(k + 0.5, k) / side)
    C = jnp.asarray(cosines / np.linalg.norm(cosines, axis=0), sigma.dtype)
    lost = jnp.expm1(-0.5 * jnp.square(sigma * jnp.asarray(np.pi * k / side, sigma.dtype)))
    return jnp.matmul(C * lost[None, :], C.T, precision=jax.lax.Precision.HIGHEST)
