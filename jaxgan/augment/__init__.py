"""What is done to every image before the discriminator sees it, one idea a file."""

from jaxgan.augment.ada import ADA
from jaxgan.augment.bgc import BGC
from jaxgan.augment.diff_augment import DiffAugment
from jaxgan.augment.early_blur import EarlyBlur
from jaxgan.augment.instance_noise import InstanceNoise

__all__ = ["ADA", "BGC", "DiffAugment", "EarlyBlur", "InstanceNoise"]
