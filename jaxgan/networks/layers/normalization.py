"""Normalisation of activations, with gains and biases that may depend on the class."""

from __future__ import annotations

import math
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.networks.layers.knobs import Initialization, Norm
from jaxgan.networks.layers.labels import one_hot

__all__ = ["Normalization"]

MOST_GROUPS, LEAST_FEATURES = 32, 16  # Wu and He 2018


class Normalization(nn.Module):
    """Zero mean and unit variance, then a gain and a bias for each channel. eps is 1e-5.

    Statistics are taken over: the batch and all positions (batch; running means with decay 0.9
    are used outside training), all positions and channels of an image (layer), positions alone
    (instance), positions and channels by groups, 32 where they divide the channels (group; without
    positions, groups have 16 features or more). Norms none and spectral leave activations as they
    are.

    With `classes` > 0 gain and bias are rows of a table, one a class (Dumoulin et al. 2017,
    arXiv:1610.07629), and `labels` int32 [B] say which.
    """

    norm: Norm
    initialization: Initialization
    classes: int = 0

    @nn.compact
    def __call__(self, x: jax.Array, labels: jax.Array | None = None, *, train: bool) -> jax.Array:
        if self.norm in ("none", "spectral"):
            return x
        own_gain = self.classes == 0
        options: dict[str, Any] = {
            "epsilon": 1e-5,
            "use_scale": own_gain,
            "use_bias": own_gain,
            "scale_init": self._gain,
        }
        if self.norm == "batch":
            y = nn.BatchNorm(use_running_average=not train, momentum=0.9, **options)(x)
        elif self.norm == "layer":
            y = nn.LayerNorm(reduction_axes=tuple(range(1, x.ndim)), **options)(x)
        elif self.norm == "instance":
            y = nn.GroupNorm(num_groups=None, group_size=1, **options)(x)
        else:
            y = nn.GroupNorm(num_groups=_groups(x), **options)(x)
        return y if own_gain else self._of_class(y, labels)

    def _gain(
        self, key: jax.Array, shape: tuple[int, ...], dtype: jnp.dtype = jnp.float32
    ) -> jax.Array:
        spread = 0.02 if self.initialization == "dcgan" else 0.0
        return 1.0 + spread * jax.random.normal(key, shape, dtype)

    def _of_class(self, y: jax.Array, labels: jax.Array | None) -> jax.Array:
        shape = (self.classes, y.shape[-1])
        gains = self.param("class_scale", self._gain, shape)
        biases = self.param("class_bias", nn.initializers.zeros, shape)
        positions = (1,) * (y.ndim - 2)

        def rows(table: jax.Array) -> jax.Array:
            return (one_hot(labels, self.classes, y.dtype) @ table).reshape(
                y.shape[0], *positions, y.shape[-1]
            )

        return y * rows(gains) + rows(biases)


def _groups(x: jax.Array) -> int:
    """Groups of channels; of features without positions, none so small that it says nothing."""
    channels = x.shape[-1]
    most = MOST_GROUPS if x.ndim > 2 else max(1, channels // LEAST_FEATURES)
    return math.gcd(MOST_GROUPS, most, channels)
