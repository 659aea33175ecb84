"""Samples of a state: from the averaged generator, of what is asked for."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxgan.config import Config
from jaxgan.errors import UserError
from jaxgan.types import GanState, Given, Network

__all__ = ["network_classes", "sample", "stages"]


def network_classes(config: Config) -> int:
    """Classes that the networks are built for: none where they do not look at labels."""
    if not config.is_conditional:
        return 0
    if not config.classes:
        raise UserError(
            f"{config.name} draws images of given classes, and {config.data} has no labels: use "
            "data with labels (shapes, mnist, cifar10, a folder with subfolders), or "
            "--generator.conditioning none --discriminator.conditioning none"
        )
    return config.classes


def sample(
    config: Config,
    generator: Network,
    key: jax.Array,
    state: GanState,
    count: int,
    given: Given = Given(),
) -> jax.Array:
    """Images [count, H, W, C] in [-1, 1]; see `Gan`."""
    key_dropout, z, given = _inputs(config, key, count, given)
    return generator.apply(key_dropout, state.average, z, given, train=False)[0]


def stages(
    config: Config,
    generator: Network,
    key: jax.Array,
    state: GanState,
    count: int,
    given: Given = Given(),
) -> jax.Array:
    """The same samples on their way, [T, count, H, W, C], of a generator that makes them so."""
    assert generator.stages is not None
    key_dropout, z, given = _inputs(config, key, count, given)
    return generator.stages(key_dropout, state.average, z, given)


def _inputs(
    config: Config, key: jax.Array, count: int, given: Given
) -> tuple[jax.Array, jax.Array, Given]:
    """Dropout's key, latents [count, Z] and what is given of the samples that are asked for."""
    key_latent, key_dropout = jax.random.split(key)
    z = jax.random.normal(key_latent, (count, config.latent_size))
    return key_dropout, z, given._replace(label=_asked_labels(config, count, given.label))


def _asked_labels(config: Config, count: int, labels: jax.Array | None) -> jax.Array | None:
    """The labels to draw images of; classes in turn where none are asked for."""
    if not config.is_conditional:
        if labels is not None:
            raise UserError(f"labels for {config.name}, whose generator takes none: leave them out")
        return None
    if labels is None:
        return jnp.arange(count, dtype=jnp.int32) % network_classes(config)
    if labels.shape != (count,):
        raise UserError(f"labels of shape {labels.shape} for {count} images: expected ({count},)")
    return labels
