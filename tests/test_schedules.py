"""Schedules at points worked out by hand, as texts, and in the place of a part's number."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxgan.augment import EarlyBlur, InstanceNoise
from jaxgan.config import Config, laid_out_over_steps
from jaxgan.config_json import config_from_json, config_to_json
from jaxgan.errors import UserError
from jaxgan.networks import DCGANDiscriminator
from jaxgan.optimizers import SGD, Adam, RMSProp
from jaxgan.penalties import R1
from jaxgan.schedules import (
    Cosine,
    Halving,
    Linear,
    Now,
    annealed,
    number_from_text,
    number_to_text,
    settled,
)

NUMBERS = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-20)
IMAGES = st.integers(1, 10**12)
SCHEDULES = st.one_of(
    st.builds(Linear, NUMBERS, NUMBERS, st.none() | IMAGES),
    st.builds(Cosine, NUMBERS, NUMBERS, st.none() | IMAGES),
    st.builds(Halving, NUMBERS, IMAGES),
)


def values(schedule, shown, of=1000):
    return [float(schedule.at(Now(jnp.float32(n), of))) for n in shown]


def test_linear():
    # From .4 to .1 over 300 images, .1 each hundred; then it stays.
    found = values(Linear(0.4, 0.1, 300), [0, 100, 200, 300, 400, 10**9])
    np.testing.assert_allclose(found, [0.4, 0.3, 0.2, 0.1, 0.1, 0.1], rtol=1e-6)
    np.testing.assert_allclose(values(Linear(0.1, 0.5), [0, 500, 1000]), [0.1, 0.3, 0.5], rtol=1e-6)


def test_cosine():
    # .1 + .4 · (1 + cos(π k / 4)) / 2, with cos = 1, sqrt 1/2, 0, -sqrt 1/2, -1; then it stays.
    part = 0.2 * 0.5**0.5
    expected = [0.5, 0.3 + part, 0.3, 0.3 - part, 0.1, 0.1]
    found = values(Cosine(0.5, 0.1, 400), [0, 100, 200, 300, 400, 500])
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    np.testing.assert_allclose(values(Cosine(0.5, 0.1), [500]), [0.3], rtol=1e-6)


def test_halving():
    found = values(Halving(0.8, 200), [0, 199, 200, 399, 400, 600])
    np.testing.assert_allclose(found, [0.8, 0.8, 0.4, 0.4, 0.2, 0.1], rtol=1e-6)


@settings(deadline=None, max_examples=50, derandomize=True)
@given(form=st.sampled_from([Linear, Cosine]), first=NUMBERS, final=NUMBERS, images=IMAGES)
def test_both_ends_are_exact(form, first, final, images):
    schedule = form(first, final, images)
    assert values(schedule, [0, 2.0 * images]) == [np.float32(first), np.float32(final)]


@settings(deadline=None, max_examples=100, derandomize=True)
@given(number=NUMBERS | SCHEDULES)
def test_texts_say_the_number(number):
    assert number_from_text(number_to_text(number)) == number


def test_texts_as_a_person_writes_them():
    assert number_from_text("2e-4") == 2e-4
    assert number_from_text("cosine:.9:.99:2e7") == Cosine(0.9, 0.99, 20_000_000)
    assert number_from_text("linear:1:0") == Linear(1.0, 0.0)
    assert number_from_text("halving:1:60000") == Halving(1.0, 60_000)


@pytest.mark.parametrize(
    "text",
    ["", "x", "cosine", "cosine:1", "cosine:1:2:3:4", "step:1:2", "halving:1", "halving:1:2:3",
     "linear:a:b", "linear:1:2:3.5", "linear::", "1:2"],
)  # fmt: skip
def test_other_texts_are_refused_with_the_forms(text):
    expected = r"expected a number, linear:FIRST:FINAL\[:IMAGES\], cosine.* or halving:FIRST:IMAGES"
    with pytest.raises(UserError, match=f"^{re.escape(repr(text))}: {expected}$"):
        number_from_text(text)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Linear(float("nan"), 0.0), "linear schedule from or to nan: expected finite"),
        (lambda: Cosine(1.0, True), "cosine schedule from or to True: expected finite"),
        (lambda: Linear(1.0, 0.0, 0), "over 0 images: expected a whole number from 1 to"),
        (lambda: Halving(1.0, 2.5), "over 2.5 images: expected a whole number from 1 to"),
        (lambda: Halving(1.0, None), "over None images: expected a whole number from 1 to"),
    ],
)
def test_schedules_that_cannot_be_are_refused(make, words):
    with pytest.raises(UserError, match=re.escape(words)):
        make()


# ---- in the place of a part's number ----


@dataclass(frozen=True)
class Part:
    weight: object = 1.0
    other: str = "as it is"


def test_settled():
    part = Part(Linear(0.0, 10.0, 100))
    assert annealed(part) == {"weight": part.weight}
    new = settled(part, Now(50.0, 1000))
    assert (float(new.weight), new.other, part.weight) == (5.0, "as it is", Linear(0.0, 10.0, 100))


def test_parts_without_schedules_are_left_alone():
    part = Part(3.0)
    assert settled(part, Now(50.0, 1000)) is part
    assert settled(None, Now(50.0, 1000)) is None


def test_a_schedule_is_no_number_by_itself():
    penalty = R1(gamma=Cosine(1.0, 0.1))
    images = jnp.ones((2, 4, 4, 1))
    with pytest.raises(UserError, match=r"cosine:1.0:0.1 is a number only within a step: call"):
        penalty(jax.random.key(0), lambda x: jnp.sum(x, (1, 2, 3)), images, images)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (lambda: Adam(learning_rate=Linear(-1e-4, 0.0)), r"learning_rate linear:-0.0001:0.0: -0"),
        (lambda: Adam(learning_rate=Linear(0.0, 0.0)), r"linear:0.0:0.0: 0.0: expected .* above 0"),
        (lambda: Adam(beta2=Cosine(0.9, 1.0)), r"beta2 cosine:0.9:1.0: 1.0: .* in \[0, 1\)"),
        (lambda: InstanceNoise(Linear(0.1, -0.1)), r"sigma linear:0.1:-0.1: -0.1: expected"),
    ],
)
def test_both_ends_must_be_in_range(part, words):
    with pytest.raises(UserError, match=words):
        part()


def test_an_end_may_be_0_where_a_plain_number_may_not():
    assert Adam(learning_rate=Linear(2e-4, 0.0)).learning_rate.final == 0
    assert EarlyBlur().sigma == Linear(10.0, 0.0, 200_000)
    assert InstanceNoise().sigma == Linear(0.1, 0.0, 200_000)


# ---- optimisers ----


def taken(optimizer, at):
    """Steps down that one number is moved by, with gradient 1, at these numbers of images."""
    transformation = settled(optimizer, Now(0.0, 1000)).build()
    state, steps = transformation.init(jnp.zeros(())), []
    for n in at:
        now = settled(optimizer, Now(jnp.float32(n), 1000)).build()
        update, state = now.update(jnp.ones(()), state, jnp.zeros(()))
        steps.append(-float(update))
    return steps


@pytest.mark.parametrize("part", [Adam, RMSProp, SGD])
def test_every_optimiser_scales_its_steps_by_the_rate(part):
    # With the same gradients the steps are the constant rate's, times the share of that rate.
    at = [0, 250, 500, 750]
    scaled = part(learning_rate=Linear(0.5, 0.0))
    constant = taken(part(learning_rate=0.5), at)
    np.testing.assert_allclose(taken(scaled, at), np.multiply([1, 0.75, 0.5, 0.25], constant),
                               rtol=1e-5)  # fmt: skip


def test_a_moving_beta2_is_corrected_for_by_its_present_value():
    # v <- b v + (1 - b) g², v / (1 - b^t), step g / (sqrt + 1), beta1 0, with b = .5, .6, .7, .8,
    # .9 and g = 1, 2, 3, 4, 5.
    optimizer, v, state = Adam(1.0, 0.0, Linear(0.5, 0.9, 400), 1.0), 0.0, None
    for t, (b, g) in enumerate(zip([0.5, 0.6, 0.7, 0.8, 0.9], [1, 2, 3, 4, 5], strict=True), 1):
        now = settled(optimizer, Now(jnp.float32(100 * (t - 1)), 1000)).build()
        state = now.init(jnp.zeros(())) if state is None else state
        update, state = now.update(jnp.float32(g), state, jnp.zeros(()))
        v = b * v + (1 - b) * g**2
        assert float(update) == pytest.approx(-g / ((v / (1 - b**t)) ** 0.5 + 1), rel=1e-5)


# ---- configs ----

ANNEALED = Config(
    generator_optimizer=Adam(learning_rate=Cosine(2e-4, 5e-5, 20_000_000), beta2=Linear(0.9, 0.99)),
    discriminator=DCGANDiscriminator(norm="none"),
    penalty=(R1(gamma=Cosine(2.0, 0.2)),),
    ema_half_life=Linear(0.0, 5e6, 5_000_000),
)


def test_configs_hold_them_as_texts():
    plain = config_to_json(ANNEALED)
    assert plain["generator_optimizer"]["learning_rate"] == "cosine:0.0002:5e-05:20000000"
    assert plain["penalty"][0]["gamma"] == "cosine:2.0:0.2"
    assert plain["ema_half_life"] == "linear:0.0:5000000.0:5000000"
    assert config_from_json(plain) == ANNEALED
    assert hash(ANNEALED) == hash(dataclasses.replace(ANNEALED))


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("ema_half_life",), "sine:1:2", "config: ema_half_life is 'sine:1:2': expected a number"),
        (("ema_half_life",), [1], "ema_half_life is a list: expected a number or a schedule"),
        (("ema_half_life",), True, "ema_half_life is True: expected a number or a schedule"),
        (("generator_optimizer", "beta2"), "x", "Adam: beta2 is 'x': expected a number, linear"),
        (("generator_optimizer", "beta1"), "linear:0:1", "beta1 is 'linear:0:1': expected a numb"),
    ],
)
def test_other_values_in_a_config_are_refused(path, value, words):
    plain = config_to_json(ANNEALED)
    inner = plain
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    with pytest.raises(UserError, match=re.escape(words)):
        config_from_json(plain)


def test_what_the_number_of_steps_lays_out():
    assert laid_out_over_steps(ANNEALED) == [
        "--penalty.gamma cosine:2.0:0.2",
        "--generator-optimizer.beta2 linear:0.9:0.99",
    ]
