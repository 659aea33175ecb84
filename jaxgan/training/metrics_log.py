"""A run's metrics as JSON lines and as TensorBoard events."""

from __future__ import annotations

import time

from tensorboardX import SummaryWriter

from jaxgan.config import Config
from jaxgan.steps.lazy import last_computed
from jaxgan.steps.updates import UpdateInfo
from jaxgan.training.jsonl import append_line
from jaxgan.training.run_directory import RunPaths

__all__ = ["MetricsLog", "numbers_to_write"]


def numbers_to_write(config: Config, step: int, info: UpdateInfo) -> dict[str, float]:
    """What of update `step` goes into the metrics, by name; nothing for most updates.

    Every `log_every`-th update is written down, without the lazy terms that it did not compute.
    Those stand by themselves at the last update before it that did.
    """
    every = config.log_every
    lazy = last_computed(config, -(-step // every) * every)
    if step % every == 0:
        return {k: v for k, v in _scalars(info).items() if lazy.get(k, step) == step}
    if step not in lazy.values():
        return {}
    return {k: v for k, v in _scalars(info).items() if lazy.get(k) == step}


def _scalars(info: UpdateInfo) -> dict[str, float]:
    """An update's infos as flat named numbers: `discriminator/loss`, `generator/loss` …"""
    values: dict[str, float] = {}
    for network, of_step in info._asdict().items():
        plain = of_step._asdict()
        for name, value in {**plain.pop("terms"), **plain.pop("numbers"), **plain}.items():
            values[f"{network}/{name}"] = float(value)
    return values


class MetricsLog:
    """Writes both, unless it is told not to; `first` is the first step that is still to come."""

    def __init__(self, paths: RunPaths, first: int, writes: bool) -> None:
        self._lines = paths.metrics
        # Events of later steps, from before an interruption, are hidden by TensorBoard.
        self._writer = (
            SummaryWriter(str(paths.tensorboard), purge_step=first, flush_secs=10)
            if writes
            else None
        )

    def close(self) -> None:
        """Write what is still held back."""
        if self._writer:
            self._writer.close()

    def write(self, step: int, values: dict[str, float]) -> None:
        """Record the values after generator update `step`, with the time of day."""
        if not self._writer:
            return
        append_line(self._lines, {"step": step, "time": round(time.time(), 3), **values})
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)
