"""A small classifier trained on the data at hand: features that know what the data are about."""

from __future__ import annotations

import hashlib
import json
import warnings
from pathlib import Path
from typing import Any

import jax
import numpy as np
from flax.traverse_util import flatten_dict, unflatten_dict

from jaxgan.features.convolutional_classifier import PENULTIMATE, forward_of
from jaxgan.features.network import FeatureNetwork, feature_network
from jaxgan.features.stored import check_writable, load, store
from jaxgan.features.training import BATCH, Examples, fit, turned
from jaxgan.types import Tree

__all__ = ["accuracy", "train_classifier"]

VERSION = 1  # of the recipe: network, training and scales
FEWEST_IMAGES, SMALLEST_SIDE = 100, 8
FEWEST_STEPS = 600  # however small the data
MOST_HELD_OUT = 2000
QUARTERS = 4

Array = np.ndarray


def train_classifier(
    images: Array,
    labels: Array | None,
    classes: int = QUARTERS,
    *,
    name: str = "data",
    seed: int = 0,
    epochs: float = 2.0,
    fewest_steps: int = FEWEST_STEPS,
    cache: Path | None = None,
) -> FeatureNetwork:
    """Train on images uint8 [N, H, W, C] and labels int [N] in [0, classes); N from 100.

    Without labels, the task is to say by how many quarters a picture is turned (Gidaris et al.
    2018, arXiv:1803.07728), for square images, and `classes` is of no account.

    The features are the 64 of the penultimate layer, which know what a picture shows, and the
    logs of the means of the first layer's 32 channels, which see blur and noise; each block is
    divided by a number such that its variances over the data add up to 1. A tenth of the data, at
    most 2000 images, is held out and gives `facts["held_out_accuracy"]`. The rest is seen `epochs`
    times, or for `fewest_steps` of 128 images, whichever is more. Every equal call gives the same
    digest on one kind of device.

    With a directory `cache`, the trained parameters are kept in it, under a name made of the data,
    the recipe, the seed, JAX's version and the kind of device, and read from it the next time. A
    file that is damaged gives a warning, and is replaced by training anew.
    Raises ValueError for arrays that are none of these, UserError for a cache that cannot be
    written and DivergenceError where training fails.
    """
    examples, classes = _checked(images, labels, classes)
    recipe = {
        "data": _fingerprint(examples),
        "recipe": VERSION,
        "classes": classes,
        "seed": seed,
        "epochs": epochs,
        "fewest_steps": fewest_steps,
        "jax": jax.__version__,
        "device": jax.devices()[0].device_kind,
    }
    kind = "rotation" if labels is None else "classifier"

    def network(parameters: Tree, facts: dict[str, Any]) -> FeatureNetwork:
        return feature_network(
            f"{kind}:{name}",
            VERSION,
            parameters,
            forward_of(classes, jax.default_backend()),
            image_shape=examples.images.shape[1:],
            has_logits=True,
            facts=facts,
        )

    path = None if cache is None else cache / f"{kind}-{_key(recipe)}.npz"
    if path is not None:
        check_writable(path.parent)
        kept = _kept(path)
        if kept is not None:
            return network(*kept)
    training, held_out = _divided(examples, seed)
    steps = max(fewest_steps, round(epochs * len(training.images) / BATCH))
    parameters = fit(training, classes, seed, steps)
    ones = {**parameters, "scales": np.ones(2, np.float32)}
    parameters["scales"] = _scales(network(ones, {}).apply(training.images[:MOST_HELD_OUT]))
    facts = {
        **recipe,
        "steps": steps,
        "held_out": len(held_out.images),
        "held_out_accuracy": accuracy(network(parameters, {}), *_questions(held_out)),
    }
    if path is not None:
        store(path, flatten_dict(parameters, sep="/"), facts)
    return network(parameters, facts)


def accuracy(network: FeatureNetwork, images: Array, labels: Array) -> float:
    """Share, 0 … 1, of images [N, H, W, C] to which a classifier gives their label [N]."""
    if network.probabilities is None:
        raise ValueError(f"{network.name} is no classifier: it has no probabilities")
    return float(np.mean(network.probabilities(images).argmax(axis=1) == labels))


def _checked(images: Array, labels: Array | None, classes: int) -> tuple[Examples, int]:
    images = np.asarray(images)
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] not in (1, 3):
        raise ValueError(
            f"images of type {images.dtype} and shape {images.shape}: expected uint8 [N, H, W, C] "
            "with C 1 or 3"
        )
    if len(images) < FEWEST_IMAGES or min(images.shape[1:3]) < SMALLEST_SIDE:
        raise ValueError(
            f"{len(images)} images of {images.shape[1]}x{images.shape[2]} pixels: expected "
            f"{FEWEST_IMAGES} or more, of {SMALLEST_SIDE} pixels or more a side"
        )
    if labels is None:
        if images.shape[1] != images.shape[2]:
            raise ValueError(
                f"images of {images.shape[1]}x{images.shape[2]} pixels without labels: only square "
                "ones can be turned; give labels or cut the images"
            )
        return Examples(images, None), QUARTERS
    labels = np.asarray(labels)
    if labels.shape != (len(images),) or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"labels of type {labels.dtype} and shape {labels.shape}: expected integers, one for "
            f"each of {len(images)} images"
        )
    if labels.min() < 0 or labels.max() >= classes or len(np.unique(labels)) < 2:
        raise ValueError(
            f"labels from {labels.min()} to {labels.max()}: expected two or more different ones "
            f"in [0, {classes}); without any, give None"
        )
    return Examples(images, labels.astype(np.int32)), classes


def _divided(examples: Examples, seed: int) -> tuple[Examples, Examples]:
    """What is trained on, and what is held out: another tenth with every seed."""
    order = np.random.default_rng([seed, 1]).permutation(len(examples.images))
    count = min(MOST_HELD_OUT, len(order) // 10)

    def chosen(which: Array) -> Examples:
        labels = None if examples.labels is None else examples.labels[which]
        return Examples(examples.images[which], labels)

    return chosen(order[count:]), chosen(order[:count])


def _questions(examples: Examples) -> tuple[Array, Array]:
    """Images and labels; without labels, every image turned in all four ways."""
    if examples.labels is not None:
        return examples.images, examples.labels
    turns = np.tile(np.arange(QUARTERS, dtype=np.int32), len(examples.images))
    return turned(examples.images.repeat(QUARTERS, axis=0), turns), turns


def _scales(features: Array) -> Array:
    """Roots of the total variance of the penultimate and of the first layer's block, [2]."""
    blocks = features[:, :PENULTIMATE], features[:, PENULTIMATE:]
    return np.array([np.sqrt(block.var(axis=0).sum()) for block in blocks], np.float32)


def _fingerprint(examples: Examples) -> str:
    """SHA-256 hex of the data's shape and bytes."""
    total = hashlib.sha256(f"{examples.images.shape} {examples.labels is not None}\n".encode())
    total.update(np.ascontiguousarray(examples.images).data)
    if examples.labels is not None:
        total.update(examples.labels.astype("<i4").tobytes())
    return total.hexdigest()


def _key(recipe: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()[:32]


def _kept(path: Path) -> tuple[Tree, dict[str, Any]] | None:
    """Parameters and facts from the cache, or None where they are to be made."""
    if not path.exists():
        return None
    try:
        arrays, facts = load(path)
    except ValueError as error:
        warnings.warn(f"{error}; training the classifier anew", stacklevel=3)
        return None
    return unflatten_dict(arrays, sep="/"), facts
