"""Adam (Kingma and Ba 2015, arXiv:1412.6980)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import optax

from jaxgan.ranges import check_number, field_of
from jaxgan.schedules import Number

__all__ = ["Adam"]


@dataclass(frozen=True)
class Adam:
    """Adam with bias correction, epsilon outside the square root (Algorithm 1).

    Where beta2 is annealed, the second moment is corrected by the beta2 of the moment.
    """

    learning_rate: Number = 2e-4
    """Step size per update; DCGAN 2e-4, WGAN-GP 1e-4, SNGAN linear:2e-4:0."""
    beta1: float = 0.5
    """Decay of the first moment per update; DCGAN and WGAN-GP 0.5."""
    beta2: Number = 0.999
    """Decay of the second moment per update; DCGAN 0.999, WGAN-GP 0.9, R3GAN from 0.9 to 0.99."""
    epsilon: float = 1e-8
    """Added to the denominator; 1e-8 in the paper."""

    role: ClassVar[str] = "optimizer"

    def __post_init__(self) -> None:
        check_number(*field_of(self, "learning_rate"), above=0)
        check_number(*field_of(self, "epsilon"), above=0)
        for field in ("beta1", "beta2"):
            check_number(*field_of(self, field), least=0, below=1)

    def build(self) -> optax.GradientTransformation:
        """The optax transformation with these hyper-parameters."""
        return optax.adam(self.learning_rate, self.beta1, self.beta2, self.epsilon)
