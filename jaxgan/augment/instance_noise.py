"""Instance noise: Sønderby et al. (2017), arXiv:1610.04490.

Real images and fakes may lie on thin sets that do not meet; a discriminator then tells them apart
perfectly and teaches nothing. Noise on both makes the two distributions overlap, and is taken away
as training goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import jax
import jax.numpy as jnp

from jaxgan.ranges import check_number, field_of
from jaxgan.schedules import Linear, Number

__all__ = ["InstanceNoise"]


@dataclass(frozen=True)
class InstanceNoise:
    """N(0, σ²) on every number of every image."""

    sigma: Number = Linear(0.1, 0.0, 200_000)
    """Standard deviation, in units of the images, which go from -1 to 1."""

    role: ClassVar[str] = "softening"

    def __post_init__(self) -> None:
        check_number(*field_of(self, "sigma"), above=0, hint="for no noise, choose none")

    def __call__(self, key: jax.Array, images: jax.Array) -> jax.Array:
        """Images [B, ...] -> noisy images, which may leave [-1, 1]."""
        sigma = jnp.asarray(self.sigma, images.dtype)
        return images + sigma * jax.random.normal(key, images.shape, images.dtype)
