"""Stochastic gradient descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import optax

from jaxgan.ranges import check_number, field_of
from jaxgan.schedules import Number

__all__ = ["SGD"]


@dataclass(frozen=True)
class SGD:
    """Gradient descent with heavy-ball momentum."""

    learning_rate: Number = 0.1
    """Step size per update; 0.1 in the first GAN paper's MNIST runs."""
    momentum: float = 0.5
    """Share of the last step kept per update; 0 for none."""

    role: ClassVar[str] = "optimizer"

    def __post_init__(self) -> None:
        check_number(*field_of(self, "learning_rate"), above=0)
        check_number(*field_of(self, "momentum"), least=0, below=1)

    def build(self) -> optax.GradientTransformation:
        """The optax transformation with these hyper-parameters."""
        return optax.sgd(self.learning_rate, self.momentum)
