"""The instruments of a card that look through a frozen network, or into the training set."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from jaxgan.features.network import FeatureNetwork
from jaxgan.metrics.classes import class_balance
from jaxgan.metrics.distances import nearest
from jaxgan.metrics.frechet import frechet_distance
from jaxgan.metrics.inception_score import inception_score
from jaxgan.metrics.kernel import kernel_distance
from jaxgan.metrics.neighbours import neighbourhoods
from jaxgan.report.instruments import Instrument, Rows

__all__ = ["classes", "distances", "diversity", "memorisation"]

Array = np.ndarray

MANY, FEW = 200, 20
FEATURE_IMAGES = 2000  # of each set that go through a network
NEIGHBOUR_IMAGES = 1000  # of which distances between all pairs are taken
SUBSETS, SUBSET = 5, 500  # of the kernel distance
SCORE_PARTS = 5
BLOCKS = 8  # a side, at least
TRAINING_IMAGES = 1000  # looked up among all training images


def distances(network: FeatureNetwork) -> Instrument:
    """Fréchet and kernel distance in a network's features."""
    short = network.name.split(":")[0].replace("-", "_")

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        ours, theirs = real["features"], judged["features"]
        size = min(SUBSET, len(ours), len(theirs))
        kernel = kernel_distance(ours, theirs, np.random.default_rng(0), SUBSETS, size)
        return {
            f"frechet_{short}": frechet_distance(ours, theirs),
            f"kernel_{short}": kernel.mean,
        }

    protocol = f"kernel distance over {SUBSETS} subsets of up to {SUBSET}"
    return Instrument(
        _features_of(network), compare, FEW, protocol, network.identity, FEATURE_IMAGES, equal=True
    )


def diversity(network: FeatureNetwork) -> Instrument:
    """Precision, recall, density and coverage in a network's features."""

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        return dict(neighbourhoods(real["features"], judged["features"])._asdict())

    protocol = "precision and recall with k = 3, density and coverage with k = 5"
    return Instrument(
        _features_of(network), compare, FEW, protocol, network.identity, NEIGHBOUR_IMAGES,
        equal=True,
    )  # fmt: skip


def classes(network: FeatureNetwork, count: int) -> Instrument:
    """What a classifier takes the images for: shares of the classes, and how decided it is."""
    assert network.probabilities is not None
    probabilities = network.probabilities

    def rows(images: Array) -> Rows:
        return {"probabilities": probabilities(images)}

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        ours, theirs = real["probabilities"], judged["probabilities"]
        # A rare class may be in one part of the real images and in another not.
        balance = class_balance(theirs.argmax(axis=1), ours.argmax(axis=1), count, pseudo_count=0.5)
        return {
            "class_divergence": balance.kl_to_real,
            "classes_missing": float(len(balance.missing)),
            "classifier_score": inception_score(theirs, np.random.default_rng(0), SCORE_PARTS).mean,
        }

    protocol = "classes by a classifier, half an image added to each of the real ones"
    alone = frozenset({"classifier_score"})
    return Instrument(
        rows, compare, MANY, protocol, network.identity, FEATURE_IMAGES, equal=True, alone=alone
    )


def memorisation(trained: Array) -> Instrument:
    """Distance to the nearest training image, over that of unseen real images.

    Of images reduced to means of blocks, 8 to 15 a side: single pixels would call every blurred
    image a copy, for it lies nearer to all others than a sharp one. What is left of that the
    verdict allows for (see `faults`). Copies that lost most of their picture to a blur, as
    digits of 2 pixels' blur, are as far from the sharp image as from any other, and are not seen.
    """
    known = _reduced(trained)

    def rows(images: Array) -> Rows:
        found = nearest(_reduced(images), known)
        return {"distance": found.distance, "place": found.place}

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        return {"memorisation": float(np.mean(judged["distance"]) / np.mean(real["distance"]))}

    protocol = f"means of blocks, {known.shape[1]} a side, to the nearest of {len(known)}"
    return Instrument(rows, compare, MANY, protocol, most=TRAINING_IMAGES)


def _reduced(images: Array) -> Array:
    """Means of square blocks, float32 [N, s, s, C] in [0, 1]; what is left over is cut."""
    count, side, _, channels = images.shape
    block = max(1, side // BLOCKS)
    blocks = side // block
    cut = images[:, : blocks * block, : blocks * block].astype(np.float32) / 255
    return cut.reshape(count, blocks, block, blocks, block, channels).mean(axis=(2, 4))


def _features_of(network: FeatureNetwork) -> Callable[[Array], Rows]:
    return lambda images: {"features": network.apply(images)}
