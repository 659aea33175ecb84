"""The hinge loss of Lim and Ye (2017), arXiv:1705.02894, as used by SNGAN and SAGAN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import chex
import jax

__all__ = ["Hinge"]


@dataclass(frozen=True)
class Hinge:
    """Margin of 1 on either side of the discriminator's decision.

    Discriminator: max(0, 1 - D(x)) + max(0, 1 + D(G(z))); generator: -D(G(z))
    (Miyato et al. 2018, arXiv:1802.05957, equations 16 and 17, with the sign of a loss).
    """

    role: ClassVar[str] = "loss"
    uses_real: ClassVar[bool] = False

    def discriminator(self, real: jax.Array, fake: jax.Array) -> jax.Array:
        """Logits of real and fake images, of one shape -> loss of each pair, of that shape."""
        chex.assert_equal_shape([real, fake])
        return jax.nn.relu(1.0 - real) + jax.nn.relu(1.0 + fake)

    def generator(self, real: jax.Array | None, fake: jax.Array) -> jax.Array:
        """Logits of fakes -> loss of each, of their shape."""
        del real
        chex.assert_type(fake, float)
        return -fake
