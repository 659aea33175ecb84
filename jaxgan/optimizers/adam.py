"""Adam (Kingma and Ba 2015, arXiv:1412.6980)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import optax

from jaxgan.optimizers.schedule import ScheduledRate
from jaxgan.ranges import check_number, field_of

__all__ = ["Adam"]


@dataclass(frozen=True)
class Adam(ScheduledRate):
    """Adam with bias correction, epsilon outside the square root (Algorithm 1)."""

    learning_rate: float = 2e-4
    """Step size per update; DCGAN 2e-4, WGAN-GP 1e-4."""
    beta1: float = 0.5
    """Decay of the first moment per update; DCGAN and WGAN-GP 0.5."""
    beta2: float = 0.999
    """Decay of the second moment per update; DCGAN 0.999, WGAN-GP 0.9."""
    epsilon: float = 1e-8
    """Added to the denominator; 1e-8 in the paper."""

    role: ClassVar[str] = "optimizer"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number(*field_of(self, "epsilon"), above=0)
        for field in ("beta1", "beta2"):
            check_number(*field_of(self, field), least=0, below=1)

    def build(self, updates: int) -> optax.GradientTransformation:
        """The optax transformation with these hyper-parameters, for a run of `updates` updates."""
        return optax.adam(self.rate(updates), self.beta1, self.beta2, self.epsilon)
