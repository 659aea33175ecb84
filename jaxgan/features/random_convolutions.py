"""A convolutional network that was never trained: no data, no files, no labels, and no taste.

Naeem et al. 2020 (arXiv:2002.09797, section 4) advise random weights where images are far from
those that public networks were trained on.
"""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from jaxgan.features.network import FeatureNetwork, Outputs, feature_network
from jaxgan.networks.layers.convolution import Form, convolution, form_for_platform
from jaxgan.networks.layers.resampling import halve
from jaxgan.types import Tree

__all__ = ["random_convolutions"]

VERSION = 1
WIDTHS = (16, 16, 16, 16)  # channels of each stage, and its share of the 64 features
LEAST_ACTIVATION = 0.01  # about a third of what noise of 0.02 brings about
SMALLEST_SIDE = 16


def random_convolutions() -> FeatureNetwork:
    """64 features of images from 16x16 pixels, grey or RGB (grey counts as three equal planes).

    Four stages of two 3x3 convolutions with ReLU, as in VGG (Simonyan and Zisserman 2015), each
    followed by means of 2x2 pixels in place of max pooling. The features are the logs of every
    stage's mean activations, ln(mean + 0.01): fine detail, which only the first stages see, is
    part of them, and a picture of high contrast does not outweigh all others.

    Weights are uniform with variance 2 / fan-in (He et al. 2015), made of the random bits of
    `jax.random.key(0, impl="threefry2x32")` by exact arithmetic: the same digest on every machine.
    Each filter's weights sum to 0: otherwise all features follow the picture's brightness, and
    chance differences of that hide half a pixel of blur.
    """
    form = form_for_platform(jax.default_backend())
    forward = partial(_forward, form=form)
    return feature_network("random-conv", VERSION, _weights(), forward, smallest_side=SMALLEST_SIDE)


def _weights() -> dict[str, np.ndarray]:
    """Kernels [O, 3, 3, I] by name."""
    with jax.threefry_partitionable(True):  # the bits of a key depend on it
        key = jax.random.key(0, impl="threefry2x32")
        kernels, inputs = {}, 3
        for number, width in enumerate(np.repeat(WIDTHS, 2)):
            shape = (int(width), 3, 3, inputs)
            bits = jax.random.bits(jax.random.fold_in(key, number), shape, jnp.uint32)
            between = np.asarray(bits, np.float64) / 2**31 - 1  # in [-1, 1), exactly
            # Sums of integers below 2^53: exact, in whatever order they are added.
            centred = between - between.sum(axis=(1, 2, 3), keepdims=True) / (9 * inputs)
            kernels[f"kernel_{number}"] = (np.sqrt(6 / (9 * inputs)) * centred).astype(np.float32)
            inputs = int(width)
    return kernels


def _forward(parameters: Tree, images: jax.Array, *, form: Form) -> Outputs:
    x = 2 * images - 1
    x = jnp.concatenate([x] * 3, axis=3) if x.shape[3] == 1 else x
    pooled = []
    for stage in range(len(WIDTHS)):
        for number in (2 * stage, 2 * stage + 1):
            kernel = parameters[f"kernel_{number}"]
            x = jax.nn.relu(convolution(x, kernel, stride=1, padding=1, form=form))
        pooled.append(jnp.log(x.mean((1, 2)) + LEAST_ACTIVATION))
        height, width = (side - side % 2 for side in x.shape[1:3])
        x = halve(x[:, :height, :width])
    return Outputs(jnp.concatenate(pooled, axis=1), None)
