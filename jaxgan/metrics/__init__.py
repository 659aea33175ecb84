"""Numbers about samples: pure functions, arrays in, numbers out."""

from jaxgan.metrics.modes import ModeCount, count_modes, grid_of_modes, ring_of_modes

__all__ = ["ModeCount", "count_modes", "grid_of_modes", "ring_of_modes"]
