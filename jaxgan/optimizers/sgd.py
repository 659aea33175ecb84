"""Stochastic gradient descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import optax

from jaxgan.optimizers.schedule import ScheduledRate
from jaxgan.ranges import check_number, field_of

__all__ = ["SGD"]


@dataclass(frozen=True)
class SGD(ScheduledRate):
    """Gradient descent with heavy-ball momentum."""

    learning_rate: float = 0.1
    """Step size per update; 0.1 in the first GAN paper's MNIST runs."""
    momentum: float = 0.5
    """Share of the last step kept per update; 0 for none."""

    role: ClassVar[str] = "optimizer"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number(*field_of(self, "momentum"), least=0, below=1)

    def build(self, updates: int) -> optax.GradientTransformation:
        """The optax transformation with these hyper-parameters, for a run of `updates` updates."""
        return optax.sgd(self.rate(updates), self.momentum)
