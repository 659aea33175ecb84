"""Slopes that JAX finds against slopes found by trying, in float64."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest


def check_slope(total, parameters, reference=None):
    """`jax.grad(total)` at parameters [P] is what central differences make of it.

    With a `reference`, differences of that function are taken instead. Returns the slope.
    """
    with jax.enable_x64(True):
        slope = np.asarray(jax.jit(jax.grad(total))(jnp.array(parameters)))
        value = jax.jit(reference or total)
        for i, step in enumerate(1e-5 * np.eye(len(parameters))):
            difference = float(value(parameters + step)) - float(value(parameters - step))
            assert slope[i] == pytest.approx(difference / 2e-5, rel=1e-6, abs=1e-6)
    return slope


def small_discriminator(parameters):
    """Images of 4 numbers -> tanh of 3 hidden units -> logit, from 15 parameters."""
    hidden, out = parameters[:12].reshape(4, 3), parameters[12:].reshape(3, 1)
    return lambda x: (jnp.tanh(x.reshape(-1, 4) @ hidden) @ out)[:, 0]
