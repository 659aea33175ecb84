"""What of a generator comes nearest to a given image: its projection to styles w or latents z.

After Karras et al. (2020), arXiv:1912.04958, section 5 and appendix D: Adam from the mean style on,
with a rate that is ramped up and down, and noise on the styles that fades out. What differs: the
generator's noise maps are not searched, and the distance is the caller's, pixels or another.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
import optax

from jaxgan.errors import UserError
from jaxgan.types import Gan, GanState, Given

__all__ = ["Distance", "Search", "SearchSpace", "begin_search", "pixel_distance", "search_images",
           "search_steps"]  # fmt: skip

SearchSpace = Literal["z", "w", "w+"]
"""Latents; one style for all layers; a style of its own for each layer."""

Distance = Callable[[jax.Array, jax.Array], jax.Array]
"""(images [B, H, W, C], target [H, W, C]) -> how far each is from the target, [B]."""

# Of the paper's appendix D.
RATE, RAMP_UP, RAMP_DOWN = 0.1, 0.05, 0.25  # ramps as shares of the search
NOISE, NOISY = 0.05, 0.75  # noise as a share of the styles' deviation; the share it takes to fade
MAPPED = 10_000  # latents whose styles the deviation is of


class Search(NamedTuple):
    """Where a search is: `point` is moved, `spread` does not change."""

    step: jax.Array  # [] int32
    point: jax.Array  # [S, Z] or [S, L, W], a row for each start
    optimizer: optax.OptState
    spread: jax.Array  # [], root of the mean squared distance of points from their mean


def pixel_distance(images: jax.Array, target: jax.Array) -> jax.Array:
    """Mean squared difference of pixels in [-1, 1]: [B, H, W, C], [H, W, C] -> [B]."""
    return jnp.mean(jnp.square(images - target[None]), axis=(1, 2, 3))


def begin_search(
    gan: Gan,
    key: jax.Array,
    state: GanState,
    starts: int,
    space: SearchSpace,
    latent_size: int,
    label: jax.Array | None = None,
) -> Search:
    """A search from `starts` points at once: in w the first is the mean, the others are drawn.

    `label` [] is the class, of a GAN that is conditioned on classes. Raises UserError for w of a
    generator without styles.
    """
    key_start, key_spread, key_map = jax.random.split(key, 3)
    size = latent_size
    z = jax.random.normal(key_start, (starts, size))
    if space == "z":
        return _search(z, jnp.float32(math.sqrt(size)))
    if gan.styles is None:
        raise UserError(f"--space {space} of a generator without styles: use z")
    styles, mean = gan.styles, gan.styles.mean(state)

    def mapped(z: jax.Array) -> jax.Array:
        return styles.map(jax.random.clone(key_map), state, z, _given(label, len(z)))

    many = mapped(jax.random.normal(key_spread, (MAPPED, size)))[:, 0]
    spread = jnp.sqrt(jnp.mean(jnp.sum(jnp.square(many - mean[None]), axis=1)))
    w = mapped(z).at[0].set(mean[None])
    return _search(w, spread)


def search_images(
    gan: Gan, key: jax.Array, state: GanState, point: jax.Array, label: jax.Array | None = None
) -> jax.Array:
    """Images [S, H, W, C] of points; the key feeds the generator's noise."""
    if point.ndim == 2:
        return gan.generate(key, state, point, _given(label, len(point)))
    assert gan.styles is not None
    return gan.styles.synthesize(key, state, point, _given(label, len(point)))


def search_steps(
    gan: Gan,
    key: jax.Array,
    state: GanState,
    search: Search,
    target: jax.Array,
    *,
    space: SearchSpace,
    steps: int,
    count: int,
    distance: Distance = pixel_distance,
    label: jax.Array | None = None,
) -> tuple[Search, jax.Array]:
    """`count` of a search's `steps`, with the distances of its starts at the last of them: [S].

    `target` is [H, W, C] in [-1, 1]. The key is the search's; those of steps are derived from it.
    """

    tied = space == "w"

    def loss(point: jax.Array, key_images: jax.Array) -> tuple[jax.Array, jax.Array]:
        images = search_images(gan, key_images, state, point, label)
        distances = distance(images, target)
        return jnp.sum(distances), distances

    def body(_: jax.Array, carry: tuple[Search, jax.Array]) -> tuple[Search, jax.Array]:
        search, _ = carry
        key_noise, key_images = jax.random.split(jax.random.fold_in(key, search.step))
        share = search.step / steps
        scale = NOISE * search.spread * jnp.square(jnp.maximum(0.0, 1 - share / NOISY))
        noise = jax.random.normal(
            key_noise, search.point[:, :1].shape if tied else search.point.shape
        )
        noise = jnp.broadcast_to(noise, search.point.shape)
        gradient, distances = jax.grad(loss, has_aux=True)(search.point + scale * noise, key_images)
        if tied:  # one style, which all layers share
            gradient = jnp.broadcast_to(gradient.sum(axis=1, keepdims=True), gradient.shape)
        updates, optimizer = _adam().update(gradient, search.optimizer)
        point = search.point - _rate(share) * updates
        return Search(search.step + 1, point, optimizer, search.spread), distances

    none = jnp.zeros(len(search.point))
    return jax.lax.fori_loop(0, count, body, (search, none))


def _adam() -> optax.GradientTransformation:
    return optax.scale_by_adam(b1=0.9, b2=0.999)


def _rate(share: jax.Array) -> jax.Array:
    """Rate of learning at a share of the search."""
    down = jnp.minimum(1.0, (1 - share) / RAMP_DOWN)
    return RATE * (0.5 - 0.5 * jnp.cos(down * jnp.pi)) * jnp.minimum(1.0, share / RAMP_UP)


def _search(point: jax.Array, spread: jax.Array) -> Search:
    return Search(jnp.int32(0), point, _adam().init(point), spread)


def _given(label: jax.Array | None, count: int) -> Given:
    return Given(None if label is None else jnp.full(count, label, jnp.int32))
