"""The feature networks of a card: made for its data, and asked whether they see blur."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from jaxgan.data import ImageSet
from jaxgan.features import (
    FeatureNetwork,
    gate,
    pixel_features,
    random_convolutions,
    train_classifier,
)

__all__ = ["networks_for"]

Array = np.ndarray

SMALLEST_SIDE = 16  # pixels
GATE_IMAGES = 1000


def networks_for(
    images: Array,
    labels: Array | None,
    source: ImageSet,
    cache: Path,
    say: Callable[[str], None],
) -> tuple[FeatureNetwork, ...]:
    """Networks for images uint8 [N, H, W, C], those first that pass the gate.

    A classifier of the data's classes (of quarter turns, without labels), trained once and kept in
    `cache`; fixed random convolutions; and the pixels' own components. A network that does not
    pass says so among its facts. Images below 16 pixels have none.
    """
    if images.shape[1] < SMALLEST_SIDE:
        return ()
    say("feature networks: a classifier of these data is trained the first time, in a minute or so")
    classes = len(source.classes)
    named = source.name.removeprefix("folder:").strip("/").replace("/", "-")
    networks = (
        train_classifier(images, labels, classes or 4, name=named, cache=cache),
        random_convolutions(),
        pixel_features(images),
    )
    spread = images[np.linspace(0, len(images) - 1, min(len(images), GATE_IMAGES)).astype(int)]
    asked = [_asked(network, spread) for network in networks]
    return tuple(sorted(asked, key=lambda network: network.facts["gate"] != "passed"))


def _asked(network: FeatureNetwork, images: Array) -> FeatureNetwork:
    """The network with the gate's answer among its facts."""
    result = gate(network, images, np.random.default_rng(0))
    answer = "passed" if result.passed else "; ".join(result.reasons)
    return network._replace(facts={**network.facts, "gate": answer})
