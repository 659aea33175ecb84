"""DCGAN-style networks (Radford et al. 2016, arXiv:1511.06434) for any size they can halve.

The generator projects the latent onto a grid of 4 to 15 pixels a side and doubles it to the image;
the discriminator halves the image down to that grid. 32, 64 and 128 start at 4, 28 starts at 7.
Kernels are 4x4 with stride 2, as in the WGAN authors' code, instead of the paper's 5x5: a stride
that divides the kernel covers every pixel equally often.
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
    discriminator_of,
    generator_of,
)
from jaxgan.networks.sizes import halvings
from jaxgan.types import Given, Judgement, Network, NetworkSetting

__all__ = ["DCGANDiscriminator", "DCGANGenerator"]


@dataclass(frozen=True)
class DCGANGenerator(GrowingKnobs):
    """Dense, then up-convolutions with ReLU, tanh at the end.

    `width` is the number of channels before the last layer (64 in the paper); they double towards
    the latent. The paper's norm is batch.
    """

    role: ClassVar[str] = "generator"

    def build(self, setting: NetworkSetting) -> Network:
        """Latents [B, Z] -> images [B, H, W, C] in [-1, 1]."""
        stages, grid = halvings(setting.image_shape[0])
        channels = tuple(self.width * 2**i for i in reversed(range(stages)))
        return generator_of(_Generator(self, setting, channels, grid), self, setting)


@dataclass(frozen=True)
class DCGANDiscriminator(DiscriminatorKnobs):
    """4x4 strided convolutions with leaky ReLU 0.2, then one dense unit.

    `width` is the number of channels after the first layer (64 in the paper); they double towards
    the logit. The paper's norm is batch, after every layer but the first and last.
    """

    role: ClassVar[str] = "discriminator"

    def build(self, setting: NetworkSetting) -> Network:
        """Images [B, H, W, C] -> `Judgement` with logits [B]."""
        stages, _ = halvings(setting.image_shape[0])
        channels = tuple(self.width * 2**i for i in range(stages))
        return discriminator_of(_Discriminator(self, setting, channels), self, setting)


class _Generator(nn.Module):
    knobs: DCGANGenerator
    setting: NetworkSetting
    channels: tuple[int, ...]
    grid: int

    @nn.compact
    def __call__(self, z_BZ: jax.Array, given: Given, *, train: bool) -> jax.Array:
        knobs, grid, first = self.knobs, self.grid, self.channels[0]
        *_, colours = self.setting.image_shape
        activation = partial(GeneratorActivation, knobs, self.setting.classes)
        up = partial(
            UpConvolution,
            kernel_size=3,
            upsampling=knobs.upsampling,
            platform=self.setting.platform,
            **knobs.kernels,
        )
        dense = Dense(grid**2 * first, use_bias=knobs.bias_before_norm, **knobs.kernels)
        x_BHWC = dense(z_BZ, train=train).reshape(-1, grid, grid, first)
        x_BHWC = activation()(x_BHWC, given, train=train)
        for features in self.channels[1:]:
            x_BHWC = up(features, use_bias=knobs.bias_before_norm)(x_BHWC, train=train)
            x_BHWC = activation()(x_BHWC, given, train=train)
        return jnp.tanh(up(colours)(x_BHWC, train=train))


class _Discriminator(nn.Module):
    knobs: DCGANDiscriminator
    setting: NetworkSetting
    channels: tuple[int, ...]

    @nn.compact
    def __call__(self, x_BHWC: jax.Array, given: Given, *, train: bool) -> Judgement:
        knobs, trail = self.knobs, []
        down = partial(
            Convolution, kernel_size=4, stride=2, platform=self.setting.platform, **knobs.kernels
        )
        for i, features in enumerate(self.channels):
            x_BHWC = down(features, use_bias=knobs.bias_before_norm or i == 0)(x_BHWC, train=train)
            x_BHWC = DiscriminatorActivation(knobs, normalize=i > 0)(x_BHWC, train=train)
            trail.append(x_BHWC)
        x_BHWC = MinibatchDeviation(knobs.minibatch_deviation)(x_BHWC)
        x_BN = x_BHWC.reshape(len(x_BHWC), -1)
        return Head(knobs, self.setting)(x_BN, given, tuple(trail), train=train)
