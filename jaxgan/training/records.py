"""What the files of a run hold, read in one place: anything else in them is refused in one line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jaxgan.data.images import fingerprint
from jaxgan.digest import combined_digest, shortened
from jaxgan.errors import UserError
from jaxgan.ranges import check_whole
from jaxgan.training.jsonl import append_line, read_json, read_lines
from jaxgan.typed_json import check_fields

__all__ = ["digests_by_step", "evaluated", "note_on_metrics", "read_digests", "read_environment",
           "read_metrics", "record_digest"]  # fmt: skip

MOST_THREADS = 1024  # of XLA's pool on CPUs; 100,000 end in a crash of the process
ENVIRONMENT = {
    "packages": dict[str, str],
    "device_kind": str,
    "xla_flags": str,
    "default_float": str,
    "data_fingerprint": str,
}
NOTED_BY_SOME = {  # runs: of folders, from others, through VGG, on CPUs, later ones, that went on
    "cpu_threads": int | None,
    "data_path": str,
    "init_path": str,
    "frozen": dict[str, str],
    "config_digest": str,
    "resumed": list,
    "extended": list,
}
DIGEST = {"step": int, "digest": str, "leaves": dict[str, str]}
DIGEST_NOTED_BY_SOME = {"metrics": str}
METRICS = {"step": int}
OF_AN_UPDATE = "discriminator/loss"  # in every line of metrics that is no evaluator's
SHA256 = re.compile("[0-9a-f]{64}")
WAY_OUT = "restore it, or begin anew with --restart"


def read_environment(path: Path) -> dict[str, Any]:
    """What a run was made on (`environment.describe_environment`), from its environment.json."""
    environment = read_json(path)
    check_fields(str(path), environment, ENVIRONMENT, others=True)
    noted = {name: expected for name, expected in NOTED_BY_SOME.items() if name in environment}
    check_fields(str(path), environment, noted, others=True)
    threads = environment.get("cpu_threads")
    if threads is not None:
        check_whole(f"{path}: cpu_threads", threads, 1, MOST_THREADS, hint=WAY_OUT)
    return environment


def read_digests(path: Path) -> list[dict[str, Any]]:
    """The recorded digests, step by step: `step`, `digest` and `leaves` of each."""
    lines = read_lines(path)
    last = -1
    for number, line in enumerate(lines, start=1):
        noted = DIGEST_NOTED_BY_SOME if isinstance(line, dict) and "metrics" in line else {}
        check_fields(f"line {number} of {path}", line, DIGEST | noted)
        if line["step"] <= last or not SHA256.fullmatch(line["digest"]):
            raise UserError(
                f"line {number} of {path}: expected a step above {last} and 64 hex digits; "
                f"{WAY_OUT}"
            )
        last = line["step"]
    return lines


def record_digest(path: Path, step: int, leaves: dict[str, str], metrics: Path) -> None:
    """Add the digest of a state, from those of its leaves, to digests.jsonl.

    With it goes that of the metrics so far, by which they are known to be this run's.
    """
    line = {
        "step": step,
        "digest": combined_digest(leaves),
        "leaves": shortened(leaves),
        "metrics": _metrics_digest(read_lines(metrics), step),
    }
    append_line(path, line)


def note_on_metrics(digests: Path, metrics: Path, step: int) -> str | None:
    """What is wrong with the metrics up to a step with a digest; None where nothing is found."""
    recorded = [line.get("metrics") for line in read_digests(digests) if line["step"] == step]
    if recorded in ([], [None], [_metrics_digest(read_metrics(metrics), step)]):
        return None
    return f"{metrics.name} is not what this run wrote: it is another run's, or not whole"


def _metrics_digest(lines: Iterable[dict[str, Any]], until: int) -> str:
    """16 hex digits of what the updates up to a step were measured to be, but for the time of day.

    What evaluators measured is no part of it: another go of the run may leave them out.
    """
    told = [
        {name: value for name, value in line.items() if name != "time"}
        for line in lines
        if line["step"] <= until and OF_AN_UPDATE in line
    ]
    return fingerprint(told)[:16]


def digests_by_step(lines: Iterable[dict[str, Any]]) -> dict[int, str]:
    """The digest of the whole state at each step, of the lines of `read_digests`."""
    return {line["step"]: line["digest"] for line in lines}


def read_metrics(path: Path) -> list[dict[str, Any]]:
    """The recorded metrics: `step`, and a number for every other name."""
    lines = read_lines(path)
    for number, line in enumerate(lines, start=1):
        check_fields(f"line {number} of {path}", line, METRICS, others=True)
        check_fields(f"line {number} of {path}", line, dict.fromkeys(line, float))
    return lines


def evaluated(lines: Iterable[dict[str, Any]]) -> set[tuple[int, str]]:
    """Steps, and evaluators that measured there, of the lines of `read_metrics`."""
    names = ((line["step"], name) for line in lines if OF_AN_UPDATE not in line for name in line)
    return {(step, name.split("/")[0]) for step, name in names if "/" in name}
