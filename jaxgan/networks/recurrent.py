"""A recurrent generator (Im et al. 2016, arXiv:1602.05110, section 4: GRAN).

An image is the sum of T drawings. At every step a fresh part of the latent and what was drawn last
decide what is drawn next:

    h_z = tanh(norm(W z_t)),  h_c = tanh(norm(encoder(ΔC_{t-1}))),  ΔC_t = decoder([h_z, h_c]),
    image = tanh(ΔC_1 + … + ΔC_T)

(the paper's output is a sigmoid, for images in [0, 1]). All steps share their weights, but each has
its own norms: activations differ from step to step, and running means over all of them would fit
none when sampling (Cooijmans et al. 2017, arXiv:1603.09025, section 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.errors import UserError
from jaxgan.networks.layers import (
    Convolution,
    Dense,
    GeneratorActivation,
    GeneratorKnobs,
    Normalization,
    UpConvolution,
    beside_latent,
    bias_before,
    network_of,
)
from jaxgan.networks.sizes import halvings
from jaxgan.types import Network, Precision

__all__ = ["RecurrentGenerator"]


@dataclass(frozen=True)
class RecurrentGenerator(GeneratorKnobs):
    """`steps` drawings from one decoder, each told by an encoder what was drawn before.

    Decoder and encoder are shaped like DCGAN's networks; `width` is the number of channels next to
    the image. The latent is cut into `steps` equal parts.
    """

    steps: int = 3
    """Drawings that make an image, T (3 and 5 in the paper)."""
    hidden: int = 128
    """Size of h_z and of h_c."""

    role: ClassVar[str] = "generator"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.steps < 1 or self.hidden < 1:
            raise UserError(
                f"RecurrentGenerator with steps {self.steps} and hidden {self.hidden}: expected "
                "numbers above 0"
            )
        if self.norm == "instance":
            raise UserError(
                "RecurrentGenerator with norm instance: its dense layer has no positions to "
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
        """Latents [B, latent_size] -> images [B, H, W, C] in [-1, 1], with their stages."""
        if latent_size % self.steps:
            fitting = -(-latent_size // self.steps) * self.steps
            raise UserError(
                f"latent size {latent_size} with a generator of {self.steps} steps: each step "
                f"takes an equal part of it; use --latent-size {fitting}"
            )
        stages, grid = halvings(image_shape[0])
        channels = tuple(self.width * 2**i for i in reversed(range(stages)))
        module = _Generator(self, channels, grid, image_shape, classes)
        return network_of(module, (latent_size,), classes, precision)


class _Generator(nn.Module):
    knobs: RecurrentGenerator
    channels: tuple[int, ...]
    grid: int
    image_shape: tuple[int, int, int]
    classes: int

    def __call__(self, z: jax.Array, labels: jax.Array | None, *, train: bool) -> jax.Array:
        return self.stages(z, labels, train=train)[-1]

    @nn.compact
    def stages(self, z: jax.Array, labels: jax.Array | None, *, train: bool) -> jax.Array:
        """The canvas after each step: latents [B, Z] -> [T, B, H, W, C]."""
        knobs = self.knobs
        read = _Latent(knobs, self.classes)
        decoder = _Decoder(knobs, self.channels, self.grid, self.image_shape[2], self.classes)
        encoder = _Encoder(knobs, self.channels)
        parts = z.reshape(len(z), knobs.steps, -1)
        canvas = jnp.zeros((len(z), *self.image_shape), z.dtype)
        seen = jnp.zeros((len(z), knobs.hidden), z.dtype)
        canvases = []
        for t in range(knobs.steps):
            hidden = read(parts[:, t], labels, t, train=train)
            drawing = decoder(jnp.concatenate([hidden, seen], -1), labels, t, train=train)
            canvas = canvas + drawing
            canvases.append(jnp.tanh(canvas))
            if t + 1 < knobs.steps:
                seen = encoder(drawing, t, train=train)
        return jnp.stack(canvases)


class _Latent(nn.Module):
    """One part of the latent, [B, Z / T] -> h_z [B, hidden]."""

    knobs: RecurrentGenerator
    classes: int

    @nn.compact
    def __call__(
        self, z: jax.Array, labels: jax.Array | None, step: int, *, train: bool
    ) -> jax.Array:
        knobs = self.knobs
        x = beside_latent(z, labels, self.classes if knobs.conditioning == "concat" else 0)
        layer = Dense(
            knobs.hidden, knobs.initialization, bias_before(knobs), knobs.norm == "spectral"
        )
        norm = Normalization(knobs.norm, knobs.initialization, name=f"norm_step{step}")
        return jnp.tanh(norm(layer(x, train=train), train=train))


class _Decoder(nn.Module):
    """h_z and h_c, [B, 2·hidden] -> what is added to the canvas, [B, H, W, C]."""

    knobs: RecurrentGenerator
    channels: tuple[int, ...]
    grid: int
    image_channels: int
    classes: int

    @nn.compact
    def __call__(
        self, x: jax.Array, labels: jax.Array | None, step: int, *, train: bool
    ) -> jax.Array:
        knobs, first = self.knobs, self.channels[0]
        init, spectral, use_bias = (
            knobs.initialization,
            knobs.norm == "spectral",
            bias_before(knobs),
        )
        x = Dense(self.grid**2 * first, init, use_bias, spectral)(x, train=train)
        x = x.reshape(len(x), self.grid, self.grid, first)
        for i, features in enumerate(self.channels):
            if i > 0:
                up = UpConvolution(features, 3, init, knobs.upsampling, use_bias, spectral)
                x = up(x, train=train)
            activation = GeneratorActivation(knobs, self.classes, name=f"activation{i}_step{step}")
            x = activation(x, labels, train=train)
        up = UpConvolution(self.image_channels, 3, init, knobs.upsampling, spectral=spectral)
        return up(x, train=train)


class _Encoder(nn.Module):
    """What was drawn, [B, H, W, C] -> h_c [B, hidden].

    Normalised like all else: without that, what all drawings of a batch have in common saturates
    h_c, and the steps fall into a few images.
    """

    knobs: RecurrentGenerator
    channels: tuple[int, ...]

    @nn.compact
    def __call__(self, x: jax.Array, step: int, *, train: bool) -> jax.Array:
        knobs, spectral = self.knobs, self.knobs.norm == "spectral"
        init, use_bias = knobs.initialization, bias_before(knobs)
        for i, features in enumerate(reversed(self.channels)):
            x = Convolution(features, 4, 2, init, use_bias, spectral)(x, train=train)
            norm = Normalization(knobs.norm, init, name=f"norm{i}_step{step}")
            x = jax.nn.leaky_relu(norm(x, train=train), 0.2)
        flat = x.reshape(len(x), -1)
        x = Dense(knobs.hidden, init, use_bias, spectral)(flat, train=train)
        last = Normalization(knobs.norm, init, name=f"norm_step{step}")
        return jnp.tanh(last(x, train=train))
