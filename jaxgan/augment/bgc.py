"""ADA's transforms with a probability that nothing steers: Karras et al. (2020), arXiv:2006.06676.

R3GAN (Huang et al. 2025, arXiv:2501.05441) anneals the probability over the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import jax

from jaxgan.augment.pipeline import Pipeline
from jaxgan.ranges import check_number, field_of
from jaxgan.schedules import Number

__all__ = ["BGC"]


@dataclass(frozen=True)
class BGC(Pipeline):
    """Pixels moved, geometry and colours changed ("bgc" in the paper), at a given probability."""

    probability: Number = 0.5
    """Probability p of each transform, 0 to 1; R3GAN lets it rise from 0 to 0.3 to 0.5. Above
    about 0.8 the transforms leak into samples."""

    role: ClassVar[str] = "augment"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number(*field_of(self, "probability"), least=0, most=1)

    def __call__(self, key: jax.Array, images: jax.Array) -> jax.Array:
        """Images [B, S, S, C] -> images of the same shape; colours may leave [-1, 1].

        Raises UserError for images that are not square, and for colours of other channels than 1
        or 3.
        """
        return self.augmented(key, images, self.probability)
