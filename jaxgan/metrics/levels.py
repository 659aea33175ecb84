"""How bright single images are, and how strong their contrast."""

from __future__ import annotations

import numpy as np

from jaxgan.metrics.checks import by_pieces, checked, luma

__all__ = ["level_and_contrast"]

Array = np.ndarray


def level_and_contrast(images: Array) -> Array:
    """Mean of luma and its standard deviation, of each image [N, H, W, C]: float64 [N, 2].

    In grey levels of 0 … 1. White noise of deviation t adds t² to the square of the contrast;
    blur lowers it by the detail that it takes, a few percent of most images.

    Raises ValueError for images that `checks.check_images` refuses.
    """

    def of_some(some: Array) -> Array:
        planes = luma(some)
        return np.stack([planes.mean(axis=(1, 2)), planes.std(axis=(1, 2))], axis=1)

    return by_pieces(of_some, checked(images))
