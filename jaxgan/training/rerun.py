"""Repeating a recorded run from its seed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from jaxgan.data import MOST_PIXELS
from jaxgan.data.images import ImageSet
from jaxgan.digest import combined_digest, leaf_digests, shortened
from jaxgan.errors import UserError
from jaxgan.training.environment import describe_environment, differences
from jaxgan.training.looked_through import check_same_networks
from jaxgan.training.machine import advance, compile_program, initial_state, prepare
from jaxgan.training.picture_list import what_changed
from jaxgan.training.records import read_digests, read_environment
from jaxgan.training.resolved import resolve
from jaxgan.training.run_directory import FOLDER, RunPaths, data_of, read_run_config
from jaxgan.training.saved_state import saved_state

__all__ = ["Mismatch", "rerun"]

RESIDENT_BYTES = 2**30  # of images that are kept on every device, as in RunOptions


class Mismatch(NamedTuple):
    """The first recorded digest that a rerun did not meet."""

    step: int
    leaves: list[str]  # paths of the leaves that differ
    equal_before: int  # digests that were met


def rerun(
    workdir: Path,
    *,
    images: ImageSet | None = None,
    until: int | None = None,
    data_dir: str | None = None,
    resident_bytes: int = RESIDENT_BYTES,
    say: Callable[[str], None] = print,
    data_path: str | None = None,
    max_pixels: int = MOST_PIXELS,
    anyway: bool = False,
) -> int | Mismatch:
    """Repeat a run in memory; returns how many digests are equal, or the first mismatch.

    Says first what here differs from the recorded environment. `images` are those that the run was
    handed over, where it was trained on arrays in memory. `data_path` is where the pictures
    of a folder are now. Raises UserError where the directory holds no run, or none of its digests
    lies at or before `until`; for a record that contradicts itself; for a run whose schedule was
    laid out anew on the way; for frozen networks that are others; and for other images, unless
    they are to be used `anyway`.
    """
    config, paths = read_run_config(workdir), RunPaths(workdir)
    recorded = [
        line for line in read_digests(paths.digests) if until is None or line["step"] <= until
    ]
    if not recorded:
        before = "" if until is None else f" at or before step {until}"
        raise UserError(f"{workdir} has no digest{before}: nothing can be compared")
    environment = read_environment(paths.environment)
    if environment.get("extended"):
        raise UserError(
            f"{workdir} was trained on with more steps under a schedule that is laid out over them "
            "(--extend): it cannot be repeated from its seed"
        )
    there = images.name if images else data_of(config, environment, data_path)
    run = resolve(
        dataclasses.replace(config, data=there),
        config,
        images=images,
        data_dir=data_dir,
        max_pixels=max_pixels,
    )
    if dataclasses.replace(run.config, data=config.data) != config:
        raise UserError(
            f"the data are now {run.config.image_size} pixels with {run.config.channels} channels, "
            f"{config.image_size} with {config.channels} when the run was made: restore them"
        )
    if environment["data_fingerprint"] != run.images.fingerprint and not anyway:
        changes = what_changed(paths.pictures, run.images)
        place = ", give --data-path" if config.data.startswith(FOLDER) else ""
        raise UserError(
            f"{there} holds other images than the run was trained on"
            f"{changes and f' ({changes})'}: restore them{place}, or add --anyway to repeat it on "
            "these"
        )
    check_same_networks(workdir, environment, run.gan)
    for difference in differences(environment, describe_environment(run.images.fingerprint)):
        say(f"another environment: {difference}")
    say(f"repeating {workdir} until step {recorded[-1]['step']}, {len(recorded)} digests")

    machine = prepare(run._replace(config=config), resident_bytes)
    state = initial_state(machine)
    if config.init_from is not None:  # whose run may be gone: this one keeps its beginning
        _, state = saved_state(workdir, 0, state)
    state, step = compile_program(machine, state, 0), 0
    for equal, line in enumerate(recorded):
        state, step = advance(machine, state, step, line["step"])
        leaves = leaf_digests(state)
        differing = _differing(line["leaves"], shortened(leaves))
        same = combined_digest(leaves) == line["digest"]
        if (same and differing) or (not same and not differing):
            told = f"the leaves {', '.join(differing)}" if same else "the whole state"
            raise UserError(
                f"{paths.digests} contradicts itself at step {step}: its digest of {told} is not "
                "the one here, and all others are; the file was changed, restore it"
            )
        if differing:
            return Mismatch(step, differing, equal)
        say(f"step {step}: the same")
    if until is None and recorded[-1]["step"] < config.steps:
        say(
            f"the record ends at step {recorded[-1]['step']} of {config.steps}: the run was not "
            "finished, or lines of digests.jsonl were lost"
        )
    return len(recorded)


def _differing(recorded: dict[str, Any], here: dict[str, Any]) -> list[str]:
    names = list(dict.fromkeys([*recorded, *here]))
    return [name for name in names if recorded.get(name) != here.get(name)]
