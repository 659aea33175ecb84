"""Files of published weights: where they lie, and how they are read without executing anything.

`open_weights` reads the formats of PyTorch (zip and legacy), safetensors, NumPy and HDF5 alike, as
arrays by name; `places` knows where published files are looked for, and fetches them.
"""

from jaxgan.weights.entry import Entry, arrays_of
from jaxgan.weights.opened import open_weights

__all__ = ["Entry", "arrays_of", "open_weights"]
