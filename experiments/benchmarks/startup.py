"""What a person waits for before anything happens: `import jaxgan` and `--help`.

    python experiments/benchmarks/startup.py --out experiments/benchmarks/startup.json

Medians of whole processes, taking turns. The floor of the first is `import jax`.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMANDS = {
    "import jax": ["-c", "import jax"],
    "import jaxgan": ["-c", "import jaxgan"],
    "jaxgan.build": ["-c", "import jaxgan; jaxgan.build"],
    "wgan --help": ["-m", "jaxgan.experiments.wgan", "--help"],
    "rerun --help": ["-m", "jaxgan", "rerun", "--help"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(options.turns + 1):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
            )
            if turn:  # the first turn reads the files from disk
                seconds[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, median in medians.items():
        print(f"{name:14s} {median:.2f} s")
    if options.out:
        machine = {"platform": platform.platform(), "cores": os.cpu_count()}
        options.out.write_text(json.dumps({**machine, "median_seconds": medians}, indent=2) + "\n")


if __name__ == "__main__":
    main()
