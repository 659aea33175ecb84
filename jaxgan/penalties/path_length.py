"""Path length regularisation of StyleGAN2: Karras et al. (2020), arXiv:1912.04958, equation 4.

A step in the latents should change the image by as much wherever it is taken, and in whatever
direction: the generator's Jacobian is then a multiple of an orthogonal matrix.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import jax
import jax.numpy as jnp

from jaxgan.numerics import safe_norm
from jaxgan.ranges import check_number, check_whole, field_of
from jaxgan.schedules import Number

__all__ = ["PathLength"]


@dataclass(frozen=True)
class PathLength:
    """weight · (‖Jᵀy‖₂ - a)², J = ∂G(w)/∂w, y an image of noise N(0, 1 / (H · W)).

    Jᵀy is the slope of G(w)·y in the styles w of each example, its norm the root of the mean of
    its squared norms in all layers. A generator without styles has the latent z in their place. The
    length aimed at, a, is a running mean of all lengths so far: before it is used, it moves by
    `decay` of its distance to this shard's mean. As in the equation it is a given number: no
    gradient goes through it.
    """

    weight: Number = 2.0
    """Factor of the term, dimensionless; 2 in the authors' code."""
    decay: float = 0.01
    """Share of the way to the batch's mean length that a moves at each use; 0.01 in the authors'
    code."""
    interval: int = 4
    """Generator steps from one use to the next, each counted `interval` times; 4 in the authors'
    code."""

    role: ClassVar[str] = "generator_penalty"

    def __post_init__(self) -> None:
        check_number(*field_of(self, "weight"), above=0, hint="for no penalty, choose none")
        check_number(*field_of(self, "decay"), above=0, most=1)
        check_whole(*field_of(self, "interval"), 1, of="steps", hint="1 is every step")

    def init(self) -> jax.Array:
        """The running mean before the first use: 0, float32 []."""
        return jnp.zeros((), jnp.float32)

    def update(self, memory: jax.Array, observed: jax.Array) -> jax.Array:
        """The running mean [] after a batch of that mean length []."""
        return memory + self.decay * (observed - memory)

    def __call__(
        self,
        key: jax.Array,
        generate: Callable[[jax.Array], jax.Array],
        latents: jax.Array,
        memory: jax.Array,
    ) -> tuple[jax.Array, jax.Array]:
        """Latents [B, Z] or styles [B, L, W], and the running mean [] -> penalty of each [B],
        weight included; the mean length []."""
        images, pull_back = jax.vjp(generate, latents)
        _, height, width, _ = images.shape
        noise = jax.random.normal(key, images.shape, images.dtype) / math.sqrt(height * width)
        (slope,) = pull_back(noise)
        lengths = safe_norm(slope)
        if slope.ndim == 3:
            lengths = lengths / math.sqrt(slope.shape[1])
        observed = jax.lax.stop_gradient(jnp.mean(lengths))
        return self.weight * jnp.square(lengths - self.update(memory, observed)), observed
