"""Runs killed again and again: what they end with, against runs that were never killed.

    python experiments/benchmarks/kills.py --out experiments/benchmarks/kills.json

A tiny run of every variant gets SIGKILL after a time drawn evenly from 0 to what a whole run takes,
and is started again until it is done; then another one is begun, until there were enough kills. The
run that was never killed is a fresh process of the command line that compiles for itself. The
killed ones read what it compiled from JAX's cache, so that most of their time is not compiling, and
are forked from a process that has imported everything. A record that is there is gone on with.
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
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.tiny import EXPERIMENTS, command, environment

ROOT = Path(__file__).parents[2]
STEPS = ["--steps=30", "--checkpoint-every=3", "--sample-every=6", "--quiet"]
IMPORTED = ["jaxgan.training.loop", "tests.tiny"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="*", default=EXPERIMENTS)
    parser.add_argument("--kills", type=int, default=19, help="of each variant, at least")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    there = options.out is not None and options.out.exists()
    variants = json.loads(options.out.read_text())["variants"] if there else {}
    with tempfile.TemporaryDirectory() as folder:
        cache = {"JAX_COMPILATION_CACHE_DIR": folder + "/cache",
                 "JAX_PERSISTENT_COMPILATION_CACHE_MIN_COMPILE_TIME_SECS": "0"}  # fmt: skip
        os.environ.update(environment(**cache))
        forked = multiprocessing.get_context("forkserver")
        forked.set_forkserver_preload(IMPORTED)
        imported = forked.Process(target=int)  # once, before anything is timed
        imported.start()
        imported.join()
        for name in options.only:
            if name not in variants:
                variants[name] = killed(name, Path(folder) / name, forked, options.kills)
                print(name, json.dumps(variants[name]), flush=True)
                shutil.rmtree(Path(folder) / name)
                if options.out:
                    record = {"kills": sum(v["kills"] for v in variants.values()),
                              "wrong": [w for v in variants.values() for w in v["wrong"]],
                              "variants": variants}  # fmt: skip
                    options.out.write_text(json.dumps(record, indent=1) + "\n")


def killed(
    name: str, folder: Path, forked: multiprocessing.context.BaseContext, kills: int
) -> dict:
    """One variant: how often its runs were killed, when, and in what they differ at the end."""
    module, whole = f"jaxgan.experiments.{name}", folder / "whole"
    subprocess.run(command(*STEPS, f"--workdir={whole}", module=module), check=True, cwd=ROOT)
    rng, moments, wrong = random.Random(name), Counter(), []
    life, starts, finished = 0.0, 0, 0  # seconds that a start takes which is let be
    run = folder / "run"
    while run.exists() or finished == 0 or sum(moments.values()) < kills:
        after = rng.uniform(0, life) if life and sum(moments.values()) < kills else None
        fresh, before, begun = not run.exists(), recorded(run), time.monotonic()
        process = forked.Process(target=train, args=(module, run, folder / "log"))
        process.start()
        process.join(after)
        starts += 1
        if process.exitcode is None:
            process.kill()
            process.join()
            moments[moment(run, before)] += 1
            continue
        if process.exitcode:
            wrong.append(f"{name}: exit {process.exitcode}: {(folder / 'log').read_text()[-500:]}")
        if fresh:
            life = time.monotonic() - begun
        wrong += [f"{name}: {line}" for line in differences(run, whole)]
        shutil.rmtree(run)
        finished += 1
    return {"kills": sum(moments.values()), "starts": starts, "finished": finished,
            "moments": dict(moments), "wrong": wrong}  # fmt: skip


def train(module: str, workdir: Path, log: Path) -> None:
    """What `python -m MODULE` does, in a process that was forked for it."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.argv = command(*STEPS, f"--workdir={workdir}", module=module)[2:]
    importlib.import_module(module).main()


def recorded(run: Path) -> int:
    """Digests in a run's record."""
    path = run / "digests.jsonl"
    return path.read_text().count("\n") if path.exists() else 0


def moment(run: Path, before: int) -> str:
    """What a run was at when it was killed, as far as its files tell.

    An unfinished checkpoint may be of the start before, if this one was killed early.
    """
    checkpoints = run / "checkpoints"
    saves = [path for path in checkpoints.glob("*") if not (path / "commit_success.txt").exists()]
    if saves:
        return "saving"
    return "between saves" if recorded(run) > before else "before the first save"


def differences(run: Path, whole: Path) -> Iterator[str]:
    """In what a finished run differs from one that was never killed."""
    if (run / "digests.jsonl").read_bytes() != (whole / "digests.jsonl").read_bytes():
        yield "digests.jsonl differs"
    if metrics(run) != metrics(whole):
        yield "metrics.jsonl differs"
    names = {path: sorted(inner.name for inner in (path / "checkpoints").iterdir())
             for path in (run, whole)}  # fmt: skip
    if names[run] != names[whole]:
        yield f"checkpoints {names[run]}, not {names[whole]}"
    pictures = {path: {p.name: p.read_bytes() for p in (path / "samples").iterdir()}
                for path in (run, whole)}  # fmt: skip
    if pictures[run] != pictures[whole]:
        yield "samples differ"


def metrics(run: Path) -> list[dict]:
    """Lines of metrics but for the time of day."""
    lines = map(json.loads, (run / "metrics.jsonl").read_text().splitlines())
    return [{name: value for name, value in line.items() if name != "time"} for line in lines]


if __name__ == "__main__":
    main()
