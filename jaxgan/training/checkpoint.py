"""Checkpoints of a run: the only importer of Orbax."""

from __future__ import annotations

import errno
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jax
import orbax.checkpoint as ocp
from orbax.checkpoint import checkpoint_managers

from jaxgan.errors import SaveError, UserError, first_line
from jaxgan.parallel import to_global, to_local
from jaxgan.types import GanState, Tree

__all__ = ["Checkpoints", "DamagedError", "check_room"]

KEPT = 3
COMMITTED = "commit_success.txt"  # what Orbax writes last
# Orbax warns of what it is about to raise, over many lines.
logging.getLogger("absl").setLevel(logging.CRITICAL)


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
    """The latest three states of a run, on disk under `directory`; with `keep_first`, step 0 too.

    Saving goes on in the background after `save` returns. A save that was cut off leaves a
    directory that Orbax has not committed, and is never taken for a checkpoint. With `read_only`
    nothing is written, not even what a trainer needs beside them.

    Raises UserError for a directory that cannot be read as one of checkpoints.
    """

    def __init__(
        self, directory: Path, *, read_only: bool = False, keep_first: bool = False
    ) -> None:
        self.directory = directory
        self._failed = False
        if read_only:
            options = ocp.CheckpointManagerOptions(read_only=True, step_format_fixed_length=8)
        else:
            kept: list[checkpoint_managers.PreservationPolicy] = [checkpoint_managers.LatestN(KEPT)]
            if keep_first:
                kept.append(checkpoint_managers.CustomSteps([0]))
            options = ocp.CheckpointManagerOptions(
                preservation_policy=checkpoint_managers.AnyPreservationPolicy(kept),
                # Which steps are saved is the training loop's decision.
                save_decision_policy=checkpoint_managers.FixedIntervalPolicy(1),
                step_format_fixed_length=8,
            )
        try:
            self._manager = ocp.CheckpointManager(directory.absolute(), options=options)
        except Exception as error:  # Orbax raises many types for what is no directory of its own
            raise UserError(
                f"{directory} cannot be read as checkpoints ({first_line(error)}): restore it"
            ) from error

    def close(self) -> None:
        """Wait for saves that are under way, and let go of the directory; not after a failure."""
        if not self._failed:
            self._manager.close()

    def steps(self) -> list[int]:
        """Steps of the checkpoints that are complete, in order."""
        return sorted(self._manager.all_steps())

    def save(self, step: int, state: GanState) -> None:
        """Begin to save; the state may be donated as soon as this returns.

        Raises UserError, before anything is written, where the disk is too full.
        """
        check_room(self.directory, state)
        with self._writing():
            self._manager.save(step, args=ocp.args.StandardSave(to_global(state)))

    def check(self) -> None:
        """Raise SaveError if a save in the background has failed."""
        with self._writing():
            self._manager.check_for_errors()

    def wait(self) -> None:
        """Return when every save has reached the disk; raises SaveError if one has failed."""
        with self._writing():
            self._manager.wait_until_finished()

    def restore(self, step: int, like: GanState) -> GanState:
        """The state saved at `step`, with the shapes, types and devices of `like`.

        Raises DamagedError for files that are not as they were written.
        """
        abstract: Tree = jax.tree.map(ocp.utils.to_shape_dtype_struct, to_global(like))
        try:
            state = self._manager.restore(step, args=ocp.args.StandardRestore(abstract))
        except Exception as error:
            # Orbax and TensorStore raise many types for damaged files.
            raise DamagedError(first_line(error)) from error
        return to_local(state)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # Orbax raises many types
            self._failed = True
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise
            good = max((int(path.name) for path in self._complete()), default=None)
            last = "no checkpoint before it" if good is None else f"the last good one is {good:08d}"
            raise SaveError(
                f"a checkpoint could not be written to {self.directory} ({first_line(error)}); "
                f"{last}. Make the directory writable and run the same command again"
            ) from error

    def _complete(self) -> list[Path]:
        if not self.directory.is_dir():
            return []
        return [path for path in self.directory.iterdir() if (path / COMMITTED).exists()]

    def holds(self, step: int) -> bool:
        """Whether there is a directory of that step now, as `steps` may not know any more."""
        return (self.directory / f"{step:08d}").is_dir()


class DamagedError(Exception):
    """A checkpoint that cannot be read, or is not what was recorded; the text says why."""
