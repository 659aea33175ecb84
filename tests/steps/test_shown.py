"""What the discriminator is shown: augmentations under penalties, and those that are steered."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxgan
from jaxgan.errors import UserError
from jaxgan.penalties import R1
from jaxgan.protocols import SteeredAugment
from jaxgan.schedules import Cosine, Linear, Now
from jaxgan.steps.present import numbers_of
from tests.steps.small import SHAPE, batch_of, first_step, two_layers


@dataclasses.dataclass(frozen=True)
class Scaled:
    """Every image times a factor."""

    factor: object = 3.0
    role: ClassVar[str] = "augment"

    def __call__(self, key, images):
        return self.factor * images


@pytest.mark.parametrize("packing", [1, 2])
def test_penalties_take_the_slope_at_images_before_they_are_augmented(packing):
    # Without biases, D(3x) = 3 D(x): the slope in x is three times that without the factor.
    plain = two_layers(penalty=(R1(),), packing=packing)
    scaled = dataclasses.replace(plain, augment=Scaled())
    (_, (one,)), (_, (other,)) = first_step(plain), first_step(scaled)
    np.testing.assert_allclose(other.terms["r1"], 9 * one.terms["r1"], rtol=1e-5)
    np.testing.assert_allclose(other.real_logits, 3 * one.real_logits, rtol=1e-5)


@dataclasses.dataclass(frozen=True)
class Steered:
    """Scales by a number that goes up by one with each step of more than half of logits above 0."""

    role: ClassVar[str] = "augment"

    def init(self):
        return jnp.ones(())

    def __call__(self, key, images, memory):
        return memory * images

    def observe(self, logits):
        return jnp.mean(jnp.sign(logits))

    def update(self, memory, observed, batch_size):
        return memory + jnp.sign(observed) * batch_size / 8

    def report(self, memory):
        return {"factor": memory}

    def check_batch(self, batch_size):
        if batch_size % 8:
            raise UserError(f"batches of {batch_size}: expected a multiple of 8")


@pytest.mark.parametrize("shards", [1, 2, 4])
def test_an_augmentation_is_steered_once_a_step_by_all_shards(shards):
    assert isinstance(Steered(), SteeredAugment)
    config = two_layers(augment=Steered(), shards=shards)
    (first, *_, last), infos = first_step(config, times=3)
    # The number that a step is told of is the one that it used.
    used = [float(info.numbers["augment.factor"]) for info in infos]
    assert used[0] == float(first.memory["augment"][0]) == 1
    assert set(np.diff([*used, float(last.memory["augment"][0])])) <= {-1.0, 1.0}
    # By hand: signs of the logits of the real images, which the first step sees as they are.
    hidden = np.asarray(batch_of()["image"]).reshape(8, -1)
    params = first.discriminator.params
    hidden = hidden @ np.asarray(params["Dense_0"]["kernel"])
    hidden = np.where(hidden > 0, hidden, 0.2 * hidden)
    logits = hidden @ np.asarray(params["Head_0"]["logit"]["kernel"])
    assert used[1] - used[0] == np.sign(np.sign(logits).mean())


def test_a_generator_step_uses_the_memory_and_leaves_it():
    config = two_layers(augment=Steered())
    (before, after), _ = first_step(config, "generator_step")
    assert float(before.memory["augment"][0]) == float(after.memory["augment"][0]) == 1


def test_batches_too_small_to_steer_by_are_refused():
    with pytest.raises(UserError, match="batches of 12: expected a multiple of 8"):
        two_layers(augment=Steered(), batch_size=12)


def test_numbers_are_called_as_their_flags_are():
    config = two_layers(
        penalty=(R1(gamma=Linear(1.0, 0.0)), R1(gamma=Cosine(4.0, 2.0, 100)), R1()),
        augment=Scaled(Linear(3.0, 1.0)),
        ema_half_life=Linear(0.0, 1000.0, 50),
    )
    now = Now(jnp.float32(50), 100)
    found = numbers_of(config, now, {}, "discriminator")
    expected = {"penalty.r1.gamma": 0.5, "penalty.r1-2.gamma": 3.0, "augment.factor": 2.0}
    assert {name: pytest.approx(float(value)) for name, value in found.items()} == expected
    assert {k: float(v) for k, v in numbers_of(config, now, {}, "generator").items()} == {
        "ema-half-life": 1000.0
    }


def test_an_annealed_weight_is_that_of_the_moment():
    batch = batch_of()
    terms = {}
    for step in (0, 1, 3):
        config = two_layers(penalty=(R1(gamma=Linear(8.0, 2.0)),), steps=3)
        terms[step] = _first_penalty(config, step, batch)
    assert terms[1] / terms[0] == pytest.approx(6 / 8, rel=1e-5)
    assert terms[3] / terms[0] == pytest.approx(2 / 8, rel=1e-5)


def _first_penalty(config, step, batch):
    gan = jaxgan.build(config, SHAPE)
    state = jax.jit(gan.init)(jax.random.key(0))._replace(step=jnp.int32(step))
    _, info = jax.jit(gan.discriminator_step)(jax.random.key(1), state, batch)
    return float(info.terms["r1"])
