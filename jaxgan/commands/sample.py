"""`python -m jaxgan sample RUN_DIR`: draw images from a checkpoint."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from jaxgan.commands.lists import check_lists
from jaxgan.config import MOST_SEED
from jaxgan.errors import UserError
from jaxgan.paths import check_path
from jaxgan.ranges import check_number, check_whole, flag_of

__all__ = ["SampleOptions", "main"]

MOST_SAMPLES = 100_000  # they are held in memory


@dataclass(frozen=True, kw_only=True)
class SampleOptions:
    """Draw images from a run's checkpoint, from the averaged generator where there is one."""

    run_dir: Annotated[Path, tyro.conf.Positional]
    """Directory of the run; nothing in it is changed."""
    count: int = 64
    """Number of images."""
    seed: int = 0
    """Seed of the latents; a whole number from 0 to 2^32 - 1."""
    step: int | None = None
    """Step of the checkpoint; default: the last."""
    label: int | None = None
    """Class to draw, for runs conditioned on classes; default: all of them in turn."""
    truncation: float = 1.0
    """How far styles lie from their mean, from 0 to 1 (StyleGAN 0.7: fewer kinds of image, cleaner
    ones); 1, as trained, is all that generators without styles have."""
    trust: tuple[str, ...] = ()
    """Modules of own parts that the run's config may name; they are imported."""
    out: Path = Path("samples.png")
    """PNG file to write; one that is there is replaced."""


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit status."""
    options = tyro.cli(SampleOptions, args=arguments, prog="jaxgan sample")
    check_lists(arguments, "--trust")
    check_whole(*flag_of(options, "count"), 1, MOST_SAMPLES)
    check_whole(*flag_of(options, "seed"), 0, MOST_SEED)
    check_number(*flag_of(options, "truncation"), least=0, most=1)
    if options.out.suffix.lower() != ".png":
        raise UserError(f"--out {options.out}: expected a file name that ends in .png")
    check_path("--out", options.out)
    if options.out.is_dir() or not os.access(options.out.parent, os.W_OK):
        raise UserError(f"--out {options.out} cannot be written: give another file")
    # Below the parser, so that --help need not wait for what training imports.
    from jaxgan.parts import import_trusted
    from jaxgan.training.environment import prepare_jax
    from jaxgan.training.pictures import write_grid
    from jaxgan.training.run_directory import recorded_environment
    from jaxgan.training.sampling import sample_run

    import_trusted(options.trust)
    prepare_jax(recorded_environment(options.run_dir))
    step, images = sample_run(
        options.run_dir,
        options.count,
        options.seed,
        options.step,
        options.label,
        options.truncation,
    )
    try:
        write_grid(options.out, images)
    except OSError as error:
        raise UserError(
            f"--out {options.out} cannot be written ({error.strerror}): give another file"
        ) from error
    print(f"{options.count} images of step {step}: {options.out}")
    return 0
