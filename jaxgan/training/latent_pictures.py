"""Pictures of a run's latents and styles: ways between them, mixes, and truncations side by side.

All frames of one picture have the same noise, so that what changes is what was changed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jaxgan.errors import UserError
from jaxgan.latents import interpolate, mix_styles, truncate
from jaxgan.training.sampling import one_label
from jaxgan.training.saved_state import SavedRun, saved_run
from jaxgan.types import Given, Styles

__all__ = ["Space", "interpolation", "mixing", "opened", "truncation_sweep"]

Space = Literal["z", "w"]


class Opened(NamedTuple):
    """A run's checkpoint, ready to draw `count` latents of one seed."""

    run: SavedRun
    z: jax.Array  # [count, Z]
    key_noise: jax.Array
    label: int | None  # of all images; None for a run that is not conditioned on classes


def opened(workdir: Path, step: int | None, seed: int, label: int | None, count: int) -> Opened:
    """A run's checkpoint and `count` latents; of a conditional run all of one class, by default 0.

    Raises UserError for a checkpoint or class that is not there.
    """
    run = saved_run(workdir, step)
    key_z, key_noise = jax.random.split(jax.random.key(seed, impl="threefry2x32"))
    z = jax.random.normal(key_z, (count, run.config.latent_size))
    return Opened(run, z, key_noise, one_label(run.config, label))


def interpolation(
    of: Opened, between: int, *, space: Space, loop: bool, truncation: float = 1.0
) -> np.ndarray:
    """Images [N, H, W, C] on the way through all latents, `between` steps from each to the next.

    The way is an arc in z and a straight line in w (`jaxgan.interpolate`). Raises UserError for a
    way in w, or a truncation, of a generator without styles.
    """
    if of.run.gan.styles is None and space == "z" and truncation == 1:
        way = interpolate(of.z, between, way="arc", loop=loop)
        return _frames(
            of, way, lambda key, z, given: of.run.gan.generate(key, of.run.state, z, given)
        )
    if space == "z":
        w = _styles_of(of, interpolate(of.z, between, way="arc", loop=loop))
    else:
        w = interpolate(_styles_of(of, of.z), between, way="line", loop=loop)
    return _drawn(of, _truncated(of, w, truncation))


def truncation_sweep(of: Opened, truncations: tuple[float, ...]) -> np.ndarray:
    """Images of all latents at each truncation: [T · count, H, W, C], one truncation a row."""
    w = _styles_of(of, of.z)
    return _drawn(of, jnp.concatenate([_truncated(of, w, t) for t in truncations]))


def mixing(of: Opened, coarse_layers: int, truncation: float = 1.0) -> np.ndarray:
    """The mixing table of the first half of the latents (rows) and the others (columns).

    [(A + 1) · (B + 1), H, W, C], row by row: the sources stand in the first row and column, white
    where those meet. Row i has the first `coarse_layers` styles of its source, column j the others.
    Raises UserError where one of the two would have none.
    """
    w = _truncated(of, _styles_of(of, of.z), truncation)
    layers = w.shape[1]
    if not 1 <= coarse_layers < layers:
        raise UserError(
            f"--coarse-layers {coarse_layers}: this generator has {layers} layers with styles; "
            f"expected 1 to {layers - 1}"
        )
    half = len(w) // 2
    coarse, fine = w[:half], w[half:]
    mixed = mix_styles(coarse, fine, coarse_layers)
    images = _drawn(of, jnp.concatenate([w, mixed.reshape(-1, *w.shape[1:])]))
    shape = images.shape[1:]
    table = np.ones((half + 1, len(fine) + 1, *shape), np.float32)
    table[1:, 0], table[0, 1:] = images[:half], images[half : len(w)]
    table[1:, 1:] = images[len(w) :].reshape(half, len(fine), *shape)
    return table.reshape(-1, *shape)


def _styles(of: Opened) -> Styles:
    if of.run.gan.styles is None:
        raise UserError(
            f"{of.run.config.name} has a generator without styles: truncation, --mix and --space w "
            "are for those with styles, such as stylegan2"
        )
    return of.run.gan.styles


def _styles_of(of: Opened, z: jax.Array) -> jax.Array:
    """Styles [N, L, W] of latents [N, Z]."""
    given = Given(None if of.label is None else jnp.full(len(z), of.label, jnp.int32))
    return jax.jit(_styles(of).map)(jax.random.clone(of.key_noise), of.run.state, z, given)


def _truncated(of: Opened, w: jax.Array, truncation: float) -> jax.Array:
    return w if truncation == 1 else truncate(w, _styles(of).mean(of.run.state), truncation)


def _drawn(of: Opened, w: jax.Array) -> np.ndarray:
    styles = _styles(of)
    return _frames(of, w, lambda key, w, given: styles.synthesize(key, of.run.state, w, given))


def _frames(of: Opened, points: jax.Array, make: Callable[..., jax.Array]) -> np.ndarray:
    """Images of points [N, ...], one at a time, all with the same noise."""
    given = Given(None if of.label is None else jnp.full(1, of.label, jnp.int32))

    def one(point: jax.Array) -> jax.Array:
        return make(jax.random.clone(of.key_noise), point[None], given)[0]

    return np.asarray(jax.jit(lambda points: lax.map(one, points))(points))
