"""`wgan --quick`, whose updates are the fastest there are, to time other work against."""

import time

import jax

from jaxgan.experiments import wgan
from jaxgan.training.machine import initial_state, prepare
from jaxgan.training.resolved import resolve

UPDATES_TIMED = 50


class QuickRun:
    """The run's machine, and its state after the updates so far."""

    def __init__(self) -> None:
        run = resolve(wgan.QUICK, None)
        self.config, self.images, _ = run
        self.machine = prepare(run, resident_bytes=2**30)
        self.state, self.step = initial_state(self.machine), 0

    def update(self) -> float:
        """Make fifty updates; returns the seconds of one. The first call compiles."""
        start = time.perf_counter()
        feed = self.machine.feed(self.step, UPDATES_TIMED)
        self.state, _ = self.machine.program(self.machine.keys.updates, self.state, feed)
        jax.block_until_ready(self.state)
        self.step += UPDATES_TIMED
        return (time.perf_counter() - start) / UPDATES_TIMED
