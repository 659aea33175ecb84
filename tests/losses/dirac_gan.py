"""The Dirac-GAN of Mescheder et al. (2018), arXiv:1801.04406: the smallest test of a loss."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np


def eigenvalues(loss):
    """Of the Jacobian at equilibrium of the field that simultaneous gradient descent follows.

    The generator is a point θ, the discriminator D(x) = ψ·x and the data a point at 0, so the
    equilibrium is θ = ψ = 0. Sorted by imaginary part.
    """

    def field(point):
        def generator_loss(theta):
            return jnp.sum(loss.generator(jnp.zeros(1), (point[1] * theta)[None]))

        def discriminator_loss(psi):
            return jnp.sum(loss.discriminator((psi * 0.0)[None], (psi * point[0])[None]))

        slopes = jax.grad(generator_loss)(point[0]), jax.grad(discriminator_loss)(point[1])
        return -jnp.stack(slopes)

    values = np.linalg.eigvals(np.asarray(jax.jacfwd(field)(jnp.zeros(2))))
    return sorted(values, key=lambda value: value.imag)
