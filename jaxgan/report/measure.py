"""From images to a card: every instrument, on fakes against real ones and on real against real."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from jaxgan.errors import UserError
from jaxgan.features.network import FeatureNetwork
from jaxgan.metrics.blur_transfer import BlurTransfer, measured_transfer
from jaxgan.metrics.checks import check_pair
from jaxgan.report import feature_instruments, pixel_instruments
from jaxgan.report.card import FEWEST_IMAGES, Card, Evidence
from jaxgan.report.evidence import gather
from jaxgan.report.instruments import Reading, Rows, read
from jaxgan.report.verdict import verdict
from jaxgan.report.with_faults import FAULTS, JUDGED, scores_with_faults

__all__ = ["ImageSets", "check_images_of", "instruments", "measure"]

Array = np.ndarray

SMALLEST_SIDE = 16  # pixels, of the spectral fit
HEADLINES = ("blur_radius", "noise", "contrast", "misfit")


class ImageSets(NamedTuple):
    """What a card is made of; images are uint8 [n, H, W, C]."""

    name: str  # of what is judged
    fake: Array
    real: Array  # at least twice as many, for real against real
    trained: Array | None = None  # images that the generator was trained on, `real` not among them
    class_names: tuple[str, ...] = ()
    has_edges: bool = False  # whether the images show steps, whose radius can be measured
    networks: tuple[FeatureNetwork, ...] = ()  # the first tells diversity, too
    protocol: Mapping[str, Any] = {}  # of the data, for the record
    notes: tuple[str, ...] = ()  # what limits the card
    history: Mapping[str, Array] = {}  # of a run: name -> [[step, value]]


def measure(
    sets: ImageSets, seed: int = 0, say: Callable[[str], None] = lambda line: None
) -> tuple[Card, Evidence]:
    """The card of a set of fakes, and what its figures show. The same for the same arguments.

    Raises UserError for images that cannot be compared: too few, of two forms, of one value.
    """
    check_images_of(sets.real, sets.fake)
    transfer = measured_transfer(sets.real / 255.0)
    readings: dict[str, tuple[Reading, Rows, Rows]] = {}
    chosen = dict(instruments(sets, transfer, seed))
    for name, instrument in chosen.items():
        say(f"measuring {name}")
        # Each instrument has a stream of its own: leaving one out changes no other's numbers.
        rng = np.random.default_rng([seed, *name.encode()])
        try:
            readings[name] = read(instrument, sets.real, sets.fake, rng)
        except ValueError as error:  # fakes that are noise alone, say
            raise UserError(f"{name} cannot be measured: {error}") from error
    scores = {k: v for reading, _, _ in readings.values() for k, v in reading.scores.items()}
    words, reasons = verdict(scores)
    if FAULTS & set(words):
        for name in [known for known in JUDGED if known in chosen]:
            say(f"measuring {name} of real images with such faults")
            rng = np.random.default_rng([seed, *b"faults of ", *name.encode()])
            _, rows, rows_fake = readings[name]
            size = len(next(iter(rows_fake.values())))
            scores |= scores_with_faults(
                chosen[name], JUDGED[name], rows, sets.real, scores, words, size, rng
            )
        words, reasons = verdict(scores)
    radius, noise, contrast, misfit = (scores[name] for name in HEADLINES)
    others = {name: score for name, score in scores.items() if name not in HEADLINES}
    protocol = {
        **sets.protocol,
        "fakes": len(sets.fake),
        "real": len(sets.real),
        "trained_on": None if sets.trained is None else len(sets.trained),
        "image_shape": list(sets.fake.shape[1:]),
        "seed": seed,
        "networks": {network.identity: dict(network.facts) for network in sets.networks},
    }
    say("drawing figures")
    evidence = gather(sets, scores, readings, transfer, seed)
    card = Card(sets.name, radius, noise, contrast, misfit, words, reasons, others, protocol,
                sets.notes)  # fmt: skip
    return card, evidence


def instruments(sets: ImageSets, transfer: BlurTransfer, seed: int) -> Sequence[tuple[str, Any]]:
    """Names and instruments of a card of these sets."""
    first = sets.networks[0] if sets.networks else None
    side = sets.fake.shape[1]
    found: list[tuple[str, Any]] = [
        ("sharpness", pixel_instruments.sharpness()),
        ("spectrum", pixel_instruments.spectrum(side, transfer)),
        ("blocks", pixel_instruments.blocks()),
        ("gradients", pixel_instruments.gradients()),
        ("patches", pixel_instruments.patches(seed)),
        ("similarity", pixel_instruments.similarity()),
    ]
    if sets.has_edges:
        found.append(("edges", pixel_instruments.edges()))
    for network in sets.networks:
        found.append((network.name, feature_instruments.distances(network)))
        if network.probabilities and sets.class_names:
            count = len(sets.class_names)
            found.append(("classes", feature_instruments.classes(network, count)))
    if first:
        found.append(("diversity", feature_instruments.diversity(first)))
    if sets.trained is not None:
        found.append(("memorisation", feature_instruments.memorisation(sets.trained)))
    return found


def check_images_of(real: Array, fake: Array) -> None:
    """Refuse images that no card can be made of, with a UserError that says why."""
    for images, name, fewest in ((fake, "fakes", FEWEST_IMAGES),
                                 (real, "real images", 2 * FEWEST_IMAGES)):  # fmt: skip
        if images.dtype != np.uint8:
            raise UserError(f"{name} of type {images.dtype}: expected uint8, as files hold them")
        if len(images) < fewest:
            raise UserError(f"too few {name}: {len(images)}, and a card needs {fewest} or more")
    if min(fake.shape[1:3]) < SMALLEST_SIDE:
        raise UserError(f"images below {SMALLEST_SIDE} pixels a side: too small for a blur card")
    try:
        check_pair(real, fake)
    except ValueError as error:
        raise UserError(str(error)) from error
