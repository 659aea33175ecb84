"""Generators and discriminators, one architecture a file."""

from jaxgan.networks.dcgan import DCGANDiscriminator, DCGANGenerator
from jaxgan.networks.mlp import MLPDiscriminator, MLPGenerator
from jaxgan.networks.patch import PatchDiscriminator
from jaxgan.networks.recurrent import RecurrentGenerator
from jaxgan.networks.residual import ResidualDiscriminator, ResidualGenerator
from jaxgan.networks.stylegan2 import StyleGAN2Generator
from jaxgan.networks.stylegan2_discriminator import StyleGAN2Discriminator
from jaxgan.networks.unet import UNetDiscriminator
from jaxgan.networks.vanilla import VanillaDiscriminator, VanillaGenerator

__all__ = [
    "DCGANDiscriminator",
    "DCGANGenerator",
    "MLPDiscriminator",
    "MLPGenerator",
    "PatchDiscriminator",
    "RecurrentGenerator",
    "ResidualDiscriminator",
    "ResidualGenerator",
    "StyleGAN2Discriminator",
    "StyleGAN2Generator",
    "UNetDiscriminator",
    "VanillaDiscriminator",
    "VanillaGenerator",
]
