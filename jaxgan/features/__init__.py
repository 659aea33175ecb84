"""Frozen networks from images to features, all but VGG without a download.

Each is a `FeatureNetwork`; a distance between features says little without the network's
`identity`, and is called FID only for Inception's.
"""

from jaxgan.features.classifier import accuracy, train_classifier
from jaxgan.features.gate import GateFigures, GateResult, gate
from jaxgan.features.network import FeatureNetwork, Outputs, feature_network
from jaxgan.features.pixels import pixel_features
from jaxgan.features.random_convolutions import random_convolutions
from jaxgan.features.vgg import vgg

__all__ = [
    "FeatureNetwork",
    "GateFigures",
    "GateResult",
    "Outputs",
    "accuracy",
    "feature_network",
    "gate",
    "pixel_features",
    "random_convolutions",
    "train_classifier",
    "vgg",
]
