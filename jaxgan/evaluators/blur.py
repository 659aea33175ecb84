"""How blurred a run's samples are, while it trains: a quick look beside every grid.

The whole instrument, with bands and a verdict, is the blur card of `python -m jaxgan blur`; this is
its cheap form, of few images, so that blur can be plotted over time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from jaxgan.metrics.blur_fit import fit_blur
from jaxgan.metrics.blur_transfer import measured_transfer
from jaxgan.metrics.distances import flat_rows, principal_directions, projected
from jaxgan.metrics.neighbours import density_coverage
from jaxgan.metrics.spectrum import image_spectra
from jaxgan.protocols import Evaluate

__all__ = ["Blur"]

SMALLEST_SIDE = 16  # pixels, of the spectral fit
DIRECTIONS = 32  # principal components of the pixels, in which coverage is told


@dataclass(frozen=True)
class Blur:
    """Blur radius in pixels, noise and coverage (0 … 1), as on a blur card."""

    count: int = 256
    """Samples, and examples, that are looked at."""

    role: ClassVar[str] = "evaluator"

    def begin(self, examples: dict[str, np.ndarray]) -> Evaluate:
        """Measure the examples, for the samples to come; ValueError where that cannot be done."""
        real = examples["image"]
        side = real.shape[1]
        if len(real) < self.count or side < SMALLEST_SIDE:
            raise ValueError(
                f"{len(real)} images of {side} pixels: expected {self.count}, of {SMALLEST_SIDE} "
                "or more"
            )
        spectrum = image_spectra(real).mean(axis=0)
        transfer = measured_transfer(real / 255.0)
        points = flat_rows(real, "real images")
        basis = principal_directions(points, DIRECTIONS)
        features = projected(points, *basis)

        def evaluate(samples: dict[str, np.ndarray]) -> Iterator[tuple[str, float]]:
            fake = samples["image"]
            fit = fit_blur(spectrum, image_spectra(fake).mean(axis=0), side, transfer)
            yield "radius_px", fit.radius
            yield "noise", fit.noise
            of_fake = projected(flat_rows(fake, "samples"), *basis)
            yield "coverage", density_coverage(features, of_fake).coverage

        return evaluate
