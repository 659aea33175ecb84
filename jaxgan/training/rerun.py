"""Repeating a recorded run from its seed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from jaxgan.errors import UserError
from jaxgan.training.digest import combined_digest, leaf_digests, shortened
from jaxgan.training.environment import describe_environment, differences
from jaxgan.training.machine import advance, compile_program, initial_state, prepare, resolve
from jaxgan.training.records import read_digests, read_environment
from jaxgan.training.run_directory import RunPaths, read_run_config

__all__ = ["Mismatch", "rerun"]


class Mismatch(NamedTuple):
    """The first recorded digest that a rerun did not meet."""

    step: int
    leaves: list[str]  # paths of the leaves that differ
    equal_before: int  # digests that were met


def rerun(
    workdir: Path,
    *,
    until: int | None,
    data_dir: str | None,
    resident_bytes: int,
    say: Callable[[str], None],
) -> int | Mismatch:
    """Repeat a run in memory; returns how many digests are equal, or the first mismatch.

    Says first what here differs from the recorded environment. Raises UserError where the
    directory holds no run, or none of its digests lies at or before `until`.
    """
    config, paths = read_run_config(workdir), RunPaths(workdir)
    recorded = [
        line for line in read_digests(paths.digests) if until is None or line["step"] <= until
    ]
    if not recorded:
        before = "" if until is None else f" at or before step {until}"
        raise UserError(f"{workdir} has no digest{before}: nothing can be compared")
    resolved, images = resolve(config, config, data_dir=data_dir, download=False)
    if resolved != config:
        raise UserError(
            f"the data are now {resolved.image_size} pixels with {resolved.channels} channels, "
            f"{config.image_size} with {config.channels} when the run was made: restore them"
        )
    for difference in differences(
        read_environment(paths.environment), describe_environment(images.fingerprint)
    ):
        say(f"another environment: {difference}")
    say(f"repeating {workdir} until step {recorded[-1]['step']}, {len(recorded)} digests")

    machine = prepare(config, images, resident_bytes)
    state, step = compile_program(machine, initial_state(machine), 0), 0
    for equal, line in enumerate(recorded):
        state, step = advance(machine, state, step, line["step"])
        leaves = leaf_digests(state)
        if combined_digest(leaves) != line["digest"]:
            return Mismatch(step, _differing(line["leaves"], shortened(leaves)), equal)
        say(f"step {step}: the same")
    return len(recorded)


def _differing(recorded: dict[str, Any], here: dict[str, Any]) -> list[str]:
    names = list(dict.fromkeys([*recorded, *here]))
    return [name for name in names if recorded.get(name) != here.get(name)]
