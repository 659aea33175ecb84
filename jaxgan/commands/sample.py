"""`python -m jaxgan sample RUN_DIR`: draw images from a checkpoint, ways between them, mixes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from jaxgan.commands.lists import check_lists
from jaxgan.config import MOST_SEED
from jaxgan.errors import UserError
from jaxgan.paths import check_path
from jaxgan.ranges import check_number, check_whole, flag_of

if TYPE_CHECKING:
    import numpy as np

__all__ = ["SampleOptions", "check_out", "main", "no_write_error"]

MOST_SAMPLES = 100_000  # they are held in memory
MOST_FRAMES = 10_000
OF_WAYS = ("space", "frames", "loop")


@dataclass(frozen=True, kw_only=True)
class SampleOptions:
    """Draw images from a run's checkpoint, from the averaged generator where there is one.

    --interpolate draws the way from one image to the next, --mix a table of mixed styles; several
    values of --truncation draw a row of images for each.
    """

    run_dir: Annotated[Path, tyro.conf.Positional]
    """Directory of the run; nothing in it is changed."""
    count: int | None = None
    """Number of images; default: 64, but 8 in a row for several truncations, 4 that a way leads
    through, and 4 rows and columns of --mix."""
    seed: int = 0
    """Seed of the latents; a whole number from 0 to 2^32 - 1."""
    step: int | None = None
    """Step of the checkpoint; default: the last."""
    label: int | None = None
    """Class to draw, for runs conditioned on classes; default: all of them in turn, and class 0
    for ways, mixes and several truncations."""
    truncation: tuple[float, ...] = (1.0,)
    """How far styles lie from their mean, from 0 to 1 (StyleGAN 0.7: fewer kinds of image, cleaner
    ones); 1, as trained, is all that generators without styles have."""
    interpolate: bool = False
    """Draw the way through the images' latents: in a file .png a row from each to the next, in a
    file .webp an animation."""
    space: Literal["z", "w"] = "z"
    """Where the way leads: through latents z, along arcs, or through styles w, along straight
    lines."""
    frames: int = 8
    """Steps of the way from each image to the next."""
    loop: bool = False
    """Go on from the last image back to the first."""
    mix: bool = False
    """Draw a table: the first layers have the styles of the row's image, the others those of the
    column's."""
    coarse_layers: int = 4
    """Layers that --mix takes from the row's image; 4, those up to 8 pixels, in StyleGAN."""
    trust: tuple[str, ...] = ()
    """Modules of own parts that the run's config may name; they are imported."""
    out: Path = Path("samples.png")
    """PNG file to write, or WebP for --interpolate; one that is there is replaced."""


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit status."""
    options = tyro.cli(SampleOptions, args=arguments, prog="jaxgan sample")
    check_lists(arguments, "--trust", "--truncation")
    _check(options)
    # Below the parser, so that --help need not wait for what training imports.
    from jaxgan.parts import import_trusted
    from jaxgan.training.environment import prepare_jax
    from jaxgan.training.pictures import write_animation, write_grid
    from jaxgan.training.run_directory import recorded_environment

    import_trusted(options.trust)
    prepare_jax(recorded_environment(options.run_dir))
    step, images, columns = _drawn(options)
    try:
        if options.out.suffix.lower() == ".webp":
            write_animation(options.out, images)
        else:
            shown = _legs(images, options) if options.interpolate else images
            write_grid(options.out, shown, columns)
    except OSError as error:
        raise no_write_error(options.out, error) from error
    print(f"{len(images)} images of step {step}: {options.out}")
    return 0


def _check(options: SampleOptions) -> None:
    least = 2 if options.interpolate else 1
    if options.count is not None:
        check_whole(*flag_of(options, "count"), least, MOST_SAMPLES)
    check_whole(*flag_of(options, "seed"), 0, MOST_SEED)
    for truncation in options.truncation:
        check_number("--truncation", truncation, least=0, most=1)
    check_whole(*flag_of(options, "frames"), 1, MOST_FRAMES)
    check_whole(*flag_of(options, "coarse_layers"), 1)
    if options.interpolate + options.mix + (len(options.truncation) > 1) > 1:
        raise UserError("--interpolate, --mix and several values of --truncation: choose one")
    for fields, flag in ((OF_WAYS, "interpolate"), (("coarse_layers",), "mix")):
        for field in fields:
            given = getattr(options, field) != getattr(SampleOptions, field)
            if given and not getattr(options, flag):
                raise UserError(f"{flag_of(options, field)[0]} is for --{flag}: give that as well")
    check_out(options.out, (".png", ".webp") if options.interpolate else (".png",))


def check_out(out: Path, endings: tuple[str, ...]) -> None:
    """Refuse a file of another ending, and one that cannot be written."""
    if out.suffix.lower() not in endings:
        raise UserError(f"--out {out}: expected a file name that ends in {' or '.join(endings)}")
    check_path("--out", out)
    if out.is_dir() or not os.access(out.parent, os.W_OK):
        raise UserError(f"--out {out} cannot be written: give another file")


def no_write_error(out: Path, error: OSError) -> UserError:
    """What is said where a file could not be written."""
    return UserError(f"--out {out} cannot be written ({error.strerror}): give another file")


def _legs(images: np.ndarray, options: SampleOptions) -> np.ndarray:
    """The images of a way, row by row from each stop to the next, both included."""
    steps, count = options.frames, len(images)
    legs = (count if options.loop else count - 1) // steps
    return images[[(leg * steps + i) % count for leg in range(legs) for i in range(steps + 1)]]


def _drawn(options: SampleOptions) -> tuple[int, np.ndarray, int | None]:
    """The step of the checkpoint, the images, and how many stand in a row."""
    from jaxgan.training.latent_pictures import interpolation, mixing, opened, truncation_sweep
    from jaxgan.training.sampling import sample_run

    where = (options.run_dir, options.step, options.seed, options.label)
    if options.interpolate:
        of = opened(*where, options.count or 4)
        images = interpolation(
            of,
            options.frames,
            space=options.space,
            loop=options.loop,
            truncation=options.truncation[0],
        )
        return of.run.step, images, options.frames + 1
    if options.mix:
        count = options.count or 4
        of = opened(*where, 2 * count)
        return of.run.step, mixing(of, options.coarse_layers, options.truncation[0]), count + 1
    if len(options.truncation) > 1:
        of = opened(*where, options.count or 8)
        return of.run.step, truncation_sweep(of, options.truncation), options.count or 8
    step, images = sample_run(
        options.run_dir,
        options.count or 64,
        options.seed,
        options.step,
        options.label,
        options.truncation[0],
    )
    return step, images, None
