"""Where Flax ends: a module becomes two pure functions over plain trees."""

from __future__ import annotations

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.types import Network, Tree, Variables

__all__ = ["network_of"]


def network_of(module: nn.Module, input_shape: tuple[int, ...]) -> Network:
    """The module as a `Network`; its inputs are float32 [B, *input_shape]."""

    def init(key: jax.Array) -> Variables:
        example = jnp.zeros((1, *input_shape), jnp.float32)
        variables = dict(module.init({"params": key}, example, train=False))
        params = variables.pop("params")
        return Variables(params, variables)

    def apply(
        key: jax.Array, variables: Variables, inputs: jax.Array, *, train: bool
    ) -> tuple[jax.Array, Tree]:
        outputs, stats = module.apply(
            {"params": variables.params, **variables.stats},
            inputs,
            train=train,
            rngs={"dropout": key},
            mutable=list(variables.stats) if train else [],
        )
        return outputs, dict(stats) if train else variables.stats

    return Network(init, apply)
