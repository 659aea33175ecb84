"""`python -m jaxgan rerun RUN_DIR`: repeat a run from its seed and compare every digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from jaxgan.commands.lists import check_lists
from jaxgan.data.picture_files import MOST_PIXELS
from jaxgan.ranges import check_whole, flag_of

__all__ = ["RerunOptions", "main"]

MOST_LEAVES_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class RerunOptions:
    """Repeat a run from its seed, in memory, and compare every recorded digest.

    Exit status: 0 when all are the same, 1 when one differs, 2 for input that cannot be used.
    """

    run_dir: Annotated[Path, tyro.conf.Positional]
    """Directory of the run; nothing in it is changed."""
    until: int | None = None
    """Last step to repeat; default: the last recorded digest."""
    data_dir: str | None = None
    """Directory of prepared TFDS sets; default: TFDS_DATA_DIR, else ~/tensorflow_datasets."""
    data_path: str | None = None
    """Where the pictures of a folder are now; default: where they were."""
    anyway: bool = False
    """Repeat the run even on other images than it was trained on."""
    max_pixels: int = MOST_PIXELS
    """Pixels that a picture of a folder may have; each takes 3 bytes or more while it is read."""
    resident_mib: int = 1024
    """Images of at most this size, in MiB, are kept on every device; larger sets are read ahead."""
    trust: tuple[str, ...] = ()
    """Modules of own parts that the run's config may name; they are imported."""
    nondeterministic: bool = False
    """On GPUs: let XLA choose faster operations whose bits differ from run to run."""


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit status."""
    options = tyro.cli(RerunOptions, args=arguments, prog="jaxgan rerun")
    check_lists(arguments, "--trust")
    # Below the parser, so that --help need not wait for what training imports.
    from jaxgan.parts import import_trusted
    from jaxgan.training.environment import prepare_jax, use_deterministic_flags
    from jaxgan.training.rerun import Mismatch, rerun
    from jaxgan.training.run_directory import recorded_environment

    if not options.nondeterministic:
        use_deterministic_flags()
    import_trusted(options.trust)
    prepare_jax(recorded_environment(options.run_dir))
    if options.until is not None:
        check_whole(*flag_of(options, "until"), 1)
    check_whole(*flag_of(options, "resident_mib"), 0)
    result = rerun(
        options.run_dir,
        until=options.until,
        data_dir=options.data_dir,
        data_path=options.data_path,
        max_pixels=options.max_pixels,
        anyway=options.anyway,
        resident_bytes=options.resident_mib * 2**20,
        say=lambda line: print(line, flush=True),
    )
    if isinstance(result, Mismatch):
        named = ", ".join(result.leaves[:MOST_LEAVES_NAMED])
        more = len(result.leaves) - MOST_LEAVES_NAMED
        print(
            f"DIFFERENT at step {result.step}, after {result.equal_before} equal digests: "
            f"{named}{f' and {more} more' if more > 0 else ''}"
        )
        return 1
    print(f"the same bits: {result} of {result} recorded digests are equal")
    return 0
