"""PatchGAN (Isola et al. 2017, arXiv:1611.07004): every patch of the image is judged by itself.

A fully convolutional network whose logits [B, h, w] each see a square of the image alone. With
`halvings` strided layers of 4x4, one 4x4 layer without stride, and the 4x4 last one, the side of
that square is 16, 34 or 70 pixels for 1, 2 or 3 halvings; 70 is the paper's, on 256x256 images.
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
    DiscriminatorActivation,
    DiscriminatorKnobs,
    Head,
    MinibatchDeviation,
    discriminator_of,
)
from jaxgan.ranges import check_whole, field_of
from jaxgan.types import Given, Judgement, Network, NetworkSetting

__all__ = ["PatchDiscriminator"]

MOST_WIDENINGS = 3  # channels double at most so often: 64 to 512 in the paper


@dataclass(frozen=True)
class PatchDiscriminator(DiscriminatorKnobs):
    """4x4 convolutions with leaky ReLU 0.2; one logit for every patch.

    `width` is the number of channels after the first layer (64 in the paper), which doubles with
    every layer. The paper's norm is batch, after every layer but the first and last.
    """

    halvings: int = 1
    """Layers with stride 2 (3 in the paper, for 256x256)."""

    role: ClassVar[str] = "discriminator"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole(*field_of(self, "halvings"), 0)

    def build(self, setting: NetworkSetting) -> Network:
        """Images [B, H, W, C] -> `Judgement` with logits [B, h, w], h = H / 2^halvings - 2."""
        size = setting.image_shape[0]
        if size // 2**self.halvings < 3:
            raise UserError(
                f"PatchDiscriminator with {self.halvings} halvings on {size} pixels: "
                "nothing is left to judge; use fewer --discriminator.halvings"
            )
        return discriminator_of(_Discriminator(self, setting), self, setting)


class _Discriminator(nn.Module):
    knobs: PatchDiscriminator
    setting: NetworkSetting

    @nn.compact
    def __call__(self, x_BHWC: jax.Array, given: Given, *, train: bool) -> Judgement:
        knobs, trail = self.knobs, []
        layer = partial(
            Convolution, kernel_size=4, padding=1, platform=self.setting.platform, **knobs.kernels
        )
        for i in range(knobs.halvings + 1):
            features = knobs.width * 2 ** min(i, MOST_WIDENINGS)
            stride = 2 if i < knobs.halvings else 1
            has_bias = knobs.bias_before_norm or i == 0
            x_BHWC = layer(features, stride=stride, use_bias=has_bias)(x_BHWC, train=train)
            x_BHWC = DiscriminatorActivation(knobs, normalize=i > 0)(x_BHWC, train=train)
            trail.append(x_BHWC)
        x_BHWC = MinibatchDeviation(knobs.minibatch_deviation)(x_BHWC)
        head = Head(knobs, self.setting, kernel_size=4)
        return head(x_BHWC, given, tuple(trail), train=train)
