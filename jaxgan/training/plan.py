"""What a call of `train` asks for, held against what is in the run's directory."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from jaxgan.config import Config
from jaxgan.config_json import config_to_json
from jaxgan.data.images import ImageSet
from jaxgan.errors import UserError
from jaxgan.parallel import agree
from jaxgan.paths import check_run_path, lies_in
from jaxgan.protocols import EvaluatorPart
from jaxgan.ranges import check_whole, flag_of
from jaxgan.training.checkpoint import check_room
from jaxgan.training.environment import describe_environment
from jaxgan.training.evaluation import evaluators_called
from jaxgan.training.init_from import source_path, with_step
from jaxgan.training.looked_through import FROZEN, frozen_digests
from jaxgan.training.options import RunOptions
from jaxgan.training.picture_list import write_picture_list
from jaxgan.training.resolved import ResolvedRun, abstract_state, resolve
from jaxgan.training.returning import (
    check_extension,
    check_may_restart,
    check_same_run,
    extend_run,
    naming_ways_out,
    state_of_config,
)
from jaxgan.training.run_directory import (
    FOLDER,
    RunPaths,
    create_run,
    default_workdir,
    locked,
    recorded_config,
)
from jaxgan.types import Gan

__all__ = ["Plan", "held", "plan_run", "write_beginnings"]


class Plan(NamedTuple):
    """A run that can be begun, or gone on with; nothing of it is written yet."""

    workdir: Path
    run: ResolvedRun
    evaluators: dict[str, EvaluatorPart]
    environment: dict[str, Any]
    recorded: Config | None  # of the run that is there and goes on
    found: tuple[int, int] | None  # what was in the directory (`state_of_config`)


def plan_run(config: Config, options: RunOptions, images: ImageSet | None = None) -> Plan:
    """Resolve what is asked for and compare it with what is there; writes nothing.

    `images` take the place of those that `config.data` names, and give it their name.

    Raises UserError for input that cannot be used, and for a directory of another run.
    """
    check_whole(*flag_of(options, "resident_mib"), 0)
    if images is not None:
        config = dataclasses.replace(config, data=images.name)
    evaluators = evaluators_called(options.measured)
    workdir = options.workdir or default_workdir(config)
    check_run_path(workdir)
    found = state_of_config(workdir)
    if options.restart:
        check_may_restart(workdir)
    recorded = None if options.restart else recorded_config(workdir)
    with naming_ways_out(goes_on=recorded is not None, restart=False):
        config, images, gan = resolve(
            config,
            recorded,
            images=images,
            data_dir=options.data_dir,
            download=options.download,
            max_pixels=options.max_pixels,
        )
    if recorded is None:
        _check_is_apart(workdir, config)
    config = with_step(config, recorded, workdir)
    if recorded:
        check_same_run(workdir, recorded, config, images, gan)
        check_extension(recorded, config, extend=options.extend)
        # The same images, source and weights, by the names that they were recorded under.
        config = dataclasses.replace(
            config, data=recorded.data, init_from=recorded.init_from, sharpness=recorded.sharpness
        )
    config_to_json(config)  # refused here, if it cannot be written
    agree(0)  # all hosts have looked at the directory before the first one writes to it
    environment = _environment(config, images, gan)
    run = ResolvedRun(config, images, gan)
    return Plan(workdir, run, evaluators, environment, recorded, found)


@contextmanager
def held(plan: Plan) -> Iterator[None]:
    """Hold the run's directory; refuse it where it changed since, or its disk is too full."""
    with locked(plan.workdir):
        if state_of_config(plan.workdir) != plan.found:  # while the images were opened
            raise UserError(
                f"another process began a run in {plan.workdir} meanwhile: run the same command "
                "again to go on with it, or give another --workdir"
            )
        if plan.recorded is None:
            check_room(plan.workdir, abstract_state(plan.run.gan))
        yield


def write_beginnings(plan: Plan) -> None:
    """Make the run's directory ready: that of a new run, or of one that goes on."""
    workdir, recorded, paths = plan.workdir, plan.recorded, RunPaths(plan.workdir)
    if recorded is None:
        create_run(workdir, plan.run.config, plan.environment)
        write_picture_list(paths.pictures, plan.run.images)
        return
    if plan.run.config.steps > recorded.steps:
        extend_run(workdir, recorded, plan.run.config.steps)
    paths.samples.mkdir(exist_ok=True)  # deleted to save room, say


def _check_is_apart(workdir: Path, config: Config) -> None:
    """Refuse a run among its pictures: it would be trained on its own sample grids from then on."""
    if config.data.startswith(FOLDER) and lies_in(workdir, _folder(config)):
        raise UserError(
            f"--workdir {workdir} lies in {config.data}, whose pictures would then be others: "
            "give a directory outside"
        )


def _environment(config: Config, images: ImageSet, gan: Gan) -> dict[str, Any]:
    """What the run is made on, where the folders lie that it reads, and what it looks through."""
    environment = describe_environment(images.fingerprint)
    if gan.frozen:
        environment[FROZEN] = frozen_digests(gan)
    if config.data.startswith(FOLDER):
        environment["data_path"] = str(_folder(config).resolve())
    if source := source_path(config):
        environment["init_path"] = source
    return environment


def _folder(config: Config) -> Path:
    return Path(config.data.removeprefix(FOLDER)).expanduser()
