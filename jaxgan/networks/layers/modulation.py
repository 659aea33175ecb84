"""How a style steers a layer: modulated convolution (StyleGAN2: Karras et al. 2020,
arXiv:1912.04958, section 2.2) and adaptive instance normalisation (StyleGAN: Karras et al. 2019,
arXiv:1812.04948, equation 1).
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

from jaxgan.networks.layers.convolution import Form, convolution
from jaxgan.networks.layers.fir import fir_up_convolution

__all__ = ["adaptive_instance_norm", "demodulation", "modulated_convolution"]

EPSILON = 1e-8  # of the authors, in both
SMALLEST = 1e-30  # what a largest absolute value is held above, to be divided by


def modulated_convolution(
    x: jax.Array,
    kernel: jax.Array,
    styles: jax.Array,
    *,
    demodulate: bool,
    up: bool = False,
    form: Form,
) -> jax.Array:
    """Convolution of each image with weights of its own, kernel · style, by the scale of its
    channels: x [B, H, W, I], kernel [O, K, K, I], styles [B, I] -> [B, H, W, O], or
    [B, 2H, 2W, O] where `up` (low-passed, K is 3).

    A factor of an input channel of the weights is as well one of the input; so activations are
    scaled before one convolution that all images share. With `demodulate` they are scaled once
    more after it, by 1 / the L2 norm of each output channel's own weights, which keeps the
    variance of white noise (equation 3). Equal to a grouped convolution with weights for each
    image, which is slow in JAX, backwards above all.

    Weights and styles are first divided by their largest value where floats are narrow: both
    cancel in demodulation.
    """
    if demodulate and x.dtype != jnp.float32:
        kernel = _divided_by_largest(kernel, (1, 2, 3))
        styles = _divided_by_largest(styles, (1,))
    y = x * _beside_pixels(styles)
    if up:
        y = fir_up_convolution(y, kernel, form=form)
    else:
        y = convolution(y, kernel, stride=1, padding=kernel.shape[1] // 2, form=form)
    if demodulate:
        y = y * _beside_pixels(demodulation(kernel, styles)).astype(y.dtype)
    return y


def demodulation(kernel: jax.Array, styles: jax.Array) -> jax.Array:
    """1 / √(Σ (kernel · style)² + 1e-8), float32: kernel [O, K, K, I], styles [B, I] -> [B, O]."""
    power = jnp.sum(jnp.square(kernel.astype(jnp.float32)), axis=(1, 2))
    return lax.rsqrt(jnp.square(styles.astype(jnp.float32)) @ power.T + EPSILON)


def adaptive_instance_norm(x: jax.Array, scale: jax.Array, bias: jax.Array) -> jax.Array:
    """Each channel of each image at mean 0 and variance 1 over its pixels (+1e-8), then
    (scale + 1) · x + bias: x [B, H, W, C], scale and bias [B, C] -> [B, H, W, C]."""
    wide = x.astype(jnp.float32)
    centred = wide - jnp.mean(wide, axis=(1, 2), keepdims=True)
    variance = jnp.mean(jnp.square(centred), axis=(1, 2), keepdims=True)
    normal = (centred * lax.rsqrt(variance + EPSILON)).astype(x.dtype)
    return normal * _beside_pixels(scale + 1) + _beside_pixels(bias)


def _divided_by_largest(x: jax.Array, axes: tuple[int, ...]) -> jax.Array:
    largest = jnp.max(jnp.abs(x), axis=axes, keepdims=True)
    # A factor that cancels has no gradient.
    return x / lax.stop_gradient(jnp.maximum(largest, SMALLEST))


def _beside_pixels(x: jax.Array) -> jax.Array:
    """[B, C] -> [B, 1, 1, C]."""
    return x[:, None, None, :]
