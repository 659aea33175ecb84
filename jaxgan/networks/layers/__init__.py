"""What architectures share: convolutions in the fastest form, norms, labels, the Flax boundary."""

from jaxgan.networks.layers.activation import (
    DiscriminatorActivation,
    GeneratorActivation,
    bias_before,
)
from jaxgan.networks.layers.boundary import network_of
from jaxgan.networks.layers.judging import Head, MinibatchDeviation
from jaxgan.networks.layers.knobs import (
    DiscriminatorKnobs,
    GeneratorKnobs,
    Initialization,
    Norm,
    Upsampling,
)
from jaxgan.networks.layers.labels import LabelPlane, beside_latent, one_hot
from jaxgan.networks.layers.modules import Convolution, Dense, UpConvolution
from jaxgan.networks.layers.normalization import Normalization
from jaxgan.networks.layers.resampling import enlarge, halve

__all__ = [
    "Convolution",
    "Dense",
    "DiscriminatorActivation",
    "DiscriminatorKnobs",
    "GeneratorActivation",
    "GeneratorKnobs",
    "Head",
    "Initialization",
    "LabelPlane",
    "MinibatchDeviation",
    "Norm",
    "Normalization",
    "UpConvolution",
    "Upsampling",
    "beside_latent",
    "bias_before",
    "enlarge",
    "halve",
    "network_of",
    "one_hot",
]
