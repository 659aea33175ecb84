"""One-sided label smoothing: Salimans et al. (2016), arXiv:1606.03498, section 3.4.

The discriminator is asked for 1 - s on real images, so that it does not grow ever surer of them.
Fakes keep their label: smoothing it as well would pull fakes towards wherever the generator is
already, away from the data. The generator's loss is left as it is.
"""

from __future__ import annotations

from typing import Any

import chex
import jax

from jaxgan.ranges import check_number, field_of

__all__ = ["check_label_smoothing", "smoothed_cross_entropy"]


def check_label_smoothing(part: Any) -> None:
    """Refuse a loss's `label_smoothing` that is not in [0, 0.5)."""
    check_number(
        *field_of(part, "label_smoothing"),
        least=0,
        below=0.5,
        hint="0.1 is usual, and from 0.5 on, real images would be called fake",
    )


def smoothed_cross_entropy(real: jax.Array, fake: jax.Array, smoothing: float) -> jax.Array:
    """(1 - s)·softplus(-real) + s·softplus(real) + softplus(fake): the logistic discriminator's.

    softplus(l) - softplus(-l) = l turns the first two terms into softplus(-real) + s·real.
    """
    chex.assert_equal_shape([real, fake])
    return jax.nn.softplus(-real) + smoothing * real + jax.nn.softplus(fake)
