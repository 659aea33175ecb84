"""What follows the linear part of a hidden layer: norm, nonlinearity, dropout."""

from __future__ import annotations

import flax.linen as nn
import jax

from jaxgan.networks.layers.knobs import DiscriminatorKnobs, GeneratorKnobs
from jaxgan.networks.layers.normalization import Normalization
from jaxgan.types import Given

__all__ = ["DiscriminatorActivation", "GeneratorActivation"]


class GeneratorActivation(nn.Module):
    """Norm, with the label's gains where conditioning is norm; ReLU; dropout."""

    knobs: GeneratorKnobs
    classes: int

    @nn.compact
    def __call__(self, x: jax.Array, given: Given, *, train: bool) -> jax.Array:
        knobs = self.knobs
        classes = self.classes if knobs.conditioning == "norm" else 0
        norm = Normalization(knobs.norm, knobs.initialization, classes)
        x = norm(x, given.label, train=train)
        off = not (train or knobs.dropout_when_sampling)
        return nn.Dropout(knobs.dropout, deterministic=off)(jax.nn.relu(x))


class DiscriminatorActivation(nn.Module):
    """Norm, unless `normalize` is false; leaky ReLU with slope 0.2, unless `leaky` is false;
    dropout while training."""

    knobs: DiscriminatorKnobs
    normalize: bool = True
    leaky: bool = True

    @nn.compact
    def __call__(self, x: jax.Array, *, train: bool) -> jax.Array:
        knobs = self.knobs
        if self.normalize:
            x = Normalization(knobs.norm, knobs.initialization)(x, train=train)
        if self.leaky:
            x = jax.nn.leaky_relu(x, 0.2)
        return nn.Dropout(knobs.dropout, deterministic=not train)(x)
