"""Which samples a run's pictures show, and in what order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from jaxgan.config import Config
from jaxgan.types import Gan, GanState, Given

__all__ = ["Drawer", "grid_of"]

COLUMNS = 8
ROWS = 8
MOST_CLASSES = 32  # rows, one a class; data with more show the first of them

Drawer = Callable[[jax.Array, GanState], tuple[np.ndarray, int]]


def grid_of(config: Config, gan: Gan) -> Drawer:
    """`(key, state) -> (images [N, H, W, C], columns)`: the picture of a state, row by row.

    One row a class for a GAN that is conditioned on classes. Where an image comes about in several
    steps, the canvases of one image stand side by side, first to last.
    """
    classes = config.classes if config.is_conditional else None
    rows = min(classes, MOST_CLASSES) if classes else ROWS
    steps = _steps(gan)
    in_a_row = max(1, COLUMNS // steps)
    count = rows * in_a_row
    given = Given(jnp.repeat(jnp.arange(rows, dtype=jnp.int32), in_a_row) if classes else None)
    draw = jax.jit(gan.stages or gan.sample, static_argnums=2)

    def picture(key: jax.Array, state: GanState) -> tuple[np.ndarray, int]:
        images = np.asarray(draw(key, state, count, given))
        if gan.stages:  # [T, N, …] -> one image's canvases after another
            images = np.moveaxis(images, 0, 1).reshape(-1, *images.shape[2:])
        return images, in_a_row * steps

    return picture


def _steps(gan: Gan) -> int:
    """Canvases that make an image; 1 where it is made in one go."""
    if not gan.stages:
        return 1
    key = jax.random.key(0)
    state = jax.eval_shape(gan.init, key)
    return jax.eval_shape(partial(gan.stages, count=1), key, state).shape[0]
