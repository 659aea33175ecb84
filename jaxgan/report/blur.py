"""The blur card of a run or of two folders, written: blur.json and blur.html."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from jaxgan.data import MOST_PIXELS, ImageSet
from jaxgan.errors import UserError
from jaxgan.paths import check_path, lies_in
from jaxgan.report.card import Card
from jaxgan.report.headline import card_record
from jaxgan.report.image_files import write_image_files
from jaxgan.report.inputs import CardInputs
from jaxgan.report.measure import measure
from jaxgan.report.page import write_page
from jaxgan.report.sources import sets_of_folders, sets_of_run
from jaxgan.training.jsonl import write_json

__all__ = ["blur_of_folders", "blur_of_run"]

Say = Callable[[str], None]


def blur_of_run(
    workdir: Path,
    *,
    images: ImageSet | None = None,
    held_out: ImageSet | None = None,
    out: Path | None = None,
    count: int = 2000,
    step: int | None = None,
    seed: int = 0,
    data_dir: str | None = None,
    data_path: str | None = None,
    max_pixels: int = MOST_PIXELS,
    features: bool = True,
    cache: Path | None = None,
    sheet: bool = False,
    say: Say = lambda line: None,
) -> tuple[Card, list[Path]]:
    """Judge `count` samples of a run's checkpoint; the card, and the files: first its page.

    `sheet` also writes contact sheets of the softest samples and a line for each sample. Of a run
    that was trained on arrays in memory, `images` are those, and `held_out` others of their kind.

    Raises UserError for a run without checkpoints, for data that are not there, and for fewer
    images than a card needs.
    """
    if out or workdir.is_dir():
        _check_can_write(out or workdir)
    sets = sets_of_run(
        workdir,
        images=images,
        held_out=held_out,
        count=count,
        step=step,
        seed=seed,
        data_dir=data_dir,
        data_path=data_path,
        max_pixels=max_pixels,
        cache=(cache or _default_cache()) if features else None,
        say=say,
    )
    return _write(sets, out or workdir, seed, sheet, say)


def blur_of_folders(
    real: Path,
    fake: Path,
    out: Path,
    *,
    seed: int = 0,
    image_size: int | None = None,
    max_pixels: int = MOST_PIXELS,
    features: bool = True,
    cache: Path | None = None,
    sheet: bool = False,
    say: Say = lambda line: None,
) -> tuple[Card, list[Path]]:
    """Judge the images of one folder against those of another, taken for real."""
    for folder in (real, fake) if sheet else ():
        if lies_in(out, folder):
            raise UserError(
                f"--out {out} lies in {folder}, whose pictures --sheet would add to: give "
                "a directory outside"
            )
    _check_can_write(out)
    kept = (cache or _default_cache()) if features else None
    sets = sets_of_folders(
        real, fake, image_size=image_size, max_pixels=max_pixels, cache=kept, say=say
    )
    return _write(sets, out, seed, sheet, say)


def _check_can_write(out: Path) -> None:
    """Refuse a directory that cannot be made or written, before minutes are spent on a card."""
    check_path("--out", out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise UserError(
            f"{out} cannot be written ({error.strerror}): give another directory with --out"
        ) from error


def _write(
    sets: CardInputs, out: Path, seed: int, sheet: bool, say: Say
) -> tuple[Card, list[Path]]:
    card, evidence = measure(sets, seed, say)
    write_json(out / "blur.json", card_record(card))
    page = out / "blur.html"
    write_page(page, card, evidence)
    written = [page]
    if sheet:
        say("drawing contact sheets")
        written += write_image_files(out, sets, card, evidence)
    return card, written


def _default_cache() -> Path:
    try:
        return Path.home() / ".cache" / "jaxgan"
    except RuntimeError as error:  # a user without a home
        raise UserError("no home to keep classifiers in: give --cache DIR") from error
