"""The few hundred steps that make a classifier of a labelled data set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxgan.errors import DivergenceError
from jaxgan.features.convolutional_classifier import ConvolutionalClassifier, standardised
from jaxgan.types import Tree

__all__ = ["BATCH", "Examples", "fit", "turned"]

BATCH = 128
PEAK_RATE = 3e-3
STANDARDISED_BY = 2000  # images that say what the mean and deviation of a channel are
WAIT_EVERY = 32  # steps: no more batches than that lie in memory, and a NaN is soon seen

Array = np.ndarray


class Examples(NamedTuple):
    """What a network is fitted to."""

    images: Array  # uint8 [N, H, W, C]
    labels: Array | None  # int32 [N] in [0, K); None: how far an image is turned is its label


class _State(NamedTuple):
    params: Tree
    stats: Tree
    optimizer: optax.OptState


def fit(examples: Examples, classes: int, seed: int, steps: int) -> Tree:
    """Parameters after `steps` of Adam with one cycle of the rate (Smith and Topin 2017).

    Equal arguments give equal bits on one kind of device. Raises DivergenceError for a loss that
    is not finite.
    """
    some = examples.images[:STANDARDISED_BY].reshape(-1, examples.images.shape[3]) / 255
    data = {
        "centre": some.mean(axis=0).astype(np.float32),
        "spread": np.maximum(some.std(axis=0), 1 / 255).astype(np.float32),
    }
    module = ConvolutionalClassifier(classes, jax.default_backend())
    schedule = optax.cosine_onecycle_schedule(steps, PEAK_RATE, pct_start=0.2)
    optimizer = optax.adam(schedule)

    def init(key: jax.Array) -> _State:
        example = jnp.zeros((1, *examples.images.shape[1:]))
        variables = module.init(key, example, train=False)
        params = variables["params"]
        return _State(params, variables["batch_stats"], optimizer.init(params))

    def step(
        state: _State, data: Tree, images: jax.Array, labels: jax.Array
    ) -> tuple[_State, jax.Array]:
        x = standardised(images.astype(jnp.float32) / 255, data["centre"], data["spread"])

        def loss(params: Tree) -> tuple[jax.Array, Tree]:
            variables = {"params": params, "batch_stats": state.stats}
            (logits, _, _), changed = module.apply(
                variables, x, train=True, mutable=["batch_stats"]
            )
            entropy = optax.softmax_cross_entropy_with_integer_labels(logits, labels)
            return entropy.mean(), changed["batch_stats"]

        (value, stats), gradient = jax.value_and_grad(loss, has_aux=True)(state.params)
        updates, optimizer_state = optimizer.update(gradient, state.optimizer, state.params)
        return _State(optax.apply_updates(state.params, updates), stats, optimizer_state), value

    compiled = jax.jit(step, donate_argnums=0)
    with jax.default_matmul_precision("highest"):
        state = jax.jit(init)(jax.random.key(seed, impl="threefry2x32"))
        for number, (images, labels) in enumerate(_batches(examples, seed, steps), start=1):
            state, value = compiled(state, data, images, labels)
            if (number % WAIT_EVERY == 0 or number == steps) and not np.isfinite(value):
                raise DivergenceError(
                    f"training the classifier: the loss at step {number} is {float(value)}; look "
                    "for images that are all alike, or give another seed"
                )
    return jax.tree.map(np.asarray, {"params": state.params, "batch_stats": state.stats, **data})


def turned(images: Array, turns: Array) -> Array:
    """Square images [N, H, H, C], each turned by its number of quarters, counterclockwise."""
    result = images.copy()
    for quarter in (1, 2, 3):
        chosen = turns == quarter
        result[chosen] = np.rot90(images[chosen], quarter, axes=(1, 2))
    return result


def _batches(examples: Examples, seed: int, steps: int) -> Iterator[tuple[Array, Array]]:
    """Every example once, in random order, then every example again."""
    rng = np.random.default_rng(seed)
    waiting = np.zeros(0, np.int64)
    for _ in range(steps):
        while len(waiting) < BATCH:
            waiting = np.concatenate([waiting, rng.permutation(len(examples.images))])
        chosen, waiting = waiting[:BATCH], waiting[BATCH:]
        if examples.labels is None:
            turns = rng.integers(0, 4, BATCH).astype(np.int32)
            yield turned(examples.images[chosen], turns), turns
        else:
            yield examples.images[chosen], examples.labels[chosen]
