"""The DRAGAN penalty of Kodali et al. (2017), arXiv:1705.07215: a gradient norm near the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import jax
import jax.numpy as jnp

from jaxgan.numerics import safe_norm
from jaxgan.penalties.slope import image_slope
from jaxgan.ranges import check_number, check_whole, field_of
from jaxgan.schedules import Number

__all__ = ["DRAGAN"]


@dataclass(frozen=True)
class DRAGAN:
    """weight · (‖∇D(x̃)‖₂ - target)² at x̃ = x + a · spread · std · u, around real images x alone.

    As the authors' code has it, a is uniform on [0, 1], one number an image; u is uniform on
    [0, 1], one number for each pixel and channel of each image, hence never negative; and std is
    the standard deviation of all numbers in the batch together. (The paper writes Gaussian noise
    of a fixed size.)
    """

    weight: Number = 10.0
    """Factor λ, dimensionless; the paper's is 10."""
    target: float = 1.0
    """Gradient norm aimed at, k in the paper, in logits per unit of image; the paper's is 1."""
    spread: float = 0.5
    """Largest step away from a real image, in standard deviations of the batch; 0.5 in the
    authors' code."""
    interval: int = 1
    """Discriminator steps from one use to the next, each counted `interval` times; 1 in the
    paper."""

    role: ClassVar[str] = "penalty"
    per_example: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_number(*field_of(self, "weight"), above=0, hint="for no penalty, choose none")
        check_number(*field_of(self, "target"), least=0)
        at_images = "for a penalty at the real images themselves, choose r1"
        check_number(*field_of(self, "spread"), above=0, hint=at_images)
        check_whole(*field_of(self, "interval"), 1, of="steps", hint="1 is every step")

    def __call__(
        self,
        key: jax.Array,
        discriminate: Callable[[jax.Array], jax.Array],
        real: jax.Array,
        fake: jax.Array,
    ) -> jax.Array:
        """Images [B, H, W, C] -> penalty of each real image [B], weight included."""
        del fake
        key_share, key_noise = jax.random.split(key)
        share = jax.random.uniform(key_share, (real.shape[0],) + (1,) * (real.ndim - 1), real.dtype)
        noise = jax.random.uniform(key_noise, real.shape, real.dtype)
        near = real + share * (self.spread * jnp.std(real)) * noise
        return self.weight * jnp.square(safe_norm(image_slope(discriminate, near)) - self.target)
