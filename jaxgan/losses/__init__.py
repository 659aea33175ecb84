"""Adversarial losses: a pair of equations on logits, one family a file."""

from jaxgan.losses.hinge import Hinge
from jaxgan.losses.least_squares import LeastSquares
from jaxgan.losses.non_saturating import NonSaturating
from jaxgan.losses.relativistic import RelativisticPaired
from jaxgan.losses.saturating import Saturating
from jaxgan.losses.wasserstein import Wasserstein

__all__ = [
    "Hinge",
    "LeastSquares",
    "NonSaturating",
    "RelativisticPaired",
    "Saturating",
    "Wasserstein",
]
