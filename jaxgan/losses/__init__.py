"""Adversarial losses: a pair of equations on logits, one family a file."""

from jaxgan.losses.hinge import Hinge
from jaxgan.losses.non_saturating import NonSaturating
from jaxgan.losses.wasserstein import Wasserstein

__all__ = ["Hinge", "NonSaturating", "Wasserstein"]
