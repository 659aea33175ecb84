"""DCGAN-style networks (Radford et al. 2016, arXiv:1511.06434) for any size they can halve.

The generator projects the latent onto a grid of 4 to 15 pixels a side and doubles it to the image;
the discriminator halves the image down to that grid. 32, 64 and 128 start at 4, 28 starts at 7.
Kernels are 4x4 with stride 2, as in the WGAN authors' code, instead of the paper's 5x5: a stride
that divides the kernel covers every pixel equally often.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, get_args

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.errors import UserError
from jaxgan.networks.layers import (
    Convolution,
    Initialization,
    Norm,
    Normalization,
    UpConvolution,
    dense,
    network_of,
)
from jaxgan.types import Network

__all__ = ["DCGANDiscriminator", "DCGANGenerator", "halvings"]

SMALLEST_GRID, LARGEST_GRID = 4, 15


def halvings(image_size: int) -> tuple[int, int]:
    """How often a size can be halved while at least 4 pixels stay, and the grid that is left.

    Raises UserError where that is never, or leaves more than 15 pixels.
    """
    grid, count = image_size, 0
    while grid % 2 == 0 and grid // 2 >= SMALLEST_GRID:
        grid, count = grid // 2, count + 1
    if count == 0 or grid > LARGEST_GRID:
        grids = range(SMALLEST_GRID, LARGEST_GRID + 1)
        sizes = [grid * 2**i for grid in grids for i in range(1, image_size.bit_length() + 1)]
        near = min(sizes, key=lambda size: abs(size - image_size))
        raise UserError(
            f"image size {image_size} halves {count} times, to {grid}: DCGAN networks need a size "
            f"that halves to {SMALLEST_GRID} to {LARGEST_GRID} pixels, such as 28, 32, 64 or 128; "
            f"--image-size {near} resizes the images"
        )
    return count, grid


@dataclass(frozen=True)
class DCGANGenerator:
    """Dense, then 4x4 up-convolutions with ReLU, tanh at the end."""

    width: int = 64
    """Channels before the last layer; they double towards the latent (64 in the paper)."""
    norm: Norm = "batch"
    """Normalisation after every layer but the last (batch in the paper)."""
    initialization: Initialization = "dcgan"
    """Weights N(0, 0.02²) as in the paper (dcgan), or N(0, 2 / fan-in) (he)."""

    role: ClassVar[str] = "generator"

    def __post_init__(self) -> None:
        _check(self.width, self.norm, self.initialization)

    def build(self, image_shape: tuple[int, int, int], latent_size: int) -> Network:
        """Latents [B, latent_size] -> images [B, H, W, C] in [-1, 1]."""
        stages, grid = halvings(image_shape[0])
        module = _Generator(
            channels=tuple(self.width * 2**i for i in reversed(range(stages))),
            grid=grid,
            image_channels=image_shape[2],
            norm=self.norm,
            initialization=self.initialization,
        )
        return network_of(module, (latent_size,))


@dataclass(frozen=True)
class DCGANDiscriminator:
    """4x4 strided convolutions with leaky ReLU 0.2, then one dense unit."""

    width: int = 64
    """Channels after the first layer; they double towards the logit (64 in the paper)."""
    norm: Norm = "batch"
    """Normalisation after every layer but the first and last (batch in the paper)."""
    initialization: Initialization = "dcgan"
    """Weights N(0, 0.02²) as in the paper (dcgan), or N(0, 2 / fan-in) (he)."""

    role: ClassVar[str] = "discriminator"

    def __post_init__(self) -> None:
        _check(self.width, self.norm, self.initialization)

    @property
    def mixes_examples(self) -> bool:
        """Whether one image's logit depends on the others in its batch."""
        return self.norm == "batch"

    def build(self, image_shape: tuple[int, int, int]) -> Network:
        """Images [B, H, W, C] -> logits [B]."""
        stages, _ = halvings(image_shape[0])
        module = _Discriminator(
            channels=tuple(self.width * 2**i for i in range(stages)),
            norm=self.norm,
            initialization=self.initialization,
        )
        return network_of(module, image_shape)


class _Generator(nn.Module):
    channels: tuple[int, ...]
    grid: int
    image_channels: int
    norm: Norm
    initialization: Initialization

    @nn.compact
    def __call__(self, z: jax.Array, *, train: bool) -> jax.Array:
        start, use_bias = self.channels[0], self.norm == "none"
        x = dense(self.grid * self.grid * start, z.shape[-1], self.initialization, use_bias)(z)
        x = x.reshape(z.shape[0], self.grid, self.grid, start)
        x = jax.nn.relu(Normalization(self.norm, self.initialization)(x, train=train))
        for features in self.channels[1:]:
            x = UpConvolution(features, 4, 2, self.initialization, use_bias)(x)
            x = jax.nn.relu(Normalization(self.norm, self.initialization)(x, train=train))
        return jnp.tanh(UpConvolution(self.image_channels, 4, 2, self.initialization)(x))


class _Discriminator(nn.Module):
    channels: tuple[int, ...]
    norm: Norm
    initialization: Initialization

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool) -> jax.Array:
        use_bias = self.norm == "none"
        for i, features in enumerate(self.channels):
            x = Convolution(features, 4, 2, self.initialization, use_bias or i == 0)(x)
            if i > 0:
                x = Normalization(self.norm, self.initialization)(x, train=train)
            x = jax.nn.leaky_relu(x, 0.2)
        x = x.reshape(x.shape[0], -1)
        return dense(1, x.shape[-1], self.initialization)(x)[:, 0]


def _check(width: int, norm: Norm, initialization: Initialization) -> None:
    if not isinstance(width, int) or isinstance(width, bool) or width < 1:
        raise UserError(f"network width {width}: expected a whole number above 0, such as 64")
    for value, choices in ((norm, get_args(Norm)), (initialization, get_args(Initialization))):
        if value not in choices:
            raise UserError(f"network with {value!r}: expected one of {', '.join(choices)}")
