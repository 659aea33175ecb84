"""The generator's step."""

from __future__ import annotations

from functools import partial
from typing import cast

import jax
import jax.numpy as jnp
import optax

from jaxgan.config import Config
from jaxgan.numerics import half_life_decay, moving_average
from jaxgan.protocols import Compared
from jaxgan.steps.memory import called, memory_of, with_observed
from jaxgan.steps.model import Model, descend
from jaxgan.steps.present import now_of, numbers_of, present
from jaxgan.steps.sampling import generate
from jaxgan.steps.shards import mean_over_shards
from jaxgan.steps.shown import given_of, shown
from jaxgan.steps.terms import added_terms, class_error, keys_of, mean_loss, step_info
from jaxgan.types import Batch, GanState, Given, Judgement, StepInfo, Tree, Variables

__all__ = ["generator_step"]


def generator_step(
    model: Model,
    key: jax.Array,
    state: GanState,
    batch: Batch,
    *,
    frozen: Tree = (),
    axis_name: str | None = None,
) -> tuple[GanState, StepInfo]:
    """See `StepFunction`."""
    at = now_of(model.config, state)
    config = present(model.config, at)

    def shard_gradient(key: jax.Array, batch: Batch) -> tuple[Tree, Tree, Tree, StepInfo]:
        key_fake, key_see, key_judge, key_penalty = jax.random.split(key, 4)
        key_see_real, key_see_fake = jax.random.split(key_see)
        key_judge_real, key_judge_fake = jax.random.split(key_judge)
        given, count = given_of(config, batch), len(batch["image"])
        see = partial(shown, config, state.memory)
        # The discriminator's statistics belong to its own steps: these are dropped.
        judge = partial(
            model.discriminator.apply, variables=state.discriminator, given=given, train=True
        )
        of_real = None
        if config.judges_real_for_generator:
            of_real, _ = judge(key_judge_real, inputs=see(key_see_real, batch["image"]))

        def objective(params: Tree) -> tuple[jax.Array, tuple[Tree, Tree, StepInfo]]:
            variables = Variables(params, state.generator.stats)
            fake, stats = generate(model, key_fake, variables, count, given)
            of_fake, _ = judge(key_judge_fake, inputs=see(key_see_fake, fake))
            images = Compared(batch["image"], fake)
            sharpness = _sharpness(model, config, state, frozen, images, of_real, of_fake)
            penalties = _penalties(model, config, state, key_penalty, variables, count, given)
            info = step_info(
                of_real,
                of_fake,
                mean_loss(config.loss.generator, of_real, of_fake),
                penalties=penalties[0],
                sharpness=sharpness[0],
                classes=class_error(of_fake, given.label, config.class_weight_generator),
            )
            return info.loss, (stats, (penalties[1], sharpness[1]), info)

        gradient, aux = jax.grad(objective, has_aux=True)(state.generator.params)
        return gradient, *aux

    gradient, stats, (of_penalties, of_sharpness), info = mean_over_shards(
        shard_gradient, key, batch, shards=config.shards or 1, axis_name=axis_name
    )
    params, optimizer_state = descend(
        config.generator_optimizer, gradient, state.generator_optimizer, state.generator.params
    )
    images_made = (state.step + 1) * jnp.float32(config.batch_size)
    decay = half_life_decay(
        config.batch_size, cast(float, config.ema_half_life), config.ema_ramp_up, images_made
    )
    memory = with_observed(config, state.memory, "generator_penalty", of_penalties, state.step)
    new_state = state._replace(
        step=state.step + 1,
        generator=Variables(params, stats),
        average=Variables(moving_average(state.average.params, params, decay), stats),
        generator_optimizer=optimizer_state,
        memory=with_observed(config, memory, "sharpness", of_sharpness, state.step),
    )
    numbers = numbers_of(model.config, at, state.memory, "generator")
    return new_state, info._replace(numbers=numbers, gradient_norm=optax.tree.norm(gradient))


def _sharpness(
    model: Model,
    config: Config,
    state: GanState,
    frozen: Tree,
    images: Compared,
    of_real: Judgement | None,
    of_fake: Judgement,
) -> tuple[dict[str, jax.Array], tuple[Tree, ...]]:
    """The sharpness terms by name, and what they observed."""
    terms = config.sharpness

    def sharpen(i: int) -> tuple[jax.Array, Tree]:
        compared = images._replace(
            real_features=of_real.features if of_real else (), fake_features=of_fake.features
        )
        if network := model.through.get(i):
            parameters = frozen[network.identity]
            compared = compared._replace(through=partial(network.forward, parameters))
        return called(terms[i], memory_of(state.memory, "sharpness", i), compared)

    return added_terms(terms, state.step, sharpen)


def _penalties(
    model: Model,
    config: Config,
    state: GanState,
    key: jax.Array,
    variables: Variables,
    count: int,
    given: Given,
) -> tuple[dict[str, jax.Array], tuple[Tree, ...]]:
    """The generator's penalties by name, and what they observed.

    Where the generator has styles, they are what a penalty moves, and not the latents.
    """
    terms, generator = config.generator_penalty, model.generator
    keys = keys_of(key, len(terms))

    def penalize(i: int) -> tuple[jax.Array, Tree]:
        key_latent, key_dropout, key_own = jax.random.split(keys[i], 3)
        z = jax.random.normal(key_latent, (count, config.latent_size))
        if styled := generator.styled:
            key_map, key_dropout = jax.random.split(key_dropout)
            moved, _ = styled.map(key_map, variables, z, given, train=True)
        else:
            moved = z

        def draw(moved: jax.Array) -> jax.Array:
            key = jax.random.clone(key_dropout)
            if styled:
                return styled.synthesize(key, variables, moved, given, train=True)
            return generator.apply(key, variables, moved, given, train=True)[0]

        memory = memory_of(state.memory, "generator_penalty", i)
        values, seen = called(terms[i], memory, key_own, draw, moved)
        return jnp.mean(values), seen

    return added_terms(terms, state.step, penalize)
