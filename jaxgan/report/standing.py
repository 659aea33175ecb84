"""Where a card's scores stand: how far from real images, and whether by more than a trifle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jaxgan.report.card import Measured

__all__ = ["LEAST", "RELATIVE", "Standing"]

LEAST = {
    "blur_variance": 0.0625,  # pixels², a radius of 0.25: below, the fit cannot tell
    "matched_variance": 0.0625,
    "half_height": 0.25,  # pixels
    "edge_energy": 0.05,  # of the real images'
    "tenengrad": 0.05,
    "softer_share": 0.03,  # of the fakes
    "uneven_softness": 0.3,  # pixels
    "noise": 0.01,  # standard deviation, of the range [0, 1]: 2.5 of 255 levels
    "median_noise": 0.005,
    "contrast": 0.15,  # of the real images'
    "texture": 0.35,  # nats
    "saturation": 0.18,  # of the real images'
    "cast": 0.3,  # standard deviations over real images
    "chroma_sharpness": 0.14,  # of the real images'
    "chroma_variance": 0.3,  # pixels²
    "overshoot": 0.05,  # of the contrast
    "misfit": 0.1,  # nats
    "block_edges": 0.015,  # of a share that is 0.5 for none
    "checkerboard": 0.5,  # of the real images' index
    "point_noise": 0.0004,  # of the pixels
    "clipped_black": 0.02,  # of the pixel values
    "clipped_white": 0.02,
    "frame_width": 0.3,  # pixels
    "frame_fall": 0.5,
    "framed_share": 0.1,  # of the fakes
    "repeated_rows": 0.4,  # pixels
    "grey_levels": 0.3,  # of the real images'
    "brightness": 0.2,  # standard deviations over real images
    "paler_share": 0.05,  # of the fakes
    "class_softness": 0.3,  # pixels
    "content_overlap": 0.1,  # of 1 for the same pictures
    "coverage": 0.1,  # of real against real
    "recall": 0.1,
    "memorisation": 0.1,  # of the held-out images' distance to the training set
    "classes_missing": 0.5,
}
"""The least size of a fault. Set on real images and planted faults, not on generators' samples."""

RELATIVE = frozenset({
    "checkerboard", "chroma_sharpness", "contrast", "coverage", "edge_energy", "grey_levels",
    "memorisation", "recall", "saturation", "tenengrad",
})  # fmt: skip
"""Scores whose least size is a share of what is expected."""

TRIFLE = 0.1  # of what is expected: the least size of all other scores


class Standing:
    """The scores of a card by name, as the rules of the verdict ask for them."""

    def __init__(self, scores: Mapping[str, Measured], facts: Mapping[str, str]) -> None:
        self.scores = scores
        self.facts = facts  # what was found in words: kind of blur, region, classes

    def __contains__(self, name: str) -> bool:
        return name in self.scores

    def __getitem__(self, name: str) -> Measured:
        return self.scores[name]

    def high(self, name: str, surprise: float = 1.0) -> bool:
        """Whether a score lies above its band, `surprise` half-widths out, and is large enough."""
        return self._away(name, 1.0) > 0 and self._surprise(name) > surprise

    def low(self, name: str, surprise: float = 1.0) -> bool:
        """The same below the band."""
        return self._away(name, -1.0) > 0 and self._surprise(name) < -surprise

    def far(self, name: str, surprise: float) -> bool:
        """Either."""
        return self.high(name, surprise) or self.low(name, surprise)

    def apart(self, name: str) -> bool:
        """Whether the interval of a score leaves out 0, or is not known."""
        around = self.scores[name].interval
        return around is None or around[0] > 0 or around[1] < 0

    def smaller(self, name: str) -> bool:
        """Whether a score is smaller than expected by its least size, whatever the band."""
        return self._away(name, -1.0) > 0

    def above(self, name: str) -> bool:
        """Whether a score lies above its band, however little."""
        return self._surprise(name) > 1

    def beyond_real(self, name: str) -> bool:
        """Whether a score lies above the band of real images without any fault."""
        band = self.scores[name].band
        return band is not None and self.scores[name].value > band[1]

    def outside_real(self, name: str) -> bool:
        """Whether a score lies outside of the band of real images without any fault."""
        band = self.scores[name].band
        return band is not None and not band[0] <= self.scores[name].value <= band[1]

    def some_high(self, names: Iterable[str], surprise: float = 1.0) -> list[str]:
        """Those of the names that are high."""
        return [name for name in names if self.high(name, surprise)]

    def some_beyond(self, names: Iterable[str], surprise: float) -> list[str]:
        """Those that are high, beside real images with the same faults and beside real ones."""
        return [name for name in self.some_high(names, surprise) if self.beyond_real(name)]

    def number(self, name: str, digits: str = ".2f") -> str:
        """The value in words."""
        return format(self.scores[name].value, digits)

    def listed(self, names: Iterable[str]) -> str:
        """Names and values of some scores."""
        texts = [f"{name.replace('_', ' ')} {self.scores[name].value:.3g}" for name in names]
        return ", ".join(texts[:-1]) + (" and " if len(texts) > 1 else "") + texts[-1]

    def _surprise(self, name: str) -> float:
        return self.scores[name].surprise if name in self.scores else 0.0

    def _away(self, name: str, sign: float) -> float:
        """By how much a score is further away, on one side, than its least size; below 0: not."""
        score = self.scores.get(name)
        if score is None or score.expected is None:
            return -1.0
        middle = score.expected[0]
        least = LEAST.get(name)
        if least is None:
            least = TRIFLE * abs(middle)
        elif name in RELATIVE:
            least *= abs(middle)
        return sign * (score.value - middle) - least
