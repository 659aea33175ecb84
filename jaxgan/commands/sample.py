"""`python -m jaxgan sample RUN_DIR`: draw images from a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from jaxgan.errors import UserError

__all__ = ["SampleOptions", "main"]


@dataclass(frozen=True, kw_only=True)
class SampleOptions:
    """Draw images from a run's checkpoint, from the averaged generator where there is one."""

    run_dir: Annotated[Path, tyro.conf.Positional]
    """Directory of the run; nothing in it is changed."""
    count: int = 64
    """Number of images."""
    seed: int = 0
    """Seed of the latents; any whole number from 0."""
    step: int | None = None
    """Step of the checkpoint; default: the last."""
    label: int | None = None
    """Class to draw, for runs conditioned on classes; default: all of them in turn."""
    out: Path = Path("samples.png")
    """PNG file to write; one that is there is replaced."""


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit status."""
    options = tyro.cli(SampleOptions, args=arguments, prog="jaxgan sample")
    if options.count < 1 or options.seed < 0:
        raise UserError(
            f"--count {options.count} --seed {options.seed}: expected a count from 1 and a seed "
            "from 0"
        )
    if options.out.suffix.lower() != ".png":
        raise UserError(f"--out {options.out}: expected a file name that ends in .png")
    # Below the parser, so that --help need not wait for what training imports.
    from jaxgan.training.environment import use_cpu_threads_of
    from jaxgan.training.pictures import write_grid
    from jaxgan.training.run_directory import recorded_environment
    from jaxgan.training.sampling import sample_run

    use_cpu_threads_of(recorded_environment(options.run_dir))
    step, images = sample_run(
        options.run_dir, options.count, options.seed, options.step, options.label
    )
    try:
        write_grid(options.out, images)
    except OSError as error:
        raise UserError(
            f"--out {options.out} cannot be written ({error.strerror}): give another file"
        ) from error
    print(f"{options.count} images of step {step}: {options.out}")
    return 0
