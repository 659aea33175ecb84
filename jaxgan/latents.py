"""What can be done with latents z and styles w: ways between them, mixes, truncation.

All are pure functions of arrays; images of them are made by `Gan.generate` and `Gan.styles`.
"""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp

__all__ = ["Way", "interpolate", "mix_styles", "truncate"]

Way = Literal["arc", "line"]

NEARLY_PARALLEL = 1e-4  # radians; there an arc is a line, and its equation 0 / 0


def interpolate(stops: jax.Array, between: int, *, way: Way, loop: bool = False) -> jax.Array:
    """Points on the way through the stops [S, ...] in turn: [N, ...], float32.

    `between` steps lead from each stop to the next; with `loop` on from the last one to the first,
    which is then not repeated. N is (S - 1) · between + 1, or S · between with `loop`.

    way "arc" is for latents z: along the great circle of the two, so that points are as long as
    normal latents are (Shoemake 1985; White 2016, arXiv:1609.04468). "line" is for styles w, which
    have no such length (Karras et al. 2019, arXiv:1812.04948, section 4.1). Raises ValueError for
    fewer than two stops or less than one step.
    """
    if len(stops) < 2 or between < 1:
        raise ValueError(f"2 stops and 1 step or more expected, got {len(stops)} and {between}")
    starts, ends = (stops, jnp.roll(stops, -1, axis=0)) if loop else (stops[:-1], stops[1:])
    shares = jnp.arange(between, dtype=jnp.float32) / between
    step = _arc if way == "arc" else _line
    along = jax.vmap(jax.vmap(step, (None, None, 0)), (0, 0, None))(starts, ends, shares)
    points = along.reshape(-1, *stops.shape[1:])
    return points if loop else jnp.concatenate([points, stops[-1:]])


def mix_styles(coarse: jax.Array, fine: jax.Array, layers: int) -> jax.Array:
    """Each of the styles [A, L, W] with each of [B, L, W]: [A, B, L, W].

    The first `layers` layers are of `coarse`, the others of `fine` (Karras et al. 2019,
    arXiv:1812.04948, section 3.1).
    """
    is_coarse = (jnp.arange(coarse.shape[1]) < layers)[None, None, :, None]
    return jnp.where(is_coarse, coarse[:, None], fine[None])


def truncate(w: jax.Array, mean: jax.Array, truncation: float | jax.Array) -> jax.Array:
    """Styles [B, L, W] drawn towards their mean [W]: mean + t (w - mean), t in [0, 1] (Karras et
    al. 2019, arXiv:1812.04948, section 4.3)."""
    centre = mean[None, None]
    return centre + truncation * (w - centre)


def _line(start: jax.Array, end: jax.Array, share: jax.Array) -> jax.Array:
    return start + share * (end - start)


def _arc(start: jax.Array, end: jax.Array, share: jax.Array) -> jax.Array:
    lengths = jnp.linalg.norm(start) * jnp.linalg.norm(end)
    cosine = jnp.vdot(start, end) / jnp.maximum(lengths, 1e-30)
    angle = jnp.arccos(jnp.clip(cosine, -1, 1))
    sine = jnp.sin(angle)
    is_line = sine < NEARLY_PARALLEL
    safe = jnp.where(is_line, 1.0, sine)
    arc = (jnp.sin((1 - share) * angle) * start + jnp.sin(share * angle) * end) / safe
    return jnp.where(is_line, _line(start, end, share), arc)
