"""The terms of the two objectives: what is shown, how it is judged, and what is added to it."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import optax
from jax import lax

from jaxgan.config import Config
from jaxgan.errors import UserError
from jaxgan.types import Batch, Given, Judgement, StepInfo, Tree

__all__ = ["class_error", "every", "given_of", "mean_loss", "seen", "step_info"]


def given_of(config: Config, batch: Batch) -> Given:
    """What the networks are told of a batch: its labels, where they are conditioned on them."""
    if not config.is_conditional:
        return Given()
    if "label" not in batch:
        raise UserError(f"{config.name} is conditioned on classes: the batch needs a `label`")
    return Given(label=batch["label"])


def seen(
    config: Config, key: jax.Array, images: jax.Array, discriminator_step: jax.Array
) -> jax.Array:
    """Images as the discriminator sees them: augmented, softened, packed.

    [B, H, W, C] -> [B / packing, H, W, packing · C].
    """
    key_augment, key_soften = jax.random.split(key)
    if config.augment:
        images = config.augment(key_augment, images)
    if config.softening:
        shown = discriminator_step * jnp.float32(config.batch_size)
        images = config.softening(key_soften, images, shown)
    return _packed(images, config.packing)


def _packed(images: jax.Array, size: int) -> jax.Array:
    """`size` images side by side in the channels (Lin et al. 2018, arXiv:1712.04086)."""
    if size == 1:
        return images
    count, height, width, channels = images.shape
    if count % size:
        raise UserError(
            f"packs of {size} with {count} images a shard: the packs must fill the shard; use "
            "another --packing, --batch-size or --shards"
        )
    packs = images.reshape(count // size, size, height, width, channels)
    return packs.transpose(0, 2, 3, 1, 4).reshape(count // size, height, width, size * channels)


def mean_loss(
    equation: Callable[..., jax.Array], real: Judgement | None, fake: Judgement
) -> jax.Array:
    """A loss's mean over all logits, and its mean over pixels' logits added where there are any."""
    loss = jnp.mean(equation(real and real.logits, fake.logits))
    if fake.pixels is not None:
        loss = loss + jnp.mean(equation(real and real.pixels, fake.pixels))
    return loss


def class_error(judgement: Judgement, labels: jax.Array | None) -> jax.Array:
    """Mean cross entropy of a judgement's class logits; 0 for a discriminator without any."""
    if judgement.classes is None:
        return jnp.zeros(())
    rows = jax.nn.one_hot(labels, judgement.classes.shape[-1])
    return jnp.mean(optax.softmax_cross_entropy(judgement.classes, rows))


def every(
    interval: int, step: jax.Array, term: Callable[[], tuple[jax.Array, Tree]], memory: Tree
) -> tuple[jax.Array, Tree]:
    """A term [] and its new memory at every `interval`-th step, times `interval`; else 0 and the
    old memory (lazy regularisation, Karras et al. 2020, arXiv:1912.04958, appendix B)."""
    if interval == 1:
        return term()

    def now() -> tuple[jax.Array, Tree]:
        value, new_memory = term()
        return interval * value, new_memory

    return lax.cond(step % interval == 0, now, lambda: (jnp.zeros(()), memory))


def step_info(
    real: Judgement | None,
    fake: Judgement,
    adversarial: jax.Array,
    penalty: jax.Array,
    sharpness: jax.Array,
    classes: jax.Array,
) -> StepInfo:
    """The info of a step, with its gradient norm still to come."""
    return StepInfo(
        loss=adversarial + penalty + sharpness + classes,
        adversarial=adversarial,
        penalty=penalty,
        sharpness=sharpness,
        classes=classes,
        gradient_norm=jnp.zeros(()),
        real_logits=jnp.zeros(()) if real is None else jnp.mean(real.logits),
        fake_logits=jnp.mean(fake.logits),
    )
