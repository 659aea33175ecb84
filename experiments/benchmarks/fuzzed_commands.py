"""Fuzzed command lines: 500 of all entry points, and how each of them ends.

    cd experiments/benchmarks && python fuzzed_commands.py --out fuzzed_commands.json

Lines are drawn in tests/fuzz.py. Each must end well, or with status 2 and one line or the parser's
usage. One that begins a run is accepted: the values that it gave must stand in config.json. It is
then ended, but for one in ten, which is let train its two steps. Processes are forked from this
one, which has imported everything; one line in twenty is a process of its own. What takes longer
than --seconds is ended and counted. A record that is there is gone on with.
"""

import argparse
import importlib
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import jaxgan.__main__
import jaxgan.report.blur
import jaxgan.training.loop
import jaxgan.training.rerun  # noqa: F401  imported before any process is forked
from tests.damage import make_run
from tests.fuzz import COMMANDS, ENTRIES, Line, drawn_line, misunderstood
from tests.tiny import environment

WHOLE, OWN = 10, 20  # one line in so many trains to its end, is a process of its own
FORKED = multiprocessing.get_context("fork")
BETWEEN = 20  # lines from one writing of the record to the next


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=90, help="the longest that a line takes")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    there = options.out is not None and options.out.exists()
    ended = json.loads(options.out.read_text())["ended"] if there else []
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(environment(JAX_COMPILATION_CACHE_DIR=f"{folder}/cache"))
        run = Path(folder) / "run"
        prepared = FORKED.Process(target=make_run, args=(run, 0))  # a fork has no backend yet
        prepared.start()
        prepared.join()
        for number in range(len(ended), options.lines):
            line = drawn_line(random.Random(number), ENTRIES[number % len(ENTRIES)], run)
            place = Path(folder) / "line"
            place.mkdir()
            outcome = tried(line, place, number, options.seconds)
            given = line.arguments[-3:] if outcome.startswith("wrong") else []
            ended.append({"entry": line.entry, "kind": line.kind, "outcome": outcome,
                          **({"given": given} if given else {})})  # fmt: skip
            if given:
                print(number, line.entry, line.kind, given, outcome, flush=True)
            shutil.rmtree(place)
            if number % BETWEEN == 0:
                write(ended, options.out)
    print(json.dumps(write(ended, options.out)["outcomes"]))


def tried(line: Line, place: Path, number: int, seconds: float) -> str:
    """How a line ends: refused, accepted, done, stopped, long, or what is wrong with it."""
    process = begun(line, place, own=number % OWN == 0)
    config, trains = place / "run" / "config.json", line.entry not in COMMANDS
    end = time.monotonic() + seconds
    while status(process) is None and time.monotonic() < end:
        if trains and config.exists() and number % WHOLE:
            break
        time.sleep(0.02)
    if running := status(process) is None:
        process.kill()
    process.wait() if isinstance(process, subprocess.Popen) else process.join()
    said = (place / "stderr").read_text(errors="replace")
    lines = said.strip().splitlines()
    if "Traceback" in said:
        return f"wrong: {lines[-1][:300]}"
    if trains and config.exists():
        if wrong := misunderstood(line, json.loads(config.read_text())):
            return f"wrong: silent, {'; '.join(wrong)}"
        if line.kind in ("missing", "unknown"):
            return "wrong: silent"
    if running:
        return "accepted" if trains and config.exists() else "long"
    if status(process) == 0:
        return "wrong: silent" if line.kind == "missing" else "done"
    in_a_line = len(lines) == 1 and lines[0].startswith(("error: ", "stopped: "))
    if status(process) == 1 and (in_a_line or line.entry == "rerun"):
        return "stopped"
    if status(process) == 2 and (in_a_line or "--help" in said):  # the parser's own box
        return "refused"
    return f"wrong: status {status(process)}, {said[:300]}"


def begun(line: Line, place: Path, own: bool) -> multiprocessing.Process | subprocess.Popen:
    module = "jaxgan" if line.entry in COMMANDS else f"jaxgan.experiments.{line.entry}"
    arguments = [line.entry, *line.arguments] if line.entry in COMMANDS else line.arguments
    if own:
        with (place / "stderr").open("w") as file:
            return subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=place,
                                    stdout=file, stderr=file, env=environment())  # fmt: skip
    process = FORKED.Process(target=ran, args=(module, arguments, place))
    process.start()
    return process


def ran(module: str, arguments: list[str], place: Path) -> None:
    """What `python -m MODULE` does, in a process that was forked for it."""
    os.chdir(place)
    file = os.open("stderr", os.O_WRONLY | os.O_CREAT)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.argv = [module, *arguments]
    name = "jaxgan.__main__" if module == "jaxgan" else module
    importlib.import_module(name).main()


def status(process: multiprocessing.Process | subprocess.Popen) -> int | None:
    return process.poll() if isinstance(process, subprocess.Popen) else process.exitcode


def write(ended: list[dict], out: Path | None) -> dict:
    outcomes = Counter(one["outcome"].split(":")[0] for one in ended)
    kinds: dict[str, Counter[str]] = {}
    for one in ended:
        kinds.setdefault(one["kind"], Counter())[one["outcome"].split(":")[0]] += 1
    record = {"lines": len(ended), "outcomes": dict(outcomes),
              "kinds": {kind: dict(counts) for kind, counts in kinds.items()},
              "wrong": [one for one in ended if one["outcome"].startswith("wrong")],
              "ended": ended}  # fmt: skip
    if out:
        out.write_text(json.dumps(record, indent=1) + "\n")
    return record


if __name__ == "__main__":
    main()
