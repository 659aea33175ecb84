"""Fully connected networks, for images and for points of any shape.

The first GAN (Goodfellow et al. 2014, arXiv:1406.2661) and the first conditional one (Mirza and
Osindero 2014, arXiv:1411.1784) were of this kind, and so are the networks of tests on mixtures of
Gaussians (Lin et al. 2018, arXiv:1712.04086), whose discriminators have maxout units.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.errors import UserError
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
    beside_latent,
    bias_before,
    network_of,
)
from jaxgan.types import Judgement, Network, Precision

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
        if self.output not in ("tanh", "linear"):
            raise UserError(f"MLPGenerator with output {self.output!r}: expected tanh or linear")

    def build(
        self,
        image_shape: tuple[int, int, int],
        latent_size: int,
        *,
        classes: int = 0,
        precision: Precision = "float32",
    ) -> Network:
        """Latents [B, latent_size] -> images [B, H, W, C]."""
        module = _Generator(self, image_shape, classes)
        return network_of(module, (latent_size,), classes, precision)


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
        if self.maxout < 1:
            raise UserError(f"MLPDiscriminator with maxout {self.maxout}: expected 1 piece or more")

    def build(
        self,
        image_shape: tuple[int, int, int],
        *,
        classes: int = 0,
        precision: Precision = "float32",
    ) -> Network:
        """Images [B, H, W, C] -> `Judgement` with logits [B]."""
        return network_of(_Discriminator(self, classes), image_shape, classes, precision)


class _Generator(nn.Module):
    knobs: MLPGenerator
    image_shape: tuple[int, int, int]
    classes: int

    @nn.compact
    def __call__(self, z: jax.Array, labels: jax.Array | None, *, train: bool) -> jax.Array:
        knobs, init, spectral = self.knobs, self.knobs.initialization, self.knobs.norm == "spectral"
        x = beside_latent(z, labels, self.classes if knobs.conditioning == "concat" else 0)
        for _ in range(knobs.depth):
            x = Dense(knobs.width, init, bias_before(knobs), spectral)(x, train=train)
            x = GeneratorActivation(knobs, self.classes)(x, labels, train=train)
        x = Dense(math.prod(self.image_shape), init, spectral=spectral)(x, train=train)
        x = x.reshape(len(x), *self.image_shape)
        return jnp.tanh(x) if knobs.output == "tanh" else x


class _Discriminator(nn.Module):
    knobs: MLPDiscriminator
    classes: int

    @nn.compact
    def __call__(self, x: jax.Array, labels: jax.Array | None, *, train: bool) -> Judgement:
        knobs, spectral, trail = self.knobs, self.knobs.norm == "spectral", []
        x = x.reshape(len(x), -1)
        x = beside_latent(x, labels, self.classes if knobs.conditioning == "concat" else 0)
        for _ in range(knobs.depth):
            pieces = Dense(
                knobs.width * knobs.maxout, knobs.initialization, bias_before(knobs), spectral
            )
            x = pieces(x, train=train)
            if knobs.maxout > 1:
                x = jnp.max(x.reshape(len(x), knobs.maxout, knobs.width), axis=1)
            x = DiscriminatorActivation(knobs, leaky=knobs.maxout == 1)(x, train=train)
            trail.append(x)
        x = MinibatchDeviation(knobs.minibatch_deviation)(x)
        return Head(knobs, self.classes)(x, labels, tuple(trail), train=train)


def _check(part: MLPGenerator | MLPDiscriminator) -> None:
    name = type(part).__name__
    if part.norm == "instance":
        raise UserError(
            f"{name} with norm instance: a dense layer has no positions to normalise over; use "
            "layer or group"
        )
    if part.depth < 1:
        raise UserError(f"{name} with depth {part.depth}: expected 1 hidden layer or more")
