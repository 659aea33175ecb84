"""`build(config, image_shape) -> Gan`: the two pure steps, made of a config's parts."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax

from jaxgan.config import Config
from jaxgan.errors import UserError
from jaxgan.numerics import half_life_decay, moving_average
from jaxgan.protocols import GeneratorPenaltyPart, Optimizer, PenaltyPart
from jaxgan.samples import network_classes, sample, stages
from jaxgan.shards import mean_over_shards
from jaxgan.terms import class_error, every, given_of, mean_loss, seen, step_info
from jaxgan.types import (
    Batch,
    Gan,
    GanState,
    Given,
    Network,
    NetworkSetting,
    StepInfo,
    Tree,
    Variables,
)

__all__ = ["build"]


class _Model(NamedTuple):
    """What the functions of a Gan share."""

    config: Config
    generator: Network
    discriminator: Network
    optimizer_g: optax.GradientTransformation
    optimizer_d: optax.GradientTransformation


def build(config: Config, image_shape: tuple[int, int, int]) -> Gan:
    """The GAN that a config describes, for images [H, W, C].

    What the data decide is filled in before: `config.shards` is a number, or None for one shard;
    `config.classes` is a number for networks that are conditioned on classes. Raises UserError
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
        platform=jax.default_backend(),
    )
    generator = config.generator.build(setting)
    judged_shape = (height, width, channels * config.packing)
    discriminator = config.discriminator.build(setting._replace(image_shape=judged_shape))
    model = _Model(
        config,
        generator,
        discriminator,
        _transformation(config.generator_optimizer, config.steps),
        _transformation(config.discriminator_optimizer, config.steps * config.n_critic),
    )

    def with_precision(step: Any) -> Any:
        def precise(*args: Any, **kwargs: Any) -> Any:
            with jax.default_matmul_precision(config.matmul_precision):
                return step(model, *args, **kwargs)

        return precise

    return Gan(
        init=partial(_init, model),
        discriminator_step=with_precision(_discriminator_step),
        generator_step=with_precision(_generator_step),
        sample=with_precision(_sample),
        stages=with_precision(_stages) if generator.stages else None,
    )


def _init(model: _Model, key: jax.Array) -> GanState:
    key_generator, key_discriminator = jax.random.split(key)
    generator = model.generator.init(key_generator)
    discriminator = model.discriminator.init(key_discriminator)
    penalty = model.config.generator_penalty
    return GanState(
        step=jnp.zeros((), jnp.int32),
        discriminator_step=jnp.zeros((), jnp.int32),
        generator=generator,
        discriminator=discriminator,
        # A copy: a donated state must not name one buffer twice.
        average=jax.tree.map(jnp.copy, generator),
        generator_optimizer=model.optimizer_g.init(generator.params),
        discriminator_optimizer=model.optimizer_d.init(discriminator.params),
        memory=penalty.init() if penalty else (),
    )


def _discriminator_step(
    model: _Model, key: jax.Array, state: GanState, batch: Batch, *, axis_name: str | None = None
) -> tuple[GanState, StepInfo]:
    config = model.config

    def shard_gradient(key: jax.Array, part: Batch) -> tuple[Tree, Tree, StepInfo]:
        key_fake, key_see, key_judge, key_penalty = jax.random.split(key, 4)
        key_see_real, key_see_fake = jax.random.split(key_see)
        given, now = given_of(config, part), state.discriminator_step
        fake, _ = _generate(model, key_fake, state.generator, len(part["image"]), given)
        real = seen(config, key_see_real, part["image"], now)
        fake = seen(config, key_see_fake, fake, now)

        def objective(params: Tree) -> tuple[jax.Array, tuple[Tree, StepInfo]]:
            key_real, key_fake, key_again = jax.random.split(key_judge, 3)
            judge = partial(model.discriminator.apply, given=given, train=True)
            of_real, stats = judge(key_real, Variables(params, state.discriminator.stats), real)
            of_fake, stats = judge(key_fake, Variables(params, stats), fake)
            adversarial = mean_loss(config.loss.discriminator, of_real, of_fake)
            # Of real images alone, as Gulrajani et al. 2017 do: taught on fakes too (Odena et al.
            # 2017), it agrees with the generator on marks for the classes that are no digits.
            error = class_error(of_real, given.label)

            # A penalty's images are none of the data's, so their statistics are dropped. It may
            # ask about several, and is answered with one dropout mask.
            def discriminate(images: jax.Array) -> jax.Array:
                key = jax.random.clone(key_again)
                return judge(key, Variables(params, stats), images)[0].score

            def penalize(penalty: PenaltyPart) -> tuple[jax.Array, Tree]:
                return jnp.mean(penalty(key_penalty, discriminate, real, fake)), ()

            info = step_info(
                of_real,
                of_fake,
                adversarial,
                penalty=_term(config.penalty, now, penalize, ())[0],
                sharpness=jnp.zeros(()),
                classes=config.class_weight_discriminator * error,
            )
            return info.loss, (stats, info)

        gradient, (stats, info) = jax.grad(objective, has_aux=True)(state.discriminator.params)
        return gradient, stats, info

    gradient, stats, info = mean_over_shards(
        shard_gradient, key, batch, shards=config.shards or 1, axis_name=axis_name
    )
    params, optimizer_state = _descend(
        model.optimizer_d, gradient, state.discriminator_optimizer, state.discriminator.params
    )
    if config.weight_clip is not None:
        limit = config.weight_clip
        params = jax.tree.map(lambda p: jnp.clip(p, -limit, limit), params)
    new_state = state._replace(
        discriminator_step=state.discriminator_step + 1,
        discriminator=Variables(params, stats),
        discriminator_optimizer=optimizer_state,
    )
    return new_state, info._replace(gradient_norm=optax.tree.norm(gradient))


def _generator_step(
    model: _Model, key: jax.Array, state: GanState, batch: Batch, *, axis_name: str | None = None
) -> tuple[GanState, StepInfo]:
    config = model.config

    def shard_gradient(key: jax.Array, part: Batch) -> tuple[Tree, Tree, Tree, StepInfo]:
        key_fake, key_see, key_judge, key_penalty = jax.random.split(key, 4)
        key_see_real, key_see_fake = jax.random.split(key_see)
        key_judge_real, key_judge_fake = jax.random.split(key_judge)
        given, now = given_of(config, part), state.discriminator_step
        count = len(part["image"])
        # The discriminator's statistics belong to its own steps: these are dropped.
        judge = partial(
            model.discriminator.apply, variables=state.discriminator, given=given, train=True
        )
        of_real = None
        if config.judges_real_for_generator:
            real = seen(config, key_see_real, part["image"], now)
            of_real, _ = judge(key_judge_real, inputs=real)

        def objective(params: Tree) -> tuple[jax.Array, tuple[Tree, Tree, StepInfo]]:
            variables = Variables(params, state.generator.stats)
            fake, stats = _generate(model, key_fake, variables, count, given)
            of_fake, _ = judge(key_judge_fake, inputs=seen(config, key_see_fake, fake, now))
            adversarial = mean_loss(config.loss.generator, of_real, of_fake)
            sharpness = jnp.zeros(())
            if config.sharpness:
                features = (of_real.features if of_real else (), of_fake.features)
                sharpness = config.sharpness(part["image"], fake, *features)

            def penalize(term: GeneratorPenaltyPart) -> tuple[jax.Array, Tree]:
                key_latent, key_dropout, key_own = jax.random.split(key_penalty, 3)
                z = jax.random.normal(key_latent, (count, config.latent_size))
                draw = partial(model.generator.apply, key_dropout, variables, train=True)
                values, memory = term(key_own, lambda z: draw(z, given)[0], z, state.memory)
                return jnp.mean(values), memory

            penalty, memory = _term(config.generator_penalty, state.step, penalize, state.memory)
            info = step_info(
                of_real,
                of_fake,
                adversarial,
                penalty=penalty,
                sharpness=sharpness,
                classes=config.class_weight_generator * class_error(of_fake, given.label),
            )
            return info.loss, (stats, memory, info)

        gradient, aux = jax.grad(objective, has_aux=True)(state.generator.params)
        return gradient, *aux

    gradient, stats, memory, info = mean_over_shards(
        shard_gradient, key, batch, shards=config.shards or 1, axis_name=axis_name
    )
    params, optimizer_state = _descend(
        model.optimizer_g, gradient, state.generator_optimizer, state.generator.params
    )
    shown = (state.step + 1) * jnp.float32(config.batch_size)
    decay = half_life_decay(config.batch_size, config.ema_half_life, config.ema_ramp_up, shown)
    new_state = state._replace(
        step=state.step + 1,
        generator=Variables(params, stats),
        average=Variables(moving_average(state.average.params, params, decay), stats),
        generator_optimizer=optimizer_state,
        memory=memory,
    )
    return new_state, info._replace(gradient_norm=optax.tree.norm(gradient))


def _generate(
    model: _Model, key: jax.Array, variables: Variables, count: int, given: Given
) -> tuple[jax.Array, Tree]:
    """Images [count, H, W, C] as they come while training, and the statistics after them."""
    key_latent, key_dropout = jax.random.split(key)
    z = jax.random.normal(key_latent, (count, model.config.latent_size))
    return model.generator.apply(key_dropout, variables, z, given, train=True)


def _term(part: Any, step: jax.Array, compute: Any, memory: Tree) -> tuple[jax.Array, Tree]:
    """A penalty's value when it is due, or 0 where the config has none."""
    if part is None:
        return jnp.zeros(()), memory
    return every(part.interval, step, partial(compute, part), memory)


def _sample(model: _Model, *args: Any, **kwargs: Any) -> jax.Array:
    return sample(model.config, model.generator, *args, **kwargs)


def _stages(model: _Model, *args: Any, **kwargs: Any) -> jax.Array:
    return stages(model.config, model.generator, *args, **kwargs)


def _descend(
    optimizer: optax.GradientTransformation,
    gradient: Tree,
    optimizer_state: optax.OptState,
    params: Tree,
) -> tuple[Tree, optax.OptState]:
    updates, new_state = optimizer.update(gradient, optimizer_state, params)
    return optax.apply_updates(params, updates), new_state


def _transformation(optimizer: Optimizer, updates: int) -> optax.GradientTransformation:
    if isinstance(optimizer, optax.GradientTransformation):
        return optimizer
    return optimizer.build(updates)
