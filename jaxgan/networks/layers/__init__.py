"""What architectures share: convolutions in the fastest form, norms, labels, the Flax boundary."""

from jaxgan.networks.layers.activation import DiscriminatorActivation, GeneratorActivation
from jaxgan.networks.layers.boundary import discriminator_of, generator_of, network_of
from jaxgan.networks.layers.judging import Head, MinibatchDeviation
from jaxgan.networks.layers.knobs import (
    DiscriminatorKnobs,
    GeneratorKnobs,
    GrowingKnobs,
    Initialization,
    Norm,
    Upsampling,
    refuse_instance_norm,
)
from jaxgan.networks.layers.labels import BesideLabel, LabelPlane, beside_row, one_hot
from jaxgan.networks.layers.modules import Convolution, Dense, UpConvolution
from jaxgan.networks.layers.normalization import Normalization
from jaxgan.networks.layers.resampling import enlarge, halve

__all__ = [
    "BesideLabel",
    "Convolution",
    "Dense",
    "DiscriminatorActivation",
    "DiscriminatorKnobs",
    "GeneratorActivation",
    "GeneratorKnobs",
    "GrowingKnobs",
    "Head",
    "Initialization",
    "LabelPlane",
    "MinibatchDeviation",
    "Norm",
    "Normalization",
    "UpConvolution",
    "Upsampling",
    "beside_row",
    "discriminator_of",
    "enlarge",
    "generator_of",
    "halve",
    "network_of",
    "one_hot",
    "refuse_instance_norm",
]
