"""The network that is trained on the data at hand, and its forward pass to features."""

from __future__ import annotations

from functools import cache

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.features.network import Forward, Outputs
from jaxgan.networks.layers.modules import Convolution, Dense
from jaxgan.networks.layers.normalization import Normalization
from jaxgan.types import Tree

__all__ = ["PENULTIMATE", "Activations", "ConvolutionalClassifier", "forward_of", "standardised"]

FIRST_WIDTH, LAST_WIDTH = 32, 128
SMALLEST_MAP = 6  # pixels: from here on, no further convolution halves the side
PENULTIMATE = 64  # wider layers add to the distances that chance makes, not to what is known
LEAST_ACTIVATION = 0.01

Activations = tuple[jax.Array, jax.Array, jax.Array]
"""Logits [B, K], penultimate layer [B, 64], logs of the first layer's means [B, 32]."""


class ConvolutionalClassifier(nn.Module):
    """4x4 convolutions of stride 2, of 32, 64, 128, 128 … channels, until the side is below 6.

    Then a layer of 64 and one of `classes`; batch norm and ReLU after each but the last.
    `platform` is where it runs.
    """

    classes: int
    platform: str

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool) -> Activations:
        maps, width = [x], FIRST_WIDTH
        while min(maps[-1].shape[1:3]) >= SMALLEST_MAP:
            layer = Convolution(width, 4, 2, "he", self.platform, use_bias=False)
            y = layer(maps[-1], train=train)
            maps.append(nn.relu(Normalization("batch", "he")(y, train=train)))
            width = min(2 * width, LAST_WIDTH)
        flat = maps[-1].reshape(x.shape[0], -1)
        y = Dense(PENULTIMATE, "he", use_bias=False)(flat, train=train)
        last = nn.relu(Normalization("batch", "he")(y, train=train))
        first = jnp.log(maps[1].mean((1, 2)) + LEAST_ACTIVATION)
        return Dense(self.classes, "he")(last, train=train), last, first


@cache  # one function for equal arguments, so that it is compiled once
def forward_of(classes: int, platform: str) -> Forward:
    """The frozen network: 64 + 32 features, each block divided by its number in `scales`."""
    module = ConvolutionalClassifier(classes, platform)

    def forward(parameters: Tree, images: jax.Array) -> Outputs:
        variables = {"params": parameters["params"], "batch_stats": parameters["batch_stats"]}
        centred = standardised(images, parameters["centre"], parameters["spread"])
        activations: Activations = module.apply(variables, centred, train=False)  # type: ignore[assignment]
        logits, last, first = activations
        scales = parameters["scales"]
        return Outputs(jnp.concatenate([last / scales[0], first / scales[1]], axis=1), logits)

    return forward


def standardised(images: jax.Array, centre: jax.Array, spread: jax.Array) -> jax.Array:
    """Images [B, H, W, C] less their data's mean, over its deviation, both [C]."""
    shape = (1, 1, 1, images.shape[3])
    return (images - centre.reshape(shape)) / spread.reshape(shape)
