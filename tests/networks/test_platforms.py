"""The form of an operation is that of the platform a network is built for, not of this host."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import pytest

from jaxgan import networks
from jaxgan.networks import MLPDiscriminator, MLPGenerator
from jaxgan.types import NetworkSetting
from tests.networks.values import shapes

SHAPE, LATENT = (16, 16, 1), 6
PARTS = [getattr(networks, name) for name in networks.__all__]
CONVOLUTIONAL = [part for part in PARTS if part not in (MLPGenerator, MLPDiscriminator)]


def convolutions(part, platform):
    """Native convolutions in the program of a network for a platform."""
    network = part(2, "none").build(NetworkSetting(SHAPE, LATENT, platform=platform))
    inputs = jnp.ones((2, LATENT) if part.role == "generator" else (2, *SHAPE))
    apply = partial(network.apply, train=True)
    program = jax.make_jaxpr(apply)(jax.random.key(0), shapes(network), inputs)
    return str(program).count("conv_general_dilated[")


@pytest.mark.parametrize("part", CONVOLUTIONAL)
def test_convolutions_are_native_but_on_cpus(part):
    found = [convolutions(part, platform) for platform in ("cpu", "gpu", "tpu")]
    assert found[0] == 0
    assert found[1] == found[2] >= 2


def test_no_network_asks_for_the_platform_while_it_is_traced(monkeypatch):
    def refuse():
        raise AssertionError("asked while tracing")

    for part in PARTS:
        network = part(2, "none").build(NetworkSetting(SHAPE, LATENT))
        inputs = jnp.ones((2, LATENT) if part.role == "generator" else (2, *SHAPE))
        with monkeypatch.context() as patched:
            patched.setattr(jax, "default_backend", refuse)
            apply = partial(network.apply, train=True)
            jax.eval_shape(apply, jax.random.key(0), shapes(network), inputs)
