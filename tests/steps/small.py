"""Steps of GANs of tiny dense networks, quick to compile."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np

import jaxgan
from jaxgan.networks import MLPDiscriminator, MLPGenerator
from tests.tiny import WGAN_GP

SHAPE = (8, 8, 1)


def batch_of(count=8, seed=0):
    images = np.random.default_rng(seed).uniform(-1, 1, (count, *SHAPE)).astype(np.float32)
    return {"image": jnp.asarray(images), "label": jnp.arange(count, dtype=jnp.int32) % 4}


def two_layers(**changes):
    """A GAN of tiny dense networks, quick to compile."""
    values = {
        "generator": MLPGenerator(width=4, depth=1, norm="none"),
        "discriminator": MLPDiscriminator(width=4, depth=1),
        "penalty": (),
        "classes": 4,
        **changes,
    }
    return dataclasses.replace(WGAN_GP, **values)


def first_step(config, step="discriminator_step", batch=None, times=1):
    """States and infos of some steps, from key 1, then 2 …"""
    gan = jaxgan.build(config, SHAPE)
    state, function = jax.jit(gan.init)(jax.random.key(0)), jax.jit(getattr(gan, step))
    beside = {"frozen": gan.frozen} if gan.frozen else {}
    states, infos = [state], []
    for i in range(times):
        state, info = function(jax.random.key(i + 1), state, batch or batch_of(), **beside)
        states.append(state)
        infos.append(info)
    return states, infos
