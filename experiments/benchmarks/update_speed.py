"""One full update of a variant, jaxgan against PyTorch, alternating in one run.

    pip install -e '.[bench]'
    python experiments/benchmarks/update_speed.py --out experiments/benchmarks/update_speed.json
    python experiments/benchmarks/update_speed.py --variant dcgan --out …/update_speed_dcgan.json
    python experiments/benchmarks/update_speed.py --variant sngan --updates 1 --turns 7 --out …
    python …/update_speed.py --variant stylegan2 --batch-size 8 --updates 16 --turns 2 --out …
    python …/update_speed.py --variant r3gan --updates 3 --turns 5 --out …

The variant's own config at full width, batch 64, float32: `wgan_gp` (five discriminator steps and
one generator step, 28x28x1), `dcgan` (one and one, 32x32x3), `sngan` (five and one). `stylegan2` is
preset `auto` at 64x64x3, batch 32: with 16 updates a turn, each turn has one R1 and four path
lengths. `r3gan` is 32x32x3 at a quarter of the width. Both run in shards, `stylegan2` of four
images and `r3gan` of eight: the same arithmetic, one piece of the batch after another. Each side is
a process of its own; they take turns, so that a noisy machine is noisy for both. The ratio is the
median of PyTorch's seconds over the median of jaxgan's: above 1, jaxgan is faster. A record that is
there is gone on with: its turns count among --turns.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
BATCHES_PER_UPDATE = {"wgan_gp": 5, "dcgan": 1, "sngan": 5, "stylegan2": 1, "r3gan": 1}
BATCH = {"stylegan2": 32, "r3gan": 32}  # of the others 64


class Side:
    """One of the two processes."""

    def __init__(self, python: str, script: str, *flags: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
        self.process = subprocess.Popen(
            [python, str(HERE / script), *flags],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.seconds: list[float] = []

    def turn(self, updates: int) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{updates}\n")
        self.process.stdin.flush()
        self.seconds.append(self._answer()["seconds"] / updates)

    def end(self, images: int) -> dict[str, object]:
        assert self.process.stdin
        self.process.stdin.close()
        answer = self._answer()
        self.process.wait()
        median = statistics.median(self.seconds)
        return {
            "median_seconds": median,
            "real_images_per_second": images / median,
            "seconds": self.seconds,
            **answer,
        }

    def _answer(self) -> dict[str, float]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            sys.exit("a side ended early: see its error above")
        return json.loads(line)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--variant", choices=list(BATCHES_PER_UPDATE), default="wgan_gp")
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--updates", type=int, default=3, help="updates in a turn")
    parser.add_argument("--batch-size", type=int, help="of stylegan2 and r3gan; 32 by default")
    parser.add_argument("--torch-python", default=sys.executable, help="Python that has torch")
    parser.add_argument("--torch-flags", nargs="*", default=[], help="for torch_update.py")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    shared = [f"--variant={options.variant}"]
    if options.batch_size:
        if options.variant not in BATCH:
            parser.error("--batch-size is for stylegan2 and r3gan alone")
        shared.append(f"--batch-size={options.batch_size}")
    ours = Side(sys.executable, "jax_update.py", *shared)
    flags = [*shared, *(f"--{flag}" for flag in options.torch_flags)]
    theirs = Side(options.torch_python, "torch_update.py", *flags)
    for side in (ours, theirs):
        side.turn(1)  # compiled and warm
        side.seconds.clear()
    before = earlier(options)
    for name, side in (("jaxgan", ours), ("torch", theirs)):
        side.seconds += before.get(name, {}).get("seconds", [])
    for turn in range(len(ours.seconds), options.turns):
        ours.turn(options.updates)
        theirs.turn(options.updates)
        last = ours.seconds[-1], theirs.seconds[-1]
        print(f"turn {turn + 1}: jaxgan {last[0]:.3f} s, torch {last[1]:.3f} s", flush=True)
    batch = options.batch_size or BATCH.get(options.variant, 64)
    images = BATCHES_PER_UPDATE[options.variant] * batch
    result = {"jaxgan": ours.end(images), "torch": theirs.end(images)}
    ratio = result["torch"]["median_seconds"] / result["jaxgan"]["median_seconds"]
    memory = result["jaxgan"]["peak_mib"] / result["torch"]["peak_mib"]
    for name, side in result.items():
        print(
            f"{name:7s} {side['median_seconds'] * 1e3:7.1f} ms an update, "
            f"{side['real_images_per_second']:6.0f} real images/s, peak {side['peak_mib']:.0f} MiB"
        )
    print(f"speed ratio {ratio:.2f} (above 1: jaxgan is faster), memory ratio {memory:.2f}")
    if options.out:
        machine = {"platform": platform.platform(), "cores": os.cpu_count()}
        record = {
            "variant": options.variant,
            "batch_size": batch,
            "updates_a_turn": options.updates,
            "speed_ratio": ratio,
            "memory_ratio": memory,
            **machine,
            **result,
        }
        options.out.write_text(json.dumps(record, indent=2) + "\n")


def earlier(options: argparse.Namespace) -> dict:
    """The record to go on with, or nothing."""
    if not options.out or not options.out.exists():
        return {}
    record = json.loads(options.out.read_text())
    asked = (options.variant, options.batch_size or BATCH.get(options.variant, 64), options.updates)
    made = tuple(record.get(key) for key in ("variant", "batch_size", "updates_a_turn"))
    if made != asked:
        sys.exit(f"{options.out} is of other settings: expected {asked}, got {made}; remove it")
    return record


if __name__ == "__main__":
    main()
