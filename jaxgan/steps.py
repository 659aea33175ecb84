"""`build(config, image_shape) -> Gan`: the two pure steps, made of a config's parts."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import optax

from jaxgan.config import Config, Optimizer
from jaxgan.errors import UserError
from jaxgan.numerics import half_life_decay, moving_average
from jaxgan.shards import mean_over_shards
from jaxgan.types import Batch, Gan, GanState, Network, StepInfo, Tree, Variables

__all__ = ["build"]


def build(config: Config, image_shape: tuple[int, int, int]) -> Gan:
    """The GAN that a config describes, for images [H, W, C].

    `config.shards` must be a number, or None for one shard. Raises UserError for an image size
    that the networks cannot make.
    """
    height, width, channels = image_shape
    if height != width or channels not in (1, 3):
        raise UserError(
            f"images of {height}x{width}x{channels}: expected square images with 1 or 3 channels"
        )
    generator = config.generator.build(image_shape, config.latent_size)
    discriminator = config.discriminator.build(image_shape)
    parts = (config, generator, discriminator)

    def with_precision(step: Any) -> Any:
        def precise(*args: Any, **kwargs: Any) -> Any:
            with jax.default_matmul_precision(config.matmul_precision):
                return step(*args, **kwargs)

        return precise

    return Gan(
        init=partial(_init, *parts),
        discriminator_step=with_precision(partial(_discriminator_step, *parts)),
        generator_step=with_precision(partial(_generator_step, *parts)),
        sample=with_precision(partial(_sample, *parts)),
    )


def _init(config: Config, generator: Network, discriminator: Network, key: jax.Array) -> GanState:
    key_generator, key_discriminator = jax.random.split(key)
    variables_g = generator.init(key_generator)
    variables_d = discriminator.init(key_discriminator)
    return GanState(
        step=jnp.zeros((), jnp.int32),
        generator=variables_g,
        discriminator=variables_d,
        # A copy: a donated state must not name one buffer twice.
        average=jax.tree.map(jnp.copy, variables_g),
        generator_optimizer=_transformation(config.generator_optimizer).init(variables_g.params),
        discriminator_optimizer=_transformation(config.discriminator_optimizer).init(
            variables_d.params
        ),
    )


def _discriminator_step(
    config: Config,
    generator: Network,
    discriminator: Network,
    key: jax.Array,
    state: GanState,
    batch: Batch,
    *,
    axis_name: str | None = None,
) -> tuple[GanState, StepInfo]:
    def shard_gradient(key: jax.Array, part: Batch) -> tuple[Tree, Tree, StepInfo]:
        key_latent, key_generator, key_real, key_fake, key_penalty = jax.random.split(key, 5)
        real = part["image"]
        z = jax.random.normal(key_latent, (real.shape[0], config.latent_size))
        fake, _ = generator.apply(key_generator, state.generator, z, train=True)

        def objective(params: Tree) -> tuple[jax.Array, tuple[Tree, StepInfo]]:
            variables = Variables(params, state.discriminator.stats)
            real_logits, stats = discriminator.apply(key_real, variables, real, train=True)
            variables = Variables(params, stats)
            fake_logits, stats = discriminator.apply(key_fake, variables, fake, train=True)
            adversarial = jnp.mean(config.loss.discriminator(real_logits, fake_logits))
            penalty = jnp.zeros(())
            if config.penalty is not None:
                # The penalty's images are none of the data's, so their statistics are dropped.
                def discriminate(images: jax.Array) -> jax.Array:
                    return discriminator.apply(key_fake, variables, images, train=True)[0]

                penalty = jnp.mean(config.penalty(key_penalty, discriminate, real, fake))
            total = adversarial + penalty
            info = _info(total, adversarial, penalty, real_logits, fake_logits)
            return total, (stats, info)

        gradient, (stats, info) = jax.grad(objective, has_aux=True)(state.discriminator.params)
        return gradient, stats, info

    gradient, stats, info = mean_over_shards(
        shard_gradient, key, batch, shards=config.shards or 1, axis_name=axis_name
    )
    params, optimizer_state = _descend(
        config.discriminator_optimizer,
        gradient,
        state.discriminator_optimizer,
        state.discriminator.params,
    )
    if config.weight_clip is not None:
        limit = config.weight_clip
        params = jax.tree.map(lambda p: jnp.clip(p, -limit, limit), params)
    new_state = state._replace(
        discriminator=Variables(params, stats), discriminator_optimizer=optimizer_state
    )
    return new_state, info._replace(gradient_norm=optax.tree.norm(gradient))


def _generator_step(
    config: Config,
    generator: Network,
    discriminator: Network,
    key: jax.Array,
    state: GanState,
    batch: Batch,
    *,
    axis_name: str | None = None,
) -> tuple[GanState, StepInfo]:
    def shard_gradient(key: jax.Array, part: Batch) -> tuple[Tree, Tree, StepInfo]:
        key_latent, key_generator, key_real, key_fake = jax.random.split(key, 4)
        real = part["image"]
        z = jax.random.normal(key_latent, (real.shape[0], config.latent_size))

        def objective(params: Tree) -> tuple[jax.Array, tuple[Tree, StepInfo]]:
            variables = Variables(params, state.generator.stats)
            fake, stats = generator.apply(key_generator, variables, z, train=True)
            # The discriminator's statistics belong to its own steps: these are dropped.
            judge = partial(discriminator.apply, variables=state.discriminator, train=True)
            fake_logits, _ = judge(key_fake, inputs=fake)
            real_logits = judge(key_real, inputs=real)[0] if config.loss.uses_real else None
            loss = jnp.mean(config.loss.generator(real_logits, fake_logits))
            info = _info(loss, loss, jnp.zeros(()), real_logits, fake_logits)
            return loss, (stats, info)

        gradient, (stats, info) = jax.grad(objective, has_aux=True)(state.generator.params)
        return gradient, stats, info

    gradient, stats, info = mean_over_shards(
        shard_gradient, key, batch, shards=config.shards or 1, axis_name=axis_name
    )
    params, optimizer_state = _descend(
        config.generator_optimizer, gradient, state.generator_optimizer, state.generator.params
    )
    variables = Variables(params, stats)
    decay = half_life_decay(config.batch_size, config.ema_half_life)
    average = Variables(moving_average(state.average.params, params, decay), stats)
    new_state = state._replace(
        step=state.step + 1,
        generator=variables,
        average=average,
        generator_optimizer=optimizer_state,
    )
    return new_state, info._replace(gradient_norm=optax.tree.norm(gradient))


def _sample(
    config: Config,
    generator: Network,
    discriminator: Network,
    key: jax.Array,
    state: GanState,
    count: int,
    labels: jax.Array | None = None,
) -> jax.Array:
    del discriminator
    if labels is not None:
        raise UserError(f"labels for {config.name}, whose generator takes none: leave them out")
    key_latent, key_generator = jax.random.split(key)
    z = jax.random.normal(key_latent, (count, config.latent_size))
    return generator.apply(key_generator, state.average, z, train=False)[0]


def _descend(
    optimizer: Optimizer, gradient: Tree, optimizer_state: optax.OptState, params: Tree
) -> tuple[Tree, optax.OptState]:
    updates, new_state = _transformation(optimizer).update(gradient, optimizer_state, params)
    return optax.apply_updates(params, updates), new_state


def _transformation(optimizer: Optimizer) -> optax.GradientTransformation:
    if isinstance(optimizer, optax.GradientTransformation):
        return optimizer
    return optimizer.build()


def _info(
    loss: jax.Array,
    adversarial: jax.Array,
    penalty: jax.Array,
    real_logits: jax.Array | None,
    fake_logits: jax.Array,
) -> StepInfo:
    real_mean = jnp.zeros(()) if real_logits is None else jnp.mean(real_logits)
    nothing_yet = jnp.zeros(())
    return StepInfo(loss, adversarial, penalty, nothing_yet, real_mean, jnp.mean(fake_logits))
