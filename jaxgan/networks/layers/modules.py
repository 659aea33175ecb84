"""The layers that networks are made of, as Flax modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.networks.layers.convolution import convolution, form_for_platform, up_convolution

__all__ = ["Convolution", "Initialization", "Norm", "Normalization", "UpConvolution", "dense"]

Initialization = Literal["dcgan", "he"]
"""dcgan: weights N(0, 0.02²), norm gains N(1, 0.02²); he: N(0, 2 / fan-in), gains 1."""

Norm = Literal["none", "batch", "layer"]

Initializer = Callable[..., jax.Array]


def weight_initializer(initialization: Initialization, fan_in: int) -> Initializer:
    """Normal initialiser with the sd that `initialization` names."""
    scale = 0.02 if initialization == "dcgan" else (2.0 / fan_in) ** 0.5
    return nn.initializers.normal(scale)


def dense(
    features: int, fan_in: int, initialization: Initialization, use_bias: bool = True
) -> nn.Dense:
    """A layer x @ kernel + bias, [B, fan_in] -> [B, features], with the named initial values."""
    initializer = weight_initializer(initialization, fan_in)
    return nn.Dense(features, use_bias=use_bias, kernel_init=initializer)


class Convolution(nn.Module):
    """Strided convolution that keeps H / stride: [B, H, W, I] -> [B, H/stride, W/stride, O]."""

    features: int
    kernel_size: int
    stride: int
    initialization: Initialization
    use_bias: bool = True

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        size, inputs = self.kernel_size, x.shape[-1]
        initializer = weight_initializer(self.initialization, size * size * inputs)
        kernel = self.param("kernel", initializer, (self.features, size, size, inputs))
        padding = (size - self.stride + 1) // 2
        y = convolution(x, kernel, stride=self.stride, padding=padding, form=form_for_platform())
        return y + _bias(self, self.features) if self.use_bias else y


class UpConvolution(nn.Module):
    """Transposed convolution: [B, H, W, I] -> [B, stride·H, stride·W, O]."""

    features: int
    kernel_size: int
    stride: int
    initialization: Initialization
    use_bias: bool = True

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        size, inputs = self.kernel_size, x.shape[-1]
        # Each output pixel sums size² / stride² taps of every input channel.
        fan_in = size * size * inputs // self.stride**2
        initializer = weight_initializer(self.initialization, fan_in)
        kernel = self.param("kernel", initializer, (inputs, size, size, self.features))
        y = up_convolution(x, kernel, stride=self.stride, form=form_for_platform())
        return y + _bias(self, self.features) if self.use_bias else y


class Normalization(nn.Module):
    """Batch norm (decay 0.9, eps 1e-5), layer norm over H, W and C, or nothing."""

    norm: Norm
    initialization: Initialization

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool) -> jax.Array:
        spread = 0.02 if self.initialization == "dcgan" else 0.0

        def gain(
            key: jax.Array, shape: tuple[int, ...], dtype: jnp.dtype = jnp.float32
        ) -> jax.Array:
            return 1.0 + spread * jax.random.normal(key, shape, dtype)

        if self.norm == "batch":
            return nn.BatchNorm(
                use_running_average=not train, momentum=0.9, epsilon=1e-5, scale_init=gain
            )(x)
        if self.norm == "layer":
            return nn.LayerNorm(epsilon=1e-5, reduction_axes=(1, 2, 3), scale_init=gain)(x)
        return x


def _bias(module: nn.Module, features: int) -> jax.Array:
    return module.param("bias", nn.initializers.zeros, (features,)).reshape(1, 1, 1, features)
