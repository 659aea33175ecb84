"""The small networks of an introductory text: dense layers, then plain 3x3 convolutions.

The text's generator convolves without padding, which leaves 24x24 of 28x28 pixels; here it pads.
Its sigmoid puts out [0, 1]; here that is stretched to [-1, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import flax.linen as nn
import jax

from jaxgan.errors import UserError
from jaxgan.networks.layers import (
    Convolution,
    Dense,
    DiscriminatorActivation,
    DiscriminatorKnobs,
    GeneratorActivation,
    GeneratorKnobs,
    Head,
    Initialization,
    MinibatchDeviation,
    Norm,
    discriminator_of,
    generator_of,
    refuse_instance_norm,
)
from jaxgan.types import Given, Judgement, Network, NetworkSetting

__all__ = ["VanillaDiscriminator", "VanillaGenerator"]

SMALLEST_SIZE = 5  # pixels a side, of which two 3x3 convolutions leave one


@dataclass(frozen=True)
class VanillaGenerator(GeneratorKnobs):
    """Dense 2·width twice, dense H·W, reshape, 3x3 convolutions to `width` channels and the image.

    The text's width is 64, with no norm.
    """

    norm: Norm = "none"
    initialization: Initialization = "he"

    role: ClassVar[str] = "generator"

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_instance_norm(self)

    def build(self, setting: NetworkSetting) -> Network:
        """Latents [B, Z] -> images [B, H, W, C] in [-1, 1]."""
        return generator_of(_Generator(self, setting), self, setting)


@dataclass(frozen=True)
class VanillaDiscriminator(DiscriminatorKnobs):
    """3x3 convolutions without padding to `width` and 2·width channels, then one dense unit.

    The text's width is 64, with no norm and ReLUs; here these are leaky, as in every discriminator.
    """

    norm: Norm = "none"
    initialization: Initialization = "he"

    role: ClassVar[str] = "discriminator"

    def build(self, setting: NetworkSetting) -> Network:
        """Images [B, H, W, C] -> `Judgement` with logits [B]."""
        size = setting.image_shape[0]
        if size < SMALLEST_SIZE:
            raise UserError(
                f"VanillaDiscriminator on {size} pixels: its convolutions without padding take 4 "
                f"of them; use --image-size {SMALLEST_SIZE} or more"
            )
        return discriminator_of(_Discriminator(self, setting), self, setting)


class _Generator(nn.Module):
    knobs: VanillaGenerator
    setting: NetworkSetting

    @nn.compact
    def __call__(self, z_BZ: jax.Array, given: Given, *, train: bool) -> jax.Array:
        knobs, has_bias = self.knobs, self.knobs.bias_before_norm
        height, width, colours = self.setting.image_shape
        activation = partial(GeneratorActivation, knobs, self.setting.classes)
        dense = partial(Dense, **knobs.kernels)
        layer = partial(
            Convolution, kernel_size=3, stride=1, platform=self.setting.platform, **knobs.kernels
        )
        x_BN = z_BZ
        for units in (2 * knobs.width, 2 * knobs.width):
            x_BN = dense(units, use_bias=has_bias)(x_BN, train=train)
            x_BN = activation()(x_BN, given, train=train)
        x_BN = jax.nn.relu(dense(height * width)(x_BN, train=train))
        x_BHWC = x_BN.reshape(-1, height, width, 1)
        x_BHWC = layer(knobs.width, use_bias=has_bias)(x_BHWC, train=train)
        x_BHWC = activation()(x_BHWC, given, train=train)
        return 2 * jax.nn.sigmoid(layer(colours)(x_BHWC, train=train)) - 1


class _Discriminator(nn.Module):
    knobs: VanillaDiscriminator
    setting: NetworkSetting

    @nn.compact
    def __call__(self, x_BHWC: jax.Array, given: Given, *, train: bool) -> Judgement:
        knobs, trail = self.knobs, []
        layer = partial(
            Convolution,
            kernel_size=3,
            stride=1,
            padding=0,
            platform=self.setting.platform,
            **knobs.kernels,
        )
        for i, features in enumerate((knobs.width, 2 * knobs.width)):
            x_BHWC = layer(features, use_bias=knobs.bias_before_norm or i == 0)(x_BHWC, train=train)
            x_BHWC = DiscriminatorActivation(knobs, normalize=i > 0)(x_BHWC, train=train)
            trail.append(x_BHWC)
        x_BHWC = MinibatchDeviation(knobs.minibatch_deviation)(x_BHWC)
        x_BN = x_BHWC.reshape(len(x_BHWC), -1)
        return Head(knobs, self.setting)(x_BN, given, tuple(trail), train=train)
