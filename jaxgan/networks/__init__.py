"""Generators and discriminators, one architecture a file."""

from jaxgan.networks.dcgan import DCGANDiscriminator, DCGANGenerator
from jaxgan.networks.mlp import MLPDiscriminator, MLPGenerator
from jaxgan.networks.patch import PatchDiscriminator
from jaxgan.networks.r3gan import R3GANGenerator
from jaxgan.networks.r3gan_discriminator import R3GANDiscriminator
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
    "R3GANDiscriminator",
    "R3GANGenerator",
    "RecurrentGenerator",
    "ResidualDiscriminator",
    "ResidualGenerator",
    "StyleGAN2Discriminator",
    "StyleGAN2Generator",
    "UNetDiscriminator",
    "VanillaDiscriminator",
    "VanillaGenerator",
]
