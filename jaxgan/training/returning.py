"""Coming back to a run's directory: when to go on with it, with more steps, or to begin anew."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jaxgan.config import Config, laid_out_over_steps
from jaxgan.config_json import config_to_json, differences_in_words
from jaxgan.data.images import ImageSet
from jaxgan.data.picture_files import PictureError
from jaxgan.errors import UserError
from jaxgan.training.environment import differences
from jaxgan.training.init_from import is_same_source
from jaxgan.training.jsonl import write_json
from jaxgan.training.looked_through import check_same_networks, without_places
from jaxgan.training.picture_list import what_changed
from jaxgan.training.records import read_environment
from jaxgan.training.run_directory import (
    FOLDER,
    RunPaths,
    check_is_free,
    recorded_environment,
    written_config,
)
from jaxgan.types import Gan

__all__ = ["check_extension", "check_may_restart", "check_same_run", "extend_run",
           "naming_ways_out", "note_resumption", "state_of_config"]  # fmt: skip


def check_may_restart(workdir: Path) -> None:
    """Refuse --restart where no run is, of which a damaged config.json alone is no proof."""
    paths = RunPaths(workdir)
    _check_can_be_deleted(paths)
    if paths.config.exists() and paths.environment.exists() and paths.lock.exists():
        return
    try:
        if paths.config.exists():
            written_config(workdir)
            return
    except UserError as error:
        raise UserError(
            f"--workdir {workdir} holds no run that --restart may delete ({error}): give another "
            "directory"
        ) from error
    check_is_free(workdir)


def _check_can_be_deleted(paths: RunPaths) -> None:
    """Refuse what no run writes in the places of its files, before the first one is deleted."""
    for file in paths.files:
        if file.is_dir():
            raise UserError(f"{file} is a directory, where a run has a file: move it away first")
    for folder in paths.folders:
        if (folder.exists() or folder.is_symlink()) and not folder.is_dir():
            raise UserError(f"{folder} is no directory, as a run has there: move it away first")


def state_of_config(workdir: Path) -> tuple[int, int] | None:
    """What tells whether another process has begun a run here since; None where there is none."""
    try:
        found = RunPaths(workdir).config.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_ino, found.st_mtime_ns


def check_same_run(
    workdir: Path, recorded: Config, asked: Config, images: ImageSet, gan: Gan
) -> None:
    """Refuse to go on with a run under another config, on other images or through other networks,
    with both shown.

    More steps are no other config (see `check_extension`), nor is another path to the same folder
    or to the same weights.
    """
    before, now = (config_to_json(without_places(config)) for config in (recorded, asked))
    allowed = {"steps"} if asked.steps > recorded.steps else set()
    if _is_folder(recorded) and _is_folder(asked):  # the fingerprint tells whether it is the same
        allowed.add("data")
    environment = recorded_environment(workdir)
    if is_same_source(recorded, environment.get("init_path"), asked):
        allowed.add("init_from")
    changes = differences_in_words(before, now, [k for k in before if k not in allowed])
    if changes:
        raise UserError(
            f"{workdir} holds a run with another config: {changes}. Use the same "
            "values, another --workdir, or --restart to delete that run and begin anew"
        )
    check_same_networks(workdir, environment, gan)
    trained_on = environment["data_fingerprint"]
    if trained_on != images.fingerprint:
        differ = what_changed(RunPaths(workdir).pictures, images) or (
            f"fingerprint {trained_on[:16]} there, {images.fingerprint[:16]} here"
        )
        raise UserError(
            f"{workdir} was trained on other images than {asked.data} now holds ({differ}): "
            "restore them and run the same command again to go on, or train on what is there with "
            "another --workdir or --restart"
        )


@contextmanager
def naming_ways_out(*, goes_on: bool, restart: bool) -> Iterator[None]:
    """Where a run is there, say of a picture that was lost or changed how the run can go on."""
    try:
        yield
    except PictureError as error:
        if not goes_on:
            raise
        without = " without --restart" if restart else ""
        raise UserError(
            f"{error.fault}: restore it and run the same command again{without} to go on from the "
            "last checkpoint, or train on what is there with --restart"
        ) from error


def check_extension(recorded: Config, asked: Config, *, extend: bool) -> None:
    """Refuse more steps where the config lays something out over them, unless with --extend."""
    laid_out = laid_out_over_steps(recorded)
    if asked.steps > recorded.steps and laid_out and not extend:
        raise UserError(
            f"{' and '.join(laid_out)}, over the whole run: with --steps {asked.steps} in place of "
            f"{recorded.steps} the values from here on would be others, and the run not that of "
            "its config from the start. Add --extend to train on all the same"
        )


def extend_run(workdir: Path, recorded: Config, steps: int) -> None:
    """Record that a run is to have more steps than it had."""
    paths = RunPaths(workdir)
    environment = read_environment(paths.environment)
    if laid_out_over_steps(recorded):
        environment.setdefault("extended", []).append({"from": recorded.steps, "to": steps})
        write_json(paths.environment, environment)
    write_json(paths.config, config_to_json(dataclasses.replace(recorded, steps=steps)))


def note_resumption(workdir: Path, environment: dict[str, Any], step: int) -> list[str]:
    """Record where a run goes on, and in what other environment; what of it may change bits."""
    path = RunPaths(workdir).environment
    recorded = read_environment(path)
    changes = differences(recorded, environment)
    recorded.setdefault("resumed", []).append({"step": step, "differences": changes})
    write_json(path, recorded)
    return changes


def _is_folder(config: Config) -> bool:
    return config.data.startswith(FOLDER)
