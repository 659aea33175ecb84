"""The relativistic loss of Jolicoeur-Martineau (2018), arXiv:1807.00734, on pairs of images.

It is the loss of R3GAN (Huang et al. 2025, arXiv:2501.05441), where gradient penalties on real and
fake images go with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import chex
import jax

__all__ = ["RelativisticPaired"]


@dataclass(frozen=True)
class RelativisticPaired:
    """Logistic loss of the difference between a real image's logit and a fake's.

    Discriminator: softplus(-(D(x) - D(G(z)))); generator: softplus(-(D(G(z)) - D(x))), over
    pairs as they stand in the batch. Each fake is measured against a real image rather than
    against a fixed threshold, so that giving up a part of the data costs something.
    """

    role: ClassVar[str] = "loss"
    uses_real: ClassVar[bool] = True

    def discriminator(self, real: jax.Array, fake: jax.Array) -> jax.Array:
        """Logits of real and fake images, of one shape -> loss of each pair, of that shape."""
        chex.assert_equal_shape([real, fake])
        return jax.nn.softplus(fake - real)

    def generator(self, real: jax.Array | None, fake: jax.Array) -> jax.Array:
        """Logits of real and fake images, of one shape -> loss of each pair, of that shape."""
        assert real is not None, "the relativistic generator's loss needs the real images' logits"
        chex.assert_equal_shape([real, fake])
        return jax.nn.softplus(real - fake)
