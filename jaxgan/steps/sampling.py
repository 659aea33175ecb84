"""Samples of a state: from the averaged generator, of what is asked for."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxgan.config import Config
from jaxgan.errors import UserError
from jaxgan.latents import truncate
from jaxgan.steps.model import Model
from jaxgan.types import GanState, Given, Styles, Tree, Variables

__all__ = ["from_latents", "generate", "network_classes", "sample", "stages", "styles_of"]


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


def generate(
    model: Model, key: jax.Array, variables: Variables, count: int, given: Given
) -> tuple[jax.Array, Tree]:
    """Images [count, H, W, C] as they come while training, and the statistics after them."""
    key_latent, key_dropout = jax.random.split(key)
    z = jax.random.normal(key_latent, (count, model.config.latent_size))
    return model.generator.apply(key_dropout, variables, z, given, train=True)


def sample(
    model: Model,
    key: jax.Array,
    state: GanState,
    count: int,
    given: Given = Given(),
    *,
    frozen: Tree = (),
    truncation: float | jax.Array = 1.0,
) -> jax.Array:
    """See `SampleFunction`."""
    del frozen  # no generator looks through a frozen network
    generator = model.generator
    key_dropout, z, given = _inputs(model.config, key, count, given)
    if generator.styled is None:
        if not _is_one(truncation):
            raise UserError(
                f"truncation {truncation} of {model.config.name}: its generator has no styles that "
                "could be drawn towards their mean; leave it at 1"
            )
        return generator.apply(key_dropout, state.average, z, given, train=False)[0]
    key_map, key_dropout = jax.random.split(key_dropout)
    w, _ = generator.styled.map(key_map, state.average, z, given, train=False)
    if not _is_one(truncation):
        w = truncate(w, generator.styled.mean(state.average), truncation)
    return generator.styled.synthesize(key_dropout, state.average, w, given, train=False)


def stages(
    model: Model, key: jax.Array, state: GanState, count: int, given: Given = Given()
) -> jax.Array:
    """See `StagesFunction`."""
    assert model.generator.stages is not None
    key_dropout, z, given = _inputs(model.config, key, count, given)
    return model.generator.stages(key_dropout, state.average, z, given)


def from_latents(
    model: Model, key: jax.Array, state: GanState, z: jax.Array, given: Given = Given()
) -> jax.Array:
    """See `GenerateFunction`."""
    return model.generator.apply(key, state.average, z, given, train=False)[0]


def styles_of(model: Model) -> Styles | None:
    """The halves of the averaged generator; None for a generator without styles."""
    styled, precision = model.generator.styled, model.config.matmul_precision
    if styled is None:
        return None

    def map_latents(
        key: jax.Array, state: GanState, z: jax.Array, given: Given = Given()
    ) -> jax.Array:
        with jax.default_matmul_precision(precision):
            return styled.map(key, state.average, z, given, train=False)[0]

    def synthesize(
        key: jax.Array, state: GanState, w: jax.Array, given: Given = Given()
    ) -> jax.Array:
        with jax.default_matmul_precision(precision):
            return styled.synthesize(key, state.average, w, given, train=False)

    return Styles(map_latents, synthesize, lambda state: styled.mean(state.average))


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


def _is_one(truncation: float | jax.Array) -> bool:
    """Whether nothing is to be truncated, as far as can be told while tracing."""
    return isinstance(truncation, int | float) and truncation == 1.0
