"""U-Net discriminator (Schönfeld et al. 2020, arXiv:2002.12655): a logit for the image, and one
for every pixel, so that the generator is told where an image is wrong.

An encoder like DCGAN's ends in the image's logit; a decoder enlarges its last grid back to the
image, joined at each size by the encoder's features of that size, and ends in the pixels' logits.
The losses of both are added (equations 4 and 5 of the paper). The paper's training on CutMix
images is not part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.networks.layers import (
    Convolution,
    DiscriminatorActivation,
    DiscriminatorKnobs,
    Head,
    LabelPlane,
    MinibatchDeviation,
    UpConvolution,
    bias_before,
    network_of,
)
from jaxgan.networks.sizes import halvings
from jaxgan.types import Judgement, Network, Precision

__all__ = ["UNetDiscriminator"]


@dataclass(frozen=True)
class UNetDiscriminator(DiscriminatorKnobs):
    """4x4 strided convolutions down to the image's logit, and enlarging ones back to the pixels'.

    `width` is the number of channels next to the image (64 in the paper); they double inwards. The
    paper's norm is spectral.
    """

    role: ClassVar[str] = "discriminator"

    def build(
        self,
        image_shape: tuple[int, int, int],
        *,
        classes: int = 0,
        precision: Precision = "float32",
    ) -> Network:
        """Images [B, H, W, C] -> `Judgement` with logits [B] and pixels [B, H, W]."""
        stages, _ = halvings(image_shape[0])
        channels = tuple(self.width * 2**i for i in range(stages))
        return network_of(_Discriminator(self, channels, classes), image_shape, classes, precision)


class _Discriminator(nn.Module):
    knobs: DiscriminatorKnobs
    channels: tuple[int, ...]
    classes: int

    @nn.compact
    def __call__(self, x: jax.Array, labels: jax.Array | None, *, train: bool) -> Judgement:
        knobs, spectral = self.knobs, self.knobs.norm == "spectral"
        init, use_bias, trail = knobs.initialization, bias_before(knobs), []
        image = LabelPlane(self.classes if knobs.conditioning == "concat" else 0)(x, labels)
        x = image
        for i, features in enumerate(self.channels):
            down = Convolution(features, 4, 2, init, use_bias or i == 0, spectral)
            x = DiscriminatorActivation(knobs, normalize=i > 0)(down(x, train=train), train=train)
            trail.append(x)
        whole = MinibatchDeviation(knobs.minibatch_deviation)(x).reshape(len(x), -1)
        judgement = Head(knobs, self.classes)(whole, labels, tuple(trail), train=train)
        for i, features in reversed(list(enumerate(self.channels))):
            up = UpConvolution(features, 3, init, "nearest", use_bias, spectral)
            x = DiscriminatorActivation(knobs)(up(x, train=train), train=train)
            x = jnp.concatenate([x, trail[i - 1] if i else image], -1)
        of_pixels = Convolution(1, 3, 1, init, spectral=spectral, name="pixels")(x, train=train)
        return judgement._replace(pixels=of_pixels[..., 0])
