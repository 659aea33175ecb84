"""Where a run begins or goes on, and which of its records stay."""

from __future__ import annotations

from jaxgan.config import Config
from jaxgan.digest import leaf_digests
from jaxgan.parallel import agree, is_first_host, replicate
from jaxgan.training.checkpoint import Checkpoints
from jaxgan.training.init_from import take_networks
from jaxgan.training.jsonl import write_lines
from jaxgan.training.records import digests_by_step, read_digests, read_metrics, record_digest
from jaxgan.training.run_directory import RunPaths
from jaxgan.training.saved_state import check_complete, state_to_go_on_from
from jaxgan.types import GanState

__all__ = ["begin", "begun_from_source"]


def begun_from_source(config: Config, initial: GanState) -> GanState:
    """The initial state, with the networks of the run that `init_from` names, if it names one."""
    return replicate(take_networks(config, initial)) if config.init_from else initial


def begin(
    config: Config, initial: GanState, checkpoints: Checkpoints, paths: RunPaths, *, goes_on: bool
) -> tuple[GanState, int]:
    """The state of the last checkpoint, checked against its digest, or the initial one.

    That of a new run has its source's networks already: where the source trains on meanwhile, its
    checkpoint may be gone by now.

    Records of later steps are dropped: they will be made again. Without a checkpoint, so will all,
    that of step 0 too: a kill may have cut off its checkpoint after its digest was recorded.
    """
    state, step, steps = initial, 0, checkpoints.steps()
    lines = read_digests(paths.digests)
    recorded = digests_by_step(lines)
    check_complete(paths.workdir, steps, recorded)
    if steps:
        step = steps[-1]
        state = state_to_go_on_from(checkpoints, step, state, recorded)
    elif goes_on:
        state = begun_from_source(config, state)
    last = step if steps else -1
    agree(0)  # all hosts have read the records before the first one cuts them
    if is_first_host():
        for path, all_lines in (
            (paths.metrics, read_metrics(paths.metrics)),
            (paths.digests, lines),
        ):
            if path.exists():
                write_lines(path, [line for line in all_lines if line["step"] <= last])
        if steps and step not in recorded:  # killed between the checkpoint and its digest
            record_digest(paths.digests, step, leaf_digests(state), paths.metrics)
    return state, step
