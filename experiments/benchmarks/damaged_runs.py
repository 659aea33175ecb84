"""Damaged runs: every file of a run flipped, halved, emptied, null, swapped and deleted.

    python experiments/benchmarks/damaged_runs.py --out experiments/benchmarks/damaged_runs.json

Each damaged copy is sampled, repeated, judged, compared and trained on. A command must refuse it in
one line, or give the result of the whole run: no traceback, no other result. `blur` goes as far as
the images, labels and curves that a card is made of; one case in --cards has its card made, too.
Programs are compiled once for all cases. A record that is there is gone on with.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ["JAX_PLATFORMS"] = "cpu"

from tests.damage import (
    COMMANDS,
    DAMAGES,
    blur_card,
    compile_once,
    damaged_copy,
    files_of,
    make_run,
    tried,
)

WELL = ("refused", "harmless", "told")
BETWEEN = 20  # cases from one writing of the record to the next


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--every", type=int, default=1, help="of the cases, one in so many")
    parser.add_argument("--cards", type=int, default=100, help="a whole card in so many cases")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    compile_once()
    ended: dict[str, dict[str, str]] = {}
    if options.out and options.out.exists():
        ended = json.loads(options.out.read_text())["ended"]
    with tempfile.TemporaryDirectory() as folder:
        run, other, copy = (Path(folder) / name for name in ("run", "other", "copy"))
        make_run(run, seed=0)
        make_run(other, seed=1)
        cards = {**COMMANDS, "blur card": blur_card}
        shutil.copytree(run, copy)  # whose place is named in what is printed
        wholes = {name: command(copy) for name, command in COMMANDS.items()}
        wholes["blur card"] = (run / "blur.json").read_bytes()
        cases = [(file, damage) for file in files_of(run) for damage in DAMAGES]
        for number, (file, damage) in enumerate(cases[:: options.every]):
            case = f"{named(file)} {damage}"
            if case in ended:
                continue
            ended[case] = {}
            for name, command in (cards if number % options.cards == 0 else COMMANDS).items():
                damaged_copy(run, other, file, damage, copy)
                ended[case][name] = tried(command, wholes[name], copy)
                if ended[case][name] not in WELL:
                    print(f"{case}, {name}: {ended[case][name]}", flush=True)
            if number % BETWEEN == 0:
                write(ended, options.out)
    print(json.dumps(write(ended, options.out)["commands"]))


def named(file: Path) -> str:
    """Names that are the same in every run: those of a checkpoint's data are random."""
    return "/".join(part[:8] if len(part) == 32 else part for part in file.parts)


def write(ended: dict[str, dict[str, str]], out: Path | None) -> dict:
    commands: dict[str, Counter[str]] = {}
    for outcomes in ended.values():
        for name, outcome in outcomes.items():
            commands.setdefault(name, Counter())[outcome.split(":")[0]] += 1
    record = {
        "damaged": len(ended),
        "commands": {name: dict(counts) for name, counts in commands.items()},
        "wrong": [
            f"{case}, {name}: {outcome}"
            for case, outcomes in ended.items()
            for name, outcome in outcomes.items()
            if outcome not in WELL
        ],
        "ended": ended,
    }
    if out:
        out.write_text(json.dumps(record, indent=1) + "\n")
    return record


if __name__ == "__main__":
    main()
