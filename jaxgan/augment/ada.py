"""Adaptive discriminator augmentation: Karras et al. (2020), arXiv:2006.06676, section 3.

A discriminator that overfits calls nearly every training image real. r = E[sign(D(x))] over real
images x is how far it has gone: 0 for one that cannot tell, 1 for one that knows them all. The
probability p of the transforms rises while r is above a target, and falls while it is below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import jax
import jax.numpy as jnp

from jaxgan.augment.pipeline import Pipeline
from jaxgan.errors import UserError
from jaxgan.ranges import check_number, check_whole, field_of

__all__ = ["ADA", "Steering"]

FEWEST_SIGNS = 16
"""Of fewer images the mean sign is too coarse to steer by: of 16 it moves in steps of 1/8."""


class Steering(NamedTuple):
    """What is remembered from one discriminator step to the next."""

    probability: jax.Array  # [] float32, p
    signs: jax.Array  # [] float32, sum of the batches' mean signs since p was last moved
    batches: jax.Array  # [] int32, how many batches that is


@dataclass(frozen=True)
class ADA(Pipeline):
    """Each transform with probability p, which is steered to keep r = E[sign(D(x))] at a target.

    After every `interval` discriminator steps p moves by interval · batch / images_per_unit, up
    where r is above the target, down where it is below. It stays within [0, 1]; the authors' code
    holds it at 0 alone.
    """

    target: float = 0.6
    """The r that is aimed at, between -1 and 1; 0.6 in the paper."""
    interval: int = 4
    """Discriminator steps from one move of p to the next; 4 in the paper."""
    images_per_unit: int = 500_000
    """Real images that p takes from 0 to 1, at the fastest; 500,000 in the paper, and 100,000 in
    the authors' fine-tuning."""

    role: ClassVar[str] = "augment"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number(*field_of(self, "target"), above=-1, below=1)
        check_whole(*field_of(self, "interval"), 1, of="steps", hint="1 is every step")
        check_whole(*field_of(self, "images_per_unit"), 1, of="images")

    def check_batch(self, batch_size: int) -> None:
        """Raise UserError for a batch with too few signs in an interval to steer by."""
        signs = self.interval * batch_size
        if signs < FEWEST_SIGNS:
            raise UserError(
                f"ADA with interval {self.interval} of batches of {batch_size}: {signs} images are "
                f"too few to steer by, expected {FEWEST_SIGNS} and more; use --augment.interval "
                f"{-(-FEWEST_SIGNS // batch_size)} or --batch-size "
                f"{-(-FEWEST_SIGNS // self.interval)}"
            )

    def init(self) -> Steering:
        """p = 0, and nothing seen."""
        zero = jnp.zeros((), jnp.float32)
        return Steering(zero, jnp.copy(zero), jnp.zeros((), jnp.int32))

    def __call__(self, key: jax.Array, images: jax.Array, memory: Steering) -> jax.Array:
        """Images [B, S, S, C] -> images of the same shape; colours may leave [-1, 1].

        Raises UserError for images that are not square, and for colours of other channels than 1
        or 3.
        """
        return self.augmented(key, images, memory.probability)

    def observe(self, logits: jax.Array) -> jax.Array:
        """Logits of real images, [B] or [B, h, w] -> their mean sign []; that of 0 is 0."""
        return jnp.mean(jnp.sign(logits).astype(jnp.float32))

    def update(self, memory: Steering, observed: jax.Array, batch_size: int) -> Steering:
        """What is remembered after a global batch of that mean sign []."""
        signs, batches = memory.signs + observed, memory.batches + 1
        due = batches >= self.interval
        step = jnp.sign(signs / self.interval - self.target)
        step = step * (self.interval * batch_size / self.images_per_unit)
        moved = jnp.clip(memory.probability + step, 0.0, 1.0)
        return Steering(
            jnp.where(due, moved, memory.probability),
            jnp.where(due, 0.0, signs),
            jnp.where(due, 0, batches),
        )

    def report(self, memory: Steering) -> dict[str, jax.Array]:
        """What a person reads of it: p."""
        return {"probability": memory.probability}
