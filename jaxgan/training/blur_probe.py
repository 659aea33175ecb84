"""How blurred a run's samples are, while it trains: a quick look beside every grid.

The whole instrument, with bands and a verdict, is the blur card of `python -m jaxgan blur`; this is
its cheap form, of few images, so that blur can be plotted over time.
"""

from __future__ import annotations

from functools import partial

import jax
import numpy as np

from jaxgan.data.images import ImageSet
from jaxgan.metrics.blur_fit import fit_blur
from jaxgan.metrics.blur_transfer import measured_transfer
from jaxgan.metrics.distances import flat_rows, principal_directions, projected
from jaxgan.metrics.neighbours import density_coverage
from jaxgan.metrics.spectrum import image_spectra
from jaxgan.training.pictures import as_uint8
from jaxgan.types import Gan, GanState

__all__ = ["BlurProbe"]

COUNT = 256  # images of each kind
SMALLEST_SIDE = 16  # pixels, of the spectral fit
DIRECTIONS = 32  # principal components of the pixels, in which coverage is told


class BlurProbe:
    """Compares samples of a state with training images; raises ValueError where it cannot.

    `can_measure` says whether there are enough images, of 16 pixels or more.
    """

    def __init__(self, gan: Gan, images: ImageSet) -> None:
        places = np.linspace(0, images.size - 1, COUNT).astype(np.int64)
        real = images.read(places)["image"]
        self._side = real.shape[1]
        self._spectrum = image_spectra(real).mean(axis=0)
        self._transfer = measured_transfer(real / 255.0)
        points = flat_rows(real, "real images")
        self._basis = principal_directions(points, DIRECTIONS)
        self._features = projected(points, *self._basis)
        self._draw = jax.jit(partial(gan.sample, count=COUNT))

    @staticmethod
    def can_measure(images: ImageSet) -> bool:
        """Whether a data set can be looked at in this way."""
        return images.size >= COUNT and images.image_shape[0] >= SMALLEST_SIDE

    def __call__(self, key: jax.Array, state: GanState) -> dict[str, float]:
        """Blur radius in pixels, noise and coverage (0 … 1) of samples of a state."""
        samples = np.asarray(self._draw(key, state))
        fake = as_uint8(samples)
        fit = fit_blur(self._spectrum, image_spectra(fake).mean(axis=0), self._side, self._transfer)
        features = projected(flat_rows(fake, "samples"), *self._basis)
        return {
            "blur/radius_px": fit.radius,
            "blur/noise": fit.noise,
            "blur/coverage": density_coverage(self._features, features).coverage,
        }
