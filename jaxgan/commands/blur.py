"""`python -m jaxgan blur RUN_DIR`: how blurred a run's samples are, on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import tyro

from jaxgan.commands.lists import check_lists
from jaxgan.commands.sample import MOST_SAMPLES
from jaxgan.config import MOST_SEED
from jaxgan.data.picture_files import MOST_PIXELS
from jaxgan.errors import UserError
from jaxgan.ranges import check_whole, flag_of
from jaxgan.report.card import FEWEST_IMAGES

__all__ = ["BlurOptions", "main"]


def _shown(metavar: str) -> Any:
    """How --help shows an option that may be left out: its text says what happens then."""
    return tyro.conf.arg(metavar=metavar, help_behavior_hint="")


@dataclass(frozen=True, kw_only=True)
class BlurOptions:
    """Judge the blur of a run's samples, or of any folder of images, against real images.

    Writes blur.html, a page that opens without a network, and blur.json into the run's directory
    or --out. Two folders: python -m jaxgan blur --real DIR --fake DIR --out DIR. --sheet adds
    contact sheets (sheet-*.png) and blur-images.csv, softest first.
    """

    run_dir: Annotated[Path | None, tyro.conf.Positional, _shown("[RUN_DIR]")] = None
    """Directory of the run."""
    real: Annotated[Path | None, _shown("DIR")] = None
    """Folder of real images, in place of a run."""
    fake: Annotated[Path | None, _shown("DIR")] = None
    """Folder of the images to judge, in place of a run."""
    out: Annotated[Path | None, _shown("DIR")] = None
    """Directory to write into; default: the run's."""
    count: Annotated[int | None, _shown("N")] = None
    """Samples drawn from a run, 100 or more; default: 2,000. 10,000 for figures to publish."""
    step: Annotated[int | None, _shown("N")] = None
    """Step of the checkpoint; default: the last."""
    seed: int = 0
    """Seed of the samples and of every random choice of the measurement."""
    features: bool = True
    """Look through feature networks, too, one of which is trained on the data the first time."""
    image_size: Annotated[int | None, _shown("PIXELS")] = None
    """Bring the images of two folders to this many pixels a side."""
    sheet: bool = False
    """Also write contact sheets of the softest images, and blur-images.csv, a line for each."""
    data_path: Annotated[str | None, _shown("DIR")] = None
    """Where the pictures of a run's folder are now; default: where they were."""
    trust: tuple[str, ...] = ()
    """Modules of own parts that the run's config may name; they are imported."""
    data_dir: Annotated[str | None, _shown("DIR")] = None
    """Directory of prepared TFDS sets; default: TFDS_DATA_DIR, else ~/tensorflow_datasets."""
    max_pixels: Annotated[int, _shown("N")] = MOST_PIXELS
    """Pixels that a picture of a folder may have; each takes 3 bytes or more while it is read."""
    cache: Annotated[Path | None, _shown("DIR")] = None
    """Directory that trained classifiers are kept in; default: ~/.cache/jaxgan."""


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit status."""
    options = tyro.cli(BlurOptions, args=arguments, prog="jaxgan blur")
    check_lists(arguments, "--trust")
    if options.count is not None:
        check_whole(*flag_of(options, "count"), FEWEST_IMAGES, MOST_SAMPLES)
    check_whole(*flag_of(options, "seed"), 0, MOST_SEED)
    if options.run_dir is not None and options.image_size is not None:
        raise UserError("--image-size is for two folders: a run's images have its size")
    if options.out is not None and options.out.exists() and not options.out.is_dir():
        raise UserError(f"--out {options.out} is a file: give a directory")
    # Below the parser, so that --help need not wait for what measuring imports.
    from jaxgan.parts import import_trusted
    from jaxgan.report.blur import blur_of_folders, blur_of_run
    from jaxgan.report.headline import in_a_line
    from jaxgan.training.environment import prepare_jax
    from jaxgan.training.run_directory import recorded_environment

    def say(line: str) -> None:
        print(line, flush=True)

    folders = (options.real, options.fake, options.out)
    if options.run_dir is not None and options.real is None and options.fake is None:
        import_trusted(options.trust)
        prepare_jax(recorded_environment(options.run_dir))
        card, files = blur_of_run(
            options.run_dir,
            out=options.out,
            count=options.count or 2000,
            step=options.step,
            seed=options.seed,
            data_dir=options.data_dir,
            data_path=options.data_path,
            max_pixels=options.max_pixels,
            features=options.features,
            cache=options.cache,
            sheet=options.sheet,
            say=say,
        )
    elif options.run_dir is None and None not in folders:
        if options.count is not None:
            raise UserError("--count is for runs: of two folders all images are taken")
        card, files = blur_of_folders(
            *folders,  # type: ignore[arg-type]
            seed=options.seed,
            image_size=options.image_size,
            max_pixels=options.max_pixels,
            features=options.features,
            cache=options.cache,
            sheet=options.sheet,
            say=say,
        )
    else:
        raise UserError(_what_is_missing(options))
    print(f"{in_a_line(card)}; {', '.join(map(str, files))}")
    return 0


def _what_is_missing(options: BlurOptions) -> str:
    """Why neither a run nor two folders were given."""
    asked = "give the directory of a run, or --real DIR --fake DIR --out DIR for two folders"
    if options.run_dir is not None:
        return f"{options.run_dir} and a folder: {asked}, not both"
    missing = [f"--{name}" for name in ("real", "fake", "out") if getattr(options, name) is None]
    return asked if len(missing) == 3 else f"no {' and no '.join(missing)}: {asked}"
