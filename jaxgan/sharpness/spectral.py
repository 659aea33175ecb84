"""A spectral loss on the logarithm of the mean power spectrum, for images that are not pairs.

Durall et al. (2020), arXiv:2003.01826, showed that generators miss the spectrum of real images and
penalise radial profiles that differ. Theirs are normalised image by image and cut off at Nyquist.
Here it is the power of the batch, in absolute units:

    S(k) = mean of |DFT(w · (x - m))|² over images, channels and the frequencies of bin k,
    loss = weight · mean_k (ln (S_f(k) + q) - ln (S_r(k) + q))².

- w is a Kaiser window (beta 8) along each axis with Σ w² = 1. Without one, the jump between
  opposite borders reads as a cross of high frequencies; with this norm, white noise of standard
  deviation t has S(k) = t² in every bin.
- m is the mean level of each channel over the real batch, for both batches. The window spreads what
  is constant over the lowest bins, where it would drown them. A level of their own for the fakes
  would hide that it is wrong, and a mean image would hide what all images share, and more of it the
  smaller the batch is.
- The bins are rings, k = round(n f) for n pixels a side and f cycles per pixel, up to f = √½ in the
  corners, where checkerboards are.
- q is the power of 8-bit rounding, (2/255)² / 12. It is added, not a floor: blurred fakes lie below
  it at high frequencies, and there a floor would take away the slope that blur is undone by.

A power spectrum cannot tell detail from noise of the same power: judge what this loss does by a
measure of noise, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import chex
import jax
import jax.numpy as jnp
import numpy as np

from jaxgan.errors import UserError
from jaxgan.protocols import Compared
from jaxgan.ranges import check_number, field_of
from jaxgan.schedules import Number

__all__ = ["Spectral"]

KAISER_BETA = 8.0
ROUNDING_POWER = (2 / 255) ** 2 / 12
"""Variance of the error of rounding to 256 values between -1 and 1."""
SMALLEST_SIDE = 8
"""The window's main lobe, ±2.7 frequencies, fills a smaller spectrum."""


@dataclass(frozen=True)
class Spectral:
    """Mean squared difference, over rings of frequencies, of the log power of reals and fakes."""

    weight: Number = 0.1
    """Factor, in loss per squared neper of power; a spectrum that is off by 1 decibel everywhere
    costs 0.053 weight. Unpublished; 0.01 to 1 is a sensible range."""

    role: ClassVar[str] = "sharpness"
    needs: ClassVar[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        check_number(*field_of(self, "weight"), above=0, hint="for no spectral loss, choose none")

    def __call__(self, compared: Compared) -> jax.Array:
        """Images [B, H, W, C] -> [], weight included; its slope is the fakes' alone."""
        real, fake = compared.real, compared.fake
        chex.assert_rank([real, fake], 4)
        chex.assert_equal_shape_suffix([real, fake], 3)
        _, height, width, _ = real.shape
        if min(height, width) < SMALLEST_SIDE:
            raise UserError(
                f"spectral loss of {height}x{width} images: expected sides of {SMALLEST_SIDE} "
                "pixels and more, for rings of frequencies; choose feature matching or none"
            )
        real = jax.lax.stop_gradient(real)
        level = jnp.mean(real, axis=(0, 1, 2), keepdims=True)
        ratio = jnp.log(_power(fake - level) + ROUNDING_POWER) - jnp.log(
            _power(real - level) + ROUNDING_POWER
        )
        return self.weight * jnp.mean(jnp.square(ratio))


def _power(images: jax.Array) -> jax.Array:
    """Mean power of a batch [B, H, W, C] in rings of frequencies, [K]."""
    _, height, width, _ = images.shape
    window = jnp.asarray(np.outer(_window(height), _window(width)), images.dtype)
    spectrum = jnp.fft.rfft2(images * window[None, :, :, None], axes=(1, 2))
    power = jnp.mean(jnp.square(spectrum.real) + jnp.square(spectrum.imag), axis=(0, 3))
    ring, share = _rings(height, width)
    # A product with zeros and ones, because a sum by index is a scatter, and not at the default
    # precision, which may round power to fewer bits.
    members = jnp.asarray(ring.reshape(-1, 1)) == jnp.arange(ring.max() + 1)[None, :]
    return jnp.matmul(
        (power * jnp.asarray(share, images.dtype)).ravel(),
        jnp.asarray(members, images.dtype),
        precision=jax.lax.Precision.HIGHEST,
    )


def _window(side: int) -> np.ndarray:
    window = np.kaiser(side, KAISER_BETA)
    return window / np.linalg.norm(window)


def _rings(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Ring of each frequency of `rfft2` and its share in the ring's mean, both [H, W // 2 + 1].

    A real image's frequency (u, v) has the power of (-u, -v). `rfft2` leaves out one of the two,
    so the other counts twice, but for v = 0 and Nyquist, where it has both.
    """
    f = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
    ring = np.rint(min(height, width) * f).astype(int)
    v = np.arange(width // 2 + 1)
    times = np.broadcast_to(np.where((v == 0) | (2 * v == width), 1.0, 2.0), ring.shape)
    return ring, times / np.bincount(ring.ravel(), times.ravel())[ring]
