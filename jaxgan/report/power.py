"""What a card of so many images could have seen, had it been there."""

from __future__ import annotations

import math

from jaxgan.report.card import Measured
from jaxgan.report.standing import LEAST

__all__ = ["smallest_blur"]

NORMAL_95, NORMAL_90 = 1.96, 1.2816  # two-sided 95 %; the point that 90 % lie above


def smallest_blur(variance: Measured) -> float:
    """Blur of all images, in pixels, that the spectral fit finds in 9 of 10 cases.

    `variance` is the blur variance of the fit with its band. The fit finds a blur if it lies above
    the band and above the least size that has a name; its error is taken for that of real images
    against real ones. The words of a verdict ask other scores as well, and may need more.
    """
    middle, (low, high) = variance.expected or (0.0, (0.0, 0.0))
    threshold = max(high, middle + LEAST["blur_variance"])
    deviation = (middle - low) / NORMAL_95
    return math.sqrt(max(threshold + NORMAL_90 * deviation - middle, 0.0))
