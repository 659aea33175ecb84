"""How far a run is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import time

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from jaxgan.config import Config
from jaxgan.steps.updates import batches_per_update

__all__ = ["ProgressReport"]

CACHE = "JAX_COMPILATION_CACHE_DIR"  # read by JAX: a directory of compiled programs
SECONDS_BETWEEN_LINES = 10.0
SHORTEST_REPORT = 0.5  # seconds
SMOOTHING = 0.7  # of the rate, per report


class ProgressReport:
    """Steps and images a second, losses and time left, as the run goes on."""

    def __init__(self, config: Config, *, quiet: bool) -> None:
        self.last = last = config.steps
        self._images_per_step = batches_per_update(config) * config.batch_size
        self._quiet = quiet
        self._done, self._since, self._rate = 0, time.monotonic(), 0.0
        self._last_line = float("-inf")
        self._compiling = True
        self.reader_gone = False  # of the pipe that the lines went into, once the run has begun
        self._bar: Progress | None = None
        self._task = TaskID(0)
        if not quiet and sys.stdout is not None and sys.stdout.isatty():
            columns = (BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
            self._bar = Progress(*columns, console=Console())
            self._task = self._bar.add_task("compiling", total=last)
            self._bar.start()

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._bar:
            self._bar.stop()

    def begin_to_compile(self, step: int = 0) -> None:
        """Say that what comes takes its time; the run goes on from `step`."""
        cache = os.environ.get(CACHE)
        self.say(
            f"compiling, for some seconds or minutes; {cache} keeps it for the next time"
            if cache
            else f"compiling, for some seconds or minutes; with {CACHE}=DIR only the first time"
        )
        self._done, self._since = step, time.monotonic()
        if self._bar:
            self._bar.update(self._task, completed=step)

    def report(self, step: int, discriminator_loss: float, generator_loss: float) -> None:
        """Say that `step` generator updates are done."""
        now = time.monotonic()
        too_soon = now - self._since < SHORTEST_REPORT and step < self.last
        if self._quiet or too_soon or step <= self._done:
            return
        if self._compiling:  # the time until now says nothing about the rate
            begun_in = now - self._since
            self._compiling, self._done, self._since = False, step, now
            self.say(f"compiled and begun in {begun_in:.0f} s")
            return
        rate = (step - self._done) / max(now - self._since, 1e-9)
        self._rate = SMOOTHING * self._rate + (1 - SMOOTHING) * rate if self._rate else rate
        self._done, self._since = step, now
        text = (
            f"step {step}/{self.last}  {self._rate:.2f} steps/s  "
            f"{self._rate * self._images_per_step:.0f} images/s  "
            f"loss D {discriminator_loss:.3f}  G {generator_loss:.3f}"
        )
        if self._bar:
            self._bar.update(self._task, completed=step, description=text)
        elif now - self._last_line >= SECONDS_BETWEEN_LINES or step == self.last:
            self._last_line = now
            left = (self.last - step) / self._rate
            self._print(f"{text}  {_clock(left)} left")

    def say(self, line: str) -> None:
        """Print a line beside the bar."""
        if self._quiet:
            return
        if self._bar:
            self._bar.console.print(line, highlight=False, markup=False)
        else:
            self._print(line)

    def _print(self, line: str) -> None:
        try:
            print(line, flush=True)
        except BrokenPipeError:
            if self._compiling:  # nothing is lost yet
                raise
            self.reader_gone = True
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
