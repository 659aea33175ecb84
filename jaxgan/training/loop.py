"""The one host loop: from a config to a run directory, with interruptions on the way."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import jax

from jaxgan.config import Config
from jaxgan.data.images import ImageSet
from jaxgan.data.notes import notes_on
from jaxgan.digest import combined_digest, leaf_digests, non_finite_leaf
from jaxgan.errors import DivergenceError
from jaxgan.parallel import agree, is_first_host
from jaxgan.steps.updates import UpdateInfo
from jaxgan.training.beginning import begin, begun_from_source
from jaxgan.training.checkpoint import Checkpoints
from jaxgan.training.evaluation import Evaluation
from jaxgan.training.machine import (
    Machine,
    OnUpdates,
    advance,
    compile_program,
    initial_state,
    prepare,
)
from jaxgan.training.metrics_log import MetricsLog, numbers_to_write
from jaxgan.training.options import RunOptions
from jaxgan.training.pictures import write_grid
from jaxgan.training.plan import held, plan_run, write_beginnings
from jaxgan.training.progress import ProgressReport
from jaxgan.training.records import evaluated, note_on_metrics, read_metrics, record_digest
from jaxgan.training.returning import naming_ways_out, note_resumption
from jaxgan.training.run_directory import RunPaths
from jaxgan.training.stop_signals import StopSignal, stop_signals
from jaxgan.types import GanState

__all__ = ["Outcome", "train"]


@dataclass(frozen=True)
class Outcome:
    """How a call of `train` ended."""

    workdir: Path
    step: int
    digest: str
    stopped_by: signal.Signals | None  # None when the run is complete


def train(config: Config, options: RunOptions, images: ImageSet | None = None) -> Outcome:
    """Train, or go on training, until `config.steps`, a signal, or an error.

    `images`, such as `ImageSet.from_arrays`, take the place of those that `config.data` names; the
    run records their name and fingerprint, and needs them again to go on.

    Raises UserError for input that cannot be used, before anything is written, and
    DivergenceError where a NaN or infinity comes up; the last checkpoint is then intact.
    """
    plan = plan_run(config, options, images)
    (config, images, _), workdir = plan.run, plan.workdir
    goes_on = plan.recorded is not None
    with naming_ways_out(goes_on=True, restart=options.restart), ExitStack() as stack:
        if is_first_host():
            stack.enter_context(held(plan))

        # ---- the compiled program, the run's directory, the state ----
        signalled = stack.enter_context(stop_signals())
        quiet = options.quiet or not is_first_host()
        progress = stack.enter_context(closing(ProgressReport(config, quiet=quiet)))
        for line in notes_on(images, config):
            progress.say(line)
        machine = prepare(plan.run, options.resident_mib * 2**20)
        state = initial_state(machine)
        if not goes_on:  # what does not fit, or went away since, is refused before any writing
            state = begun_from_source(config, state)
            progress.begin_to_compile()
            state = compile_program(machine, state, 0)
        if is_first_host():
            write_beginnings(plan)
        agree(0)  # nor does any host open the directory before it is there
        paths = RunPaths(workdir)
        checkpoints = stack.enter_context(
            closing(Checkpoints(paths.checkpoints, keep_first=config.init_from is not None))
        )
        state, step = begin(config, state, checkpoints, paths, goes_on=goes_on)
        if goes_on:
            progress.say(f"going on from step {step} of {workdir}")
            if odd := note_on_metrics(paths.digests, paths.metrics, step):
                progress.say(f"warning: {odd}")
            if is_first_host():
                for change in note_resumption(workdir, plan.environment, step):
                    progress.say(f"warning: the bits may differ from those of one go: {change}")
            if step < config.steps:
                progress.begin_to_compile(step)
                state = compile_program(machine, state, step)
        metrics_log = MetricsLog(paths, step + 1, is_first_host())
        metrics = stack.enter_context(closing(metrics_log))
        evaluators = plan.evaluators if is_first_host() else {}
        evaluation = Evaluation(evaluators, machine.gan, images, progress.say)
        # Where it goes on, some was measured before.
        done = evaluated(read_metrics(paths.metrics)) if evaluators else set()

        def stop() -> signal.Signals | None:
            return signalled() or (signal.SIGPIPE if progress.reader_gone else None)

        def on_updates(updates: list[tuple[int, UpdateInfo]]) -> None:
            checkpoints.check()
            for step, info in updates:
                if values := numbers_to_write(config, step, info):
                    metrics.write(step, values)
            step, info = updates[-1]
            progress.report(step, float(info.discriminator.loss), float(info.generator.loss))

        def on_samples(step: int, state: GanState) -> None:
            key = jax.random.clone(machine.keys.samples)
            for values in evaluation(key, state, step, done):
                metrics.write(step, values)

        try:
            step, digest = _run(
                machine, state, step, checkpoints, paths, on_updates, stop, on_samples
            )
        except DivergenceError as error:
            checkpoints.wait()
            raise DivergenceError(f"{error}; {_last_good(checkpoints)}") from error

        # ---- the end ----
        checkpoints.wait()
        stopped_by = _signal_of_any_host(stop) if step < config.steps else None
        what = "stopped" if stopped_by else "done"
        progress.say(f"{what} at step {step}: {workdir}, digest {digest[:16]}")
        if stopped_by:
            progress.say("the same command goes on from there")
    return Outcome(workdir, step, digest, stopped_by)


def _run(
    machine: Machine,
    state: GanState,
    step: int,
    checkpoints: Checkpoints,
    paths: RunPaths,
    on_updates: OnUpdates,
    stop: StopSignal,
    on_samples: Callable[[int, GanState], None],
) -> tuple[int, str]:
    """Updates to the end or a signal, with a halt wherever something is due; step and digest."""
    config = machine.config
    while True:
        ends = step == config.steps or _signal_of_any_host(stop) is not None
        if step % config.sample_every == 0 or step == config.steps:
            _write_samples(machine, state, step, paths)
            on_samples(step, state)
        if step % config.checkpoint_every == 0 or ends:
            digest = _checkpoint(checkpoints, paths, state, step)
        if ends:
            return step, digest
        halt = _next_halt(step, config)
        state, step = advance(machine, state, step, halt, on_updates, lambda: stop() is not None)


def _next_halt(step: int, config: Config) -> int:
    due = [(step // every + 1) * every for every in (config.checkpoint_every, config.sample_every)]
    return min(*due, config.steps)


def _signal_of_any_host(stop: StopSignal) -> signal.Signals | None:
    number = agree(int(stop() or 0))
    return signal.Signals(number) if number else None


def _checkpoint(checkpoints: Checkpoints, paths: RunPaths, state: GanState, step: int) -> str:
    """Save the state and record its digest, unless that was done before; returns the digest.

    Infos show a NaN or infinity in losses and gradients; only here is the state itself looked at.
    """
    if bad := non_finite_leaf(state):
        raise DivergenceError(f"NaN or infinity at step {step}, in {bad}")
    leaves = leaf_digests(state)
    if step not in checkpoints.steps():
        checkpoints.save(step, state)
        if is_first_host():
            record_digest(paths.digests, step, leaves, paths.metrics)
    return combined_digest(leaves)


def _write_samples(machine: Machine, state: GanState, step: int, paths: RunPaths) -> None:
    """A picture of latents that are the same at every step of the run."""
    if is_first_host():
        # The same latents every time are what is wanted here, hence the clone.
        key = jax.random.clone(machine.keys.samples)
        images, columns = machine.picture(key, state)
        write_grid(paths.samples / f"{step:08d}.png", images, columns)


def _last_good(checkpoints: Checkpoints) -> str:
    steps = checkpoints.steps()
    if not steps:
        return "there is no checkpoint before it"
    return f"the last good checkpoint is {checkpoints.directory / f'{steps[-1]:08d}'}"
