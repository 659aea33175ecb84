"""The network that is trained on the data at hand, and its forward pass to features."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.features.network import Outputs
from jaxgan.networks.layers.modules import Convolution, Dense
from jaxgan.networks.layers.normalization import Normalization
from jaxgan.types import Tree

__all__ = ["PENULTIMATE", "Activations", "ConvolutionalClassifier", "forward_of", "standardised"]

FIRST_WIDTH, LAST_WIDTH = 32, 128
SMALLEST_MAP = 6  # pixels: from here on, no further convolution halves the side
PENULTIMATE = 128

Activations = tuple[jax.Array, jax.Array, jax.Array]
"""Logits [B, K], penultimate layer [B, 128], means of the first layer [B, 32]."""


class ConvolutionalClassifier(nn.Module):
    """4x4 convolutions of stride 2, of 32, 64, 128, 128 … channels, until the side is below 6.

    Then a layer of 128 and one of `classes`; batch norm and ReLU after each but the last.
    """

    classes: int

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool) -> Activations:
        first, width = None, FIRST_WIDTH
        while min(x.shape[1:3]) >= SMALLEST_MAP:
            x = Convolution(width, 4, 2, "he", use_bias=False)(x, train=train)
            x = nn.relu(Normalization("batch", "he")(x, train=train))
            first = x.mean((1, 2)) if first is None else first
            width = min(2 * width, LAST_WIDTH)
        x = Dense(PENULTIMATE, "he", use_bias=False)(x.reshape(x.shape[0], -1), train=train)
        x = nn.relu(Normalization("batch", "he")(x, train=train))
        return Dense(self.classes, "he")(x, train=train), x, first


@cache  # one function a number of classes, so that it is compiled once
def forward_of(classes: int) -> Callable[[Tree, jax.Array], Outputs]:
    """The frozen network: 128 + 32 features, each block divided by its number in `scales`."""
    module = ConvolutionalClassifier(classes)

    def forward(parameters: Tree, images: jax.Array) -> Outputs:
        variables = {"params": parameters["params"], "batch_stats": parameters["batch_stats"]}
        centred = standardised(images, parameters["centre"], parameters["spread"])
        logits, last, first = module.apply(variables, centred, train=False)
        scales = parameters["scales"]
        return Outputs(jnp.concatenate([last / scales[0], first / scales[1]], axis=1), logits)

    return forward


def standardised(images: jax.Array, centre: jax.Array, spread: jax.Array) -> jax.Array:
    """Images [B, H, W, C] less their data's mean, over its deviation, both [C]."""
    shape = (1, 1, 1, images.shape[3])
    return (images - centre.reshape(shape)) / spread.reshape(shape)
