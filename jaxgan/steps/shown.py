"""What the networks are told of a batch, and what the discriminator is shown of images."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxgan.config import Config
from jaxgan.errors import UserError
from jaxgan.types import Batch, Given

__all__ = ["given_of", "shown"]


def given_of(config: Config, batch: Batch) -> Given:
    """What the networks are told of a batch: its labels, where they are conditioned on them."""
    if not config.is_conditional:
        return Given()
    if "label" not in batch:
        raise UserError(f"{config.name} is conditioned on classes: the batch needs a `label`")
    return Given(label=batch["label"])


def shown(
    config: Config, key: jax.Array, images: jax.Array, discriminator_step: jax.Array
) -> jax.Array:
    """Images as the discriminator sees them: augmented, softened, packed.

    [B, H, W, C] -> [B / packing, H, W, packing · C].
    """
    key_augment, key_soften = jax.random.split(key)
    if config.augment:
        images = config.augment(key_augment, images)
    if config.softening:
        seen_so_far = discriminator_step * jnp.float32(config.batch_size)
        images = config.softening(key_soften, images, seen_so_far)
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
