"""The discriminator's step."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import optax

from jaxgan.protocols import SteeredAugment
from jaxgan.steps.memory import called, memory_of, steered, with_observed
from jaxgan.steps.model import Model, descend
from jaxgan.steps.present import now_of, numbers_of, present
from jaxgan.steps.sampling import generate
from jaxgan.steps.shards import mean_over_shards
from jaxgan.steps.shown import given_of, packed, packs_shown, shown
from jaxgan.steps.terms import added_terms, class_error, keys_of, mean_loss, step_info
from jaxgan.types import Batch, GanState, StepInfo, Tree, Variables

__all__ = ["discriminator_step"]


def discriminator_step(
    model: Model,
    key: jax.Array,
    state: GanState,
    batch: Batch,
    *,
    frozen: Tree = (),
    axis_name: str | None = None,
) -> tuple[GanState, StepInfo]:
    """See `StepFunction`."""
    del frozen  # no part of a discriminator looks through a frozen network
    at, now = now_of(model.config, state), state.discriminator_step
    config = present(model.config, at)

    def shard_gradient(key: jax.Array, batch: Batch) -> tuple[Tree, Tree, Tree, StepInfo]:
        key_fake, key_see, key_judge, key_penalty = jax.random.split(key, 4)
        key_see_real, key_see_fake, key_see_again = jax.random.split(key_see, 3)
        given = given_of(config, batch)
        fake, _ = generate(model, key_fake, state.generator, len(batch["image"]), given)
        see = partial(shown, config, state.memory)
        real_seen, fake_seen = see(key_see_real, batch["image"]), see(key_see_fake, fake)

        def objective(params: Tree) -> tuple[jax.Array, tuple[Tree, Tree, StepInfo]]:
            key_real, key_fake, key_again = jax.random.split(key_judge, 3)
            judge = partial(model.discriminator.apply, given=given, train=True)
            of_real, stats = judge(
                key_real, Variables(params, state.discriminator.stats), real_seen
            )
            of_fake, stats = judge(key_fake, Variables(params, stats), fake_seen)

            # A penalty's images are none of the data's, so their statistics are dropped. It may
            # ask about several, and is answered with one dropout mask and one augmentation.
            def discriminate(packs: jax.Array) -> jax.Array:
                key_see, key = (jax.random.clone(key) for key in (key_see_again, key_again))
                seen = packs_shown(config, state.memory, key_see, packs)
                return judge(key, Variables(params, stats), seen)[0].score

            keys = keys_of(key_penalty, len(config.penalty))
            packs = [packed(images, config.packing) for images in (batch["image"], fake)]

            def penalize(i: int) -> tuple[jax.Array, Tree]:
                memory = memory_of(state.memory, "penalty", i)
                values, seen = called(config.penalty[i], memory, keys[i], discriminate, *packs)
                return jnp.mean(values), seen

            penalties, observed = added_terms(config.penalty, now, penalize)
            info = step_info(
                of_real,
                of_fake,
                mean_loss(config.loss.discriminator, of_real, of_fake),
                penalties=penalties,
                # Of real images alone, as Gulrajani et al. 2017 do: taught on fakes too (Odena et
                # al. 2017), it agrees with the generator on marks for classes that are no digits.
                classes=class_error(of_real, given.label, config.class_weight_discriminator),
            )
            judged: Tree = ()
            if isinstance(config.augment, SteeredAugment):
                judged = config.augment.observe(of_real.logits)
            return info.loss, (stats, (observed, judged), info)

        gradient, aux = jax.grad(objective, has_aux=True)(state.discriminator.params)
        return gradient, *aux

    gradient, stats, (observed, judged), info = mean_over_shards(
        shard_gradient, key, batch, shards=config.shards or 1, axis_name=axis_name
    )
    params, optimizer_state = descend(
        config.discriminator_optimizer,
        gradient,
        state.discriminator_optimizer,
        state.discriminator.params,
    )
    if config.weight_clip is not None:
        limit = config.weight_clip
        params = jax.tree.map(lambda p: jnp.clip(p, -limit, limit), params)
    memory = with_observed(config, state.memory, "penalty", observed, now)
    if isinstance(config.augment, SteeredAugment):
        memory = steered(config.augment, memory, judged, config.batch_size)
    numbers = numbers_of(model.config, at, state.memory, "discriminator")
    new_state = state._replace(
        discriminator_step=now + 1,
        discriminator=Variables(params, stats),
        discriminator_optimizer=optimizer_state,
        memory=memory,
    )
    return new_state, info._replace(numbers=numbers, gradient_norm=optax.tree.norm(gradient))
