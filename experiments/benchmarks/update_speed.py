"""One full update of a variant, jaxgan against PyTorch, alternating in one run.

    pip install -e '.[bench]'
    python experiments/benchmarks/update_speed.py --out experiments/benchmarks/update_speed.json
    python experiments/benchmarks/update_speed.py --variant dcgan --out …/update_speed_dcgan.json
    python experiments/benchmarks/update_speed.py --variant sngan --updates 1 --turns 7 --out …

The variant's own config at full width, batch 64, float32: `wgan_gp` (five discriminator steps and
one generator step, 28x28x1), `dcgan` (one and one, 32x32x3), `sngan` (five and one). Each side is
a process of its own; they take turns, so that a noisy machine is noisy for both. The ratio is the
median of PyTorch's seconds over the median of jaxgan's: above 1, jaxgan is faster.
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
IMAGES_PER_UPDATE = {"wgan_gp": 5 * 64, "dcgan": 64, "sngan": 5 * 64}


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
    parser.add_argument("--variant", choices=list(IMAGES_PER_UPDATE), default="wgan_gp")
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--updates", type=int, default=3, help="updates in a turn")
    parser.add_argument("--torch-python", default=sys.executable, help="Python that has torch")
    parser.add_argument("--torch-flags", nargs="*", default=[], help="for torch_update.py")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    variant = f"--variant={options.variant}"
    ours = Side(sys.executable, "jax_update.py", variant)
    flags = [variant, *(f"--{flag}" for flag in options.torch_flags)]
    theirs = Side(options.torch_python, "torch_update.py", *flags)
    for side in (ours, theirs):
        side.turn(1)  # compiled and warm
        side.seconds.clear()
    for _ in range(options.turns):
        ours.turn(options.updates)
        theirs.turn(options.updates)
    images = IMAGES_PER_UPDATE[options.variant]
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
            "speed_ratio": ratio,
            "memory_ratio": memory,
            **machine,
            **result,
        }
        options.out.write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
