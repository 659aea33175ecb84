"""Learning rates over a run by hand."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.errors import UserError
from jaxgan.optimizers import SGD, Adam, RMSProp

EVERY = [Adam, RMSProp, SGD]
PARTS = pytest.mark.parametrize("part", EVERY)


def steps(optimizer, updates, count):
    """Steps that one number is moved by, down, at `count` updates with gradient 1."""
    transformation = optimizer.build(updates)

    @jax.jit
    def step(state):
        update, state = transformation.update(jnp.ones(()), state, jnp.zeros(()))
        return -update, state

    state, taken = transformation.init(jnp.zeros(())), []
    for _ in range(count):
        size, state = step(state)
        taken.append(float(size))
    return taken


def rates(updates, count, **schedule):
    """Learning rates of `count` updates: the steps of plain gradient descent with gradient 1."""
    return steps(SGD(momentum=0.0, **schedule), updates, count)


def test_constant():
    np.testing.assert_allclose(rates(2, 4, learning_rate=0.3), [0.3] * 4, rtol=1e-6)


def test_linear():
    # From .4 to .1 in 3 updates, .1 each; then it stays. Without a final rate it ends at 0.
    given = {"learning_rate": 0.4, "schedule": "linear"}
    expected = [0.4, 0.3, 0.2, 0.1, 0.1]
    np.testing.assert_allclose(rates(3, 5, final_learning_rate=0.1, **given), expected, rtol=1e-6)
    np.testing.assert_allclose(rates(2, 4, **given), [0.4, 0.2, 0, 0], rtol=1e-6, atol=1e-9)


def test_linear_may_go_up():
    given = {"learning_rate": 0.1, "schedule": "linear", "final_learning_rate": 0.5}
    np.testing.assert_allclose(rates(2, 3, **given), [0.1, 0.3, 0.5], rtol=1e-6)


def test_cosine():
    # .1 + .4 · (1 + cos(π k / 4)) / 2, with cos = 1, sqrt 1/2, 0, -sqrt 1/2, -1; then it stays.
    given = {"learning_rate": 0.5, "schedule": "cosine", "final_learning_rate": 0.1}
    part = 0.2 * 0.5**0.5
    expected = [0.5, 0.3 + part, 0.3, 0.3 - part, 0.1, 0.1]
    np.testing.assert_allclose(rates(4, 6, **given), expected, rtol=1e-6)


def test_halving():
    # Halved after every 2 updates, however long the run is.
    given = {"learning_rate": 0.8, "schedule": "halving", "halve_every": 2}
    expected = [0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.1]
    np.testing.assert_allclose(rates(3, 7, **given), expected, rtol=1e-6)


@settings(deadline=None, max_examples=10, derandomize=True)
@given(every=st.integers(1, 5000), halvings=st.integers(0, 12))
def test_halving_comes_at_the_very_update(every, halvings):
    rate = SGD(0.5, schedule="halving", halve_every=every).rate(1)
    first = halvings * every
    assert float(rate(jnp.int32(first))) == pytest.approx(0.5 ** (1 + halvings), rel=1e-6)
    if first:
        assert float(rate(jnp.int32(first - 1))) == pytest.approx(0.5**halvings, rel=1e-6)


@PARTS
@pytest.mark.parametrize("schedule", ["linear", "cosine", "halving"])
def test_every_optimiser_scales_its_steps_by_the_rate(part, schedule):
    # What is scheduled is the whole step: with the same gradients it is the constant one's times
    # the share of the first rate, as plain gradient descent has it.
    given = {"schedule": schedule, **({"halve_every": 2} if schedule == "halving" else {})}
    shares = rates(6, 6, learning_rate=1.0, **given)
    expected = np.multiply(shares, steps(part(), 6, 6))
    np.testing.assert_allclose(steps(part(**given), 6, 6), expected, rtol=1e-5)
    assert min(shares) < 0.5


@pytest.mark.parametrize(
    ("part", "plain"),
    [
        (Adam(), optax.adam(2e-4, 0.5)),
        (RMSProp(), optax.rmsprop(5e-5, 0.99)),
        (SGD(), optax.sgd(0.1, 0.5)),
    ],
)
def test_a_constant_rate_counts_nothing(part, plain):
    # The state is what optax keeps for a plain number, without a schedule's counter.
    weights = {"w": jnp.ones(3)}
    state, expected = part.build(10).init(weights), plain.init(weights)
    assert jax.tree.structure(state) == jax.tree.structure(expected)


def test_schedules_are_given_by_name_after_each_optimisers_own_numbers():
    assert Adam(1e-3, 0.1, 0.2, 1e-7) == Adam(
        learning_rate=1e-3, beta1=0.1, beta2=0.2, epsilon=1e-7
    )
    assert RMSProp(1e-3, 0.1, 1e-7) == RMSProp(learning_rate=1e-3, decay=0.1, epsilon=1e-7)
    assert SGD(1e-3, 0.1) == SGD(learning_rate=1e-3, momentum=0.1)
    with pytest.raises(TypeError):
        SGD(1e-3, 0.1, "linear")


@PARTS
def test_unknown_schedules_are_refused(part):
    with pytest.raises(UserError, match=f"{part.__name__} with schedule 'step'.*cosine, halving"):
        part(schedule="step")


@PARTS
@pytest.mark.parametrize("rate", [-1e-4, np.nan, np.inf])
def test_final_rates_out_of_range_are_refused(part, rate):
    with pytest.raises(UserError, match=r"final_learning_rate .*: expected a number from 0"):
        part(schedule="linear", final_learning_rate=rate)


@pytest.mark.parametrize("schedule", ["constant", "halving"])
def test_final_rates_that_would_never_be_used_are_refused(schedule):
    with pytest.raises(UserError, match=f"{schedule}, which never uses it: choose schedule linear"):
        Adam(schedule=schedule, final_learning_rate=1e-5)


@PARTS
@pytest.mark.parametrize("every", [0, -1, 1.5, np.nan])
def test_halvings_after_no_count_of_updates_are_refused(part, every):
    with pytest.raises(UserError, match=r"halve_every .*: expected a whole number of updates"):
        part(schedule="halving", halve_every=every)


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine"])
def test_halvings_that_would_never_be_made_are_refused(schedule):
    with pytest.raises(UserError, match=f"{schedule}, which never uses it: choose schedule halvi"):
        Adam(schedule=schedule, halve_every=500)


@PARTS
@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine", "halving"])
@pytest.mark.parametrize("updates", [0, -1])
def test_runs_of_no_updates_are_refused(part, schedule, updates):
    with pytest.raises(UserError, match=f"for a run of {updates} updates: expected 1 or more"):
        part(schedule=schedule).build(updates)
