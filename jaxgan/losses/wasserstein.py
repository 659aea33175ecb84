"""The Wasserstein loss of Arjovsky, Chintala and Bottou (2017), arXiv:1701.07875."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import chex
import jax

__all__ = ["Wasserstein"]


@dataclass(frozen=True)
class Wasserstein:
    """Estimate of the earth mover's distance, up to the discriminator's Lipschitz constant.

    Discriminator: D(G(z)) - D(x); generator: -D(G(z)) (Algorithm 1, lines 5 and 10). It means
    what it says only while D is Lipschitz: clip its weights or penalise its gradient.
    """

    role: ClassVar[str] = "loss"
    uses_real: ClassVar[bool] = False

    def discriminator(self, real: jax.Array, fake: jax.Array) -> jax.Array:
        """Logits of real and fake images, of one shape -> loss of each pair, of that shape."""
        chex.assert_equal_shape([real, fake])
        return fake - real

    def generator(self, real: jax.Array | None, fake: jax.Array) -> jax.Array:
        """Logits of fakes -> loss of each, of their shape."""
        del real
        chex.assert_type(fake, float)
        return -fake
