"""The least-squares loss of Mao et al. (2017), arXiv:1611.04076, equation 2."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import chex
import jax
import jax.numpy as jnp

from jaxgan.errors import UserError
from jaxgan.losses.label_smoothing import check_label_smoothing

__all__ = ["LeastSquares"]


@dataclass(frozen=True)
class LeastSquares:
    """Half the squared distance of logits from their targets, b for real images, a for fakes.

    Discriminator: (D(x) - b)² / 2 + (D(G(z)) - a)² / 2; generator: (D(G(z)) - b)² / 2, the
    paper's with c = b. A fake is pulled back also when it is judged more real than b.
    """

    real_target: float = 1.0
    """Logit b asked for real images, and by the generator for its own; the paper's is 1."""
    fake_target: float = 0.0
    """Logit a asked for fakes, below b; the paper's is 0."""
    label_smoothing: float = 0.0
    """Share s of the way from b to a by which the discriminator's target of real images moves:
    1 - s for targets 1 and 0 (Salimans et al. 0.1)."""

    role: ClassVar[str] = "loss"
    uses_real: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_label_smoothing(self)
        if not -math.inf < self.fake_target < self.real_target < math.inf:
            raise UserError(
                f"least squares with real_target {self.real_target} and fake_target "
                f"{self.fake_target}: expected the real one to be the larger, such as 1 and 0 or "
                "1 and -1"
            )

    def discriminator(self, real: jax.Array, fake: jax.Array) -> jax.Array:
        """Logits of real and fake images, of one shape -> loss of each pair, of that shape."""
        chex.assert_equal_shape([real, fake])
        gap = self.real_target - self.fake_target
        target = self.real_target - self.label_smoothing * gap
        return jnp.square(real - target) / 2 + jnp.square(fake - self.fake_target) / 2

    def generator(self, real: jax.Array | None, fake: jax.Array) -> jax.Array:
        """Logits of fakes -> loss of each, of their shape."""
        del real
        chex.assert_type(fake, float)
        return jnp.square(fake - self.real_target) / 2
