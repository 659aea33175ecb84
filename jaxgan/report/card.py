"""A blur card: how blurred a set of images is, against real ones, and how far to trust it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from typeguard import CollectionCheckStrategy, TypeCheckError, check_type

__all__ = ["Card", "Measured", "card_from_json", "card_to_json"]

Array = np.ndarray
Pair = tuple[float, float]

HEADLINES = ("radius_px", "noise", "contrast", "misfit")  # scores that are fields of a card
FEWEST_IMAGES = 100  # fakes, and twice as many real ones


class Measured(NamedTuple):
    """One number, and what it is to be compared with."""

    value: float
    interval: Pair | None = None  # 95 %, over resampled images of both sets
    null: float | None = None  # mean of the same number for real against real images
    band: Pair | None = None  # 95 % of those
    protocol: str = ""  # how it was taken: numbers of different protocols do not compare
    features: str = ""  # name@hash of the feature network, where there is one
    # The same for real images with the blur, noise and contrast that were fitted to these fakes:
    explained: float | None = None  # their mean
    explained_band: Pair | None = None  # 95 % of them

    @property
    def expected(self) -> tuple[float, Pair] | None:
        """What there is to be expected, and its band: of faulty real images, where they are known.

        None without a band of real images.
        """
        if self.explained is not None and self.explained_band is not None:
            return self.explained, self.explained_band
        if self.null is None or self.band is None:
            return None
        return self.null, self.band

    @property
    def surprise(self) -> float:
        """How far the value lies from what is expected, in half-widths of the band: ±1 its ends.

        0 without a band. Of a band without width, everything else is infinitely far.
        """
        if self.expected is None:
            return 0.0
        middle, (low, high) = self.expected
        away = self.value - middle
        half = high - middle if away > 0 else middle - low
        if away == 0:
            return 0.0
        return away / half if half > 0 else math.copysign(math.inf, away)

    @property
    def ratio(self) -> float | None:
        """Value over null: 1 for fakes that cannot be told from real images.

        None where the null may as well be 0.
        """
        if self.null is None or self.null <= 0 or (self.band and self.band[0] <= 0):
            return None
        return self.value / self.null

    @property
    def way(self) -> str:
        """How it was taken: protocol and feature network. Scores of two ways do not compare."""
        return "; features ".join(filter(None, (self.protocol, self.features)))


class Card(NamedTuple):
    """What `blur.json` holds."""

    name: str  # of what was judged
    radius_px: Measured  # sigma of the Gaussian between real and fake, pixels; below 0: sharper
    noise: Measured  # deviation of white noise in the fakes, of the range [0, 1]
    contrast: Measured  # gain; 1 is the real images'
    misfit: Measured  # rms residual of the spectral fit, in nats; large: no Gaussian blur
    verdict: tuple[str, ...]  # words of `verdict.WORDS`
    reasons: tuple[str, ...]  # a sentence for each word
    scores: Mapping[str, Measured]
    protocol: Mapping[str, Any]  # data, numbers of images, seed, versions
    notes: tuple[str, ...]  # what limits this card
    because: tuple[tuple[str, ...], ...] = ()  # for each word, the scores that it stands on


def card_to_json(card: Card) -> dict[str, Any]:
    """The card as JSON holds it: every number with its interval, null and band."""
    return {
        "name": card.name,
        **{name: _measured_to_json(getattr(card, name)) for name in HEADLINES},
        "verdict": list(card.verdict),
        "reasons": list(card.reasons),
        "scores": {name: _measured_to_json(score) for name, score in card.scores.items()},
        "protocol": dict(card.protocol),
        "notes": list(card.notes),
        "because": [list(names) for names in card.because],
    }


def card_from_json(data: Mapping[str, Any]) -> Card:
    """The card that `card_to_json` wrote.

    Raises KeyError, TypeError, ValueError or AttributeError for anything else.
    """
    fields: dict[str, Any] = {name: _measured_from_json(data[name]) for name in HEADLINES}
    scores = {name: _measured_from_json(score) for name, score in data["scores"].items()}
    words: dict[str, Any] = {name: tuple(data[name]) for name in ("verdict", "reasons", "notes")}
    because = tuple(tuple(names) for names in data.get("because", ()))
    card = Card(**fields, **words, name=data["name"], scores=scores, protocol=data["protocol"],
                because=because)  # fmt: skip
    try:
        return check_type(card, Card, collection_check_strategy=CollectionCheckStrategy.ALL_ITEMS)
    except TypeCheckError as error:
        raise TypeError(str(error)) from error


def _measured_to_json(score: Measured) -> dict[str, Any]:
    values: dict[str, Any] = {**score._asdict(), "ratio": score.ratio}
    return {name: value for name, value in values.items() if value not in (None, "")}


def _measured_from_json(data: Mapping[str, Any]) -> Measured:
    fields: dict[str, Any] = {name: value for name, value in data.items() if name != "ratio"}
    for name in {"interval", "band", "explained_band"} & set(fields):
        fields[name] = tuple(fields[name])
    return Measured(**fields)
