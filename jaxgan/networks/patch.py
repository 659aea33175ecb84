"""PatchGAN (Isola et al. 2017, arXiv:1611.07004): every patch of the image is judged by itself.

A fully convolutional network whose logits [B, h, w] each see a square of the image alone. With
`halvings` strided layers of 4x4, one 4x4 layer without stride, and the 4x4 last one, the side of
that square is 16, 34 or 70 pixels for 1, 2 or 3 halvings; 70 is the paper's, on 256x256 images.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import flax.linen as nn
import jax

from jaxgan.errors import UserError
from jaxgan.networks.layers import (
    Convolution,
    DiscriminatorActivation,
    DiscriminatorKnobs,
    Head,
    LabelPlane,
    MinibatchDeviation,
    bias_before,
    network_of,
)
from jaxgan.types import Judgement, Network, Precision

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
        if self.halvings < 0:
            raise UserError(f"PatchDiscriminator with halvings {self.halvings}: expected 0 or more")

    def build(
        self,
        image_shape: tuple[int, int, int],
        *,
        classes: int = 0,
        precision: Precision = "float32",
    ) -> Network:
        """Images [B, H, W, C] -> `Judgement` with logits [B, h, w], h = H / 2^halvings - 2."""
        if image_shape[0] // 2**self.halvings < 3:
            raise UserError(
                f"PatchDiscriminator with {self.halvings} halvings on {image_shape[0]} pixels: "
                "nothing is left to judge; use fewer --discriminator.halvings"
            )
        return network_of(_Discriminator(self, classes), image_shape, classes, precision)


class _Discriminator(nn.Module):
    knobs: PatchDiscriminator
    classes: int

    @nn.compact
    def __call__(self, x: jax.Array, labels: jax.Array | None, *, train: bool) -> Judgement:
        knobs, spectral = self.knobs, self.knobs.norm == "spectral"
        init, use_bias, trail = knobs.initialization, bias_before(knobs), []
        x = LabelPlane(self.classes if knobs.conditioning == "concat" else 0)(x, labels)
        for i in range(knobs.halvings + 1):
            features = knobs.width * 2 ** min(i, MOST_WIDENINGS)
            stride = 2 if i < knobs.halvings else 1
            layer = Convolution(features, 4, stride, init, use_bias or i == 0, spectral, padding=1)
            x = DiscriminatorActivation(knobs, normalize=i > 0)(layer(x, train=train), train=train)
            trail.append(x)
        x = MinibatchDeviation(knobs.minibatch_deviation)(x)
        return Head(knobs, self.classes, kernel_size=4)(x, labels, tuple(trail), train=train)
