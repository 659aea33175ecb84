"""RMSProp (Tieleman and Hinton 2012, lecture 6.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import optax

from jaxgan.ranges import check_number, field_of
from jaxgan.schedules import Number

__all__ = ["RMSProp"]


@dataclass(frozen=True)
class RMSProp:
    """RMSProp with epsilon outside the square root, as the WGAN authors' code ran it."""

    learning_rate: Number = 5e-5
    """Step size per update; WGAN 5e-5."""
    decay: float = 0.99
    """Decay of the mean square per update; 0.99 in the WGAN authors' code."""
    epsilon: float = 1e-8
    """Added to the denominator; 1e-8 in the WGAN authors' code."""

    role: ClassVar[str] = "optimizer"

    def __post_init__(self) -> None:
        check_number(*field_of(self, "learning_rate"), above=0)
        check_number(*field_of(self, "epsilon"), above=0)
        check_number(*field_of(self, "decay"), least=0, below=1)

    def build(self) -> optax.GradientTransformation:
        """The optax transformation with these hyper-parameters."""
        return optax.rmsprop(self.learning_rate, self.decay, self.epsilon, eps_in_sqrt=False)
