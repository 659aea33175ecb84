"""The first two steps of each optimiser by hand, on one parameter."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.errors import UserError
from jaxgan.optimizers import SGD, Adam, RMSProp


def steps(optimizer, gradients):
    """What is added to the parameter at each gradient in turn."""
    transformation = optimizer.build()
    state = transformation.init(jnp.zeros(()))
    added = []
    for gradient in gradients:
        update, state = transformation.update(jnp.float32(gradient), state, jnp.zeros(()))
        added.append(float(update))
    return added


def test_adam():
    # Gradient 2: m = .5 · 2 = 1, v = .1 · 4 = .4; without bias m = 1 / .5 = 2, v = .4 / .1 = 4;
    # step -.1 · 2 / (sqrt 4 + 1) = -.2 / 3.
    # Gradient 4: m = .5 · 1 + .5 · 4 = 2.5, v = .9 · .4 + .1 · 16 = 1.96; without bias
    # m = 2.5 / (1 - .25) = 10 / 3, v = 1.96 / (1 - .81); step -.1 · (10 / 3) / (sqrt v + 1).
    optimizer = Adam(learning_rate=0.1, beta1=0.5, beta2=0.9, epsilon=1.0)
    expected = [-0.2 / 3, -0.1 * (10 / 3) / ((1.96 / 0.19) ** 0.5 + 1)]
    np.testing.assert_allclose(steps(optimizer, [2, 4]), expected, rtol=1e-5)


def test_rmsprop():
    # Gradient 4: v = .25 · 16 = 4; step -.1 · 4 / (sqrt 4 + 1) = -.4 / 3.
    # Gradient 2: v = .75 · 4 + .25 · 4 = 4; step -.1 · 2 / (sqrt 4 + 1) = -.2 / 3.
    optimizer = RMSProp(learning_rate=0.1, decay=0.75, epsilon=1.0)
    np.testing.assert_allclose(steps(optimizer, [4, 2]), [-0.4 / 3, -0.2 / 3], rtol=1e-6)


def test_sgd_with_momentum():
    # Gradient 2: step -.1 · 2; gradient 4: -.1 · (4 + .5 · 2) = -.5; gradient 0: half of that.
    optimizer = SGD(learning_rate=0.1, momentum=0.5)
    np.testing.assert_allclose(steps(optimizer, [2, 4, 0]), [-0.2, -0.5, -0.25], rtol=1e-6)


def test_sgd_without_momentum():
    optimizer = SGD(learning_rate=0.1, momentum=0.0)
    np.testing.assert_allclose(steps(optimizer, [2, 4, 0]), [-0.2, -0.4, 0.0], rtol=1e-6)


@pytest.mark.parametrize(
    ("part", "field"),
    [
        (Adam, "learning_rate"),
        (Adam, "epsilon"),
        (RMSProp, "learning_rate"),
        (RMSProp, "epsilon"),
        (SGD, "learning_rate"),
    ],
)
@pytest.mark.parametrize("value", [0.0, -1e-4, float("nan"), float("inf")])
def test_numbers_that_must_be_above_0(part, field, value):
    with pytest.raises(UserError, match=f"{part.__name__} with {field} {value}.*above 0"):
        part(**{field: value})


@pytest.mark.parametrize(
    ("part", "field"),
    [(Adam, "beta1"), (Adam, "beta2"), (RMSProp, "decay"), (SGD, "momentum")],
)
@pytest.mark.parametrize("value", [-0.1, 1.0, 1.5, float("nan")])
def test_numbers_that_must_be_shares(part, field, value):
    with pytest.raises(UserError, match=rf"{part.__name__} with {field} {value}.*\[0, 1\)"):
        part(**{field: value})


@pytest.mark.parametrize(
    ("part", "field"),
    [(Adam, "beta1"), (Adam, "beta2"), (RMSProp, "decay"), (SGD, "momentum")],
)
def test_no_memory_is_allowed(part, field):
    assert getattr(part(**{field: 0.0}), field) == 0
