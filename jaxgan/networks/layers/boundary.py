"""Where Flax ends: a module becomes pure functions over plain trees."""

from __future__ import annotations

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.networks.layers.knobs import DiscriminatorKnobs, GeneratorKnobs
from jaxgan.networks.layers.labels import BesideLabel
from jaxgan.types import Given, Network, NetworkSetting, Tree, Variables

__all__ = ["discriminator_of", "generator_of", "network_of"]


def generator_of(module: nn.Module, knobs: GeneratorKnobs, setting: NetworkSetting) -> Network:
    """A module from latents [B, Z] as a `Network`, with labels beside them if by concat."""
    return network_of(_beside_label(module, knobs, setting), (setting.latent_size,), setting)


def discriminator_of(
    module: nn.Module, knobs: DiscriminatorKnobs, setting: NetworkSetting
) -> Network:
    """A module from images [B, H, W, C] as a `Network`, with label planes beside them if by
    concat."""
    return network_of(_beside_label(module, knobs, setting), setting.image_shape, setting)


def _beside_label(
    module: nn.Module, knobs: GeneratorKnobs | DiscriminatorKnobs, setting: NetworkSetting
) -> nn.Module:
    return BesideLabel(module, setting.classes) if knobs.conditioning == "concat" else module


def network_of(module: nn.Module, input_shape: tuple[int, ...], setting: NetworkSetting) -> Network:
    """The module as a `Network`; its inputs are float32 [B, *input_shape].

    `module(inputs, given, train=…)` is told labels where the setting has classes; a method
    `stages` of the same arguments becomes the network's. In bfloat16, parameters, inputs and given
    images are rounded on their way in and outputs are widened on their way out; statistics stay
    float32.
    """
    is_rounded = setting.precision == "bfloat16"

    def init(key: jax.Array) -> Variables:
        example = jnp.zeros((1, *input_shape), jnp.float32)
        given = Given(label=jnp.zeros((1,), jnp.int32) if setting.classes else None)
        key_params, key_dropout = jax.random.split(key)
        rngs = {"params": key_params, "dropout": key_dropout}
        variables = dict(module.init(rngs, example, given, train=False))
        params = variables.pop("params")
        return Variables(params, variables)

    def narrowed(tree: Tree) -> Tree:
        return jax.tree.map(lambda x: x.astype(jnp.bfloat16), tree) if is_rounded else tree

    def widened(tree: Tree) -> Tree:
        return jax.tree.map(lambda x: x.astype(jnp.float32), tree)

    def told(given: Given) -> Given:
        return given._replace(image=narrowed(given.image))

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
            told(given),
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
                told(given),
                train=False,
                rngs={"dropout": key},
                method="stages",
            )
        )

    return Network(init, apply, stages if hasattr(module, "stages") else None)
