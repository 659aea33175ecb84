"""Spectral normalisation (Miyato et al. 2018, arXiv:1802.05957, Algorithm 1)."""

from __future__ import annotations

import flax.linen as nn
import jax
import jax.numpy as jnp

__all__ = ["spectrally_normalized"]

EPSILON = 1e-12


def spectrally_normalized(
    module: nn.Module, kernel: jax.Array, output_axis: int, *, train: bool
) -> jax.Array:
    """The kernel divided by the largest singular value of its matrix [outputs, the rest].

    The value is σ = uᵀ W v, with one step of power iteration from the `u` of the last training
    call: v = Wᵀu / |Wᵀu|, then u = W v / |W v|. `u` [outputs] lies in the collection `spectral`
    of `module`, moves while training only, and like v is a constant to the gradient.
    """
    matrix = jnp.moveaxis(kernel, output_axis, 0).reshape(kernel.shape[output_axis], -1)
    matrix = matrix.astype(jnp.float32)

    def first() -> jax.Array:
        return _unit(jax.random.normal(module.make_rng("params"), matrix.shape[:1]))

    u = module.variable("spectral", "u", first)
    fixed = jax.lax.stop_gradient(matrix)
    v = _unit(u.value @ fixed)
    if train:
        u.value = _unit(fixed @ v)
    sigma = jnp.dot(u.value, matrix @ v)
    return kernel / sigma.astype(kernel.dtype)


def _unit(x: jax.Array) -> jax.Array:
    return x / (jnp.linalg.norm(x) + EPSILON)
