"""The small networks of an introductory text: dense layers, then plain 3x3 convolutions.

The text's generator convolves without padding, which leaves 24x24 of 28x28 pixels; here it pads.
Its sigmoid puts out [0, 1]; here that is stretched to [-1, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
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
    LabelPlane,
    MinibatchDeviation,
    Norm,
    beside_latent,
    bias_before,
    network_of,
)
from jaxgan.types import Judgement, Network, Precision

__all__ = ["VanillaDiscriminator", "VanillaGenerator"]

SMALLEST_SIZE = 5  # pixels a side, of which two 3x3 convolutions leave one


@dataclass(frozen=True)
class VanillaGenerator(GeneratorKnobs):
    """Dense 2·width twice, dense H·W, reshape, 3x3 convolutions to `width` channels and the image.

    The text's width is 64, with no norm. It never grows an image, so `upsampling` is without
    effect.
    """

    norm: Norm = "none"
    initialization: Initialization = "he"

    role: ClassVar[str] = "generator"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.norm == "instance":
            raise UserError(
                "VanillaGenerator with norm instance: its dense layers have no positions to "
                "normalise over; use layer or group"
            )

    def build(
        self,
        image_shape: tuple[int, int, int],
        latent_size: int,
        *,
        classes: int = 0,
        precision: Precision = "float32",
    ) -> Network:
        """Latents [B, latent_size] -> images [B, H, W, C] in [-1, 1]."""
        module = _Generator(self, image_shape, classes)
        return network_of(module, (latent_size,), classes, precision)


@dataclass(frozen=True)
class VanillaDiscriminator(DiscriminatorKnobs):
    """3x3 convolutions without padding to `width` and 2·width channels, then one dense unit.

    The text's width is 64, with no norm and ReLUs; here these are leaky, as in every discriminator.
    """

    norm: Norm = "none"
    initialization: Initialization = "he"

    role: ClassVar[str] = "discriminator"

    def build(
        self,
        image_shape: tuple[int, int, int],
        *,
        classes: int = 0,
        precision: Precision = "float32",
    ) -> Network:
        """Images [B, H, W, C] -> `Judgement` with logits [B]."""
        if image_shape[0] < SMALLEST_SIZE:
            raise UserError(
                f"VanillaDiscriminator on {image_shape[0]} pixels: its convolutions without "
                f"padding take 4 of them; use --image-size {SMALLEST_SIZE} or more"
            )
        return network_of(_Discriminator(self, classes), image_shape, classes, precision)


class _Generator(nn.Module):
    knobs: GeneratorKnobs
    image_shape: tuple[int, int, int]
    classes: int

    @nn.compact
    def __call__(self, z: jax.Array, labels: jax.Array | None, *, train: bool) -> jax.Array:
        knobs, init, spectral = self.knobs, self.knobs.initialization, self.knobs.norm == "spectral"
        height, width, channels = self.image_shape
        x = beside_latent(z, labels, self.classes if knobs.conditioning == "concat" else 0)
        for units in (2 * knobs.width, 2 * knobs.width):
            x = Dense(units, init, bias_before(knobs), spectral)(x, train=train)
            x = GeneratorActivation(knobs, self.classes)(x, labels, train=train)
        x = jax.nn.relu(Dense(height * width, init, spectral=spectral)(x, train=train))
        x = x.reshape(len(x), height, width, 1)
        x = Convolution(knobs.width, 3, 1, init, bias_before(knobs), spectral)(x, train=train)
        x = GeneratorActivation(knobs, self.classes)(x, labels, train=train)
        x = Convolution(channels, 3, 1, init, spectral=spectral)(x, train=train)
        return 2 * jax.nn.sigmoid(x) - 1


class _Discriminator(nn.Module):
    knobs: DiscriminatorKnobs
    classes: int

    @nn.compact
    def __call__(self, x: jax.Array, labels: jax.Array | None, *, train: bool) -> Judgement:
        knobs, init, spectral = self.knobs, self.knobs.initialization, self.knobs.norm == "spectral"
        trail = []
        x = LabelPlane(self.classes if knobs.conditioning == "concat" else 0)(x, labels)
        for i, features in enumerate((knobs.width, 2 * knobs.width)):
            use_bias = bias_before(knobs) or i == 0
            layer = Convolution(features, 3, 1, init, use_bias, spectral, padding=0)
            x = DiscriminatorActivation(knobs, normalize=i > 0)(layer(x, train=train), train=train)
            trail.append(x)
        x = MinibatchDeviation(knobs.minibatch_deviation)(x)
        x = x.reshape(len(x), -1)
        return Head(knobs, self.classes)(x, labels, tuple(trail), train=train)
