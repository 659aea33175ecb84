"""Where in the frame fakes are too soft: a map of blur over 8x8 cells, and how uneven it is.

A spectrum or a score of whole images takes a frame whose left half is blurred for one that is
blurred a little everywhere. Here each cell is compared with the same cell of real images: by the
energy of its finest detail over that of its coarser gradients, which blur lowers and contrast does
not change. What a blur of known size makes of that ratio is measured in each cell on real images,
so that the map is in pixels.

All is a function of means over images: random splits and resamples are products of matrices.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from jaxgan.metrics.checks import by_pieces, checked, luma
from jaxgan.metrics.frame_regions import GRID, NOTHING, check_maps, region_contrasts

__all__ = ["PLANTED", "SoftnessRuler", "region_energies", "softness_map", "softness_ruler",
           "uneven", "uneven_null"]  # fmt: skip

PLANTED = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
"""Blurs in pixels that make a ruler; 300 real images or more, rounded to 8 bits as fakes are."""

LEAST_SHARE = 0.1  # of the mean cell's gradient energy: a cell with less is nearly always plain
FLAT = (2 / 255) ** 2  # gradient energy that an image of slopes near rounding has
LEAST_RATIO = 1e-4  # keeps logarithms finite where a cell is plain
BINOMIAL = np.array([1.0, 4, 6, 4, 1]) / 16  # a Gaussian of 1 pixel
SLOPE = np.array([-0.5, 0.0, 0.5])

Array = np.ndarray


class SoftnessRuler(NamedTuple):
    """What blur makes of each cell: measured by `softness_ruler`."""

    radii: Array  # float64 [S], pixels, rising from 0
    fall: Array  # float64 [S, G, G], nepers that detail over gradients falls; NaN without detail

    def __call__(self, real_means: Array, fake_means: Array, blur: float = 0.0) -> Array:
        """Blur of each cell in pixels, from means over images [..., G, G, 2]: float64 [..., G, G].

        0 where fakes are as sharp or sharper, NaN where real images have no detail, and the last
        radius at most. `blur` pixels are added, as if all fakes had them on top: real images and
        `blur` say what a perfect generator would read but for an even blur.
        """
        added = [np.interp(blur, self.radii, fall) for fall in self._by_cell()]
        fallen = _log_ratio(real_means) - _log_ratio(fake_means) + np.reshape(added, (GRID, GRID))
        fallen = fallen.reshape(*fallen.shape[:-2], GRID * GRID)
        squares = np.square(self.radii)  # a small blur lowers the logarithm by its square
        variance = np.stack(
            [np.interp(fallen[..., c], fall, squares) for c, fall in enumerate(self._by_cell())], -1
        )
        return np.sqrt(variance).reshape(*fallen.shape[:-1], GRID, GRID)

    def _by_cell(self) -> Array:
        return self.fall.reshape(len(self.radii), -1).T


def region_energies(images: Array) -> Array:
    """Energy of fine detail and of gradients in each cell of each image: float64 [N, 8, 8, 2].

    Of luma: the mean square of what a Gaussian of 1 pixel takes away, and that of the slopes under
    one of 1.4 pixels. Both are over the image's own mean gradient energy, so that each image counts
    alike, however strong its contrast. Cells are an eighth of the side, whole pixels or not: a
    pixel over which a border runs counts in part on either side.

    Raises ValueError for images that `checks.check_images` refuses.
    """
    images = checked(images)
    down, across = (_cells(side) for side in images.shape[1:3])

    def of_some(some: Array) -> Array:
        planes = _detail_and_gradients(luma(some).astype(np.float32))
        return np.stack([down @ plane @ across.T for plane in planes], axis=-1)

    energies = by_pieces(of_some, images).astype(np.float64)
    return energies / (energies[..., 1].mean(axis=(1, 2)) + FLAT)[:, None, None, None]


def softness_ruler(planted: Mapping[float, Array]) -> SoftnessRuler:
    """The ruler, from energies of the same real images under known blurs.

    `planted` has a radius in pixels for its keys, 0 among them (`PLANTED` is a good choice), and
    for its values `region_energies`, rows or their mean, of real images with that blur
    (`planting.blurred`, `checks.eight_bits`). Fakes that are noisy, too: plant their noise, as
    `fit_blur` finds it, after each blur, that of 0 as well, and measure the real images with it.

    Raises ValueError without a radius of 0 or with fewer than two, and for other shapes.
    """
    radii = sorted(planted)
    if len(radii) < 2 or radii[0] != 0:
        raise ValueError(f"planted blurs of {radii} pixels: expected 0 and one or more above")
    means = np.stack([_mean(planted[radius], f"planted[{radius}]") for radius in radii])
    ratio = _log_ratio(means)
    fall = np.maximum.accumulate(ratio[0] - ratio, axis=0)
    fall += 1e-9 * np.arange(len(radii))[:, None, None]  # rises, also where rounding is reached
    gradients = means[0, ..., 1]
    fall[:, gradients < LEAST_SHARE * gradients.mean()] = np.nan
    return SoftnessRuler(np.array(radii, np.float64), fall)


def softness_map(
    real_energies: Array, fake_energies: Array, planted: Mapping[float, Array]
) -> Array:
    """Blur of each cell of the fakes against real images, in pixels: float64 [8, 8].

    From `region_energies` of both sets, rows or their mean, and of real images with known blurs
    (see `softness_ruler`). 0 where not softer than real; NaN where real images have no detail, as
    in the corners of digits, of which nothing can be said.

    Blind spots. Noise hides blur, and on plain grounds it hides more of it: digits with blur and
    noise read softest in the middle. Plant the noise as well: then an even blur reads even again,
    but less is seen. Where some of the fakes are soft, the sharp ones outweigh them: half a frame
    blurred by 1 or 2 pixels in 30 % of the fakes reads 0.2 to 0.3. A soft border thinner than a
    cell reads as less. Fakes of other content may read uneven where content has its place: digits
    of one class only, or moved by 3 pixels, do, up to 0.9 pixels; objects of one class hardly do.
    """
    ruler = softness_ruler(planted)
    return ruler(_mean(real_energies, "real energies"), _mean(fake_energies, "fake energies"))


def uneven(softness: Array) -> Array | float:
    """How uneven maps [..., 8, 8] are, in pixels: the contrast of the softest region, [...] or one.

    The largest, over regions of n cells, of (mean inside - mean outside) · sqrt(4 n (64 - n)) / 64:
    the difference in blur if half the frame is soft, 0.87 of it for a quarter; the factor weighs
    regions by how sure their means are, as a scan statistic does (Kulldorff 1997, Communications in
    Statistics 26). Regions are all rectangles 2 cells wide or more, single rows and columns, and
    borders of 1 to 3 cells. NaN cells are left out; NaN where fewer than 8 cells are left.

    Never below 0, and above it for finite sets: compare with `uneven_null`.
    """
    softness = check_maps(softness)
    seen = ~np.isnan(softness).reshape(-1, GRID * GRID).any(axis=0)
    weights = region_contrasts(seen.tobytes())
    if not len(weights):
        return np.full(softness.shape[:-2], np.nan)[()]
    values = np.where(seen, softness.reshape(*softness.shape[:-2], -1), 0)
    contrast = (values @ weights.T).max(axis=-1)
    return np.where(contrast > NOTHING, contrast, 0.0)[()]


def uneven_null(
    real_energies: Array,
    ruler: SoftnessRuler,
    count: int,
    rng: np.random.Generator,
    splits: int = 200,
    blur: float = 0.0,
) -> Array:
    """`uneven` of real images against real ones: float64 [splits].

    Each time, `count` random rows of `real_energies` [N, 8, 8, 2], as many as there are fakes to be
    judged, stand for the fakes and all others for the real images. `blur` is that of the fakes as
    a whole, such as the median of their map: a map is less sure at 3 pixels than at 1, and least
    near 0. Judge by the wider of the nulls at 0 and at that blur.

    Raises ValueError for a count that is not from 1 to N - 1.
    """
    rows = _rows(real_energies, "real energies")
    if not 1 <= count < len(rows):
        raise ValueError(f"count {count}: expected 1 to {len(rows) - 1} of {len(rows)} real images")
    chosen = np.zeros((splits, len(rows)))
    for line in chosen:
        line[rng.permutation(len(rows))[:count]] = 1
    sums = np.tensordot(chosen, rows, 1)
    real_means = (rows.sum(axis=0) - sums) / (len(rows) - count)
    return np.asarray(uneven(ruler(real_means, sums / count, blur)))


def _detail_and_gradients(planes: Array) -> tuple[Array, Array]:
    smooth = _smoothed(planes)
    smoother = _smoothed(smooth)
    down, right = (ndimage.correlate1d(smoother, SLOPE, axis) for axis in (1, 2))
    return np.square(planes - smooth), np.square(down) + np.square(right)


def _smoothed(planes: Array) -> Array:
    return ndimage.correlate1d(ndimage.correlate1d(planes, BINOMIAL, 1), BINOMIAL, 2)


def _cells(side: int) -> Array:
    """Matrix [G, side] of means over each cell's pixels, those on a border in part."""
    edges = np.arange(side + 1) * GRID / side
    cell = np.arange(GRID)[:, None]
    part = np.clip(np.minimum(edges[1:], cell + 1) - np.maximum(edges[:-1], cell), 0, None)
    return (part / part.sum(axis=1, keepdims=True)).astype(np.float32)


def _log_ratio(means: Array) -> Array:
    return np.log((means[..., 0] + LEAST_RATIO) / (means[..., 1] + LEAST_RATIO))


def _rows(energies: Array, name: str) -> Array:
    array = np.asarray(energies, np.float64)
    if array.ndim != 4 or array.shape[1:] != (GRID, GRID, 2) or not len(array):
        raise ValueError(f"{name} of shape {array.shape}: expected [N, {GRID}, {GRID}, 2]")
    return array


def _mean(energies: Array, name: str) -> Array:
    """Over images, of rows; what is a mean already stays."""
    array = np.asarray(energies, np.float64)
    return array if array.shape == (GRID, GRID, 2) else _rows(array, name).mean(axis=0)
