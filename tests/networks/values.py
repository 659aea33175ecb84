"""Networks at values that tests choose, without compiling their `init`."""

from __future__ import annotations

from functools import cache, partial

import jax
import numpy as np

from jaxgan import networks
from jaxgan.networks.layers.knobs import NetworkKnobs
from jaxgan.types import Given

PARTS = [getattr(networks, name) for name in networks.__all__]
WITH_KNOBS = [part for part in PARTS if issubclass(part, NetworkKnobs)]


@cache
def shapes(network):
    """Shapes of all that a network carries, without computing it."""
    return jax.eval_shape(network.init, jax.random.key(0))


def some_values(network, seed=0):
    """Variables as N(0, 1), running variances of 1 and unit vectors: quicker than `init`."""
    rng = np.random.default_rng(seed)

    def fill(path, leaf):
        if path[-1].key == "var":
            return np.ones(leaf.shape, np.float32)
        values = rng.normal(size=leaf.shape).astype(np.float32)
        return values / np.linalg.norm(values) if path[-1].key == "u" else values

    return jax.tree_util.tree_map_with_path(fill, shapes(network))


@cache
def applied(network, train):
    """The network's `apply`, compiled once."""
    return jax.jit(partial(network.apply, train=train))


def run(network, inputs, labels=None, *, train, key=0):
    """Outputs and statistics at `some_values`."""
    return applied(network, train)(jax.random.key(key), some_values(network), inputs, Given(labels))


def count(tree):
    """Numbers in all leaves."""
    return sum(leaf.size for leaf in jax.tree.leaves(tree))
