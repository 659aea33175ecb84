"""Is it new, or a copy of the training set? A memoriser is perfectly sharp: ask with every result.

All take points [N, ...]: features, or pictures, for which uint8 counts as value / 255. In pixels a
blurred fake lies nearer to its training neighbour than a sharp real image does, with no copying at
all: compare features, or pictures that were all blurred alike.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.cluster.vq import kmeans2, vq
from scipy.spatial.distance import pdist
from scipy.stats import mannwhitneyu

from jaxgan.metrics.distances import flat_rows, nearest, principal_directions, projected

__all__ = ["Birthday", "TrainingDistance", "authentic_percent", "birthday", "copying_z",
           "training_distance"]  # fmt: skip

COMPONENTS = 64
FEWEST_IN_CELL = 20

Array = np.ndarray


class TrainingDistance(NamedTuple):
    """How far fakes are from the training set, as a share of how far unseen real points are."""

    ratio: float  # of the mean distances: 1 for real, 0 for copies
    closest_ratio: float  # of the 5 % quantiles: the nearest fakes against the nearest real ones
    distance: Array  # float64 [N], of each fake
    place: Array  # int64 [N], index of its nearest training point


class Birthday(NamedTuple):
    """Duplicates among fakes."""

    pairs: int  # of fakes that are as near to each other as the nearest two real points
    support: float  # number of different images that would give so many; inf for no pair


def training_distance(train: Array, held_out: Array, fake: Array) -> TrainingDistance:
    """Distance to the nearest training point, of fakes over that of `held_out` real points.

    Raises ValueError for different widths, NaN, and a held-out set that is part of the training
    set (its distances are 0, so that there is no ratio).
    """
    unseen = nearest(held_out, train).distance
    found = nearest(fake, train)
    usual, close = float(unseen.mean()), float(np.quantile(unseen, 0.05))
    if close == 0:
        raise ValueError(
            "one in twenty held-out points or more is in the training set: expected unseen ones"
        )
    return TrainingDistance(
        float(found.distance.mean()) / usual,
        float(np.quantile(found.distance, 0.05)) / close,
        found.distance,
        found.place,
    )


def authentic_percent(train: Array, fake: Array) -> float:
    """Percentage of fakes farther from their nearest training point than that is from its own.

    Alaa et al. 2022, arXiv:2102.08921, section 3.3. Near 0 for copies. A new draw from the data
    has no fixed value (80 to 95 is usual): compare with that of held-out real points.
    """
    found = nearest(fake, train)
    originals, group = np.unique(found.place, return_inverse=True)
    points = np.asarray(train)
    spacing = nearest(points[originals], points, exclude=originals).distance
    return 100.0 * float(np.mean(spacing[group] < found.distance))


def copying_z(train: Array, held_out: Array, fake: Array, cells: int = 3) -> float:
    """C_T of Meehan et al. 2020, arXiv:2004.05675, section 2: a z-score, far below 0 for copies.

    Within each of `cells` k-means cells of the training set, Mann-Whitney's U asks whether fakes
    lie nearer to the cell's training points than held-out ones do; the z-scores are averaged with
    the held-out shares of the cells as weights. Far above 0: fakes lie off the data. Points wider
    than 64 are first projected on the training set's 64 principal components. Cells with 20 fakes
    or fewer do not count. Deterministic: the cells grow from thirds along the first component.
    Raises ValueError where no cell holds enough of all three sets.
    """
    if cells < 1:
        raise ValueError(f"cells {cells}: expected 1 or more")
    sets = [flat_rows(points, name) for points, name in
            ((train, "training"), (held_out, "held-out"), (fake, "fake"))]  # fmt: skip
    widths = {points.shape[1] for points in sets}
    if len(widths) > 1 or len({points.dtype == np.uint8 for points in sets}) > 1:
        forms = ", ".join(f"{points.dtype} [N, {points.shape[1]}]" for points in sets)
        raise ValueError(f"training, held-out and fake points {forms}: expected one form")
    basis = principal_directions(sets[0], COMPONENTS)
    train, held_out, fake = (projected(points, *basis).astype(np.float64) for points in sets)
    centres = _centres(train, cells)
    homes = [vq(points, centres)[0] for points in (train, held_out, fake)]
    scores, weights = [], []
    for cell in range(len(centres)):
        known, unseen, made = (
            points[home == cell]
            for points, home in zip((train, held_out, fake), homes, strict=True)
        )
        if len(made) > FEWEST_IN_CELL and len(unseen) and len(known):
            scores.append(_z(nearest(made, known).distance, nearest(unseen, known).distance))
            weights.append(len(unseen))
    if not scores:
        raise ValueError(
            f"no cell with training and held-out points and over {FEWEST_IN_CELL} fakes, of {cells}"
            f" cells for {len(fake)} fakes: draw more samples or ask for fewer cells"
        )
    return float(np.average(scores, weights=weights))


def birthday(fake: Array, real: Array) -> Birthday:
    """Pairs of duplicates among fakes, and the support they imply (Arora & Zhang 2017).

    Two fakes are duplicates if they are no farther apart than the nearest two different points of
    `real`: give as many of these. Among n draws from s equally likely images n(n - 1) / 2s pairs
    are expected (arXiv:1706.08224, section 2), which is solved for s. Time and memory grow with n²:
    some 2,000 points are enough.
    """
    fake, real = flat_rows(fake, "fakes"), flat_rows(real, "real points")
    if fake.shape[1] != real.shape[1] or (fake.dtype == np.uint8) != (real.dtype == np.uint8):
        raise ValueError(
            f"fakes {fake.dtype} [N, {fake.shape[1]}] and real points {real.dtype} "
            f"[N, {real.shape[1]}]: expected one form"
        )
    if min(len(fake), len(real)) < 2:
        raise ValueError(f"{len(fake)} fakes and {len(real)} real points: expected 2 or more")
    apart = pdist(real.astype(np.float64))
    apart = apart[apart > 0]
    if not len(apart):
        raise ValueError("all real points are the same: there is no scale for a duplicate")
    pairs = int(np.count_nonzero(pdist(fake.astype(np.float64)) <= apart.min()))
    possible = len(fake) * (len(fake) - 1) / 2
    return Birthday(pairs, possible / pairs if pairs else np.inf)


def _centres(train: Array, cells: int) -> Array:
    """k-means from equal parts of the training set along its first component."""
    if len(train) < cells:
        raise ValueError(f"{len(train)} training points for {cells} cells: expected more")
    along = np.linalg.svd(np.cov(train, rowvar=False).reshape(train.shape[1], -1))[0][:, 0]
    parts = np.array_split(np.argsort((train - train.mean(axis=0)) @ along, kind="stable"), cells)
    start = np.stack([train[part].mean(axis=0) for part in parts])
    return kmeans2(train, start, iter=25, minit="matrix", missing="raise")[0]


def _z(made: Array, unseen: Array) -> float:
    """Mann-Whitney's U as a z-score, above 0 where `made` is larger."""
    m, n = len(made), len(unseen)
    larger = mannwhitneyu(made, unseen, method="asymptotic").statistic
    return float((larger - m * n / 2) / np.sqrt(m * n * (m + n + 1) / 12))
