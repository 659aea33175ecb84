"""Residual networks of SNGAN (Miyato et al. 2018, arXiv:1802.05957, appendix B, CIFAR-10).

The generator doubles a grid of 4 to 15 pixels with pre-activated residual blocks; the
discriminator halves the image to at most 8 pixels or an odd number, has two more blocks, and sums
over positions. 32x32 gives the paper's networks: three doubling blocks, and two halving ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.networks.layers import (
    Convolution,
    Dense,
    DiscriminatorActivation,
    DiscriminatorKnobs,
    GeneratorActivation,
    GeneratorKnobs,
    Head,
    LabelPlane,
    MinibatchDeviation,
    UpConvolution,
    Upsampling,
    beside_latent,
    bias_before,
    halve,
    network_of,
)
from jaxgan.networks.sizes import halvings
from jaxgan.types import Judgement, Network, Precision

__all__ = ["ResidualDiscriminator", "ResidualGenerator"]

JUDGED_SIZE = 8  # pixels a side at which halving stops


@dataclass(frozen=True)
class ResidualGenerator(GeneratorKnobs):
    """Dense, residual blocks that double, norm and ReLU, 3x3 convolution, tanh.

    `width` is the number of channels of every block (256 in the paper); the paper's norm is batch
    and its upsampling nearest.
    """

    width: int = 256
    upsampling: Upsampling = "nearest"

    role: ClassVar[str] = "generator"

    def build(
        self,
        image_shape: tuple[int, int, int],
        latent_size: int,
        *,
        classes: int = 0,
        precision: Precision = "float32",
    ) -> Network:
        """Latents [B, latent_size] -> images [B, H, W, C] in [-1, 1]."""
        stages, grid = halvings(image_shape[0])
        module = _Generator(self, stages, grid, image_shape[2], classes)
        return network_of(module, (latent_size,), classes, precision)


@dataclass(frozen=True)
class ResidualDiscriminator(DiscriminatorKnobs):
    """Residual blocks, the first ones halving; ReLU, sum over positions, dense unit.

    `width` is the number of channels of every block (128 in the paper); the paper's norm is
    spectral. Activations are leaky with slope 0.2 where the paper's are ReLUs.
    """

    width: int = 128

    role: ClassVar[str] = "discriminator"

    def build(
        self,
        image_shape: tuple[int, int, int],
        *,
        classes: int = 0,
        precision: Precision = "float32",
    ) -> Network:
        """Images [B, H, W, C] -> `Judgement` with logits [B]."""
        halvings(image_shape[0])  # refuses what does not halve
        size, halved = image_shape[0], 0
        while halved == 0 or (size > JUDGED_SIZE and size % 2 == 0):
            size, halved = size // 2, halved + 1
        module = _Discriminator(self, halved, classes)
        return network_of(module, image_shape, classes, precision)


class _Generator(nn.Module):
    knobs: GeneratorKnobs
    doublings: int
    grid: int
    image_channels: int
    classes: int

    @nn.compact
    def __call__(self, z: jax.Array, labels: jax.Array | None, *, train: bool) -> jax.Array:
        knobs, width = self.knobs, self.knobs.width
        init, spectral = knobs.initialization, knobs.norm == "spectral"
        x = beside_latent(z, labels, self.classes if knobs.conditioning == "concat" else 0)
        x = Dense(self.grid**2 * width, init, spectral=spectral)(x, train=train)
        x = x.reshape(len(x), self.grid, self.grid, width)
        for _ in range(self.doublings):
            x = _UpBlock(knobs, self.classes)(x, labels, train=train)
        x = GeneratorActivation(knobs, self.classes)(x, labels, train=train)
        image = Convolution(self.image_channels, 3, 1, init, spectral=spectral)
        return jnp.tanh(image(x, train=train))


class _UpBlock(nn.Module):
    """x -> up-convolution 1x1 of x + convolution of up-convolution of x, norms and ReLUs first."""

    knobs: GeneratorKnobs
    classes: int

    @nn.compact
    def __call__(self, x: jax.Array, labels: jax.Array | None, *, train: bool) -> jax.Array:
        knobs, width = self.knobs, self.knobs.width
        init, spectral = knobs.initialization, knobs.norm == "spectral"
        y = GeneratorActivation(knobs, self.classes)(x, labels, train=train)
        up = UpConvolution(width, 3, init, knobs.upsampling, bias_before(knobs), spectral)
        y = up(y, train=train)
        y = GeneratorActivation(knobs, self.classes)(y, labels, train=train)
        y = Convolution(width, 3, 1, init, spectral=spectral)(y, train=train)
        skip = UpConvolution(width, 1, init, knobs.upsampling, spectral=spectral)
        return skip(x, train=train) + y


class _Discriminator(nn.Module):
    knobs: DiscriminatorKnobs
    halved: int
    classes: int

    @nn.compact
    def __call__(self, x: jax.Array, labels: jax.Array | None, *, train: bool) -> Judgement:
        knobs, trail = self.knobs, []
        x = LabelPlane(self.classes if knobs.conditioning == "concat" else 0)(x, labels)
        for i in range(self.halved + 2):
            x = _DownBlock(knobs, halves=i < self.halved, is_first=i == 0)(x, train=train)
            trail.append(x)
        x = DiscriminatorActivation(knobs)(x, train=train)
        x = jnp.sum(MinibatchDeviation(knobs.minibatch_deviation)(x), (1, 2))
        return Head(knobs, self.classes)(x, labels, tuple(trail), train=train)


class _DownBlock(nn.Module):
    """x -> skip of x + two convolutions of x; the first block does not activate the image."""

    knobs: DiscriminatorKnobs
    halves: bool
    is_first: bool

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool) -> jax.Array:
        knobs, width = self.knobs, self.knobs.width
        init, spectral = knobs.initialization, knobs.norm == "spectral"
        y = x if self.is_first else DiscriminatorActivation(knobs)(x, train=train)
        y = Convolution(width, 3, 1, init, bias_before(knobs), spectral)(y, train=train)
        y = DiscriminatorActivation(knobs)(y, train=train)
        y = Convolution(width, 3, 1, init, spectral=spectral)(y, train=train)
        if not self.halves:
            return x + y
        # Halving and a 1x1 convolution commute; halving first is a quarter of the work.
        skip = Convolution(width, 1, 1, init, spectral=spectral)(halve(x), train=train)
        return skip + halve(y)
