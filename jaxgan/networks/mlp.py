"""Fully connected networks, for images and for points of any shape.

The first GAN (Goodfellow et al. 2014, arXiv:1406.2661) and the first conditional one (Mirza and
Osindero 2014, arXiv:1411.1784) were of this kind, and so are the networks of tests on mixtures of
Gaussians (Lin et al. 2018, arXiv:1712.04086), whose discriminators have maxout units.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Literal

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.networks.layers import (
    Dense,
    DiscriminatorActivation,
    DiscriminatorKnobs,
    GeneratorActivation,
    GeneratorKnobs,
    Head,
    Initialization,
    MinibatchDeviation,
    Norm,
    beside_row,
    generator_of,
    network_of,
    refuse_instance_norm,
)
from jaxgan.ranges import check_choice, check_whole, field_of
from jaxgan.types import Given, Judgement, Network, NetworkSetting

__all__ = ["MLPDiscriminator", "MLPGenerator"]


@dataclass(frozen=True)
class MLPGenerator(GeneratorKnobs):
    """Dense layers of `width` units with ReLU, and a dense layer to the image."""

    width: int = 512
    initialization: Initialization = "he"
    depth: int = 3
    """Hidden layers."""
    output: Literal["tanh", "linear"] = "tanh"
    """tanh for images in [-1, 1], linear for points anywhere."""

    role: ClassVar[str] = "generator"

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(self)
        check_choice(*field_of(self, "output"), ("tanh", "linear"))

    def build(self, setting: NetworkSetting) -> Network:
        """Latents [B, Z] -> images [B, H, W, C]."""
        return generator_of(_Generator(self, setting), self, setting)


@dataclass(frozen=True)
class MLPDiscriminator(DiscriminatorKnobs):
    """Dense layers of `width` units on the flattened image, and one dense unit."""

    width: int = 512
    norm: Norm = "none"
    initialization: Initialization = "he"
    depth: int = 3
    """Hidden layers."""
    maxout: int = 1
    """Linear pieces that each unit is the largest of (Goodfellow et al. 2013; PacGAN 5); 1 for
    leaky ReLU 0.2."""

    role: ClassVar[str] = "discriminator"

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(self)
        check_whole(*field_of(self, "maxout"), 1, of="pieces")

    def build(self, setting: NetworkSetting) -> Network:
        """Images [B, H, W, C] -> `Judgement` with logits [B]."""
        return network_of(_Discriminator(self, setting), setting.image_shape, setting)


class _Generator(nn.Module):
    knobs: MLPGenerator
    setting: NetworkSetting

    @nn.compact
    def __call__(self, z_BZ: jax.Array, given: Given, *, train: bool) -> jax.Array:
        knobs, shape, x_BN = self.knobs, self.setting.image_shape, z_BZ
        dense = partial(Dense, **knobs.kernels)
        for _ in range(knobs.depth):
            x_BN = dense(knobs.width, use_bias=knobs.bias_before_norm)(x_BN, train=train)
            x_BN = GeneratorActivation(knobs, self.setting.classes)(x_BN, given, train=train)
        x_BHWC = dense(math.prod(shape))(x_BN, train=train).reshape(-1, *shape)
        return jnp.tanh(x_BHWC) if knobs.output == "tanh" else x_BHWC


class _Discriminator(nn.Module):
    knobs: MLPDiscriminator
    setting: NetworkSetting

    @nn.compact
    def __call__(self, x_BHWC: jax.Array, given: Given, *, train: bool) -> Judgement:
        knobs, trail, width = self.knobs, [], self.knobs.width
        dense = partial(Dense, use_bias=knobs.bias_before_norm, **knobs.kernels)
        x_BN = x_BHWC.reshape(len(x_BHWC), -1)
        if knobs.conditioning == "concat":  # a row: pixels in a row have no plane beside them
            x_BN = beside_row(x_BN, given, self.setting.classes)
        for _ in range(knobs.depth):
            x_BN = dense(width * knobs.maxout)(x_BN, train=train)
            if knobs.maxout > 1:
                x_BN = jnp.max(x_BN.reshape(-1, knobs.maxout, width), axis=1)
            x_BN = DiscriminatorActivation(knobs, leaky=knobs.maxout == 1)(x_BN, train=train)
            trail.append(x_BN)
        x_BN = MinibatchDeviation(knobs.minibatch_deviation)(x_BN)
        return Head(knobs, self.setting)(x_BN, given, tuple(trail), train=train)


def _check(part: MLPGenerator | MLPDiscriminator) -> None:
    refuse_instance_norm(part)
    check_whole(*field_of(part, "depth"), 1, of="hidden layers")
