"""No field of a network is idle: each changes its first values, its program, or is refused."""

from __future__ import annotations

import dataclasses
from functools import cache, partial

import jax
import jax.numpy as jnp
import pytest

from jaxgan.errors import UserError
from jaxgan.networks import (
    R3GANDiscriminator,
    R3GANGenerator,
    StyleGAN2Discriminator,
    StyleGAN2Generator,
    VanillaGenerator,
)
from jaxgan.types import Given, NetworkSetting
from tests.networks.values import PARTS, WITH_KNOBS, shapes

SETTING = NetworkSetting((16, 16, 1), latent_size=6, classes=3)
KNOBS = {"width": 3, "norm": "batch", "initialization": "he", "dropout": 0.5}
STYLEGAN2 = {"channel_base": 64, "channel_max": 8, "mapping_layers": 1}
R3GAN = {"channel_base": 64, "channel_max": 8, "blocks": 1, "group_size": 4}
BASES = {
    **dict.fromkeys(WITH_KNOBS, KNOBS),
    # What a field has an effect with: a mapping network of the discriminator with labels alone.
    StyleGAN2Discriminator: {**STYLEGAN2, "conditioning": "projection"},
    StyleGAN2Generator: {**STYLEGAN2, "style_size": 4},
    R3GANDiscriminator: R3GAN,
    R3GANGenerator: {**R3GAN, "conditioning": "concat"},
}
OTHER = {
    "width": [4],
    "norm": ["none", "spectral"],
    "initialization": ["dcgan"],
    "dropout": [0.0],
    "dropout_when_sampling": [False],
    "conditioning": ["none", "concat", "norm", "projection", "auxiliary"],
    "minibatch_deviation": [2],
    "upsampling": ["fir"],
    "depth": [2],
    "output": ["linear"],
    "maxout": [2],
    "halvings": [2],
    "steps": [2],
    "hidden": [5],
    "style": ["adain"],
    "channel_base": [128],
    "channel_max": [6],
    "style_size": [5],
    "mapping_layers": [2],
    "mapping_multiplier": [0.1],
    "mixing": [0.0, 0.5],
    "mean_decay": [0.9],
    "noise_when_sampling": ["fixed", "none"],
    "architecture": ["orig"],
    "blocks": [2],
    "expansion": [3],
    "group_size": [2],
    "embedding_size": [3],
}
FIELDS = [(part, field.name) for part in PARTS for field in dataclasses.fields(part)]


@cache
def program(part, call):
    """What a network computes at first, in training or when sampling, as text."""
    network, key = part.build(SETTING), jax.random.key(0)
    if call == "init":
        return str(jax.make_jaxpr(network.init)(key))
    inputs = jnp.ones((4, 6) if part.role == "generator" else (4, *SETTING.image_shape))
    apply = partial(network.apply, train=call == "train")
    given = Given(jnp.array([0, 1, 0, 2]))
    return str(jax.make_jaxpr(apply)(key, shapes(network), inputs, given))


def are_one_network(part, other):
    return all(program(part, call) == program(other, call) for call in ("init", "train", "sample"))


def idle_values(part, field, base):
    """Values of a field that make the network that another value makes."""
    made, idle = [part(**base)], []
    for value in OTHER[field]:
        if value == getattr(made[0], field):
            continue
        try:
            changed = dataclasses.replace(made[0], **{field: value})
        except UserError:
            continue
        if any(are_one_network(changed, other) for other in made):
            idle.append(value)
        made.append(changed)
    return idle


@pytest.mark.parametrize(("part", "field"), FIELDS)
def test_no_field_is_idle(part, field):
    assert not idle_values(part, field, BASES[part])


def test_an_idle_field_is_found():
    @dataclasses.dataclass(frozen=True)
    class Idle(VanillaGenerator):
        depth: int = 1

    assert idle_values(Idle, "depth", KNOBS) == [2]
