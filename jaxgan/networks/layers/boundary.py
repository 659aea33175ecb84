"""Where Flax ends: a module becomes pure functions over plain trees."""

from __future__ import annotations

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.types import Given, Network, Precision, Tree, Variables

__all__ = ["network_of"]


def network_of(
    module: nn.Module, input_shape: tuple[int, ...], classes: int, precision: Precision
) -> Network:
    """The module as a `Network`; its inputs are float32 [B, *input_shape].

    `module(inputs, labels, train=…)` takes labels where `classes` > 0 and None elsewhere; a
    method `stages` of the same arguments becomes the network's. In bfloat16, parameters and
    inputs are rounded on their way in and outputs are widened on their way out; statistics stay
    float32.
    """

    def init(key: jax.Array) -> Variables:
        example = jnp.zeros((1, *input_shape), jnp.float32)
        labels = jnp.zeros((1,), jnp.int32) if classes else None
        key_params, key_dropout = jax.random.split(key)
        rngs = {"params": key_params, "dropout": key_dropout}
        variables = dict(module.init(rngs, example, labels, train=False))
        params = variables.pop("params")
        return Variables(params, variables)

    def narrowed(tree: Tree) -> Tree:
        if precision == "float32":
            return tree
        return jax.tree.map(lambda x: x.astype(jnp.bfloat16), tree)

    def widened(tree: Tree) -> Tree:
        return jax.tree.map(lambda x: x.astype(jnp.float32), tree)

    def apply(
        key: jax.Array,
        variables: Variables,
        inputs: jax.Array,
        given: Given = Given(),
        *,
        train: bool,
    ) -> tuple[Tree, Tree]:
        outputs, stats = module.apply(
            {"params": narrowed(variables.params), **variables.stats},
            narrowed(inputs),
            given.label,
            train=train,
            rngs={"dropout": key},
            mutable=list(variables.stats) if train else [],
        )
        return widened(outputs), dict(stats) if train else variables.stats

    def stages(
        key: jax.Array, variables: Variables, inputs: jax.Array, given: Given = Given()
    ) -> jax.Array:
        return widened(
            module.apply(
                {"params": narrowed(variables.params), **variables.stats},
                narrowed(inputs),
                given.label,
                train=False,
                rngs={"dropout": key},
                method="stages",
            )
        )

    return Network(init, apply, stages if hasattr(module, "stages") else None)
