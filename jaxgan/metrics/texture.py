"""Whether the faint texture of surfaces is lost while edges stand: what denoisers do to pictures.

A network trained on pixel-wise losses, or a denoiser in the pipeline, may draw outlines sharply and
leave skin, grass and stone plain. Scores that edges dominate do not see it. Here the faint
gradients of each image are measured by its strong ones, so that contrast does not count.
"""

from __future__ import annotations

import math

import numpy as np

from jaxgan.metrics.checks import by_pieces, checked, luma

__all__ = ["NO_TEXTURE", "texture", "texture_gap"]

NO_TEXTURE = math.log(1e-3)
"""What `texture` reads, -6.9, where faint gradients are 0 or a thousandth of edges: digits, flat
shapes. In 8-bit images nothing lies between."""

FAINT = (0.3, 0.6)  # quantiles between which gradients are those of surfaces
EDGE = 0.99  # quantile of edges; the few strongest pixels, glints and dead ones, do not count

Array = np.ndarray


def texture(images: Array) -> Array:
    """Strength of faint gradients by that of edges, of each image [N, H, W, C]: float64 [N].

    log of the mean gradient magnitude between the 30 % and the 60 % quantile over the 99 %
    quantile, with differences of neighbouring pixels of luma: about -1.9 for CIFAR-10, -2.6 for
    photographs, 0 at most. NO_TEXTURE where the faint ones are 0, NaN for images of one plain
    level.

    Lost texture lowers it: by 0.4 to 1.3 under bilateral and median filters, total variation, means
    of patches, or a blur of all but edges. Blur of the whole image raises it, by 0.1 to 0.3 at
    1 pixel and 0.2 to 0.6 at 2, for edges lose more. So does noise, by 0.2 to 1.0 at 0.03: compare
    fakes with real images that were given the blur and noise that `fit_blur` found, for a fault
    that comes with noise would hide. Other content has other texture.

    Raises ValueError for images that `checks.check_images` refuses.
    """
    return by_pieces(
        lambda some: _faint_over_edge(_slopes(luma(some).astype(np.float32))), checked(images)
    )


def texture_gap(real: Array, fake: Array) -> float:
    """How much less texture fakes have than real images, in nepers: 0 for as much, below for less.

    The difference of means over `texture`'s values, [N] and [M], those of plain images left out. A
    gap of -0.7 says that faint gradients are half as strong beside edges. NaN, which is to be read
    as nothing to say, where more than half of the real images have no texture, as digits have none,
    or where all images of a set are plain. Compare it with the gaps of random halves of real ones.
    """
    real, fake = (np.asarray(scores, np.float64) for scores in (real, fake))
    real, fake = real[~np.isnan(real)], fake[~np.isnan(fake)]
    if not len(real) or not len(fake) or np.mean(real <= NO_TEXTURE) > 0.5:
        return math.nan
    return float(fake.mean() - real.mean())


def _slopes(planes: Array) -> Array:
    """Gradient magnitudes [N, (H - 1)(W - 1)]; Sobel's smoothing would hide the finest texture."""
    down = np.diff(planes, axis=1)[:, :, :-1]
    right = np.diff(planes, axis=2)[:, :-1]
    return np.sqrt(np.square(down) + np.square(right)).reshape(len(planes), -1)


def _faint_over_edge(slopes: Array) -> Array:
    low, high, edge = (int(quantile * slopes.shape[1]) for quantile in (*FAINT, EDGE))
    ordered = np.partition(slopes, (low, high, edge), axis=1)
    faint = ordered[:, low:high].mean(axis=1, dtype=np.float64)
    edges = ordered[:, edge].astype(np.float64)
    ratio = np.divide(faint, edges, out=np.full(len(edges), np.nan), where=edges > 0)
    return np.maximum(np.log(np.maximum(ratio, 1e-3)), NO_TEXTURE)
