"""Images on their way to the devices: small sets live there, large ones are read ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxgan.config import Config
from jaxgan.data.images import ImageSet
from jaxgan.data.order import example_indices
from jaxgan.parallel import local_slice, replicate
from jaxgan.steps.updates import Feed, batches_per_update

__all__ = ["FEED_ON_DEVICE", "FEED_STREAMED", "Feeder", "open_feed"]

Feeder = Callable[[int, int], Feed]
"""(first update, number of updates) -> what the devices need for them."""

FEED_ON_DEVICE = Feed(images=None, indices=0, updates=None)  # type: ignore[arg-type]
FEED_STREAMED = Feed(images=0, indices=None, updates=None)  # type: ignore[arg-type]
"""Axes along which the two kinds of feed are split over devices."""

MOST_UPDATES = 100  # in one dispatch
STREAM_BYTES = 64 * 2**20  # of images in one dispatch of a streamed set
READ_THREADS = 8


def open_feed(images: ImageSet, config: Config, resident_bytes: int) -> tuple[Feeder, Feed, int]:
    """The feeder of a run, the axes its feeds are mapped along, and the most updates of a feed.

    Sets of at most `resident_bytes` of uint8 pixels are read whole and put on every device.
    """
    pixels = int(np.prod(images.image_shape))
    if images.size * pixels <= resident_bytes:
        return _resident(images, config), FEED_ON_DEVICE, MOST_UPDATES
    update_bytes = batches_per_update(config) * config.batch_size * pixels
    capacity = max(1, min(MOST_UPDATES, STREAM_BYTES // update_bytes))
    return _streamed(images, config, capacity), FEED_STREAMED, capacity


def update_indices(images: ImageSet, config: Config, first: int, count: int) -> np.ndarray:
    """Indices of the examples of `count` updates from `first` on, int64 [count, N, B]."""
    batches = batches_per_update(config)
    examples = batches * config.batch_size
    stream = example_indices(config.seed, images.size, first * examples, count * examples)
    return stream.reshape(count, batches, config.batch_size)


def _resident(images: ImageSet, config: Config) -> Feeder:
    on_device = replicate(images.read(np.arange(images.size)))

    def feed(first: int, count: int) -> Feed:
        indices = np.zeros((MOST_UPDATES, batches_per_update(config), config.batch_size), np.int32)
        indices[:count] = update_indices(images, config, first, count)
        return Feed(on_device, jnp.asarray(local_slice(indices, 2)), jnp.int32(count))

    return feed


def _streamed(images: ImageSet, config: Config, capacity: int) -> Feeder:
    updates: Iterator[dict[str, np.ndarray]] = iter(())
    position = -1

    def feed(first: int, count: int) -> Feed:
        nonlocal updates, position
        if first != position:
            updates = _read_ahead(images, config, first)
        rows = [next(updates) for _ in range(count)]
        position = first + count
        rows += [rows[-1]] * (capacity - count)  # never looked at, but one shape compiles once
        return Feed(_stack(rows), None, jnp.int32(count))

    return feed


def _stack(rows: list[dict[str, np.ndarray]]) -> Any:
    """Rows with leaves [devices, N, B, …] -> leaves [devices, K, N, B, …]."""
    return jax.tree.map(lambda *leaves: np.stack(leaves, axis=1), *rows)


def _read_ahead(images: ImageSet, config: Config, first: int) -> Iterator[dict[str, np.ndarray]]:
    """Batches of one update after another, read by threads before they are asked for."""
    import grain

    def read(step: int) -> dict[str, np.ndarray]:
        indices = local_slice(update_indices(images, config, int(step), 1)[0], 1)
        flat = images.read(indices.reshape(-1))
        return {name: x.reshape(*indices.shape, *x.shape[1:]) for name, x in flat.items()}

    options = grain.ReadOptions(num_threads=READ_THREADS, prefetch_buffer_size=2 * READ_THREADS)
    steps = grain.MapDataset.range(first, config.steps)
    return iter(steps.map(read).to_iter_dataset(options))
