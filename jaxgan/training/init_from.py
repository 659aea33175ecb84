"""Beginning with the networks of another run (transfer, fine-tuning)."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import jax

from jaxgan.config import Config
from jaxgan.config_json import config_to_json, differences_in_words
from jaxgan.errors import UserError
from jaxgan.training.run_directory import RunPaths
from jaxgan.training.saved_state import saved_run
from jaxgan.types import GanState

__all__ = ["is_same_source", "source_path", "take_networks", "with_step"]

SIZES = ("image_size", "channels", "classes", "latent_size", "packing", "generator",
         "discriminator")  # fmt: skip
"""Fields of a config that decide the shapes of its networks."""
NETWORKS = ("generator", "discriminator", "average")


def with_step(config: Config, recorded: Config | None, workdir: Path) -> Config:
    """The config with the step of `init_from` filled in: the recorded one, else the newest.

    Raises UserError where there is no such run or checkpoint, or it is the run in `workdir` itself.
    """
    if config.init_from is None:
        return config
    source, step = _parse(config.init_from)
    if source.resolve() == workdir.resolve():
        raise UserError(
            f"--init-from {config.init_from} is the run's own directory: give another --workdir"
        )
    if step is None and recorded and recorded.init_from:
        step = _parse(recorded.init_from)[1]
    if step is None:
        step = saved_run(source, None).step
    return dataclasses.replace(config, init_from=f"{source}@{step}")


def source_path(config: Config) -> str | None:
    """The absolute path of the run that `init_from` names."""
    return str(_parse(config.init_from)[0].resolve()) if config.init_from else None


def is_same_source(recorded: Config, recorded_path: str | None, asked: Config) -> bool:
    """Whether two configs begin with the same checkpoint, by whatever path it was named."""
    if recorded.init_from is None or asked.init_from is None:
        return recorded.init_from == asked.init_from
    same_step = _parse(recorded.init_from)[1] == _parse(asked.init_from)[1]
    return same_step and recorded_path == source_path(asked)


def take_networks(config: Config, state: GanState) -> GanState:
    """An initial state with the networks and the average of the checkpoint that `init_from` names.

    Steps, optimisers and the memory of penalties stay as they are: fresh. Every host calls it, as
    Orbax has them wait for each other. Raises UserError where the checkpoint cannot be used, or
    its networks have other shapes.
    """
    if config.init_from is None:
        return state
    workdir, step = _parse(config.init_from)
    source = saved_run(workdir, step)
    for name in NETWORKS:
        if differing := _first_difference(getattr(source.state, name), getattr(state, name)):
            there, here = config_to_json(source.config), config_to_json(config)
            others = differences_in_words(there, here, SIZES)
            raise UserError(
                f"--init-from {config.init_from}: its {name} has other shapes "
                f"({others or differing}): give this run the same"
            )
    return state._replace(
        generator=source.state.generator,
        discriminator=source.state.discriminator,
        average=source.state.average,
    )


def _parse(text: str) -> tuple[Path, int | None]:
    """RUN_DIR or RUN_DIR@STEP; a directory of a run may have an @ in its own name."""
    if text and RunPaths(whole := _path(text)).config.exists():
        return whole, None
    found = re.fullmatch(r"(.+?)(?:@(\d{1,9}))?", text, re.DOTALL)
    if not found:
        raise UserError(f"--init-from {text!r}: expected RUN_DIR or RUN_DIR@STEP")
    step = found[2]
    return _path(found[1]), None if step is None else int(step)


def _path(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError as error:  # ~name of nobody
        raise UserError(f"--init-from {text}: {error}; give the whole path") from error


def _first_difference(source: Any, target: Any) -> str | None:
    there, here = (
        {jax.tree_util.keystr(path): leaf.shape for path, leaf in leaves}
        for leaves in map(jax.tree_util.tree_leaves_with_path, (source, target))
    )
    for name in dict.fromkeys([*there, *here]):
        if there.get(name) != here.get(name):
            return f"{name} is {there.get(name, 'not')} there, {here.get(name, 'not')} here"
    return None
