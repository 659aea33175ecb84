"""The layers that networks are made of, as Flax modules."""

from __future__ import annotations

from collections.abc import Callable

import flax.linen as nn
import jax

from jaxgan.networks.layers.convolution import convolution, form_for_platform, up_convolution
from jaxgan.networks.layers.knobs import Initialization, Upsampling
from jaxgan.networks.layers.resampling import enlarge
from jaxgan.networks.layers.spectral_norm import spectrally_normalized

__all__ = ["Convolution", "Dense", "UpConvolution", "weight_initializer"]

Initializer = Callable[..., jax.Array]


def weight_initializer(initialization: Initialization, fan_in: int) -> Initializer:
    """Normal initialiser with the sd that `initialization` names."""
    scale = 0.02 if initialization == "dcgan" else (2.0 / fan_in) ** 0.5
    return nn.initializers.normal(scale)


class Dense(nn.Module):
    """x @ kernel + bias: [..., I] -> [..., O]."""

    features: int
    initialization: Initialization
    use_bias: bool = True
    spectral: bool = False

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool) -> jax.Array:
        inputs = x.shape[-1]
        initializer = weight_initializer(self.initialization, inputs)
        kernel = self.param("kernel", initializer, (inputs, self.features))
        if self.spectral:
            kernel = spectrally_normalized(self, kernel, 1, train=train)
        y = x @ kernel
        return y + _bias(self, self.features, y.ndim) if self.use_bias else y


class Convolution(nn.Module):
    """Strided convolution: [B, H, W, I] -> [B, H', W', O].

    H' is H / stride with the default padding of (size - stride + 1) // 2 zeros a side. `platform`
    is where it runs, and chooses the form it is computed in.
    """

    features: int
    kernel_size: int
    stride: int
    initialization: Initialization
    platform: str
    use_bias: bool = True
    spectral: bool = False
    padding: int | None = None

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool) -> jax.Array:
        size, inputs = self.kernel_size, x.shape[-1]
        initializer = weight_initializer(self.initialization, size * size * inputs)
        kernel = self.param("kernel", initializer, (self.features, size, size, inputs))
        if self.spectral:
            kernel = spectrally_normalized(self, kernel, 0, train=train)
        padding = (size - self.stride + 1) // 2 if self.padding is None else self.padding
        form = form_for_platform(self.platform)
        y = convolution(x, kernel, stride=self.stride, padding=padding, form=form)
        return y + _bias(self, self.features, y.ndim) if self.use_bias else y


class UpConvolution(nn.Module):
    """Convolution to twice the size: [B, H, W, I] -> [B, 2H, 2W, O]; `kernel_size` is odd.

    A transposed convolution with a kernel one larger (sub_pixel), or a filter that enlarges and
    then a convolution with stride 1.
    """

    features: int
    kernel_size: int
    initialization: Initialization
    upsampling: Upsampling
    platform: str
    use_bias: bool = True
    spectral: bool = False

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool) -> jax.Array:
        if self.upsampling != "sub_pixel":
            layer = Convolution(
                self.features,
                self.kernel_size,
                stride=1,
                initialization=self.initialization,
                platform=self.platform,
                use_bias=self.use_bias,
                spectral=self.spectral,
            )
            return layer(enlarge(x, self.upsampling), train=train)
        size, inputs = self.kernel_size + 1, x.shape[-1]
        # Each output pixel sums size² / stride² taps of every input channel.
        initializer = weight_initializer(self.initialization, size * size * inputs // 4)
        kernel = self.param("kernel", initializer, (inputs, size, size, self.features))
        if self.spectral:
            kernel = spectrally_normalized(self, kernel, 3, train=train)
        y = up_convolution(x, kernel, stride=2, form=form_for_platform(self.platform))
        return y + _bias(self, self.features, y.ndim) if self.use_bias else y


def _bias(module: nn.Module, features: int, rank: int) -> jax.Array:
    bias = module.param("bias", nn.initializers.zeros, (features,))
    return bias.reshape((1,) * (rank - 1) + (features,))
