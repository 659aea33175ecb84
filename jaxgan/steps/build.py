"""`build(config, image_shape) -> Gan`: the pure functions of a GAN, made of a config's parts."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from jaxgan.config import Config
from jaxgan.errors import UserError
from jaxgan.protocols import LookingThrough
from jaxgan.schedules import Now
from jaxgan.steps.discriminator import discriminator_step
from jaxgan.steps.generator import generator_step
from jaxgan.steps.memory import first_memory
from jaxgan.steps.model import Model, transformation
from jaxgan.steps.present import present
from jaxgan.steps.sampling import from_latents, network_classes, sample, stages, styles_of
from jaxgan.types import (
    Gan,
    GanState,
    GenerateFunction,
    InitFunction,
    NetworkSetting,
    SampleFunction,
    StagesFunction,
    StepFunction,
)

__all__ = ["build"]


def build(config: Config, image_shape: tuple[int, int, int], platform: str | None = None) -> Gan:
    """The GAN that a config describes, for images [H, W, C].

    What the data decide is filled in before: `config.shards` is a number, or None for one shard;
    `config.classes` is a number for networks that are conditioned on classes. `platform` is where
    the steps will run ("cpu", "gpu", "tpu"); None: where arrays live by default. Raises UserError
    for an image size that the networks cannot make, and for labels that there are none of.
    """
    height, width, channels = image_shape
    if height != width:
        raise UserError(f"images of {height}x{width} pixels: expected square images")
    setting = NetworkSetting(
        image_shape,
        config.latent_size,
        network_classes(config),
        config.precision,
        platform or jax.default_backend(),
    )
    packed = (height, width, channels * config.packing)
    through = {  # read once: a file of weights is large
        i: term.frozen(setting)
        for i, term in enumerate(config.sharpness)
        if isinstance(term, LookingThrough)
    }
    model = Model(
        config,
        config.generator.build(setting),
        config.discriminator.build(setting._replace(image_shape=packed)),
        through,
    )
    return Gan(
        init=_offered(InitFunction, _init, model),
        discriminator_step=_offered(StepFunction, discriminator_step, model),
        generator_step=_offered(StepFunction, generator_step, model),
        sample=_offered(SampleFunction, sample, model),
        generate=_offered(GenerateFunction, from_latents, model),
        stages=_offered(StagesFunction, stages, model) if model.generator.stages else None,
        frozen={network.identity: network.parameters for network in through.values()} or (),
        styles=styles_of(model),
    )


def _offered(contract: type, function: Callable[..., Any], model: Model) -> Any:
    """`function` for a model, with the signature and the docstring of its contract."""
    promised = contract.__call__

    @functools.wraps(promised, assigned=("__doc__",))
    def call(*args: Any, **kwargs: Any) -> Any:
        with jax.default_matmul_precision(model.config.matmul_precision):
            return function(model, *args, **kwargs)

    _, *named = inspect.signature(promised).parameters.values()  # all but `self`
    call.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]
    call.__name__ = call.__qualname__ = function.__name__.strip("_")
    return call


def _init(model: Model, key: jax.Array) -> GanState:
    config = present(model.config, Now(shown=0.0, of=1))
    key_generator, key_discriminator = jax.random.split(key)
    generator = model.generator.init(key_generator)
    discriminator = model.discriminator.init(key_discriminator)
    return GanState(
        step=jnp.zeros((), jnp.int32),
        discriminator_step=jnp.zeros((), jnp.int32),
        generator=generator,
        discriminator=discriminator,
        # A copy: a donated state must not name one buffer twice.
        average=jax.tree.map(jnp.copy, generator),
        generator_optimizer=transformation(config.generator_optimizer).init(generator.params),
        discriminator_optimizer=transformation(config.discriminator_optimizer).init(
            discriminator.params
        ),
        memory=first_memory(config),
    )
