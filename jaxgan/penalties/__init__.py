"""Terms added to the discriminator's loss, one idea a file."""

from jaxgan.penalties.gradient_penalty import GradientPenalty

__all__ = ["GradientPenalty"]
