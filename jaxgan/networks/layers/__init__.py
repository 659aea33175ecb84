"""What architectures share: convolutions in the fastest form, norms, and the Flax boundary."""

from jaxgan.networks.layers.boundary import network_of
from jaxgan.networks.layers.modules import (
    Convolution,
    Dense,
    Initialization,
    Norm,
    Normalization,
    UpConvolution,
)

__all__ = [
    "Convolution",
    "Dense",
    "Initialization",
    "Norm",
    "Normalization",
    "UpConvolution",
    "network_of",
]
