"""The instruments that look at single images and places: how many are soft, how soft, and where."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from jaxgan.metrics.checks import as_file
from jaxgan.metrics.planting import blurred
from jaxgan.metrics.regions import (
    PLANTED,
    SoftnessRuler,
    region_energies,
    softness_ruler,
    uneven,
)
from jaxgan.metrics.soft_share import SoftLaws, has_scale, softer_share
from jaxgan.metrics.softness import softness
from jaxgan.report.faults import Faults, planted
from jaxgan.report.instruments import Instrument, Rows, spread

__all__ = ["SIGMAS", "regions", "single_images", "soft_end",
           "softness_by_region"]  # fmt: skip

Array = np.ndarray

MANY = 200
SIGMAS = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0])  # pixels, planted
REAL_IMAGES = 1500  # into which every one of them is planted
RULER_IMAGES = 500
LEAST_FALL = 0.4  # nepers, of a cell's detail under a blur of a pixel
AGAINST_NOISE = 1.0  # pixels
SHARPEST = 0.25  # quantile of the cells that stands for the rest of the frame
SOFT_ERRORS = {"soft_radius": 0.05, "soft_share": 0.02}  # half a step of the radii tried; by trial
SOFT_END = 0.6  # quantile of softness from which on images are among the softest


def single_images(faults: Faults, rng: np.random.Generator) -> Instrument:
    """How many of the fakes are softer than real images, and how soft these are.

    Real images have the noise and the contrast of `faults`, which softness would take for detail,
    and every blur of SIGMAS, each before the noise. Where no blur shows beside that noise, single
    images say nothing, and there are no scores.
    """

    look = _smoothed(faults)

    def of_real(images: Array) -> Rows:
        series = np.stack([
            softness(look(planted(images, faults._replace(radius=float(sigma)), rng)))
            for sigma in SIGMAS
        ])  # fmt: skip
        laws = SoftLaws.planted(series, SIGMAS)
        return {
            **_every_row(laws, len(images)),
            "softness": np.ascontiguousarray(series.T),
            "has_scale": np.full(len(images), has_scale(series)),
            "bins": laws.bins.T.astype(np.int16),
        }

    def of_fakes(images: Array) -> Rows:
        return {"softness": softness(look(images))[:, None]}

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        if not real["has_scale"][0]:
            return {}
        series, fakes = real["softness"], judged["softness"][:, 0]
        part = SoftLaws(real["edges"][0], real["radii"][0], real["bins"].T).part(fakes)
        return {
            "softer_share": softer_share(series[:, 0], fakes),
            "soft_share": part.share,
            "soft_radius": part.radius,
            "soft_end_radius": _radius_of_end(series, fakes),
        }

    protocol = "softness of single images, against real ones with planted blur"
    return Instrument(of_fakes, compare, MANY, protocol, rows_real=of_real, most_real=REAL_IMAGES,
                      shares=frozenset({"softer_share", "soft_share"}),
                      errors=lambda numbers: SOFT_ERRORS)  # fmt: skip


def _smoothed(faults: Faults) -> Callable[[Array], Array]:
    """What noisy images are looked at through: a blur that takes the finest scales away.

    There noise is all that is seen, and softness that of the noise.
    """
    if not faults.noise:
        return lambda images: images
    return lambda images: as_file(blurred(images, AGAINST_NOISE))


def soft_end(values: Array) -> Array:
    """Mean softness of the softest 40 % of the images, along the first axis."""
    first = int(SOFT_END * len(values))
    return np.sort(values, axis=0)[first:].mean(axis=0)


def _radius_of_end(series: Array, fakes: Array) -> float:
    """The blur, in pixels, that makes the softest real images [N, K] as soft as the softest fakes.

    0 for fakes whose softest images are no softer; 4 at most.
    """
    ends = np.maximum.accumulate(soft_end(series))
    return float(np.sqrt(np.interp(soft_end(fakes), ends, SIGMAS**2)))


def regions(real: Array, faults: Faults, rng: np.random.Generator) -> Instrument:
    """How unevenly soft the frame is, over 8x8 cells.

    Some of the `real` images uint8 [N, H, W, C] get known blurs, and the noise and contrast of
    `faults` as all real images do, so that each cell's loss of detail has a size in pixels.
    """
    apart = faults._replace(radius=0.0)
    look = _smoothed(faults)
    some = spread(real, RULER_IMAGES)
    ruler = softness_ruler({
        sigma: region_energies(
            look(planted(some, apart._replace(radius=sigma), rng))
        ).mean(axis=0)
        for sigma in PLANTED
    })  # fmt: skip

    if faults.noise:
        ruler = _where_noise_is_not_all(ruler)

    def of_real(images: Array) -> Rows:
        energies = region_energies(look(planted(images, apart, rng)))
        return {"energies": energies, **_every_row(ruler, len(images))}

    def compare(real: Rows, judged: Rows) -> dict[str, float]:
        found = softness_by_region(real, judged)
        if np.all(np.isnan(found)):
            return {}
        return {
            "uneven_softness": float(uneven(found)),
            "even_softness": float(np.nanquantile(found, SHARPEST)),
        }

    return Instrument(
        lambda images: {"energies": region_energies(look(images))},
        compare,
        MANY,
        "softness of 8x8 cells",
        distances=frozenset({"uneven_softness", "even_softness"}),
        rows_real=of_real,
        most_real=REAL_IMAGES,
    )


def _where_noise_is_not_all(ruler: SoftnessRuler) -> SoftnessRuler:
    """The ruler without cells that a blur of a pixel hardly moves: all that is seen is noise."""
    at_one = ruler.fall[list(ruler.radii).index(1.0)]
    return ruler._replace(fall=np.where(at_one < LEAST_FALL, np.nan, ruler.fall))


def softness_by_region(real: Rows, judged: Rows) -> Array:
    """The map of `regions`' rows: float64 [8, 8] pixels, NaN where real images have no detail."""
    ruler = SoftnessRuler(real["radii"][0], real["fall"][0])
    return ruler(*(rows["energies"].mean(axis=0) for rows in (real, judged)))


def _every_row(values: SoftLaws | SoftnessRuler, count: int) -> Rows:
    """What belongs to all real images, beside each: rows are all that an instrument keeps."""
    return {
        name: np.broadcast_to(value, (count, *value.shape))
        for name, value in values._asdict().items()
    }
