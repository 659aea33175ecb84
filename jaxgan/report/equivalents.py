"""What single scores of the fakes say when they are read as a blur: one unit for all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from jaxgan.metrics.equivalent_blur import BlurSeries, blur_series
from jaxgan.metrics.sharpness import crete_blur, tenengrad
from jaxgan.metrics.spectrum import high_frequency_ratio, image_spectra
from jaxgan.report.instruments import Readings, spread

__all__ = ["Equivalents", "equivalents"]

Array = np.ndarray
PLANTED = 300  # real images that blurs are planted into,
FEWEST_PLANTED, PLANTED_VALUES = 50, 2**23  # or as many as have so many values


class Equivalents(NamedTuple):
    """Scores of the fakes as blurs, and the scale that they were read on."""

    radii: dict[str, float]  # pixels, by score
    series: dict[str, BlurSeries]  # of the same scores


def equivalents(real: Array, readings: Readings) -> Equivalents:
    """Three scores as planted blurs, in pixels, of uint8 real images; those that can be so read."""
    few = max(FEWEST_PLANTED, PLANTED_VALUES // real[0].size)
    planted = spread(real, min(PLANTED, few)) / 255.0
    fakes = readings["sharpness"][2]
    judged = readings["spectrum"][2]["radial"].mean(axis=0)
    side = planted.shape[1]
    ways = {
        "tenengrad": (lambda x: np.median(tenengrad(x)), np.median(fakes["tenengrad"])),
        "crete_blur_5": (lambda x: np.median(crete_blur(x, 5)), np.median(fakes["crete_blur_5"])),
        "high_frequency_ratio": (
            lambda x: high_frequency_ratio(image_spectra(x).mean(axis=0), side),
            high_frequency_ratio(judged, side),
        ),
    }
    found = Equivalents({}, {})
    for name, (score, target) in ways.items():
        try:
            series = blur_series(score, planted)
        except ValueError:  # it does not follow blur on such images, as noise scores on flat ones
            continue
        found.radii[name] = series.equivalent(float(target)).sigma
        found.series[name] = series
    return found
