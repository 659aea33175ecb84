"""Checkpoints of a run: the only importer of Orbax."""

from __future__ import annotations

import shutil
from pathlib import Path

import jax
import orbax.checkpoint as ocp
from orbax.checkpoint import checkpoint_managers

from jaxgan.errors import UserError
from jaxgan.parallel import to_global, to_local
from jaxgan.types import GanState, Tree

__all__ = ["Checkpoints", "check_room"]

KEPT = 3


def check_room(directory: Path, state: GanState) -> None:
    """Refuse a disk without room for a checkpoint and the records that go with it."""
    needed = 2 * sum(leaf.size * leaf.dtype.itemsize for leaf in jax.tree.leaves(state)) + 2**20
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise UserError(
            f"no room for a checkpoint in {directory}: {free / 2**20:.1f} MiB free, "
            f"{needed / 2**20:.1f} MiB needed; make room and run the same command again"
        )


class Checkpoints:
    """The latest three states of a run, on disk under `directory`.

    Saving goes on in the background after `save` returns. A save that was cut off leaves a
    directory that Orbax has not committed, and is never taken for a checkpoint.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        options = ocp.CheckpointManagerOptions(
            preservation_policy=checkpoint_managers.LatestN(KEPT),
            # Which steps are saved is the training loop's decision.
            save_decision_policy=checkpoint_managers.FixedIntervalPolicy(1),
            step_format_fixed_length=8,
        )
        self._manager = ocp.CheckpointManager(directory.absolute(), options=options)

    def close(self) -> None:
        """Wait for saves that are under way, and let go of the directory."""
        self._manager.close()

    def steps(self) -> list[int]:
        """Steps of the checkpoints that are complete, in order."""
        return sorted(self._manager.all_steps())

    def save(self, step: int, state: GanState) -> None:
        """Begin to save; the state may be donated as soon as this returns.

        Raises UserError, before anything is written, where the disk is too full.
        """
        check_room(self.directory, state)
        self._manager.save(step, args=ocp.args.StandardSave(to_global(state)))

    def wait(self) -> None:
        """Return when every save has reached the disk; raises what went wrong with one."""
        self._manager.wait_until_finished()

    def restore(self, step: int, like: GanState) -> GanState:
        """The state saved at `step`, with the shapes, types and devices of `like`."""
        abstract: Tree = jax.tree.map(ocp.utils.to_shape_dtype_struct, to_global(like))
        try:
            state = self._manager.restore(step, args=ocp.args.StandardRestore(abstract))
        except Exception as error:
            # Orbax and TensorStore raise many types for damaged files.
            first_line = str(error).strip().split("\n")[0][:200]
            raise UserError(f"{self.damage(step)} ({first_line})") from error
        return to_local(state)

    def damage(self, step: int) -> str:
        """What to say and do about a checkpoint that is not as it was written."""
        good = [other for other in self.steps() if other < step]
        way_out = (
            f"delete {self.directory / f'{step:08d}'} to go on from step {good[-1]}"
            if good
            else "begin anew with --restart"
        )
        return f"the checkpoint of step {step} in {self.directory} is damaged: {way_out}"
