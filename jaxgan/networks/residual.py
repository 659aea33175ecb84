"""Residual networks of SNGAN (Miyato et al. 2018, arXiv:1802.05957, appendix B, CIFAR-10).

The generator doubles a grid of 4 to 15 pixels with pre-activated residual blocks; the
discriminator halves the image to at most 8 pixels or an odd number, has two more blocks, and sums
over positions. 32x32 gives the paper's networks: three doubling blocks, and two halving ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
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
    GrowingKnobs,
    Head,
    MinibatchDeviation,
    UpConvolution,
    Upsampling,
    discriminator_of,
    generator_of,
    halve,
)
from jaxgan.networks.sizes import halvings
from jaxgan.types import Given, Judgement, Network, NetworkSetting

__all__ = ["ResidualDiscriminator", "ResidualGenerator"]

JUDGED_SIZE = 8  # pixels a side at which halving stops


@dataclass(frozen=True)
class ResidualGenerator(GrowingKnobs):
    """Dense, residual blocks that double, norm and ReLU, 3x3 convolution, tanh.

    `width` is the number of channels of every block (256 in the paper); the paper's norm is batch
    and its upsampling nearest.
    """

    width: int = 256
    upsampling: Upsampling = "nearest"

    role: ClassVar[str] = "generator"

    def build(self, setting: NetworkSetting) -> Network:
        """Latents [B, Z] -> images [B, H, W, C] in [-1, 1]."""
        stages, grid = halvings(setting.image_shape[0])
        return generator_of(_Generator(self, setting, stages, grid), self, setting)


@dataclass(frozen=True)
class ResidualDiscriminator(DiscriminatorKnobs):
    """Residual blocks, the first ones halving; ReLU, sum over positions, dense unit.

    `width` is the number of channels of every block (128 in the paper); the paper's norm is
    spectral. Activations are leaky with slope 0.2 where the paper's are ReLUs.
    """

    width: int = 128

    role: ClassVar[str] = "discriminator"

    def build(self, setting: NetworkSetting) -> Network:
        """Images [B, H, W, C] -> `Judgement` with logits [B]."""
        size, halved = setting.image_shape[0], 0
        halvings(size)  # refuses what does not halve
        while halved == 0 or (size > JUDGED_SIZE and size % 2 == 0):
            size, halved = size // 2, halved + 1
        return discriminator_of(_Discriminator(self, setting, halved), self, setting)


class _Generator(nn.Module):
    knobs: ResidualGenerator
    setting: NetworkSetting
    doublings: int
    grid: int

    @nn.compact
    def __call__(self, z_BZ: jax.Array, given: Given, *, train: bool) -> jax.Array:
        knobs, setting, grid, width = self.knobs, self.setting, self.grid, self.knobs.width
        *_, colours = setting.image_shape
        dense = Dense(grid**2 * width, **knobs.kernels)
        x_BHWC = dense(z_BZ, train=train).reshape(-1, grid, grid, width)
        for _ in range(self.doublings):
            x_BHWC = _UpBlock(knobs, setting)(x_BHWC, given, train=train)
        x_BHWC = GeneratorActivation(knobs, setting.classes)(x_BHWC, given, train=train)
        last = Convolution(colours, 3, 1, platform=setting.platform, **knobs.kernels)
        return jnp.tanh(last(x_BHWC, train=train))


class _UpBlock(nn.Module):
    """x -> up-convolution 1x1 of x + convolution of up-convolution of x, norms and ReLUs first."""

    knobs: ResidualGenerator
    setting: NetworkSetting

    @nn.compact
    def __call__(self, x_BHWC: jax.Array, given: Given, *, train: bool) -> jax.Array:
        knobs, platform, width = self.knobs, self.setting.platform, self.knobs.width
        activation = partial(GeneratorActivation, knobs, self.setting.classes)
        up = partial(
            UpConvolution, width, upsampling=knobs.upsampling, platform=platform, **knobs.kernels
        )
        layer = Convolution(width, 3, 1, platform=platform, **knobs.kernels)
        y_BHWC = activation()(x_BHWC, given, train=train)
        y_BHWC = up(kernel_size=3, use_bias=knobs.bias_before_norm)(y_BHWC, train=train)
        y_BHWC = activation()(y_BHWC, given, train=train)
        y_BHWC = layer(y_BHWC, train=train)
        return up(kernel_size=1)(x_BHWC, train=train) + y_BHWC


class _Discriminator(nn.Module):
    knobs: ResidualDiscriminator
    setting: NetworkSetting
    halved: int

    @nn.compact
    def __call__(self, x_BHWC: jax.Array, given: Given, *, train: bool) -> Judgement:
        knobs, platform, trail = self.knobs, self.setting.platform, []
        for i in range(self.halved + 2):
            block = _DownBlock(knobs, platform, halves=i < self.halved, is_first=i == 0)
            x_BHWC = block(x_BHWC, train=train)
            trail.append(x_BHWC)
        x_BHWC = DiscriminatorActivation(knobs)(x_BHWC, train=train)
        x_BC = jnp.sum(MinibatchDeviation(knobs.minibatch_deviation)(x_BHWC), (1, 2))
        return Head(knobs, self.setting)(x_BC, given, tuple(trail), train=train)


class _DownBlock(nn.Module):
    """x -> skip of x + two convolutions of x; the first block does not activate the image."""

    knobs: ResidualDiscriminator
    platform: str
    halves: bool
    is_first: bool

    @nn.compact
    def __call__(self, x_BHWC: jax.Array, *, train: bool) -> jax.Array:
        knobs, has_bias = self.knobs, self.knobs.bias_before_norm
        layer = partial(Convolution, knobs.width, stride=1, platform=self.platform, **knobs.kernels)
        activation = partial(DiscriminatorActivation, knobs)
        y_BHWC = x_BHWC if self.is_first else activation()(x_BHWC, train=train)
        y_BHWC = layer(kernel_size=3, use_bias=has_bias)(y_BHWC, train=train)
        y_BHWC = activation()(y_BHWC, train=train)
        y_BHWC = layer(kernel_size=3)(y_BHWC, train=train)
        if not self.halves:
            return x_BHWC + y_BHWC
        # Halving and a 1x1 convolution commute; halving first is a quarter of the work.
        skip = layer(kernel_size=1)
        return skip(halve(x_BHWC), train=train) + halve(y_BHWC)
