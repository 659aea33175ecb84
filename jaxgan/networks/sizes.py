"""Which image sizes networks that double or halve can make."""

from __future__ import annotations

from jaxgan.errors import UserError

__all__ = ["halvings"]

SMALLEST_GRID, LARGEST_GRID = 4, 15


def halvings(image_size: int) -> tuple[int, int]:
    """How often a size can be halved while at least 4 pixels stay, and the grid that is left.

    Raises UserError where that is never, or leaves more than 15 pixels.
    """
    grid, count = image_size, 0
    while grid % 2 == 0 and grid // 2 >= SMALLEST_GRID:
        grid, count = grid // 2, count + 1
    if count == 0 or grid > LARGEST_GRID:
        grids = range(SMALLEST_GRID, LARGEST_GRID + 1)
        sizes = [grid * 2**i for grid in grids for i in range(1, image_size.bit_length() + 1)]
        near = min(sizes, key=lambda size: abs(size - image_size))
        raise UserError(
            f"image size {image_size} halves {count} times, to {grid}: these networks need a size "
            f"that halves to {SMALLEST_GRID} to {LARGEST_GRID} pixels, such as 28, 32, 64 or 128; "
            f"--image-size {near} resizes the images"
        )
    return count, grid
