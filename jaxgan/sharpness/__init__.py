"""Terms of the generator's loss that are aimed at blur, one idea a file."""

from jaxgan.sharpness.feature_matching import FeatureMatching
from jaxgan.sharpness.focal_frequency import FocalFrequency
from jaxgan.sharpness.perceptual import Perceptual
from jaxgan.sharpness.spectral import Spectral

__all__ = ["FeatureMatching", "FocalFrequency", "Perceptual", "Spectral"]
