"""What a Gaussian blur leaves of a windowed power spectrum: its formula, and how to measure it.

A blur of variance v pixels² multiplies the power at the frequency f by T(f, v) = exp(-4π² v f²).
But spectra are taken through a window, which mixes neighbouring frequencies, and so the power that
is left at f comes in part from lower ones, where the blur has left more. On images of 64 pixels,
the formula reads a blur of 3 pixels as 2.9; on 32 pixels as 2.4 to 2.6, and one of 2 as 1.75 to
1.9, the less the more the pictures stand on a plain ground. So T is measured: images are blurred by
known Gaussians, and the spectra of before and after compared.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.interpolate import CubicSpline

from jaxgan.metrics.checks import check_images
from jaxgan.metrics.planting import blurred
from jaxgan.metrics.spectrum import frequencies, image_spectra

__all__ = ["BlurTransfer", "gaussian_transfer", "measured_transfer"]

RADII = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0)  # pixels, at which T is measured
IMAGES = 500  # are enough: T is a ratio of spectra of the same images

Array = np.ndarray


class BlurTransfer(NamedTuple):
    """log T(f, v) of every radial bin, as cubics in v between variances at which it is known."""

    variances: Array  # float64 [J], pixels², rising from 0
    coefficients: Array  # float64 [4, J - 1, bins], highest power first, as of scipy's PPoly

    def __call__(self, variance: float) -> tuple[Array, Array]:
        """log T in nepers and its derivative in v, each float64 [bins].

        Below 0, for fakes sharper than real, on the straight line that touches it at 0.
        """
        piece = int(np.searchsorted(self.variances[1:-1], variance, side="right"))
        cubic, square, linear, constant = self.coefficients[:, piece]
        x = variance - self.variances[piece]
        if x < 0:
            return constant + x * linear, linear
        value = ((cubic * x + square) * x + linear) * x + constant
        return value, (3 * cubic * x + 2 * square) * x + linear

    def of_bins(self, bins: slice) -> BlurTransfer:
        """The same for some of the bins."""
        return self._replace(coefficients=self.coefficients[:, :, bins])


def gaussian_transfer(side: int) -> BlurTransfer:
    """The formula exp(-4π² v f²): for spectra without their images, or images above 64 pixels."""
    return _interpolated(-4 * np.pi**2 * np.square(RADII)[:, None] * frequencies(side) ** 2)


def measured_transfer(images: Array) -> BlurTransfer:
    """T on real images [N, H, W, C] in [0, 1], from 0 to 5 pixels.

    500 of the images are used, spread evenly over the set. Raises ValueError as `image_spectra`.
    """
    images = np.asarray(images)
    chosen = np.linspace(0, len(images) - 1, min(len(images), IMAGES)).astype(int)
    images = check_images(images[chosen], "real images")
    power = [image_spectra(np.clip(blurred(images, radius), 0, 1)).mean(axis=0) for radius in RADII]
    return _interpolated(np.log(power) - np.log(power[0]))


def _interpolated(log_power: Array) -> BlurTransfer:
    variances = np.square(RADII)
    return BlurTransfer(variances, CubicSpline(variances, log_power).c)
