"""What a run would take, in parameters, memory and time; nothing is written, nothing is trained."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxgan.config import Config
from jaxgan.data.images import ImageSet
from jaxgan.data.notes import notes_at_opening
from jaxgan.errors import UserError
from jaxgan.parallel import is_first_host
from jaxgan.steps.updates import batches_per_update
from jaxgan.training.machine import (
    SMALLER,
    Machine,
    initial_state,
    lowered_program,
    prepare,
)
from jaxgan.training.memory import check_program_fits
from jaxgan.training.options import RunOptions
from jaxgan.training.plan import plan_run
from jaxgan.training.resolved import ResolvedRun, abstract_state
from jaxgan.types import Gan, GanState, Tree

__all__ = ["dry_run", "due", "mean_seconds"]

LONGEST_UPDATE = 60.0  # seconds; longer ones are not compiled, which takes longer still
SAMPLES_PER_STEP = 5  # a step's arithmetic, in that of drawing its batch; path length adds more
PRODUCT = 2048  # rows and columns of the product that this machine's speed is measured with

Say = Callable[[str], None]


def _print(line: str) -> None:
    print(line, flush=True)


def dry_run(
    config: Config, options: RunOptions, *, compile_anyway: bool = False, say: Say = _print
) -> None:
    """Resolve a run, compile its program, time three updates of it, and say what was found.

    Updates are timed on repeats of one batch of the run's images, so that no more are read or
    drawn. A CPU for which an update is far too much compiles nothing unless `compile_anyway`: the
    counts are there all the same. Raises UserError for input that a run would refuse.
    """
    plan = plan_run(config, dataclasses.replace(options, download=False))
    if options.quiet or not is_first_host():
        say = _nothing
    run = plan.run
    config, images, gan = run
    say(f"dry run of {plan.workdir}: nothing is written")
    for line in notes_at_opening(images, config):
        say(line)
    state = abstract_state(gan)
    for name, variables in (("generator", state.generator), ("discriminator", state.discriminator)):
        say(f"{name}: {_count(variables.params):,} parameters")
    shown = config.steps * batches_per_update(config) * config.batch_size
    say(f"run: {config.steps:,} updates, {shown:,} images")
    say(f"memory of state: {_size(_bytes(state))} a device")
    if not compile_anyway and jax.default_backend() == "cpu":
        reason = _too_much(config, gan, state)
        if reason:
            say(reason)
            return
    _compile_and_time(run, options.resident_mib * 2**20, say)


def _compile_and_time(run: ResolvedRun, resident_bytes: int, say: Say) -> None:
    since = time.monotonic()
    few, reading = _few(run.images, run.config.batch_size)
    machine = prepare(run._replace(images=few), resident_bytes)
    state = initial_state(machine)
    of_state, of_frozen = _bytes(state), _bytes(machine.looked_through)
    arguments, lowered = lowered_program(machine, state, 0)
    compiled = lowered.compile()
    sizes = compiled.memory_analysis()
    say(f"memory of activations: {_size(sizes.temp_size_in_bytes)} a device")
    of_data = max(0, sizes.argument_size_in_bytes - of_state - of_frozen)
    say(f"memory of data: {_size(of_data)} a device")
    if of_frozen:
        say(f"memory of frozen networks: {_size(of_frozen)} a device")
    say(f"compiled in {time.monotonic() - since:.0f} s")
    try:
        check_program_fits(compiled, "a step", SMALLER)
    except UserError as error:
        say(f"not timed: {error}")
        return
    state, _ = machine.program(*arguments)  # not compiled again, and no update is made
    seconds = mean_seconds(run.config, _timed(machine, jax.block_until_ready(state)))
    devices = f"{jax.device_count()} x {jax.devices()[0].device_kind}"
    say(
        f"time: {_duration(seconds)} an update, {_duration(seconds * run.config.steps)} in all, on "
        f"{devices}; by three updates, without grids and checkpoints"
    )
    if machine.feed(0, 1).indices is None:
        share = reading * batches_per_update(run.config)
        say(f"reading: {_duration(share)} an update by one thread, of several that read ahead")


def _timed(machine: Machine, state: GanState) -> tuple[float, float, float]:
    """Seconds of an update where all lazy terms are due, where only the generator's are, and where
    none is that need not be."""
    taken = []
    for step, discriminator_step in ((0, 0), (0, 1), (1, 1)):
        state = state._replace(
            step=jnp.full_like(state.step, step),
            discriminator_step=jnp.full_like(state.discriminator_step, discriminator_step),
        )
        feed = machine.feed(step, 1)
        jax.block_until_ready((state, feed))
        since = time.monotonic()
        state, infos = machine.program(machine.keys.updates, state, feed, *machine.looked_through)
        jax.block_until_ready((state, infos))
        taken.append(time.monotonic() - since)
    return taken[0], taken[1], taken[2]


def mean_seconds(config: Config, taken: tuple[float, float, float]) -> float:
    """Mean seconds of an update, of the three of `_timed`.

    The first and the second differ by uses of the discriminator's lazy terms, the second and the
    third by one of the generator's; without lazy terms all three are alike. Where a network has
    several lazy terms, all count as often as the one that is due most.
    """
    every_term, generator_alone, none = taken
    critic, lazy_d = config.n_critic, _shortest(config.penalty)
    if lazy_d == _shortest(config.generator_penalty) == 1:
        return sum(taken) / 3
    first, others = due(lazy_d, 0, critic), due(lazy_d, 1, critic)
    mean = none
    if first > others:
        mean += (every_term - generator_alone) * (critic / lazy_d - others) / (first - others)
    lazy_g = _shortest(config.generator_penalty)
    if lazy_g > 1:
        mean += (generator_alone - none) / lazy_g
    return mean


def due(interval: int, first: int, count: int) -> int:
    """How many of `count` steps from `first` on an interval divides."""
    return -(-(first + count) // interval) + (-first // interval)


def _shortest(terms: tuple[Any, ...]) -> int:
    """The shortest interval of those longer than 1; 1 where there is none."""
    return min((term.interval for term in terms if term.interval > 1), default=1)


def _too_much(config: Config, gan: Gan, state: GanState) -> str:
    """Why an update is too much for this machine, in a line; "" where it is not.

    Arithmetic of drawing one batch is counted, that of an update estimated from it, and the
    machine's speed measured by a product.
    """
    key = jax.eval_shape(lambda: jax.random.key(0))
    draw = jax.jit(gan.sample, static_argnums=2).lower(key, state, config.batch_size)
    batch = float((draw.cost_analysis() or {}).get("flops", 0.0))
    update = SAMPLES_PER_STEP * (config.n_critic + 1) * batch
    speed = _speed()
    seconds = update / speed
    if seconds <= LONGEST_UPDATE:
        return ""
    return (
        f"not compiled: a batch of samples takes {batch / 1e12:.1f} TFLOP and an update about "
        f"{update / 1e12:.0f}, here {_duration(seconds)} at {speed / 1e9:.0f} GFLOP/s; "
        "--compile-anyway does it all the same"
    )


def _speed() -> float:
    """Arithmetic operations a second of a large product, the best of three."""
    square = jnp.ones((PRODUCT, PRODUCT), jnp.float32)
    product = jax.jit(jnp.matmul)
    jax.block_until_ready(product(square, square))
    taken = []
    for _ in range(3):
        since = time.monotonic()
        jax.block_until_ready(product(square, square))
        taken.append(time.monotonic() - since)
    return 2 * PRODUCT**3 / min(taken)


def _few(images: ImageSet, count: int) -> tuple[ImageSet, float]:
    """The set with its first `count` examples in place of all, and the seconds they took."""
    count = min(count, images.size)
    since = time.monotonic()
    examples = images.read(np.arange(count))
    taken = time.monotonic() - since

    def read(indices: np.ndarray) -> dict[str, np.ndarray]:
        return {name: x[indices % count] for name, x in examples.items()}

    return images._replace(read=read), taken


def _count(tree: Tree) -> int:
    return sum(leaf.size for leaf in jax.tree.leaves(tree))


def _bytes(tree: Tree) -> int:
    return sum(leaf.size * leaf.dtype.itemsize for leaf in jax.tree.leaves(tree))


def _size(count: int) -> str:
    return f"{count / 2**30:.1f} GiB" if count >= 2**30 else f"{count / 2**20:.1f} MiB"


def _duration(seconds: float) -> str:
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.1f} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms"


def _nothing(line: str) -> None:
    del line
