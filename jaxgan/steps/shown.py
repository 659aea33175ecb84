"""What the networks are told of a batch, and what the discriminator is shown of images."""

from __future__ import annotations

import jax

from jaxgan.config import Config
from jaxgan.errors import UserError
from jaxgan.steps.memory import Memory
from jaxgan.types import Batch, Given

__all__ = ["given_of", "packed", "packs_shown", "shown"]


def given_of(config: Config, batch: Batch) -> Given:
    """What the networks are told of a batch: its labels, where they are conditioned on them."""
    if not config.is_conditional:
        return Given()
    if "label" not in batch:
        raise UserError(f"{config.name} is conditioned on classes: the batch needs a `label`")
    return Given(label=batch["label"])


def shown(config: Config, memory: Memory, key: jax.Array, images: jax.Array) -> jax.Array:
    """Images as the discriminator sees them: augmented, softened, packed.

    [B, H, W, C] -> [B / packing, H, W, packing · C].
    """
    return packed(_changed(config, memory, key, images), config.packing)


def packs_shown(config: Config, memory: Memory, key: jax.Array, packs: jax.Array) -> jax.Array:
    """Packs as the discriminator sees them: their images augmented and softened."""
    if not (config.augment or config.softening):
        return packs
    return shown(config, memory, key, _unpacked(packs, config.packing))


def _changed(config: Config, memory: Memory, key: jax.Array, images: jax.Array) -> jax.Array:
    """Images augmented and softened, where the config says so."""
    key_augment, key_soften = jax.random.split(key)
    if config.augment:
        carried = memory.get("augment", ())
        images = config.augment(key_augment, images, *carried)
    if config.softening:
        images = config.softening(key_soften, images)
    return images


def packed(images: jax.Array, size: int) -> jax.Array:
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


def _unpacked(packs: jax.Array, size: int) -> jax.Array:
    """The images of packs, one after another."""
    if size == 1:
        return packs
    count, height, width, channels = packs.shape
    images = packs.reshape(count, height, width, size, channels // size).transpose(0, 3, 1, 2, 4)
    return images.reshape(count * size, height, width, channels // size)
