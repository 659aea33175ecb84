"""The layers of R3GAN (Huang et al. 2025, arXiv:2501.05441): plain convolutions whose first values
alone keep the variance, and the residual block made of them.

Weights are N(0, gain² / fan-in) and nothing scales them in use. Layers compute in the type of their
input, whatever that of their parameters is.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.networks.layers.convolution import Form, convolution
from jaxgan.networks.layers.fir import fir_down, fir_up
from jaxgan.networks.layers.grouped import channel_axis, grouped_convolution

__all__ = ["BlockShape", "InvertedBlock", "PlainDense", "Pointwise", "Stage", "block_gain"]

BEFORE_ADDITION = 3  # layers of a block, of which the last begins with zeros


def block_gain(blocks: int) -> float:
    """The gain of a block's first two layers in a network of so many blocks, over all stages.

    √(2 / 1.04) makes up for a leaky ReLU with slope 0.2; blocks^(-1 / (2m - 2)) with m = 3 layers
    a block keeps the first updates of a deep network small (Fixup, Zhang et al. 2019,
    arXiv:1901.09321).
    """
    return math.sqrt(2 / (1 + 0.2**2)) * blocks ** (-1 / (2 * BEFORE_ADDITION - 2))


class PlainDense(nn.Module):
    """x @ kernel: [..., I] -> [..., O], kernel N(0, gain² / I)."""

    features: int
    gain: float = 1.0

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        inputs = x.shape[-1]
        initializer = nn.initializers.normal(self.gain / math.sqrt(inputs))
        kernel = self.param("kernel", initializer, (inputs, self.features))
        return x @ kernel.astype(x.dtype)


class Pointwise(nn.Module):
    """1x1 convolution without bias: [B, H, W, I] -> [B, H, W, O], on CPUs [I, H, W, B]
    -> [O, H, W, B]; kernel N(0, gain² / I)."""

    features: int
    form: Form
    gain: float = 1.0

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        axis = channel_axis(self.form)
        inputs = x.shape[axis]
        initializer = nn.initializers.normal(self.gain / math.sqrt(inputs))
        kernel = self.param("kernel", initializer, (self.features, 1, 1, inputs))
        if axis == 0:
            matrix = kernel[:, 0, 0].astype(x.dtype)
            return (matrix @ x.reshape(inputs, -1)).reshape(self.features, *x.shape[1:])
        return convolution(x, kernel.astype(x.dtype), stride=1, padding=0, form=self.form)


class BlockShape(NamedTuple):
    """What all blocks of a network have in common."""

    expansion: int  # inner channels for each outer one
    group_size: int  # inner channels in a group
    gain: float  # of the first two layers, see `block_gain`
    form: Form


class InvertedBlock(nn.Module):
    """x + 1x1(leaky(3x3(leaky(1x1(x))))): [B, H, W, C], on CPUs [C, H, W, B] -> the same.

    Inside there are expansion · C channels, which the 3x3 convolution keeps in groups of
    `group_size`; each leaky ReLU has a bias before it. The last layer begins with zeros, and so
    the block as the identity.
    """

    shape: BlockShape

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        expansion, group_size, gain, form = self.shape
        axis = channel_axis(form)
        inner = expansion * x.shape[axis]
        y = self._activated(Pointwise(inner, form, gain, name="expand")(x), axis, "first_bias")
        initializer = nn.initializers.normal(gain / math.sqrt(9 * group_size))
        kernel = self.param("grouped", initializer, (inner, 3, 3, group_size))
        y = grouped_convolution(y, kernel.astype(x.dtype), form=form)
        y = self._activated(y, axis, "second_bias")
        return x + Pointwise(x.shape[axis], form, gain=0.0, name="contract")(y)

    def _activated(self, x: jax.Array, axis: int, name: str) -> jax.Array:
        bias = self.param(name, nn.initializers.zeros, (x.shape[axis],)).astype(x.dtype)
        others = [i for i in range(4) if i != axis]
        return jax.nn.leaky_relu(x + jnp.expand_dims(bias, others), 0.2)


class Stage(nn.Module):
    """The blocks at one size, and the change of size beside them.

    up doubles before the blocks: [B, H, W, I] -> [B, 2H, 2W, O]; down halves after them:
    [B, H, W, I] -> [B, H/2, W/2, O]; on CPUs channels are first and images last. A 1x1 convolution
    at the smaller size changes the channels where they differ. Beyond the border there are zeros,
    as in the authors' code.
    """

    block: BlockShape
    count: int
    features: int
    resampling: Literal["none", "up", "down"] = "none"

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        if self.resampling == "up":
            x = fir_up(self._changed(x), edge="zero")
        for i in range(self.count):
            x = InvertedBlock(self.block, name=f"block_{i}")(x)
        if self.resampling == "down":
            x = self._changed(fir_down(x, edge="zero"))
        return x

    def _changed(self, x: jax.Array) -> jax.Array:
        if x.shape[channel_axis(self.block.form)] == self.features:
            return x
        return Pointwise(self.features, self.block.form, name="channels")(x)
