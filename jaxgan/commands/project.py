"""`python -m jaxgan project RUN_DIR IMAGE`: what of a generator comes nearest to an image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from jaxgan.commands.lists import check_lists
from jaxgan.commands.sample import check_out, no_write_error
from jaxgan.config import MOST_SEED
from jaxgan.data.picture_files import MOST_PIXELS
from jaxgan.ranges import check_whole, flag_of

__all__ = ["ProjectOptions", "main"]

MOST_STARTS = 256


@dataclass(frozen=True, kw_only=True)
class ProjectOptions:
    """Search the generator's styles, or its latents, for the image nearest to a given one.

    Writes a picture of three: the image, what was found, and their difference; and beside it a
    file .npz with what was found, as `w` [L, W] or `z` [Z].
    """

    run_dir: Annotated[Path, tyro.conf.Positional]
    """Directory of the run; nothing in it is changed."""
    image: Annotated[Path, tyro.conf.Positional]
    """A picture; it is resized and cropped as those of a folder are."""
    space: Literal["z", "w", "w+"] | None = None
    """What is searched: latents z, one style w for all layers, or one for each layer (w+); default:
    w, and z for generators without styles."""
    steps: int = 1000
    """Steps of the search; 1000 in the paper."""
    starts: int = 4
    """Searches at once, of which the nearest counts."""
    label: int | None = None
    """Class, for runs conditioned on classes; default: 0."""
    seed: int = 0
    """Seed of the search; a whole number from 0 to 2^32 - 1."""
    step: int | None = None
    """Step of the checkpoint; default: the last."""
    max_pixels: int = MOST_PIXELS
    """Pixels that the picture may have; each takes 3 bytes or more while it is read."""
    trust: tuple[str, ...] = ()
    """Modules of own parts that the run's config may name; they are imported."""
    out: Path = Path("projected.png")
    """PNG file to write; it and the .npz beside it are replaced if they are there."""


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit status."""
    options = tyro.cli(ProjectOptions, args=arguments, prog="jaxgan project")
    check_lists(arguments, "--trust")
    check_whole(*flag_of(options, "steps"), 1)
    check_whole(*flag_of(options, "starts"), 1, MOST_STARTS)
    check_whole(*flag_of(options, "seed"), 0, MOST_SEED)
    check_out(options.out, (".png",))
    # Below the parser, so that --help need not wait for what searching imports.
    import numpy as np

    from jaxgan.files import written_whole
    from jaxgan.parts import import_trusted
    from jaxgan.training.environment import prepare_jax
    from jaxgan.training.pictures import write_grid
    from jaxgan.training.projecting import project_picture
    from jaxgan.training.run_directory import recorded_environment

    import_trusted(options.trust)
    prepare_jax(recorded_environment(options.run_dir))
    found = project_picture(
        options.run_dir,
        options.image,
        step=options.step,
        space=options.space,
        steps=options.steps,
        starts=options.starts,
        label=options.label,
        seed=options.seed,
        max_pixels=options.max_pixels,
        say=lambda line: print(line, flush=True),
    )
    beside = options.out.with_suffix(".npz")
    try:
        write_grid(options.out, found.pictures, 3)
        with written_whole(beside) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **{found.name: found.point})
    except OSError as error:
        raise no_write_error(options.out, error) from error
    print(f"mean squared error {found.error:.4g}, PSNR {found.psnr:.2f} dB, in [-1, 1]")
    print(f"{options.out} (image, projection, difference), {beside} ({found.name})")
    return 0
