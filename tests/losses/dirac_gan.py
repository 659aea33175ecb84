"""The Dirac-GAN of Mescheder et al. (2018), arXiv:1801.04406: the smallest test of a loss."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

PIXEL = (1, 1, 1, 1)


def eigenvalues(loss, penalty=None):
    """Of the Jacobian at equilibrium of the field that simultaneous gradient descent follows.

    The generator is a point θ, the discriminator D(x) = ψ·x and the data a point at 0, so the
    equilibrium is θ = ψ = 0. The points are images of one pixel to a penalty. In float64, sorted
    by imaginary part, then by real part.

    By hand: near 0 the generator's loss has the slope -s·ψ in θ and the discriminator's s·θ in ψ,
    s being the size of the loss's slope at logit 0, so θ' = s·ψ and ψ' = -s·θ. ∇D is ψ at every
    image, so R1 and R2 alike add γ / 2 · ψ² to the discriminator's loss, whatever θ is, and -γ·ψ
    to ψ'; both together add -2γ·ψ. With g for γ or 2γ the Jacobian is [[0, s], [-s, -g]], and
    λ² + gλ + s² = 0 gives λ = -g / 2 ± sqrt(g² / 4 - s²): ±i·s without a penalty.
    """

    def field(point):
        def generator_loss(theta):
            return jnp.sum(loss.generator(jnp.zeros(1), (point[1] * theta)[None]))

        def discriminator_loss(psi):
            total = jnp.sum(loss.discriminator((psi * 0.0)[None], (psi * point[0])[None]))
            if penalty:
                real, fake = jnp.zeros(PIXEL), point[0].reshape(PIXEL)
                total += jnp.sum(
                    penalty(jax.random.key(0), lambda x: psi * x.sum((1, 2, 3)), real, fake)
                )
            return total

        slopes = jax.grad(generator_loss)(point[0]), jax.grad(discriminator_loss)(point[1])
        return -jnp.stack(slopes)

    with jax.enable_x64(True):
        values = np.linalg.eigvals(np.asarray(jax.jacfwd(field)(jnp.zeros(2))))
    return sorted(values.astype(complex), key=lambda value: (value.imag, value.real))
