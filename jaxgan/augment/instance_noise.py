"""Instance noise: Sønderby et al. (2017), arXiv:1610.04490.

Real images and fakes may lie on thin sets that do not meet; a discriminator then tells them apart
perfectly and teaches nothing. Noise on both makes the two distributions overlap, and is taken away
as training goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import jax

from jaxgan.augment.annealing import share_left
from jaxgan.ranges import check_number, check_whole, field_of

__all__ = ["InstanceNoise"]


@dataclass(frozen=True)
class InstanceNoise:
    """N(0, σ²) on every number of every image; σ shrinks linearly and is 0 after `until` images."""

    sigma: float = 0.1
    """Standard deviation at first, in units of the images, which go from -1 to 1."""
    until: int = 200_000
    """Real images shown after which there is no noise."""

    role: ClassVar[str] = "softening"

    def __post_init__(self) -> None:
        check_number(*field_of(self, "sigma"), above=0, hint="for no noise, choose none")
        check_whole(*field_of(self, "until"), 1, of="images", hint="for no noise, choose none")

    def __call__(self, key: jax.Array, images: jax.Array, shown: jax.Array) -> jax.Array:
        """Images [B, ...], real images shown so far -> noisy images, which may leave [-1, 1]."""
        sigma = self.sigma * share_left(shown, self.until).astype(images.dtype)
        return images + sigma * jax.random.normal(key, images.shape, images.dtype)
