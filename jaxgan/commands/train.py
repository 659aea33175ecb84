"""What an experiment's `main` does: read the command line, train, say how it ended."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jaxgan.commands.command_line import Presets, parse_experiment
from jaxgan.commands.exit_status import run_command
from jaxgan.config import Config
from jaxgan.errors import UserError
from jaxgan.ranges import check_whole, flag_of
from jaxgan.training.options import RunOptions

__all__ = ["experiment_main"]


@dataclass(frozen=True, kw_only=True)
class CommandOptions(RunOptions):
    """Run options, and what must be settled before JAX starts."""

    dry_run: bool = False
    """Train nothing and write nothing: say what the run would take, in parameters, memory and
    time."""
    compile_anyway: bool = False
    """With --dry-run: compile and time even what is far too much for this machine."""
    nondeterministic: bool = False
    """On GPUs: let XLA choose faster operations whose bits differ from run to run."""
    distributed: bool = False
    """Join the other processes of Slurm, Open MPI, Kubernetes or a TPU pod, found by JAX."""
    coordinator: str | None = None
    """HOST:PORT of process 0, where JAX cannot find the processes by itself."""
    process_count: int | None = None
    """Number of processes, with --coordinator."""
    process: int | None = None
    """Number of this process from 0, with --coordinator."""
    wait_seconds: int = 300
    """How long to wait for the other processes."""


def experiment_main(
    config: Config,
    quick: Config,
    description: str,
    arguments: Sequence[str] | None = None,
    presets: Presets | None = None,
) -> None:
    """Train `config` (`quick` with --quick, one of `presets` with --preset) as the command line
    says, and exit.

    Exit status: 0 when the run is complete, 2 for input that cannot be used, 1 for a NaN or
    infinity, 128 + the number of the signal that stopped it: SIGPIPE where whoever read the output
    has gone.
    """
    given = sys.argv[1:] if arguments is None else arguments
    run_command(lambda: _train(config, quick, description, given, presets))


def _train(
    config: Config,
    quick: Config,
    description: str,
    arguments: Sequence[str],
    presets: Presets | None,
) -> int:
    asked, options = parse_experiment(
        config, quick, CommandOptions(), arguments, description, presets
    )
    # Below the parser, so that --help need not wait for what training imports.
    from jaxgan.parallel import start_hosts
    from jaxgan.training.environment import (
        check_devices,
        use_compiled_32_bits,
        use_cpu_threads_of,
        use_deterministic_flags,
    )
    from jaxgan.training.loop import train
    from jaxgan.training.run_directory import default_workdir, recorded_environment

    if not options.nondeterministic:
        use_deterministic_flags()
    if not options.restart:
        use_cpu_threads_of(recorded_environment(options.workdir or default_workdir(asked)))
    if not options.coordinator and (options.process, options.process_count) != (None, None):
        raise UserError("--process and --process-count need --coordinator HOST:PORT")
    check_whole(*flag_of(options, "wait_seconds"), 1)
    if options.compile_anyway and not options.dry_run:
        raise UserError("--compile-anyway is for --dry-run: a run compiles its program always")
    use_compiled_32_bits()
    if options.distributed or options.coordinator:
        if not options.quiet:
            print("waiting for the other processes of this run", flush=True)
        start_hosts(
            options.coordinator,
            options.process_count,
            options.process,
            seconds=options.wait_seconds,
        )
    check_devices()
    if options.dry_run:
        from jaxgan.training.dry_run import dry_run

        dry_run(asked, options, compile_anyway=options.compile_anyway)
        return 0
    outcome = train(asked, options)
    if outcome.stopped_by:
        return 128 + outcome.stopped_by
    if options.blur:
        _write_card(outcome.workdir, options)
    return 0


def _write_card(workdir: Path, options: CommandOptions) -> None:
    """The blur card of a run that is complete; one that cannot be had does not fail the run."""
    from jaxgan.parallel import is_first_host
    from jaxgan.report.blur import blur_of_run
    from jaxgan.report.headline import in_a_line

    if not is_first_host():
        return

    def say(line: str) -> None:
        if not options.quiet:
            print(line, flush=True)

    say("measuring blur, in a minute or two; without it: --no-blur")
    try:
        card, (page, *_) = blur_of_run(
            workdir, data_dir=options.data_dir, max_pixels=options.max_pixels, say=say
        )
    except UserError as error:
        print(f"no blur card: {error}", file=sys.stderr)
        return
    say(f"{in_a_line(card)}; {page}")
