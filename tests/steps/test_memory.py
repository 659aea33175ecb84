"""What parts carry from step to step, and frozen networks that terms look through."""

import dataclasses
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxgan
from jaxgan.digest import leaf_digests
from jaxgan.features.network import feature_network
from jaxgan.penalties import R1
from tests.steps.small import SHAPE, batch_of, first_step, two_layers


@dataclasses.dataclass(frozen=True)
class SignCounter:
    """A penalty of nothing that counts batches whose mean score is above 0, whatever the cut."""

    interval: int = 1
    role: ClassVar[str] = "penalty"
    per_example: ClassVar[bool] = False

    def init(self):
        return jnp.zeros(())

    def __call__(self, key, discriminate, real, fake, memory):
        return jnp.zeros(len(real)), {"mean": jnp.mean(real) + 0 * memory}

    def update(self, memory, observed):
        return memory + jnp.sign(observed["mean"])


@pytest.mark.parametrize("shards", [1, 2, 4])
def test_memory_is_updated_once_by_what_all_shards_observed(shards):
    # Means of the quarters are 1, 1, 1 and -2: three of four above 0, the whole at 0.25.
    images = jnp.repeat(jnp.array([1.0, 1.0, 1.0, -2.0]), 2).reshape(8, 1, 1, 1)
    batch = {"image": jnp.broadcast_to(images, (8, *SHAPE))}
    config = two_layers(penalty=(R1(), SignCounter()), shards=shards)
    states, _ = first_step(config, batch=batch, times=2)
    assert [state.memory["penalty"][0] for state in states] == [()] * 3
    assert [float(state.memory["penalty"][1]) for state in states] == [0, 1, 2]


class UseCounter(SignCounter):
    """The same, but every update counts, whatever was observed."""

    def update(self, memory, observed):
        return memory + 1


def test_memory_of_a_lazy_term_stays_between_its_uses():
    batch = {"image": jnp.ones((8, *SHAPE))}
    config = two_layers(penalty=(UseCounter(interval=2),))
    states, infos = first_step(config, batch=batch, times=4)
    assert [float(state.memory["penalty"][0]) for state in states] == [0, 1, 1, 2, 2]
    assert list(infos[0].terms) == ["adversarial", "use-counter"]


def _twice_the_mean(parameters, images):
    return parameters["factor"] * jnp.mean(images, axis=(1, 2, 3))


@dataclasses.dataclass(frozen=True)
class Through:
    """A sharpness term that looks at images through a frozen network."""

    role: ClassVar[str] = "sharpness"
    needs: ClassVar[frozenset[str]] = frozenset({"frozen"})

    weights = None

    def frozen(self, setting):
        del setting
        return feature_network("twice", 1, {"factor": np.float32(2)}, _twice_the_mean)

    def __call__(self, compared):
        return jnp.mean(compared.through(compared.fake) - compared.through(compared.real))


def test_a_term_looks_through_a_frozen_network_that_is_an_argument():
    config = two_layers(sharpness=(Through(),))
    gan = jaxgan.build(config, SHAPE)
    (identity,) = gan.frozen
    assert identity.startswith("twice@")
    state, batch = jax.jit(gan.init)(jax.random.key(0)), batch_of()
    step = jax.jit(gan.generator_step)
    _, info = step(jax.random.key(1), state, batch, frozen=gan.frozen)
    three = {identity: {"factor": jnp.float32(3)}}
    _, other = step(jax.random.key(1), state, batch, frozen=three)
    np.testing.assert_allclose(other.terms["through"], 1.5 * info.terms["through"], rtol=1e-5)
    assert other.gradient_norm != info.gradient_norm  # the gradient passes through it
    assert not any("factor" in path for path in leaf_digests(state))
    assert jaxgan.build(two_layers(), SHAPE).frozen == ()
