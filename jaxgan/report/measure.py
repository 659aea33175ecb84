"""From images to a card: every instrument, on fakes against real ones and on real against real."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from jaxgan.errors import UserError
from jaxgan.metrics.blur_transfer import BlurTransfer, measured_transfer
from jaxgan.metrics.checks import checked_pair
from jaxgan.metrics.transfer_height import DIRECTIONS, sector_transfers
from jaxgan.report import feature_instruments, pixel_instruments, spectral_instruments
from jaxgan.report.card import FEWEST_IMAGES, Card, Measured
from jaxgan.report.counted import counted, plain_images
from jaxgan.report.evidence import Evidence, gather
from jaxgan.report.faults import Faults, explained, fitted_faults, with_noise_of
from jaxgan.report.findings import Findings, findings
from jaxgan.report.inputs import CardInputs
from jaxgan.report.instruments import Instrument, Readings, read
from jaxgan.report.power import smallest_blur
from jaxgan.report.softness_instruments import regions, single_images
from jaxgan.report.verdict import Verdict, verdict

__all__ = ["Judged", "check_images_of", "instruments", "judge", "measure",
           "smallest_blur_of"]  # fmt: skip

Array = np.ndarray

SMALLEST_SIDE = 16  # pixels, of the spectral fit
HEADLINES = ("blur_radius", "noise", "contrast", "misfit")
MOST_PLAIN = {"fakes": 0.9, "real images": 0.2}
"""Share of the images that may be of one colour. The median real image must have detail, also in
halves that are drawn."""
FITTED = ("blur_variance", "blur_radius", "noise", "contrast", "edge_energy")
"""Scores that say what the blur, the noise and the contrast are, and are not explained by them."""
HEIGHTS = (
    "half_height",
    *(f"half_height_{name.replace(' ', '_')}" for name in DIRECTIONS),
    "anisotropy",
)
"""Scores that say what the blur is. Noise hides where half is lost, and so explains them."""


class Judged(NamedTuple):
    """What was measured, and what is said of it."""

    scores: dict[str, Measured]
    readings: Readings
    facts: Findings
    verdict: Verdict
    transfer: BlurTransfer


def measure(
    sets: CardInputs, seed: int = 0, say: Callable[[str], None] = lambda line: None
) -> tuple[Card, Evidence]:
    """The card of a set of fakes, and what its figures show. The same for the same arguments.

    Raises UserError for images that cannot be compared: too few, of two forms, of one value.
    """
    judged = judge(sets, seed, say)
    say("drawing figures")
    evidence = gather(sets, judged.scores, judged.readings, judged.transfer, judged.facts, seed)
    radius, noise, contrast, misfit = (judged.scores[name] for name in HEADLINES)
    card = Card(
        name=sets.name,
        radius_px=radius,
        noise=noise,
        contrast=contrast,
        misfit=misfit,
        verdict=judged.verdict.words,
        reasons=judged.verdict.reasons,
        scores={name: score for name, score in judged.scores.items() if name not in HEADLINES},
        protocol=_protocol(sets, seed),
        notes=(*sets.notes, *_power(judged)),
        because=judged.verdict.scores,
    )
    return card, evidence


def judge(
    sets: CardInputs, seed: int = 0, say: Callable[[str], None] = lambda line: None
) -> Judged:
    """Every score of a set of fakes and the verdict, without figures. Refuses as `measure`."""
    check_images_of(sets.real, sets.fake)
    found = counted(sets.real, sets.fake)
    for sentence in found.words.values():
        say(f"warning: {sentence}")
    bench = Bench(sets, seed, say)
    for name, instrument in instruments(sets, bench.transfer, bench.sectors, seed):
        bench.take(name, instrument)
    faults = bench.explain()
    side, stream = sets.fake.shape[1], bench.stream("noise of content")
    bench.take("content", spectral_instruments.matched(side, bench.transfer, faults, stream))
    bench.take("single images", single_images(faults, bench.stream("noise of single images")))
    bench.take("regions", regions(sets.real, faults, bench.stream("noise of regions")))
    facts = findings(sets, bench.scores, bench.readings, bench.sectors)
    scores = bench.scores | facts.scores | found.scores
    said = verdict(scores, facts.words | found.words)
    return Judged(scores, bench.readings, facts, said, bench.transfer)


class Bench:
    """The sets, and what each instrument has said of them so far."""

    def __init__(self, sets: CardInputs, seed: int, say: Callable[[str], None]) -> None:
        self.sets, self.seed, self.say = sets, seed, say
        try:
            self.transfer = measured_transfer(sets.real)
            self.sectors = sector_transfers(sets.real)
        except ValueError as error:  # stripes, say, that are plain along a direction
            raise UserError(f"no card can be made of these images: {error}") from error
        self.instruments: dict[str, Instrument] = {}
        self.readings: Readings = {}
        self.scores: dict[str, Measured] = {}

    def stream(self, name: str) -> np.random.Generator:
        """Random numbers of its own for each use: leaving one out changes no other's."""
        return np.random.default_rng([self.seed, *name.encode()])

    def take(self, name: str, instrument: Instrument) -> None:
        """Read an instrument."""
        self.say(f"measuring {name}")
        try:
            reading, real, fake = read(
                instrument, self.sets.real, self.sets.fake, self.stream(name)
            )
        except ValueError as error:  # fakes that are noise alone, say
            raise UserError(f"{name} cannot be measured: {error}") from error
        self.instruments[name] = instrument
        self.readings[name] = (reading, real, fake)
        self.scores |= reading.scores

    def explain(self) -> Faults:
        """Put beside each score what the fitted blur, noise and contrast make of real images.

        The median noise is put beside the blur and the contrast alone: then it tells of noise.
        """
        without_noise = fitted_faults(self.scores)._replace(noise=0.0)
        self._explain("noise", without_noise)
        faults = with_noise_of(
            self.scores["median_noise"], fitted_faults(self.scores), self.instruments["noise"],
            self.sets.real, self.stream("clipped noise"),
        )  # fmt: skip
        if faults.any:
            self.say("measuring real images with the same blur, noise and contrast")
        self._explain("spectrum", faults._replace(radius=0.0), only=HEIGHTS)
        self._explain("spectrum", faults, but=(*FITTED, *HEIGHTS))
        for name in self.instruments:
            if name not in ("noise", "spectrum"):
                self._explain(name, faults)
        return faults

    def _explain(
        self, name: str, faults: Faults, *, only: Sequence[str] = (), but: Sequence[str] = ()
    ) -> None:
        """Of an instrument's scores, explain all, or `only` some, or all `but` some."""
        reading, rows, rows_fake = self.readings[name]
        instrument = self.instruments[name]
        judged = len(next(iter(rows_fake.values())))
        beside = explained(instrument, reading.scores, rows, self.sets.real, judged, faults,
                           self.stream(f"faults of {name}"))  # fmt: skip
        self.scores |= {
            score: found
            for score, found in beside.items()
            if (not only or score in only) and score not in but
        }


def instruments(
    sets: CardInputs, transfer: BlurTransfer, sectors: tuple[BlurTransfer, ...], seed: int
) -> Sequence[tuple[str, Instrument]]:
    """Names and instruments of a card of these sets, but for those that the fit comes before."""
    first = sets.networks[0] if sets.networks else None
    side, channels = sets.fake.shape[1], sets.fake.shape[3]
    found = [
        ("spectrum", spectral_instruments.spectrum(side, channels, transfer, sectors)),
        ("noise", pixel_instruments.noise()),
        ("sharpness", pixel_instruments.sharpness()),
        ("tones", pixel_instruments.tones()),
        ("blocks", pixel_instruments.blocks()),
        ("gradients", pixel_instruments.gradients()),
        ("patches", pixel_instruments.patches(seed)),
        ("similarity", pixel_instruments.similarity()),
    ]
    if channels == 3 and not _are_grey(sets.real):
        found.append(("colour", spectral_instruments.chroma(side, transfer)))
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


def _are_grey(images: Array) -> bool:
    return bool(np.all(images == images[..., :1]))


def smallest_blur_of(judged: Judged) -> float | None:
    """Pixels of a blur of all images that has its word in 9 of 10 cases; infinity for none.

    None where edges do not follow blur on the real images, or no blur shows beside the noise.
    """
    edges = judged.facts.equivalent_blur.series.get("tenengrad")
    if edges is None or "soft_end_radius" not in judged.scores:
        return None
    spectral, single = (judged.readings[name][0].null for name in ("spectrum", "single images"))
    return smallest_blur(judged.scores, spectral, single, edges)


def _power(judged: Judged) -> tuple[str, ...]:
    """What a card of so many images could have seen."""
    smallest = smallest_blur_of(judged)
    if smallest is None:
        return ()
    if math.isinf(smallest):
        return ("with so few images, no blur of all of them is found in 9 of 10 cases",)
    return (
        f"with so many images, a blur of all of them is called by its name in 9 of 10 cases from "
        f"{smallest:.2f} pixels on; a smaller one may be missed",
    )


def _protocol(sets: CardInputs, seed: int) -> dict[str, Any]:
    return {
        **sets.protocol,
        "fakes": len(sets.fake),
        "real": len(sets.real),
        "trained_on": None if sets.trained is None else len(sets.trained),
        "image_shape": list(sets.fake.shape[1:]),
        "seed": seed,
        "networks": {network.identity: dict(network.facts) for network in sets.networks},
    }


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
        checked_pair(real, fake)
    except ValueError as error:
        raise UserError(str(error)) from error
    for images, name in ((fake, "fakes"), (real, "real images")):
        if np.all(images == images[:1]):
            raise UserError(
                f"{len(images)} {name} are one and the same picture: a card needs different ones"
            )
        plain = plain_images(images)
        if plain > MOST_PLAIN[name] * len(images):
            raise UserError(
                f"{plain} of {len(images)} {name} are of one colour each: they have no detail "
                "whose blur could be measured; leave them out"
            )
