"""DCGAN-style networks (Radford et al. 2016, arXiv:1511.06434) for any size they can halve.

The generator projects the latent onto a grid of 4 to 15 pixels a side and doubles it to the image;
the discriminator halves the image down to that grid. 32, 64 and 128 start at 4, 28 starts at 7.
Kernels are 4x4 with stride 2, as in the WGAN authors' code, instead of the paper's 5x5: a stride
that divides the kernel covers every pixel equally often.
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
    beside_latent,
    bias_before,
    network_of,
)
from jaxgan.networks.sizes import halvings
from jaxgan.types import Judgement, Network, Precision

__all__ = ["DCGANDiscriminator", "DCGANGenerator"]


@dataclass(frozen=True)
class DCGANGenerator(GeneratorKnobs):
    """Dense, then up-convolutions with ReLU, tanh at the end.

    `width` is the number of channels before the last layer (64 in the paper); they double towards
    the latent. The paper's norm is batch.
    """

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
        channels = tuple(self.width * 2**i for i in reversed(range(stages)))
        module = _Generator(self, channels, grid, image_shape[2], classes)
        return network_of(module, (latent_size,), classes, precision)


@dataclass(frozen=True)
class DCGANDiscriminator(DiscriminatorKnobs):
    """4x4 strided convolutions with leaky ReLU 0.2, then one dense unit.

    `width` is the number of channels after the first layer (64 in the paper); they double towards
    the logit. The paper's norm is batch, after every layer but the first and last.
    """

    role: ClassVar[str] = "discriminator"

    def build(
        self,
        image_shape: tuple[int, int, int],
        *,
        classes: int = 0,
        precision: Precision = "float32",
    ) -> Network:
        """Images [B, H, W, C] -> `Judgement` with logits [B]."""
        stages, _ = halvings(image_shape[0])
        channels = tuple(self.width * 2**i for i in range(stages))
        return network_of(_Discriminator(self, channels, classes), image_shape, classes, precision)


class _Generator(nn.Module):
    knobs: GeneratorKnobs
    channels: tuple[int, ...]
    grid: int
    image_channels: int
    classes: int

    @nn.compact
    def __call__(self, z: jax.Array, labels: jax.Array | None, *, train: bool) -> jax.Array:
        knobs, first = self.knobs, self.channels[0]
        init, spectral, use_bias = (
            knobs.initialization,
            knobs.norm == "spectral",
            bias_before(knobs),
        )
        x = beside_latent(z, labels, self.classes if knobs.conditioning == "concat" else 0)
        x = Dense(self.grid**2 * first, init, use_bias, spectral)(x, train=train)
        x = x.reshape(len(x), self.grid, self.grid, first)
        x = GeneratorActivation(knobs, self.classes)(x, labels, train=train)
        for features in self.channels[1:]:
            up = UpConvolution(features, 3, init, knobs.upsampling, use_bias, spectral)
            x = GeneratorActivation(knobs, self.classes)(up(x, train=train), labels, train=train)
        up = UpConvolution(self.image_channels, 3, init, knobs.upsampling, spectral=spectral)
        return jnp.tanh(up(x, train=train))


class _Discriminator(nn.Module):
    knobs: DiscriminatorKnobs
    channels: tuple[int, ...]
    classes: int

    @nn.compact
    def __call__(self, x: jax.Array, labels: jax.Array | None, *, train: bool) -> Judgement:
        knobs = self.knobs
        spectral, use_bias = knobs.norm == "spectral", bias_before(knobs)
        trail = []
        x = LabelPlane(self.classes if knobs.conditioning == "concat" else 0)(x, labels)
        for i, features in enumerate(self.channels):
            down = Convolution(features, 4, 2, knobs.initialization, use_bias or i == 0, spectral)
            x = DiscriminatorActivation(knobs, normalize=i > 0)(down(x, train=train), train=train)
            trail.append(x)
        x = MinibatchDeviation(knobs.minibatch_deviation)(x)
        x = x.reshape(len(x), -1)
        return Head(knobs, self.classes)(x, labels, tuple(trail), train=train)
