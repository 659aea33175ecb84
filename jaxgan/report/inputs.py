"""What a blur card is made of: the images that are compared, and what is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from jaxgan.features.network import FeatureNetwork

__all__ = ["CardInputs"]

Array = np.ndarray


class CardInputs(NamedTuple):
    """Images are uint8 [n, H, W, C]."""

    name: str  # of what is judged
    fake: Array
    real: Array  # at least twice as many, for real against real
    trained: Array | None = None  # images that the generator was trained on, `real` not among them
    class_names: tuple[str, ...] = ()
    has_edges: bool = False  # whether the images show steps, whose radius can be measured
    networks: tuple[FeatureNetwork, ...] = ()  # the first tells diversity, too
    protocol: Mapping[str, Any] = {}  # of the data, for the record
    notes: tuple[str, ...] = ()  # what limits the card
    history: Mapping[str, Array] = {}  # of a run: name -> [[step, value]]
    fake_names: tuple[str, ...] = ()  # of the fakes' files, or () for samples in their order
    fake_labels: Array | None = None  # int [n] classes that the fakes are of, where they are known
    real_labels: Array | None = None  # the same of the real images
