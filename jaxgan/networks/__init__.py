"""Generators and discriminators, one architecture a file."""

from jaxgan.networks.dcgan import DCGANDiscriminator, DCGANGenerator

__all__ = ["DCGANDiscriminator", "DCGANGenerator"]
