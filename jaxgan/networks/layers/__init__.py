"""What architectures share: convolutions in the fastest form, norms, and the Flax boundary."""

from jaxgan.networks.layers.boundary import network_of
from jaxgan.networks.layers.modules import (
    Convolution,
    Initialization,
    Norm,
    Normalization,
    UpConvolution,
    dense,
)

__all__ = [
    "Convolution",
    "Initialization",
    "Norm",
    "Normalization",
    "UpConvolution",
    "dense",
    "network_of",
]
