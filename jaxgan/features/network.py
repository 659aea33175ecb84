"""A frozen network from images to features, as one record: what every feature distance is a
distance in, and so what every such number has to name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import jax
import numpy as np

from jaxgan.digest import leaves_as_bytes
from jaxgan.types import Tree

__all__ = ["FeatureNetwork", "Forward", "Outputs", "feature_network", "parameter_digest"]

Array = np.ndarray

MOST_IMAGES, PIXELS_AT_A_TIME = 256, 2**18  # of a batch: what fits into a few hundred MiB
LEVELS = (np.arange(256) / 255.0).astype(np.float32)  # uint8 and floats give the same bits


class Outputs(NamedTuple):
    """What a network makes of a batch."""

    features: jax.Array  # float32 [B, d]
    logits: jax.Array | None  # float32 [B, K] of a classifier, None of others
    maps: dict[str, jax.Array] | None = None  # float32 [B, h, w, C] by layer, of networks with any


class Forward(Protocol):
    """The computation of a network, pure and free of constants of its own."""

    def __call__(self, parameters: Tree, images: jax.Array, /) -> Outputs:
        """Images are float32 [B, H, W, C] in [0, 1]."""


class FeatureNetwork(NamedTuple):
    """A frozen network. Numbers taken with it carry its `identity`, and no other name.

    `apply` takes images [N, H, W, C], uint8 (0 … 255) or float (in [0, 1]), C 1 or 3, and returns
    float64 [N, d]. Image i is computed in a batch of one size whatever N is. `probabilities`
    returns float64 [N, K] of a classifier and is None of other networks. Both raise ValueError for
    images of another form than the network's.
    """

    name: str  # e.g. "random-conv"
    digest: str  # SHA-256, 64 hex digits, of name, version and every parameter
    apply: Callable[[Array], Array]
    probabilities: Callable[[Array], Array] | None
    image_shape: tuple[int, int, int] | None  # (H, W, C) it was fitted to; None: takes any
    facts: Mapping[str, Any]  # what is known of it, for a reader: accuracy, gate …
    forward: Forward  # pure, for gradients through it
    parameters: Tree  # what `forward` takes

    @property
    def identity(self) -> str:
        """Name and the first 12 digits of the digest, as in "random-conv@0123456789ab"."""
        return f"{self.name}@{self.digest[:12]}"


def feature_network(
    name: str,
    version: int,
    parameters: Tree,
    forward: Forward,
    *,
    smallest_side: int = 1,
    image_shape: tuple[int, int, int] | None = None,
    has_logits: bool = False,
    facts: Mapping[str, Any] | None = None,
) -> FeatureNetwork:
    """The record of a computation and its parameters.

    Every kind of network is made here, those with a file of weights too: their loader checks the
    file's SHA-256, and hands its arrays over as `parameters`. `version` counts the changes of
    `forward` that change numbers. Parameters are arguments of the compiled program, never
    constants in it. Products are computed in full float32, on every device.
    """
    compiled = partial(_without_maps, forward)
    on_device = jax.tree.map(jax.numpy.asarray, parameters)

    def outputs(images: Array) -> Iterator[Outputs]:
        with jax.default_matmul_precision("highest"):
            for batch, count in _batches(_checked(images, name, smallest_side, image_shape)):
                features, logits, _ = compiled(on_device, batch)
                yield Outputs(features[:count], None if logits is None else logits[:count])

    def apply(images: Array) -> Array:
        return np.concatenate([np.asarray(o.features, np.float64) for o in outputs(images)])

    def probabilities(images: Array) -> Array:
        logits = np.concatenate([np.asarray(o.logits, np.float64) for o in outputs(images)])
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return odds / odds.sum(axis=1, keepdims=True)

    return FeatureNetwork(
        name=name,
        digest=parameter_digest(name, version, parameters),
        apply=apply,
        probabilities=probabilities if has_logits else None,
        image_shape=image_shape,
        facts=MappingProxyType(dict(facts or {})),
        forward=forward,
        parameters=on_device,
    )


@partial(jax.jit, static_argnums=0)
def _without_maps(forward: Forward, parameters: Tree, images: jax.Array) -> Outputs:
    """What a network makes of a batch, but for the maps, which may be large."""
    return forward(parameters, images)._replace(maps=None)


def parameter_digest(name: str, version: int, parameters: Tree) -> str:
    """SHA-256 hex of name, version and each leaf's path, type, shape and little-endian bytes."""
    total = hashlib.sha256(f"{name} {version}\n".encode())
    for _, header, content in leaves_as_bytes(parameters):
        total.update(f"{header}\n".encode() + content)
    return total.hexdigest()


def _checked(
    images: Array, name: str, smallest_side: int, image_shape: tuple[int, int, int] | None
) -> Array:
    """Images of a form that the network takes; values are looked at batch by batch."""
    array = np.asarray(images)
    if array.ndim != 4 or array.shape[3] not in (1, 3) or not len(array):
        raise ValueError(
            f"{name}: images of shape {array.shape}: expected [N, H, W, C] with N from 1 and C 1 "
            "(grey) or 3 (RGB)"
        )
    if array.dtype != np.uint8 and not np.issubdtype(array.dtype, np.floating):
        raise ValueError(
            f"{name}: images of type {array.dtype}: expected uint8, or floats in [0, 1]"
        )
    if image_shape is not None and array.shape[1:] != image_shape:
        raise ValueError(
            f"{name}: images of {_form(array.shape[1:])}: this network was made for "
            f"{_form(image_shape)}; resize or convert the images, or make one for them"
        )
    if min(array.shape[1:3]) < smallest_side:
        raise ValueError(
            f"{name}: images of {array.shape[1]}x{array.shape[2]} pixels: expected "
            f"{smallest_side} or more a side; enlarge them or use another network"
        )
    return array


def _batches(images: Array) -> Iterator[tuple[Array, int]]:
    """float32 batches of one size, the last filled up with zeros, and how many images are real.

    One size means one compiled program, and the same sums for an image in whatever company.
    """
    size = max(1, min(MOST_IMAGES, PIXELS_AT_A_TIME // (images.shape[1] * images.shape[2])))
    for first in range(0, len(images), size):
        some = _as_floats(images[first : first + size])
        filled = np.zeros((size, *some.shape[1:]), np.float32)
        filled[: len(some)] = some
        yield filled, len(some)


def _as_floats(images: Array) -> Array:
    if images.dtype == np.uint8:
        return LEVELS[images]
    low, high = float(images.min()), float(images.max())
    if not (low >= 0 and high <= 1):  # also where there is a NaN
        raise ValueError(
            f"images with values from {low:g} to {high:g}: expected finite values in [0, 1]; map "
            "[-1, 1] with (x + 1) / 2 and clip, or give uint8"
        )
    return images.astype(np.float32)


def _form(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))
