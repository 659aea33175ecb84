"""What looking at blur while training costs, as a share of the time of the fastest run.

    cd experiments/benchmarks && python probe_cost.py --out probe_cost.json

`wgan --quick` makes the fastest updates there are; it looks at blur beside every grid. Timed are
its updates, the making of the evaluator with its first look (which compiles), and later looks.
"""

import argparse
import json
import os
import platform
import statistics
import time
from pathlib import Path

import jax
from quick_run import QuickRun

from jaxgan.training.evaluation import Evaluation, evaluators_called


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    run = QuickRun()
    update, look = [], []
    for turn in range(options.turns + 1):
        seconds_an_update = run.update()
        ran = time.perf_counter()
        if not turn:  # the first updates compile, and are in no figure
            look_at = Evaluation(evaluators_called(["blur"]), run.machine.gan, run.images, print)
        # Keys are cloned, as in training, since a sample's key is used again.
        key = jax.random.clone(run.machine.keys.samples)
        list(look_at(key, run.state, run.step, set()))
        seconds = time.perf_counter() - ran
        if turn:
            update.append(seconds_an_update)
            look.append(seconds)
        else:
            first = seconds
    steps = run.config.steps
    looks = steps // run.config.sample_every
    whole = first + (looks - 1) * statistics.median(look)
    result = {
        "update_seconds": statistics.median(update),
        "first_look_seconds": first,
        "later_look_seconds": statistics.median(look),
        "looks": looks,
        "share": whole / (steps * statistics.median(update)),
    }
    print(f"an update {result['update_seconds'] * 1e3:.1f} ms, {steps} of them")
    print(
        f"the first look {first:.2f} s, {looks - 1} later ones {statistics.median(look):.3f} s each"
    )
    print(f"{result['share']:.2%} of the time of the updates")
    if options.out:
        machine_info = {"platform": platform.platform(), "cores": os.cpu_count()}
        options.out.write_text(json.dumps({**machine_info, **result}, indent=2) + "\n")


if __name__ == "__main__":
    main()
