"""Images from the checkpoint of a run."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from jaxgan.config import Config
from jaxgan.errors import UserError
from jaxgan.training.memory import check_fits
from jaxgan.training.run_directory import read_run_config, recorded_image_shape
from jaxgan.training.saved_state import saved_run
from jaxgan.types import Given

__all__ = ["one_label", "sample_labels", "sample_run"]

IMAGES_AT_A_TIME = 256


def sample_run(
    workdir: Path,
    count: int,
    seed: int,
    step: int | None,
    label: int | None,
    truncation: float = 1.0,
) -> tuple[int, np.ndarray]:
    """The step of the checkpoint drawn from, and images [count, H, W, C] in [-1, 1].

    All of class `label`, or, from a run that is conditioned on classes, of all classes in turn, as
    `sample_labels` tells. Image i is the same for every count. `truncation` is that of
    `SampleFunction`. Raises UserError where there is no such checkpoint or class, for a truncation
    other than 1 of a generator without styles, and for more images than memory holds.
    """
    shape = recorded_image_shape(read_run_config(workdir))
    batches = -(-count // IMAGES_AT_A_TIME)
    images_kept = batches * IMAGES_AT_A_TIME + count  # in batches, and put together
    check_fits(4 * images_kept * math.prod(shape), f"{count} images", "lower --count")
    config, gan, chosen, state = saved_run(workdir, step)
    draw = jax.jit(partial(gan.sample, truncation=truncation), static_argnums=2)
    key = jax.random.key(seed, impl="threefry2x32")
    drawn = []
    # Always in batches of one size: the bits of random numbers may depend on the shape.
    size = IMAGES_AT_A_TIME
    labels = sample_labels(config, batches * size, label)
    for batch in range(batches):
        asked = labels if labels is None else jnp.asarray(labels[batch * size : (batch + 1) * size])
        images = draw(jax.random.fold_in(key, batch), state, size, Given(asked))
        drawn.append(np.asarray(images))
    return chosen, np.concatenate(drawn)[:count]


def sample_labels(config: Config, count: int, label: int | None = None) -> np.ndarray | None:
    """The class that each of the `count` images of `sample_run` was asked for, int32 [count].

    None of a run that is not conditioned on classes. Raises UserError for a class that is not
    there.
    """
    if not config.is_conditional:
        if label is not None:
            raise UserError(f"--label {label}: {config.name} is not conditioned on classes")
        return None
    classes = config.classes or 0
    if label is None:
        return np.arange(count, dtype=np.int32) % classes
    if not 0 <= label < classes:
        raise UserError(f"--label {label}: expected a class from 0 to {classes - 1}")
    return np.full(count, label, np.int32)


def one_label(config: Config, label: int | None) -> int | None:
    """The class of images that are all of one: `label`, or 0 of a conditional run where it is None.

    None and errors are those of `sample_labels`.
    """
    labels = sample_labels(config, 1, label)
    return None if labels is None else int(labels[0])
