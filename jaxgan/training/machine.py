"""A config made ready to run: compiled program, images, keys, and the advance from step to step."""

from __future__ import annotations

import ctypes
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxgan.config import Config
from jaxgan.data.feed import Feeder, open_feed
from jaxgan.data.images import ImageSet
from jaxgan.errors import DivergenceError
from jaxgan.parallel import agree, map_step, replicate
from jaxgan.steps.updates import UpdateInfo, batches_per_update, many_updates
from jaxgan.training.grids import Drawer, grid_of
from jaxgan.training.memory import check_fits, check_program_fits
from jaxgan.training.resolved import ResolvedRun, abstract_state
from jaxgan.types import Gan, GanState, Tree

__all__ = [
    "Keys",
    "OnUpdates",
    "Machine",
    "advance",
    "compile_program",
    "derive_keys",
    "initial_state",
    "lowered_program",
    "prepare",
    "SMALLER",
]

SMALLER = "lower --batch-size, --image-size or the networks' width"
SECONDS_PER_DISPATCH = 1.0  # aimed at: short enough to stop soon, long enough to cost nothing


OnUpdates = Callable[[list[tuple[int, UpdateInfo]]], None]
"""Is told the step and the infos of every update of a dispatch that has ended."""


@dataclass(frozen=True)
class Keys:
    """The three keys of a run, all derived from its seed."""

    init: jax.Array
    updates: jax.Array
    samples: jax.Array


@dataclass(frozen=True)
class Machine:
    """What `advance` needs; it holds no state of the run."""

    config: Config
    gan: Gan
    keys: Keys
    program: jax.stages.Wrapped  # (key, state, feed, *looked_through) -> (state, infos)
    looked_through: tuple[Tree, ...]  # parameters of frozen networks, on every device, or ()
    feed: Feeder
    capacity: int  # most updates in one dispatch
    picture: Drawer


def derive_keys(seed: int) -> Keys:
    """Keys of the named, platform-independent generator, whatever JAX's default is."""
    return Keys(*jax.random.split(jax.random.key(seed, impl="threefry2x32"), 3))


def prepare(run: ResolvedRun, resident_bytes: int) -> Machine:
    """Make the run's program and bring its images to the devices.

    Raises UserError where its batches alone are larger than the host's memory.
    """
    config, images, gan = run
    _check_examples_fit(config, images)
    feed, axes, capacity = open_feed(images, config, resident_bytes)
    looked_through = (replicate(gan.frozen),) if gan.frozen else ()
    program = map_step(many_updates(gan, config), axes, frozen=bool(looked_through))
    keys, picture = derive_keys(config.seed), grid_of(config, gan)
    return Machine(config, gan, keys, program, looked_through, feed, capacity, picture)


def _check_examples_fit(config: Config, images: ImageSet) -> None:
    """An update's images, as floats, are the least that a step needs; two whole numbers of 64 bits
    an example are the least that an epoch's order is drawn in."""
    check_fits(16 * images.size, f"the order of {images.size:,} examples", "lower --data-size")
    if jax.default_backend() == "cpu":
        pixels = math.prod(images.image_shape)
        count = batches_per_update(config) * config.batch_size
        check_fits(4 * count * pixels, "a batch", SMALLER)


def initial_state(machine: Machine) -> GanState:
    """The state at step 0, on every device; raises UserError where memory cannot hold it."""
    shapes = abstract_state(machine.gan)
    size = sum(leaf.size * leaf.dtype.itemsize for leaf in jax.tree.leaves(shapes))
    if jax.default_backend() == "cpu":
        check_fits(size * jax.local_device_count(), "the state of both networks", SMALLER)
    return replicate(jax.jit(machine.gan.init)(machine.keys.init))


def lowered_program(machine: Machine, state: GanState, step: int) -> tuple[tuple[Any, ...], Any]:
    """The program's arguments for no updates from `step` on, and the program lowered for them."""
    nothing = machine.feed(step, 1)._replace(updates=jnp.int32(0))
    arguments = (machine.keys.updates, state, nothing, *machine.looked_through)
    return arguments, machine.program.lower(*arguments)


def compile_program(machine: Machine, state: GanState, step: int) -> GanState:
    """Compile the program, and dispatch no updates; the state comes back as it was.

    Raises UserError where its buffers are larger than the memory that is free.
    The compiler leaves some 200 MiB of freed heap behind, which the updates' buffers cannot use:
    it is given back to the system first, so that the two do not add up.
    """
    arguments, lowered = lowered_program(machine, state, step)
    check_program_fits(lowered.compile(), "a step", SMALLER)
    state, _ = machine.program(*arguments)  # not compiled again: JAX has it
    jax.block_until_ready(state)
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's alone
    if trim:
        trim(0)
    return state


def advance(
    machine: Machine,
    state: GanState,
    step: int,
    until: int,
    on_updates: OnUpdates = lambda updates: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> tuple[GanState, int]:
    """Run updates from `step` until `until`, or until asked to stop; `state` is used up.

    Infos are fetched while the next dispatch runs. Raises DivergenceError at the first update
    that leaves a NaN or infinity.
    """
    pending: tuple[int, int, UpdateInfo] | None = None
    pace = Pace(machine.capacity)
    while step < until and not agree(should_stop()):
        count = agree(min(until - step, pace.count))
        feed = machine.feed(step, count)
        state, infos = machine.program(machine.keys.updates, state, feed, *machine.looked_through)
        if pending:
            _deliver(*pending, on_updates)
            pace.took(pending[1])
        pending = (step, count, infos)
        step += count
    if pending:
        _deliver(*pending, on_updates)
    return state, step


class Pace:
    """How many updates to dispatch at a time; the bits of a run do not depend on it."""

    def __init__(self, capacity: int) -> None:
        self.count = 1
        self._capacity = capacity
        self._since: float | None = None

    def took(self, count: int) -> None:
        """A dispatch of `count` updates has ended just now."""
        now = time.monotonic()
        if self._since is not None:  # the first one includes compiling
            fitting = int(SECONDS_PER_DISPATCH * count / max(now - self._since, 1e-6))
            self.count = max(1, min(fitting, 2 * self.count, self._capacity))
        self._since = now


def _deliver(first: int, count: int, infos: UpdateInfo, on_updates: OnUpdates) -> None:
    rows = jax.tree.map(np.asarray, jax.device_get(infos))
    updates = []
    for i in range(count):
        row = jax.tree.map(lambda x, i=i: x[i], rows)
        if not all(np.all(np.isfinite(x)) for x in jax.tree.leaves(row)):
            raise DivergenceError(_what_diverged(first + i + 1, row))
        updates.append((first + i + 1, row))
    on_updates(updates)


def _what_diverged(step: int, info: UpdateInfo) -> str:
    return (
        f"NaN or infinity at step {step}: discriminator loss {info.discriminator.loss}, gradient "
        f"norm {info.discriminator.gradient_norm}; generator loss {info.generator.loss}, gradient "
        f"norm {info.generator.gradient_norm}"
    )
