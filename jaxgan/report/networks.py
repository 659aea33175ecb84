"""The feature networks of a card: made for its data, and asked whether they see blur."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from jaxgan.data import ImageSet
from jaxgan.errors import UserError
from jaxgan.features import (
    FeatureNetwork,
    gate,
    pixel_features,
    random_convolutions,
    train_classifier,
)
from jaxgan.features.gate import FEWEST_IMAGES
from jaxgan.report.instruments import spread
from jaxgan.training.jsonl import read_json, write_json

__all__ = ["gated", "networks_for"]

Array = np.ndarray

SMALLEST_SIDE = 16  # pixels
PASSED = "passed"
GATE_IMAGES = 4000  # chance distances fall with their number


def networks_for(
    images: Array,
    labels: Array | None,
    source: ImageSet,
    cache: Path | None,
    say: Callable[[str], None],
) -> tuple[FeatureNetwork, ...]:
    """Networks for images uint8 [N, H, W, C], those first that pass the gate.

    A classifier of the data's classes (of quarter turns, without labels), trained once and kept in
    `cache`; fixed random convolutions; and the pixels' own components. A network that does not
    pass says so among its facts. Images below 16 pixels have none, and `cache` None asks for none.
    """
    if cache is None or images.shape[1] < SMALLEST_SIDE:
        return ()
    say("feature networks: a classifier of these data is trained the first time, in a minute or so")
    classes = len(source.classes)
    named = Path(source.name.removeprefix("folder:")).name
    try:
        networks = (
            train_classifier(images, labels, classes or 4, name=named, cache=cache),
            random_convolutions(),
            pixel_features(images),
        )
    except ValueError as error:  # too few images, most often
        raise UserError(f"{error}; --no-features measures without feature networks") from error
    return gated(networks, images, cache / "gates", source.fingerprint)


def gated(
    networks: Iterable[FeatureNetwork], images: Array, cache: Path, data: str
) -> tuple[FeatureNetwork, ...]:
    """The networks with the gate's answer among their facts, those first that passed.

    Answers are kept in `cache` by the digests of the network and the `data`. With fewer than 400
    images the gate cannot be asked, and the answer says so.
    """
    asked = [_asked(network, images, cache, data) for network in networks]
    return tuple(sorted(asked, key=lambda network: network.facts["gate"] != PASSED))


def _asked(network: FeatureNetwork, images: Array, cache: Path, data: str) -> FeatureNetwork:
    """The network with the gate's answer, kept for the next time, among its facts."""
    if len(images) < FEWEST_IMAGES:
        answer = f"not asked: {len(images)} images, and {FEWEST_IMAGES} are needed"
        return network._replace(facts={**network.facts, "gate": answer})
    path = cache / f"{network.digest[:16]}-{data[:16]}.json"
    if not path.exists():
        result = gate(network, spread(images, GATE_IMAGES), np.random.default_rng(0))
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, PASSED if result.passed else "; ".join(result.reasons))
    return network._replace(facts={**network.facts, "gate": read_json(path)})
