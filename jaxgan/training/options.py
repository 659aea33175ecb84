"""How to run an experiment: what has no part in its bits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jaxgan.data.picture_files import MOST_PIXELS

__all__ = ["RunOptions"]

BLUR = "blur"  # the evaluator that `blur` turns off


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """How to run an experiment; nothing here changes its bits."""

    workdir: Path | None = None
    """Directory of the run; default: runs/NAME-DATA-sSEED. The same command resumes it."""
    restart: bool = False
    """Delete the run that is in the directory and begin anew."""
    extend: bool = False
    """Train on with more --steps even where a learning rate's schedule is laid out over them."""
    download: bool = False
    """Let TFDS download and prepare the data set if it is not on disk (needs the tfds extra)."""
    data_dir: str | None = None
    """Directory of prepared TFDS sets; default: TFDS_DATA_DIR, else ~/tensorflow_datasets."""
    max_pixels: int = MOST_PIXELS
    """Pixels that a picture of a folder may have; each takes 3 bytes or more while it is read."""
    resident_mib: int = 1024
    """Images of at most this size, in MiB, are kept on every device; larger sets are read ahead."""
    evaluators: tuple[str, ...] = (BLUR,)
    """What is measured beside every grid of samples, by the names of jaxgan/evaluators."""
    blur: bool = True
    """Measure blur beside every grid of samples, and write a blur card when the run is complete."""
    quiet: bool = False
    """Print nothing but errors."""

    @property
    def measured(self) -> tuple[str, ...]:
        """The evaluators that are left where blur is not to be measured."""
        return tuple(name for name in self.evaluators if self.blur or name != BLUR)
