"""The form of an operation is that of the platform a network is built for, not of this host."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import pytest

from jaxgan.networks import (
    MLPDiscriminator,
    MLPGenerator,
    R3GANDiscriminator,
    R3GANGenerator,
    StyleGAN2Discriminator,
    StyleGAN2Generator,
)
from jaxgan.types import NetworkSetting
from tests.networks.values import PARTS, WITH_KNOBS, shapes

SHAPE, LATENT = (16, 16, 1), 6
CONVOLUTIONAL = [part for part in PARTS if part not in (MLPGenerator, MLPDiscriminator)]


def small(part):
    """The network without norms, so that its convolutions are all there is to find."""
    if part in WITH_KNOBS:
        return part(2, "none")
    if part in (R3GANGenerator, R3GANDiscriminator):
        return part(channel_max=4, blocks=1, group_size=2)
    changes = {StyleGAN2Generator: {"style_size": 4}, StyleGAN2Discriminator: {}}[part]
    return part(channel_max=4, mapping_layers=1, **changes)


def convolutions(part, platform):
    """Native convolutions in the program of a network for a platform."""
    network = small(part).build(NetworkSetting(SHAPE, LATENT, platform=platform))
    inputs = jnp.ones((4, LATENT) if part.role == "generator" else (4, *SHAPE))
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
        network = small(part).build(NetworkSetting(SHAPE, LATENT))
        inputs = jnp.ones((4, LATENT) if part.role == "generator" else (4, *SHAPE))
        with monkeypatch.context() as patched:
            patched.setattr(jax, "default_backend", refuse)
            apply = partial(network.apply, train=True)
            jax.eval_shape(apply, jax.random.key(0), shapes(network), inputs)
