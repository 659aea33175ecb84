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
NEIGHBOUR_IMAGES = 2000  # distances between all pairs are taken
SUBSETS, SUBSET = 5, 500  # of the kernel distance
SCORE_PARTS = 5
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
    return Instrument(_features_of(network), compare, FEW, protocol, network.identity)


def diversity(network: FeatureNetwork) -> Instrument:
    """Precision, recall, density and coverage in a network's features."""

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        return dict(neighbourhoods(real["features"], judged["features"])._asdict())

    protocol = "precision and recall with k = 3, density and coverage with k = 5"
    return Instrument(
        _features_of(network), compare, FEW, protocol, network.identity, NEIGHBOUR_IMAGES
    )


def classes(network: FeatureNetwork, count: int) -> Instrument:
    """What a classifier takes the images for: shares of the classes, and how decided it is."""
    assert network.probabilities is not None
    probabilities = network.probabilities

    def rows(images: Array) -> Rows:
        return {"probabilities": probabilities(images)}

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        ours, theirs = real["probabilities"], judged["probabilities"]
        balance = class_balance(theirs.argmax(axis=1), ours.argmax(axis=1), count)
        return {
            "class_divergence": balance.kl_to_real,
            "classes_missing": float(len(balance.missing)),
            "classifier_score": inception_score(theirs, np.random.default_rng(0), SCORE_PARTS).mean,
        }

    return Instrument(rows, compare, MANY, "classes by a classifier", network.identity)


def memorisation(trained: Array) -> Instrument:
    """Distance to the nearest training image, in pixels, over that of unseen real images."""

    def rows(images: Array) -> Rows:
        found = nearest(images, trained)
        return {"distance": found.distance, "place": found.place}

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        return {"memorisation": float(np.mean(judged["distance"]) / np.mean(real["distance"]))}

    protocol = f"root of squared pixel differences to the nearest of {len(trained)}"
    return Instrument(rows, compare, MANY, protocol, most=TRAINING_IMAGES)


def _features_of(network: FeatureNetwork) -> Callable[[Array], Rows]:
    return lambda images: {"features": network.apply(images)}
