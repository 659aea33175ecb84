"""U-Net discriminator (Schönfeld et al. 2020, arXiv:2002.12655): a logit for the image, and one
for every pixel, so that the generator is told where an image is wrong.

An encoder like DCGAN's ends in the image's logit; a decoder enlarges its last grid back to the
image, joined at each size by the encoder's features of that size, and ends in the pixels' logits.
The losses of both are added (equations 4 and 5 of the paper). The paper's training on CutMix
images is not part of it.
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
    DiscriminatorActivation,
    DiscriminatorKnobs,
    Head,
    MinibatchDeviation,
    UpConvolution,
    discriminator_of,
)
from jaxgan.networks.sizes import halvings
from jaxgan.types import Given, Judgement, Network, NetworkSetting

__all__ = ["UNetDiscriminator"]


@dataclass(frozen=True)
class UNetDiscriminator(DiscriminatorKnobs):
    """4x4 strided convolutions down to the image's logit, and enlarging ones back to the pixels'.

    `width` is the number of channels next to the image (64 in the paper); they double inwards. The
    paper's norm is spectral.
    """

    role: ClassVar[str] = "discriminator"

    def build(self, setting: NetworkSetting) -> Network:
        """Images [B, H, W, C] -> `Judgement` with logits [B] and pixels [B, H, W]."""
        stages, _ = halvings(setting.image_shape[0])
        channels = tuple(self.width * 2**i for i in range(stages))
        return discriminator_of(_Discriminator(self, setting, channels), self, setting)


class _Discriminator(nn.Module):
    knobs: UNetDiscriminator
    setting: NetworkSetting
    channels: tuple[int, ...]

    @nn.compact
    def __call__(self, image_BHWC: jax.Array, given: Given, *, train: bool) -> Judgement:
        knobs, trail, x_BHWC = self.knobs, [], image_BHWC
        platform, has_bias = self.setting.platform, knobs.bias_before_norm
        down = partial(Convolution, kernel_size=4, stride=2, platform=platform, **knobs.kernels)
        up = partial(
            UpConvolution, kernel_size=3, upsampling="nearest", platform=platform, **knobs.kernels
        )
        for i, features in enumerate(self.channels):
            x_BHWC = down(features, use_bias=has_bias or i == 0)(x_BHWC, train=train)
            x_BHWC = DiscriminatorActivation(knobs, normalize=i > 0)(x_BHWC, train=train)
            trail.append(x_BHWC)
        x_BN = MinibatchDeviation(knobs.minibatch_deviation)(x_BHWC).reshape(len(x_BHWC), -1)
        judgement = Head(knobs, self.setting)(x_BN, given, tuple(trail), train=train)
        for i, features in reversed(list(enumerate(self.channels))):
            x_BHWC = up(features, use_bias=has_bias)(x_BHWC, train=train)
            x_BHWC = DiscriminatorActivation(knobs)(x_BHWC, train=train)
            x_BHWC = jnp.concatenate([x_BHWC, trail[i - 1] if i else image_BHWC], -1)
        last = Convolution(1, 3, 1, platform=platform, name="pixels", **knobs.kernels)
        return judgement._replace(pixels=last(x_BHWC, train=train)[..., 0])
