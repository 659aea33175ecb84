"""The non-saturating loss of Goodfellow et al. (2014), arXiv:1406.2661, section 3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import chex
import jax

__all__ = ["NonSaturating"]


@dataclass(frozen=True)
class NonSaturating:
    """Logistic loss in which the generator maximises log D(G(z)).

    With D = sigmoid(logit) and -log sigmoid(l) = softplus(-l), the discriminator's loss is
    softplus(-real) + softplus(fake) and the generator's is softplus(-fake).
    """

    role: ClassVar[str] = "loss"
    uses_real: ClassVar[bool] = False

    def discriminator(self, real: jax.Array, fake: jax.Array) -> jax.Array:
        """Logits [B] of real and fake images -> loss of each pair [B]."""
        chex.assert_equal_shape([real, fake])
        return jax.nn.softplus(-real) + jax.nn.softplus(fake)

    def generator(self, real: jax.Array | None, fake: jax.Array) -> jax.Array:
        """Logits [B] of fakes -> loss of each [B]."""
        del real
        chex.assert_type(fake, float)
        return jax.nn.softplus(-fake)
