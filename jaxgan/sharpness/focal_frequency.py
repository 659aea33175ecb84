"""Focal frequency loss of Jiang et al. (2021), arXiv:2012.12821, section 3, and an unpaired form.

The paper compares an image with its reconstruction, frequency by frequency. With F = DFT(x) / √(HW)

    loss = 1 / HW · Σ_uv w_uv |F_r - F_f|²,   w = |F_r - F_f|^α / max_uv |F_r - F_f|^α,

where w carries no gradient: frequencies that are far off count most ("focal"). A generator's i-th
fake is nobody's reconstruction. Its squared distance from a stranger's spectrum is on average
E|F_r|² + E|F_f|² - 2 Re(E F_r · conj E F_f), which is least where every fake is the mean image: the
paired form rewards blur there. To average the complex spectra of a batch before they are compared
does not help either, as that gives the spectrum of the mean image, which has lost its detail. What
two sets of unrelated images do share is how strong each frequency is. So the unpaired form compares
A = √(mean_i |F_i|²), which keeps detail whatever its phase.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import chex
import jax
import jax.numpy as jnp

from jaxgan.errors import UserError
from jaxgan.numerics import safe_norm
from jaxgan.protocols import Compared
from jaxgan.ranges import check_number, field_of
from jaxgan.schedules import Number

__all__ = ["FocalFrequency"]


@dataclass(frozen=True)
class FocalFrequency:
    """weight · mean_uv w |A_r - A_f|² with w = |A_r - A_f|^α / max, A the batch's amplitudes.

    The maximum is each channel's own, and the result the mean over channels. `paired` gives the
    paper's form: the complex spectra of image i for A, a maximum for each image and channel, and
    the mean over images as well.
    """

    weight: Number = 1.0
    """Factor, dimensionless; the paper's is 1. The distance is in squared units of the images,
    which go from -1 to 1."""
    alpha: float = 1.0
    """Exponent of the focus, dimensionless; the paper's is 1; 0 weighs all frequencies alike."""
    paired: bool = False
    """Whether the i-th fake is meant to be the i-th real image, as in completion; without that the
    paper's form rewards blur."""

    role: ClassVar[str] = "sharpness"
    needs: ClassVar[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        check_number(*field_of(self, "weight"), above=0, hint="for no such loss, choose none")
        check_number(*field_of(self, "alpha"), least=0)

    def __call__(self, compared: Compared) -> jax.Array:
        """Images [B, H, W, C] -> [], weight included; its slope is the fakes' alone."""
        real, fake = compared.real, compared.fake
        chex.assert_rank([real, fake], 4)
        _, height, width, _ = real.shape
        if min(height, width) < 2:
            raise UserError(
                f"focal frequency loss of {height}x{width} images: expected sides of 2 pixels and "
                "more, because one pixel has no frequencies; choose feature matching or none"
            )
        real = jax.lax.stop_gradient(real)
        if self.paired:
            chex.assert_equal_shape([real, fake])
            distance = _parts(fake - real)  # the transform is linear
        else:
            chex.assert_equal_shape_suffix([real, fake], 3)
            distance = (_amplitudes(fake) - _amplitudes(real))[None, None]
        squared = jnp.sum(jnp.square(distance), axis=0)
        return self.weight * jnp.mean(self._focus(squared) * squared)

    def _focus(self, squared: jax.Array) -> jax.Array:
        """Squared distances [..., H, W, C] -> weights, 1 at the largest of each [H, W]."""
        power = jax.lax.stop_gradient(squared) ** (self.alpha / 2)
        largest = jnp.max(power, axis=(-3, -2), keepdims=True)
        return power / jnp.where(largest == 0, 1.0, largest)


def _parts(images: jax.Array) -> jax.Array:
    """Real and imaginary part of each image's spectrum, [2, B, H, W, C]; its power is kept."""
    spectrum = jnp.fft.fft2(images, axes=(1, 2), norm="ortho")
    return jnp.stack([spectrum.real, spectrum.imag])


def _amplitudes(images: jax.Array) -> jax.Array:
    """Root of the mean power of each frequency over a batch, [H, W, C]."""
    parts = jnp.moveaxis(_parts(images), (0, 1), (-2, -1))
    norms = safe_norm(parts.reshape(-1, 2 * len(images)))
    return norms.reshape(parts.shape[:-2]) / math.sqrt(len(images))
