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
from functools import partial
from typing import ClassVar

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.errors import UserError
from jaxgan.networks.layers import (
    Convolution,
    Dense,
    GeneratorActivation,
    GrowingKnobs,
    Normalization,
    UpConvolution,
    beside_row,
    network_of,
    refuse_instance_norm,
)
from jaxgan.networks.sizes import halvings
from jaxgan.ranges import check_whole, field_of
from jaxgan.types import Given, Network, NetworkSetting

__all__ = ["RecurrentGenerator"]


@dataclass(frozen=True)
class RecurrentGenerator(GrowingKnobs):
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
        for field in ("steps", "hidden"):
            check_whole(*field_of(self, field), 1)
        refuse_instance_norm(self)

    def build(self, setting: NetworkSetting) -> Network:
        """Latents [B, Z] -> images [B, H, W, C] in [-1, 1], with their stages."""
        size = setting.latent_size
        if size % self.steps:
            fitting = -(-size // self.steps) * self.steps
            raise UserError(
                f"latent size {size} with a generator of {self.steps} steps: each step takes an "
                f"equal part of it; use --latent-size {fitting}"
            )
        stages, grid = halvings(setting.image_shape[0])
        channels = tuple(self.width * 2**i for i in reversed(range(stages)))
        return network_of(_Generator(self, setting, channels, grid), (size,), setting)


class _Generator(nn.Module):
    knobs: RecurrentGenerator
    setting: NetworkSetting
    channels: tuple[int, ...]
    grid: int

    def __call__(self, z_BZ: jax.Array, given: Given, *, train: bool) -> jax.Array:
        return self.stages(z_BZ, given, train=train)[-1]

    @nn.compact
    def stages(self, z_BZ: jax.Array, given: Given, *, train: bool) -> jax.Array:
        """The canvas after each step: latents [B, Z] -> [T, B, H, W, C]."""
        knobs, setting, batch = self.knobs, self.setting, len(z_BZ)
        read = _Latent(knobs, setting.classes)
        decoder = _Decoder(knobs, setting, self.channels, self.grid)
        encoder = _Encoder(knobs, setting.platform, self.channels)
        parts = z_BZ.reshape(batch, knobs.steps, -1)
        canvas = jnp.zeros((batch, *setting.image_shape), z_BZ.dtype)
        seen = jnp.zeros((batch, knobs.hidden), z_BZ.dtype)
        canvases = []
        for t in range(knobs.steps):
            hidden = read(parts[:, t], given, t, train=train)
            drawing = decoder(jnp.concatenate([hidden, seen], -1), given, t, train=train)
            canvas = canvas + drawing
            canvases.append(jnp.tanh(canvas))
            if t + 1 < knobs.steps:
                seen = encoder(drawing, t, train=train)
        return jnp.stack(canvases)


class _Latent(nn.Module):
    """One part of the latent, [B, Z / T], and the label if by concat -> h_z [B, hidden]."""

    knobs: RecurrentGenerator
    classes: int

    @nn.compact
    def __call__(self, z: jax.Array, given: Given, step: int, *, train: bool) -> jax.Array:
        knobs = self.knobs
        if knobs.conditioning == "concat":
            z = beside_row(z, given, self.classes)
        dense = Dense(knobs.hidden, use_bias=knobs.bias_before_norm, **knobs.kernels)
        norm = Normalization(knobs.norm, knobs.initialization, name=f"norm_step{step}")
        return jnp.tanh(norm(dense(z, train=train), train=train))


class _Decoder(nn.Module):
    """h_z and h_c, [B, 2·hidden] -> what is added to the canvas, [B, H, W, C]."""

    knobs: RecurrentGenerator
    setting: NetworkSetting
    channels: tuple[int, ...]
    grid: int

    @nn.compact
    def __call__(self, h_BN: jax.Array, given: Given, step: int, *, train: bool) -> jax.Array:
        knobs, setting, grid, first = self.knobs, self.setting, self.grid, self.channels[0]
        *_, colours = setting.image_shape
        activation = partial(GeneratorActivation, knobs, setting.classes)
        up = partial(
            UpConvolution,
            kernel_size=3,
            upsampling=knobs.upsampling,
            platform=setting.platform,
            **knobs.kernels,
        )
        dense = Dense(grid**2 * first, use_bias=knobs.bias_before_norm, **knobs.kernels)
        x_BHWC = dense(h_BN, train=train).reshape(-1, grid, grid, first)
        for i, features in enumerate(self.channels):
            if i > 0:
                x_BHWC = up(features, use_bias=knobs.bias_before_norm)(x_BHWC, train=train)
            x_BHWC = activation(name=f"activation{i}_step{step}")(x_BHWC, given, train=train)
        return up(colours)(x_BHWC, train=train)


class _Encoder(nn.Module):
    """What was drawn, [B, H, W, C] -> h_c [B, hidden].

    Normalised like all else: without that, what all drawings of a batch have in common saturates
    h_c, and the steps fall into a few images.
    """

    knobs: RecurrentGenerator
    platform: str
    channels: tuple[int, ...]

    @nn.compact
    def __call__(self, x_BHWC: jax.Array, step: int, *, train: bool) -> jax.Array:
        knobs, has_bias = self.knobs, self.knobs.bias_before_norm
        norm = partial(Normalization, knobs.norm, knobs.initialization)
        down = partial(
            Convolution,
            kernel_size=4,
            stride=2,
            platform=self.platform,
            use_bias=has_bias,
            **knobs.kernels,
        )
        for i, features in enumerate(reversed(self.channels)):
            x_BHWC = down(features)(x_BHWC, train=train)
            x_BHWC = norm(name=f"norm{i}_step{step}")(x_BHWC, train=train)
            x_BHWC = jax.nn.leaky_relu(x_BHWC, 0.2)
        x_BN = x_BHWC.reshape(len(x_BHWC), -1)
        x_BN = Dense(knobs.hidden, use_bias=has_bias, **knobs.kernels)(x_BN, train=train)
        return jnp.tanh(norm(name=f"norm_step{step}")(x_BN, train=train))
