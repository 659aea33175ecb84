"""How sure a blur is: intervals by the bootstrap, and the band of real images among themselves.

The two answer different questions, and are not to be mixed. The interval says how far the fit of
these fakes would move with other samples of the same generator and other real images. The null band
says what the fit gives for a perfect generator: a blur within it is none.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from jaxgan.metrics.blur_fit import BlurFit, fit_blur, fit_blurs
from jaxgan.metrics.blur_transfer import BlurTransfer
from jaxgan.metrics.middle import middle

__all__ = ["BlurBand", "blur_interval", "null_band"]

NO_BLUR = BlurFit(variance=0.0, radius=0.0, noise=0.0, contrast=1.0, misfit=0.0)

Array = np.ndarray


class BlurBand(NamedTuple):
    """The middle 95 % of fits, number by number."""

    low: BlurFit
    high: BlurFit


def blur_interval(
    real_spectra: Array,
    fake_spectra: Array,
    side: int,
    rng: np.random.Generator,
    resamples: int = 200,
    transfer: BlurTransfer | None = None,
) -> BlurBand:
    """95 % percentile interval over images of both sets, drawn again with replacement.

    `real_spectra` [N, bins] and `fake_spectra` [M, bins] are `image_spectra`'s rows. T stays as it
    is. A misfit is never below 0 and grows with resampling: its interval lies high.

    Raises ValueError as `fit_blur` on the whole sets.
    """
    real_spectra, fake_spectra = _rows(real_spectra, "real"), _rows(fake_spectra, "fake")
    whole = fit_blur(real_spectra.mean(axis=0), fake_spectra.mean(axis=0), side, transfer)
    reals, fakes = (_resampled(rows, resamples, rng) for rows in (real_spectra, fake_spectra))
    return _band(fit_blurs(reals, fakes, side, transfer, near=whole))


def null_band(
    real_spectra: Array,
    side: int,
    count: int,
    rng: np.random.Generator,
    splits: int = 200,
    transfer: BlurTransfer | None = None,
) -> BlurBand:
    """Middle 95 % of fits of real images to real ones: `splits` random disjoint pairs of sets.

    Each set has `count` images, as many as there are fakes to be judged, of the N rows of
    `real_spectra` [N, bins], and N is at least twice that.

    Raises ValueError for fewer images, and as `fit_blur`.
    """
    real_spectra = _rows(real_spectra, "real")
    if count < 1 or 2 * count > len(real_spectra):
        raise ValueError(
            f"{count} images in each of two disjoint sets, of {len(real_spectra)}: expected 1 to "
            f"{len(real_spectra) // 2}; give more real images or judge fewer fakes"
        )
    orders = [rng.permutation(len(real_spectra))[: 2 * count] for _ in range(splits)]
    ones, others = (
        np.stack([real_spectra[order[half]].mean(axis=0) for order in orders])
        for half in (slice(count), slice(count, None))
    )
    return _band(fit_blurs(ones, others, side, transfer, near=NO_BLUR))


def _resampled(rows: Array, count: int, rng: np.random.Generator) -> Array:
    """Means of `count` resamples of the rows: [count, bins]."""
    draws = (rng.integers(0, len(rows), len(rows)) for _ in range(count))
    times = np.stack([np.bincount(draw, minlength=len(rows)) for draw in draws])
    return times @ rows / len(rows)


def _rows(spectra: Array, name: str) -> Array:
    rows = np.asarray(spectra, np.float64)
    if rows.ndim != 2 or len(rows) < 2:
        raise ValueError(
            f"{name} spectra of shape {rows.shape}: expected [N, bins], N from 2, of image_spectra"
        )
    return rows


def _band(fits: list[BlurFit]) -> BlurBand:
    if len(fits) < 2:
        raise ValueError(f"{len(fits)} fits make no band: expected 2 or more, 200 for a good one")
    return BlurBand(*(BlurFit(*(float(value) for value in end)) for end in middle(fits)))
