"""Where Flax ends for generators with styles: a module becomes the two halves of a network."""

from __future__ import annotations

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.types import Given, Network, NetworkSetting, Styled, Tree, Variables

__all__ = ["styled_network_of"]


def styled_network_of(module: nn.Module, setting: NetworkSetting) -> Network:
    """The module as a `Network` with `styled`; its inputs are latents [B, latent_size].

    It has the sub-modules `mapping` and `synthesis`, and the methods `map(key, z, labels, *,
    train) -> w` and `synthesize(key, w, *, train) -> images`; the statistic `styles/mean` is moved
    by `map` while training. In bfloat16 the synthesis is narrow, as in the authors' code at the
    larger sizes, and the mapping stays float32. Images for sampling (`train` false) are clipped to
    [-1, 1], as the authors do when they write them.
    """

    def init(key: jax.Array) -> Variables:
        key_params, key_call = jax.random.split(key)
        z = jnp.zeros((1, setting.latent_size), jnp.float32)
        labels = jnp.zeros((1,), jnp.int32) if setting.classes else None
        variables = dict(module.init(key_params, key_call, z, labels))
        params = variables.pop("params")
        return Variables(params, variables)

    def narrowed(tree: Tree) -> Tree:
        if setting.precision == "float32":
            return tree
        return jax.tree.map(lambda x: x.astype(jnp.bfloat16), tree)

    def map_latents(
        key: jax.Array,
        variables: Variables,
        z: jax.Array,
        given: Given = Given(),
        *,
        train: bool,
    ) -> tuple[jax.Array, Tree]:
        w, stats = module.apply(
            {"params": variables.params, **variables.stats},
            key,
            z,
            given.label,
            train=train,
            method="map",
            mutable=list(variables.stats) if train else [],
        )
        return w, dict(stats) if train else variables.stats

    def synthesize(
        key: jax.Array,
        variables: Variables,
        w: jax.Array,
        given: Given = Given(),
        *,
        train: bool,
    ) -> jax.Array:
        del given  # labels are in w
        params = {"synthesis": narrowed(variables.params["synthesis"])}
        narrow: jax.Array = module.apply(  # type: ignore[assignment]  # nothing is mutable
            {"params": params, **variables.stats},
            key,
            narrowed(w),
            train=train,
            method="synthesize",
        )
        images = narrow.astype(jnp.float32)
        return images if train else jnp.clip(images, -1, 1)

    def apply(
        key: jax.Array,
        variables: Variables,
        z: jax.Array,
        given: Given = Given(),
        *,
        train: bool,
    ) -> tuple[jax.Array, Tree]:
        key_map, key_synthesize = jax.random.split(key)
        w, stats = map_latents(key_map, variables, z, given, train=train)
        return synthesize(key_synthesize, variables, w, given, train=train), stats

    def mean(variables: Variables) -> jax.Array:
        return variables.stats["styles"]["mean"]

    return Network(init, apply, styled=Styled(map_latents, synthesize, mean))
