"""Equalised layers (Karras et al. 2018, arXiv:1710.10196, section 4.1): weights are stored as
N(0, 1) and scaled where they are used, so that Adam moves all of them at one relative speed.

A learning-rate multiplier m is a matter of the same kind: what is stored is divided by m at first
and multiplied by m in use, so an update of the stored weight moves the used one by m times as much.
"""

from __future__ import annotations

import math
from typing import Literal

import flax.linen as nn
import jax

from jaxgan.networks.layers.convolution import Form, convolution
from jaxgan.networks.layers.fir import fir_down_convolution

__all__ = ["EqualizedConvolution", "EqualizedDense", "across", "leaky"]


class EqualizedDense(nn.Module):
    """x @ (kernel · m / √I) + bias · m: [..., I] -> [..., O].

    Stored kernels are N(0, 1) / m, stored biases `bias_init`.
    """

    features: int
    multiplier: float = 1.0
    bias_init: float = 0.0

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        m, inputs = self.multiplier, x.shape[-1]
        kernel = self.param("kernel", nn.initializers.normal(1 / m), (inputs, self.features))
        bias = self.param("bias", nn.initializers.constant(self.bias_init), (self.features,))
        return x @ (kernel * (m / math.sqrt(inputs))) + across(bias * m, x.ndim)


class EqualizedConvolution(nn.Module):
    """Convolution with kernel · m / √(K² I) and bias · m: [B, H, W, I] -> [B, H', W', O].

    H' is H, or H / 2 where `resampling` is down: the image is low-passed and convolved with
    stride 2 (`fir_down_convolution`; K is 3).
    """

    features: int
    kernel_size: int
    form: Form
    resampling: Literal["none", "down"] = "none"
    use_bias: bool = True
    multiplier: float = 1.0

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        m, size, inputs = self.multiplier, self.kernel_size, x.shape[-1]
        shape = (self.features, size, size, inputs)
        kernel = self.param("kernel", nn.initializers.normal(1 / m), shape)
        kernel = kernel * (m / (size * math.sqrt(inputs)))
        if self.resampling == "down":
            y = fir_down_convolution(x, kernel, form=self.form)
        else:
            y = convolution(x, kernel, stride=1, padding=size // 2, form=self.form)
        if not self.use_bias:
            return y
        bias = self.param("bias", nn.initializers.zeros, (self.features,))
        return y + across(bias * m, y.ndim)


def leaky(x: jax.Array, gain: float = math.sqrt(2)) -> jax.Array:
    """Leaky ReLU with slope 0.2, times a gain: with √2, N(0, 1) comes out with a mean square of
    1.04."""
    return gain * jax.nn.leaky_relu(x, 0.2)


def across(values: jax.Array, rank: int) -> jax.Array:
    """One value a channel, [C], as [1, ..., 1, C]."""
    return values.reshape((1,) * (rank - 1) + values.shape)
