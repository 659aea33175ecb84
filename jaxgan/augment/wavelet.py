"""The low-pass of ADA's resampling: the wavelet sym6, as matrices that double and halve a side.

Its 12 taps h are orthonormal to themselves at even distances: doubling and halving again, with
nothing in between, gives the image back. The taps are not symmetric: their middle is near the fifth
of 0 … 11, which is what the sample in the even places is counted from, so that sample m of the
doubled image lies at pixel m / 2.
"""

from __future__ import annotations

import numpy as np

__all__ = ["MARGIN", "SYM6", "doubling", "halving"]

SYM6 = np.array(
    [0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633,
     0.4910559419267466, 0.787641141030194, 0.3379294217276218, -0.07263752278646252,
     -0.021060292512300564, 0.04472490177066578, 0.0017677118642428036, -0.007800708325034148]
)  # fmt: skip
"""Daubechies' least asymmetric filter with six vanishing moments: sum √2, norm 1."""

MIDDLE = 5
MARGIN = 6
"""Samples of the doubled image that are needed on either side of it to halve it."""


def doubling(side: int) -> np.ndarray:
    """[4 · side - 4, side]: one period of the doubled row, of a row that is mirrored for ever.

    Mirrored without its last pixel again, as in 2 1 | 0 1 2 … N-1 | N-2, a row repeats after
    2 · side - 2 pixels. Sample m is √2 Σ h[m + 5 - 2i] x[i]: zeros between pixels, filtered.
    """
    period = 2 * side - 2
    matrix = np.zeros((2 * period, side))
    for m in range(2 * period):
        for tap in range((m + MIDDLE) % 2, len(SYM6), 2):
            pixel = (m + MIDDLE - tap) // 2 % period
            matrix[m, min(pixel, period - pixel)] += np.sqrt(2) * SYM6[tap]
    return matrix


def halving(side: int) -> np.ndarray:
    """[side, 2 · side + 12]: rows of the doubled image, from sample -6 on, to pixels.

    Pixel n is Σ h[m + 5 - 2n] y[m] / √2, the transpose of doubling but for a factor of 2.
    """
    matrix = np.zeros((side, 2 * side + 2 * MARGIN))
    for n in range(side):
        first = 2 * n - MIDDLE + MARGIN
        matrix[n, first : first + len(SYM6)] = SYM6 / np.sqrt(2)
    return matrix
