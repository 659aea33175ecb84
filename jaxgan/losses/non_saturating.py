"""The non-saturating loss of Goodfellow et al. (2014), arXiv:1406.2661, section 3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import chex
import jax

from jaxgan.losses.label_smoothing import check_label_smoothing, smoothed_cross_entropy

__all__ = ["NonSaturating"]


@dataclass(frozen=True)
class NonSaturating:
    """Logistic loss in which the generator maximises log D(G(z)).

    With D = sigmoid(logit) and -log sigmoid(l) = softplus(-l), the discriminator's loss is
    softplus(-real) + softplus(fake) and the generator's is softplus(-fake).
    """

    label_smoothing: float = 0.0
    """Share s taken off the label of real images, which is 1 - s (Salimans et al. 0.1)."""

    role: ClassVar[str] = "loss"
    uses_real: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_label_smoothing(self)

    def discriminator(self, real: jax.Array, fake: jax.Array) -> jax.Array:
        """Logits of real and fake images, of one shape -> loss of each pair, of that shape."""
        return smoothed_cross_entropy(real, fake, self.label_smoothing)

    def generator(self, real: jax.Array | None, fake: jax.Array) -> jax.Array:
        """Logits of fakes -> loss of each, of their shape."""
        del real
        chex.assert_type(fake, float)
        return jax.nn.softplus(-fake)
