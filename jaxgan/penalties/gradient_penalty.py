"""The gradient penalty of Gulrajani et al. (2017), arXiv:1704.00028, equation 3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import chex
import jax
import jax.numpy as jnp

from jaxgan.numerics import safe_norm
from jaxgan.penalties.slope import image_slope
from jaxgan.ranges import check_number, check_whole, field_of
from jaxgan.schedules import Number

__all__ = ["GradientPenalty"]


@dataclass(frozen=True)
class GradientPenalty:
    """weight · (‖∇D(x̂)‖₂ - target)² at x̂ = a·x + (1 - a)·G(z), a uniform on [0, 1] per example."""

    weight: Number = 10.0
    """Factor λ, dimensionless; the paper's is 10."""
    target: float = 1.0
    """Gradient norm aimed at, in logits per unit of image; the paper's is 1."""
    interval: int = 1
    """Discriminator steps from one use to the next, each counted `interval` times; 1 in the
    paper."""

    role: ClassVar[str] = "penalty"
    per_example: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_number(*field_of(self, "weight"), above=0, hint="for no penalty, choose none")
        check_number(*field_of(self, "target"), least=0)
        check_whole(*field_of(self, "interval"), 1, of="steps", hint="1 is every step")

    def __call__(
        self,
        key: jax.Array,
        discriminate: Callable[[jax.Array], jax.Array],
        real: jax.Array,
        fake: jax.Array,
    ) -> jax.Array:
        """Images [B, H, W, C] -> penalty of each pair [B], weight included."""
        chex.assert_equal_shape([real, fake])
        mix = jax.random.uniform(key, (real.shape[0],) + (1,) * (real.ndim - 1))
        between = mix * real + (1.0 - mix) * fake
        return self.weight * jnp.square(safe_norm(image_slope(discriminate, between)) - self.target)
