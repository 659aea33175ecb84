"""The synthesis network of StyleGAN and StyleGAN2: a learned constant, and layers that styles and
noise turn into an image."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.networks.layers.convolution import Form, convolution
from jaxgan.networks.layers.equalized import EqualizedConvolution, EqualizedDense, across, leaky
from jaxgan.networks.layers.fir import blur, fir_up, nearest_up_convolution
from jaxgan.networks.layers.modulation import adaptive_instance_norm, modulated_convolution

__all__ = ["Noise", "Style", "Synthesis"]

Style = Literal["demodulated", "adain"]
"""StyleGAN2's modulated convolutions, or StyleGAN's adaptive instance normalisation."""

Noise = Callable[[int, int], jax.Array | None]
"""(layer, size) -> N(0, 1) [B or 1, size, size, 1]; None for no noise."""


class Synthesis(nn.Module):
    """Styles [B, L, W] -> images [B, H, W, colours], not squashed; L is 2 · len(channels).

    `channels` are those of each size, from `start` pixels a side up, each twice the one before.

    demodulated (Karras et al. 2020, figure 7): one layer at the first size and two at each other;
    at each size an image of the features so far is added to the enlarged one of the size before.
    It is steered by the style of the layer that follows, the last one by a style of its own.

    adain (Karras et al. 2019, figure 1b): the constant starts at ones and has noise and style of
    its own; two layers at every other size, and an image from the last alone.
    """

    style: Style
    start: int
    channels: tuple[int, ...]
    colours: int
    form: Form

    @nn.compact
    def __call__(self, styles: jax.Array, noise: Noise) -> jax.Array:
        adain = self.style == "adain"
        first = nn.initializers.ones if adain else nn.initializers.normal(1.0)
        shape = (self.start, self.start, self.channels[0])
        constant = self.param("constant", first, shape)
        x = jnp.broadcast_to(constant[None], (len(styles), *shape))
        image: jax.Array | None = None
        count = 0

        def layer(x: jax.Array, features: int, up: bool, convolves: bool = True) -> jax.Array:
            nonlocal count
            index, count = count, count + 1
            of_style = _NormalizedLayer if adain else _ModulatedLayer
            made = of_style(features, self.form, up, convolves, name=f"layer_{index}")
            return made(x, styles[:, index], noise(index, x.shape[1] * (1 + up)))

        if adain:
            x = layer(x, self.channels[0], up=False, convolves=False)
        for i, features in enumerate(self.channels):
            if i:
                x = layer(x, features, up=True)
            x = layer(x, features, up=False)
            if not adain:
                of_size = _ModulatedImage(self.colours, self.form, name=f"image_{i}")
                more = of_size(x, styles[:, count])
                image = more if image is None else fir_up(image, edge="zero") + more
        if image is None:
            image = EqualizedConvolution(self.colours, 1, self.form, name="image")(x)
        return image


class _ModulatedLayer(nn.Module):
    """3x3 modulated convolution, noise, bias and leaky ReLU: [B, H, W, I] -> [B, H', W', O]."""

    features: int
    form: Form
    up: bool
    convolves: bool = True

    @nn.compact
    def __call__(self, x: jax.Array, w: jax.Array, noise: jax.Array | None) -> jax.Array:
        inputs = x.shape[-1]
        styles = EqualizedDense(inputs, bias_init=1.0, name="style")(w)
        kernel = self.param("kernel", nn.initializers.normal(1.0), (self.features, 3, 3, inputs))
        y = modulated_convolution(x, kernel, styles, demodulate=True, up=self.up, form=self.form)
        strength = self.param("noise", nn.initializers.zeros, ())
        bias = self.param("bias", nn.initializers.zeros, (self.features,))
        if noise is not None:
            y = y + strength * noise.astype(y.dtype)
        return leaky(y + across(bias, y.ndim))


class _ModulatedImage(nn.Module):
    """1x1 modulated convolution to colours, without demodulation: [B, H, W, I] -> [B, H, W, C]."""

    colours: int
    form: Form

    @nn.compact
    def __call__(self, x: jax.Array, w: jax.Array) -> jax.Array:
        inputs = x.shape[-1]
        styles = EqualizedDense(inputs, bias_init=1.0, name="style")(w) / math.sqrt(inputs)
        kernel = self.param("kernel", nn.initializers.normal(1.0), (self.colours, 1, 1, inputs))
        bias = self.param("bias", nn.initializers.zeros, (self.colours,))
        y = modulated_convolution(x, kernel, styles, demodulate=False, form=self.form)
        return y + across(bias, y.ndim)


class _NormalizedLayer(nn.Module):
    """3x3 convolution where `convolves`, noise with a strength for each channel, bias, leaky ReLU
    and adaptive instance normalisation: [B, H, W, I] -> [B, H', W', O]."""

    features: int
    form: Form
    up: bool
    convolves: bool = True

    @nn.compact
    def __call__(self, x: jax.Array, w: jax.Array, noise: jax.Array | None) -> jax.Array:
        if self.convolves:
            shape = (self.features, 3, 3, x.shape[-1])
            kernel = self.param("kernel", nn.initializers.normal(1.0), shape)
            kernel = kernel * math.sqrt(2 / (9 * x.shape[-1]))
            if self.up:
                x = blur(nearest_up_convolution(x, kernel, form=self.form))
            else:
                x = convolution(x, kernel, stride=1, padding=1, form=self.form)
        strength = self.param("noise", nn.initializers.zeros, (self.features,))
        bias = self.param("bias", nn.initializers.zeros, (self.features,))
        if noise is not None:
            x = x + across(strength, x.ndim) * noise.astype(x.dtype)
        x = leaky(x + across(bias, x.ndim), gain=1.0)
        scale, shift = jnp.split(EqualizedDense(2 * self.features, name="style")(w), 2, axis=1)
        return adaptive_instance_norm(x, scale, shift)
