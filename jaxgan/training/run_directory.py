"""The directory that a run leaves behind, and the rules for coming back to it.

config.json, environment.json, metrics.jsonl, digests.jsonl, tensorboard/, samples/, checkpoints/,
and of a folder pictures.jsonl.
"""

from __future__ import annotations

import fcntl
import os
import platform
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from jaxgan.config import Config
from jaxgan.config_json import config_from_json, config_to_json
from jaxgan.data.images import fingerprint
from jaxgan.errors import UserError
from jaxgan.paths import check_run_path
from jaxgan.training.jsonl import read_json, write_json
from jaxgan.training.records import read_environment

__all__ = [
    "CHECKPOINT",
    "RunPaths",
    "FOLDER",
    "check_is_free",
    "data_of",
    "create_run",
    "default_workdir",
    "locked",
    "read_run_config",
    "recorded_image_shape",
    "recorded_config",
    "recorded_environment",
    "written_config",
]

CHECKPOINT = re.compile(r"\d{8}(\.orbax-checkpoint-tmp.*)?")
SAMPLE = re.compile(r"\d{8}\.png(\.new)?")
EVENTS = re.compile(r"events\.out\.tfevents\..*")
"""Names of what a run writes into its folders; nothing else there is deleted or taken for it."""

LONGEST_DATA = 100  # signs of the data's name in a run's
FOLDER = "folder:"  # beginning of the names of folders' data


class RunPaths:
    """Where the files of a run lie."""

    def __init__(self, workdir: Path) -> None:
        self.workdir = workdir
        self.config = workdir / "config.json"
        self.environment = workdir / "environment.json"
        self.metrics = workdir / "metrics.jsonl"
        self.digests = workdir / "digests.jsonl"
        self.tensorboard = workdir / "tensorboard"
        self.samples = workdir / "samples"
        self.checkpoints = workdir / "checkpoints"
        self.pictures = workdir / "pictures.jsonl"
        self.lock = workdir / ".lock"
        self.files = (self.metrics, self.digests, self.config, self.environment, self.pictures)
        self.folders = (self.checkpoints, self.samples, self.tensorboard)


def default_workdir(config: Config) -> Path:
    """`runs/NAME-DATA-sSEED`, with DATA as it can stand in a file name."""
    data = re.sub(r"[^A-Za-z0-9_.]+", "-", config.data.removeprefix(FOLDER)).strip("-")
    if len(data) > LONGEST_DATA:  # file names may have 255 signs
        data = f"{data[:LONGEST_DATA]}-{fingerprint(data)[:8]}"
    return Path("runs") / f"{config.name}-{data}-s{config.seed}"


def read_run_config(workdir: Path) -> Config:
    """The config that a run was made with; raises UserError where the directory holds none, or
    where config.json is another one by the digest in environment.json."""
    config, paths = written_config(workdir), RunPaths(workdir)
    environment = read_environment(paths.environment) if paths.environment.exists() else {}
    if environment.get("config_digest") not in (None, _config_digest(config)):
        raise UserError(
            f"{paths.config} is not the config that this run was made with, by the digest in its "
            f"{paths.environment.name}: restore the one of the two that was changed"
        )
    return config


def written_config(workdir: Path) -> Config:
    """What config.json holds, whoever wrote it; raises UserError where that is no config."""
    check_run_path(workdir)
    path = RunPaths(workdir).config
    if not path.exists():
        raise UserError(f"{workdir} holds no run (no config.json): give the directory of a run")
    plain = read_json(path)
    try:
        return config_from_json(plain)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error


def recorded_image_shape(config: Config) -> tuple[int, int, int]:
    """[H, W, C] of the images of a recorded run, whose config has nothing left open."""
    if config.image_size is None or config.channels is None:
        raise UserError("config.json leaves image_size or channels open: restore the one written")
    return config.image_size, config.image_size, config.channels


def recorded_config(workdir: Path) -> Config | None:
    """The config of the run that is in `workdir`, or None where nothing is.

    Raises UserError for a directory that holds something else.
    """
    check_run_path(workdir)
    if RunPaths(workdir).config.exists():
        try:
            return read_run_config(workdir)
        except UserError as error:
            raise UserError(f"{error}; or begin anew with --restart") from error
    check_is_free(workdir)
    return None


def check_is_free(workdir: Path) -> None:
    """Refuse a directory that holds something else than a run that was killed as it began."""
    if workdir.exists() and not workdir.is_dir():
        raise UserError(f"--workdir {workdir} is a file: give a directory")
    if workdir.exists() and not all(map(_is_of_no_run_yet, workdir.iterdir())):
        raise UserError(
            f"--workdir {workdir} holds files but no run (no config.json): give an empty or a new "
            "directory"
        )


def _is_of_no_run_yet(entry: Path) -> bool:
    """Whether this is what `create_run` leaves when it is killed before the config is there."""
    if entry.name in ("checkpoints", "samples"):
        return entry.is_dir() and not any(entry.iterdir())
    return entry.name in (".lock", "environment.json", "environment.json.new", "config.json.new")


def data_of(config: Config, environment: dict[str, Any], data_path: str | None = None) -> str:
    """The name under which a run's images are opened now: of a folder, its recorded place.

    `data_path` is another place. Raises UserError for one where the data are no folder.
    """
    if not config.data.startswith(FOLDER):
        if data_path is not None:
            raise UserError(f"--data-path {data_path}: the run was trained on {config.data}")
        return config.data
    place = data_path or environment.get("data_path")
    return config.data if place is None else f"{FOLDER}{place}"


def recorded_environment(workdir: Path) -> dict[str, Any]:
    """What a run was made on (`environment.describe_environment`); empty where no run is."""
    check_run_path(workdir)
    paths = RunPaths(workdir)
    return read_environment(paths.environment) if paths.config.exists() else {}


def _config_digest(config: Config) -> str:
    """SHA-256 of a config but for its steps, of which a run may get more."""
    plain = config_to_json(config)
    plain.pop("steps")
    return fingerprint(plain)


def create_run(workdir: Path, config: Config, environment: dict[str, Any]) -> RunPaths:
    """Write the beginnings of a run, and delete the run that was there: what this program wrote.

    The config goes last and comes last. A kill on the way leaves a run without checkpoints, which
    goes on from its beginning, or what `recorded_config` takes for no run.
    """
    paths = RunPaths(workdir)
    _delete_run(paths)
    for folder in (paths.checkpoints, paths.samples):
        folder.mkdir(parents=True, exist_ok=True)
    write_json(paths.environment, {**environment, "config_digest": _config_digest(config)})
    write_json(paths.config, config_to_json(config))
    return paths


def _delete_run(paths: RunPaths) -> None:
    """Delete by names, so that files of other hands stay, and a config that is none of ours."""
    for folder, written in zip(paths.folders, (CHECKPOINT, SAMPLE, EVENTS), strict=True):
        for entry in folder.iterdir() if folder.is_dir() else ():
            if not written.fullmatch(entry.name):
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
    if paths.config.exists():
        try:
            written_config(paths.workdir)
        except UserError:
            paths.config.rename(paths.config.with_name("config.json.before"))
    for path in paths.files:
        path.unlink(missing_ok=True)


@contextmanager
def locked(workdir: Path) -> Iterator[None]:
    """Hold a run's directory, made if need be; refuse it while another process holds it."""
    existed = workdir.exists()
    try:
        workdir.mkdir(parents=True, exist_ok=True)
        lock = RunPaths(workdir).lock.open("a+", encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"--workdir {workdir} cannot be written ({error.strerror}): give a directory that can"
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UserError(
                f"{workdir} is in use by another process{_holder(lock)}: wait for it, or give "
                "another --workdir"
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()} {platform.node()}\n")
        lock.flush()
        try:
            yield
        finally:
            if not existed and not RunPaths(workdir).config.exists():
                shutil.rmtree(workdir, ignore_errors=True)


def _holder(lock: TextIO) -> str:
    """The process that wrote its number into the lock, in a few words."""
    lock.seek(0)
    written = re.fullmatch(r"(\d+) ([\w.-]+)", lock.read(LONGEST_DATA).strip())
    return f" ({written[1]} on {written[2]})" if written else ""
