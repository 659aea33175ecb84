"""Damaged runs: every file of a run flipped, halved, emptied, null, swapped and deleted.

    cd experiments/benchmarks && python damaged_runs.py --out damaged_runs.json

Each damaged copy goes through training on, sampling and repeating. A command must refuse it in one
line, or give the result of the whole run: no traceback, no other result.
"""

import argparse
import dataclasses
import json
import sys
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from jaxgan.training.loop import train
from jaxgan.training.options import RunOptions
from jaxgan.training.rerun import rerun
from jaxgan.training.sampling import sample_run
from tests.damage import DAMAGES, damaged_copy, files_of, tried
from tests.tiny import WGAN_GP

SHORT = dataclasses.replace(WGAN_GP, steps=4, checkpoint_every=2)
quiet = partial(RunOptions, quiet=True, blur=False)
COMMANDS = {
    "train": lambda run: [train(SHORT, quiet(workdir=run)).digest],
    "sample": lambda run: [np.array(sample_run(run, 4, 0, None, None)[1])],
    "rerun": lambda run: [
        rerun(run, until=None, data_dir=None, resident_bytes=2**30, say=lambda line: None)
    ],
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--every", type=int, default=1, help="of the cases, one in so many")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run, other, copy = (Path(folder) / name for name in ("run", "other", "copy"))
        train(SHORT, quiet(workdir=run))
        train(dataclasses.replace(SHORT, seed=1), quiet(workdir=other))
        wholes = {name: command(run) for name, command in COMMANDS.items()}
        cases = [(file, damage) for file in files_of(run) for damage in DAMAGES]
        ended: Counter[str] = Counter()
        wrong = []
        for file, damage in cases[:: options.every]:
            for name, command in COMMANDS.items():
                damaged_copy(run, other, file, damage, copy)
                outcome = tried(command, wholes[name], copy)
                ended[outcome.split(":")[0]] += 1
                if outcome not in ("refused", "harmless"):
                    wrong.append(f"{file} {damage}, {name}: {outcome}")
                    print(wrong[-1], flush=True)
    record = {"cases": sum(ended.values()), "ended": dict(ended), "wrong": wrong}
    print(json.dumps(record["ended"]))
    if options.out:
        options.out.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
