"""States read from checkpoints: each is compared with its record before anybody uses it."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import jax

from jaxgan.config import Config
from jaxgan.digest import combined_digest, leaf_digests
from jaxgan.errors import UserError
from jaxgan.steps import build
from jaxgan.training.checkpoint import Checkpoints, DamagedError
from jaxgan.training.looked_through import without_looking_through
from jaxgan.training.records import digests_by_step, read_digests
from jaxgan.training.run_directory import (
    CHECKPOINT,
    RunPaths,
    read_run_config,
    recorded_image_shape,
)
from jaxgan.types import Gan, GanState

__all__ = ["SavedRun", "check_complete", "checked_state", "saved_run", "saved_state",
           "state_to_go_on_from"]  # fmt: skip

TRIES, SECONDS_BETWEEN = 5, 0.5  # while a trainer clears old checkpoints away
MOST_MISSING = 2  # checkpoints that a person may have deleted, or a kill cut off


class SavedRun(NamedTuple):
    """A run as one of its checkpoints has it."""

    config: Config
    gan: Gan
    step: int
    state: GanState


def saved_run(workdir: Path, step: int | None) -> SavedRun:
    """A run at the checkpoint of a step, by default the newest; `saved_state` tells the errors.

    Its Gan draws, and takes no steps: it has no frozen networks, whose files may be elsewhere."""
    config = read_run_config(workdir)
    gan = build(without_looking_through(config), recorded_image_shape(config))
    like = jax.jit(gan.init)(jax.random.key(config.seed))
    return SavedRun(config, gan, *saved_state(workdir, step, like))


def saved_state(workdir: Path, step: int | None, like: GanState) -> tuple[int, GanState]:
    """The checkpoint of a step, by default the newest, of a run that may be training meanwhile.

    Nothing is written. Raises UserError where there is none, and for one that is damaged or is not
    the one that was recorded.
    """
    paths = RunPaths(workdir)
    if not paths.checkpoints.is_dir():
        raise UserError(f"{workdir} has no checkpoints: train it first")
    for last_try in [False] * (TRIES - 1) + [True]:
        try:
            opened = Checkpoints(paths.checkpoints, read_only=True)
        except UserError:  # where a trainer clears one away in this moment
            if last_try:
                raise
            time.sleep(SECONDS_BETWEEN)
            continue
        with closing(opened) as checkpoints:
            chosen = _chosen(workdir, checkpoints.steps(), step)
            try:
                recorded = digests_by_step(read_digests(paths.digests))
                if chosen not in recorded:
                    raise DamagedError("its digest was not recorded")
                return chosen, checked_state(checkpoints, chosen, like, recorded)
            except DamagedError as error:
                # A trainer clears the oldest of three away, and records a digest after it began to
                # save: in a moment it is plain whether this was all.
                time.sleep(SECONDS_BETWEEN)
                if last_try or (checkpoints.holds(chosen) and chosen in recorded):
                    raise UserError(
                        f"the checkpoint of step {chosen} in {paths.checkpoints} cannot be used "
                        f"({error}): give another one with --step, or train on to make a new one"
                    ) from error
    raise AssertionError("the last try returns or raises")


def checked_state(
    checkpoints: Checkpoints, step: int, like: GanState, recorded: dict[int, str]
) -> GanState:
    """The state of a checkpoint; raises DamagedError where it is not the one that was recorded.

    A step without a record is taken: its digest may have been cut off by a kill.
    """
    state = checkpoints.restore(step, like)
    if (inside := int(state.step)) != step:
        raise DamagedError(f"it holds the state of step {inside}, under another name")
    digest = combined_digest(leaf_digests(state))
    if recorded.get(step, digest) != digest:
        raise DamagedError("its digest is not the recorded one")
    return state


def state_to_go_on_from(
    checkpoints: Checkpoints, step: int, like: GanState, recorded: dict[int, str]
) -> GanState:
    """`checked_state` for the process that holds the run: UserError says what it can do."""
    try:
        return checked_state(checkpoints, step, like, recorded)
    except DamagedError as error:
        good = [other for other in checkpoints.steps() if other < step]
        way_out = (
            f"delete {checkpoints.directory / f'{step:08d}'} to go on from step {good[-1]}"
            if good
            else "restore it, or begin anew with --restart"
        )
        raise UserError(
            f"the checkpoint of step {step} in {checkpoints.directory} is damaged ({error}): "
            f"{way_out}"
        ) from error


def check_complete(workdir: Path, steps: list[int], recorded: dict[int, str]) -> None:
    """Refuse to train on where checkpoints or records were lost, before later records are cut.

    A kill cuts off the newest checkpoint or its record, and a damaged one may have been deleted.
    """
    paths = RunPaths(workdir)
    for entry in sorted(paths.checkpoints.iterdir()):
        if entry.is_dir() and not CHECKPOINT.fullmatch(entry.name):
            raise UserError(
                f"{entry} is no checkpoint: give it back its name, eight digits of its step, or "
                "move it away"
            )
    last = steps[-1] if steps else -1
    missing = [step for step in recorded if step > last]
    if len(missing) > MOST_MISSING or (not steps and any(missing)):
        raise UserError(
            f"{paths.checkpoints} has no checkpoint of the recorded steps {_listed(missing)}: "
            "restore them, or begin anew with --restart"
        )
    unknown = [step for step in steps[:-1] if step not in recorded]
    if unknown or (last > 0 and not recorded):
        raise UserError(
            f"{paths.digests} has no digest of the checkpoints of steps {_listed(steps)}: restore "
            "it, or begin anew with --restart"
        )


def _chosen(workdir: Path, steps: list[int], asked: int | None) -> int:
    if steps and asked in (None, *steps):
        return steps[-1] if asked is None else asked
    if asked is None:
        raise UserError(f"{workdir} has no checkpoint yet: train it first")
    have = ", ".join(map(str, steps)) or "none"
    raise UserError(f"{workdir} has no checkpoint of step {asked}: it has {have}")


def _listed(steps: list[int]) -> str:
    return ", ".join(map(str, steps[:5])) + (" …" if len(steps) > 5 else "")
