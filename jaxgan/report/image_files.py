"""Contact sheets of the softest images, and a CSV file with a line for each image."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from jaxgan.metrics.frame_regions import softest_region
from jaxgan.report.card import Card
from jaxgan.report.evidence import Evidence
from jaxgan.report.image_table import ImageTable, write_csv
from jaxgan.report.inputs import CardInputs
from jaxgan.report.sheets import write_sheets
from jaxgan.report.soft_rules import SURE

__all__ = ["write_image_files"]

Array = np.ndarray


def write_image_files(out: Path, sets: CardInputs, card: Card, evidence: Evidence) -> list[Path]:
    """blur-images.csv and sheet-*.png in the directory `out`; the paths of all.

    The softest fakes have a sheet, and so have the class and the region that the verdict flags.
    """
    table = ImageTable(
        evidence.image_scores,
        sets.fake_names or tuple(f"sample {i}" for i in range(len(sets.fake))),
        tuple(sets.class_names[k] for k in evidence.fake_labels)
        if evidence.fake_labels is not None
        else (),
    )
    csv = out / "blur-images.csv"
    write_csv(csv, table, by="softness")
    flagged, region = None, None
    if "a class too soft" in card.verdict and evidence.classes is not None:
        flagged = evidence.classes.names[evidence.classes.softer(SURE)[0]]
    if "soft in places" in card.verdict and evidence.region_map is not None:
        cells = softest_region(evidence.region_map)
        region = None if cells is None else _in_pixels(cells, *sets.fake.shape[1:3])
    sheets = write_sheets(out, sets.fake, table, real=sets.real, flagged_class=flagged,
                          region=region, by="softness")  # fmt: skip
    return [csv, *sheets]


def _in_pixels(cells: Array, height: int, width: int) -> Array:
    """A mask of cells [G, G] as one of pixels [H, W]."""
    rows, columns = (np.arange(side) * len(cells) // side for side in (height, width))
    return cells[rows][:, columns]
