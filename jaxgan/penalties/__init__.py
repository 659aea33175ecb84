"""Terms added to the discriminator's loss, or to the generator's, one idea a file."""

from jaxgan.penalties.dragan import DRAGAN
from jaxgan.penalties.gradient_penalty import GradientPenalty
from jaxgan.penalties.path_length import PathLength
from jaxgan.penalties.zero_centered import R1, R1R2, R2

__all__ = ["DRAGAN", "GradientPenalty", "PathLength", "R1", "R1R2", "R2"]
