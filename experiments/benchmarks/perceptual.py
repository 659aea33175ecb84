"""Blur with and without the perceptual term: `vgg_gan --quick` against the same without it.

    python experiments/benchmarks/perceptual.py --runs runs/perceptual --out perceptual.json

Three arms for each data set and seed: `without` and `with` make as many updates, `equal_seconds` is
without the term and makes as many updates as take the seconds of `with`. A run that was stopped
goes on, and one that has its card is not made again. FILE.md is the table.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
import statistics
from pathlib import Path

from jaxgan.config import Config
from jaxgan.errors import UserError
from jaxgan.experiments import vgg_gan
from jaxgan.report.blur import blur_of_run
from jaxgan.training.loop import train
from jaxgan.training.options import RunOptions

ARMS = ("without", "with", "equal_seconds")
NUMBERS = ("radius_px", "noise", "contrast", "misfit")


def config_of(arm: str, data: str, seed: int, steps: int) -> Config:
    base = vgg_gan.QUICK
    sharpness = base.sharpness if arm == "with" else ()
    size = 28 if data == "mnist" else None
    every = min(base.checkpoint_every, steps)
    return dataclasses.replace(
        base, name=arm, data=data, seed=seed, steps=steps, image_size=size, sharpness=sharpness,
        checkpoint_every=every, sample_every=every, log_every=max(1, min(50, steps // 10)),
    )  # fmt: skip


def seconds_an_update(workdir: Path) -> float:
    """The median over logged updates, which a stop and what is written in between do not move."""
    lines = map(json.loads, (workdir / "metrics.jsonl").read_text().splitlines())
    told = [(line["step"], line["time"]) for line in lines if "discriminator/loss" in line]
    return statistics.median(
        (later[1] - one[1]) / (later[0] - one[0]) for one, later in itertools.pairwise(told)
    )


def run_of(arm: str, data: str, seed: int, steps: int, place: Path) -> dict[str, object]:
    workdir = place / f"{arm}-{data}-s{seed}"
    card = workdir / "blur.json"
    if not card.exists():
        config = config_of(arm, data, seed, steps)
        train(config, RunOptions(workdir=workdir, quiet=True, evaluators=()))
        try:
            blur_of_run(workdir, features=False)
        except UserError as error:  # samples without a picture in them
            told = dict.fromkeys(NUMBERS, float("nan"))
            card.write_text(json.dumps({**told, "verdict": [str(error)]}))
    told = json.loads(card.read_text())
    numbers = {name: told[name] for name in NUMBERS}
    row = {"data": data, "seed": seed, "arm": arm, "updates": steps, "verdict": told["verdict"]}
    return {**row, "seconds_an_update": seconds_an_update(workdir), **numbers}


def table(rows: list[dict[str, object]]) -> str:
    def value(number: object) -> str:
        return f"{number['value'] if isinstance(number, dict) else number:.3f}"

    lines = ["| data | seed | arm | updates | s an update | blur radius, px | noise | verdict |"]
    lines.append("|---" * 8 + "|")
    for row in rows:
        words = (row["data"], row["seed"], row["arm"], row["updates"])
        numbers = (value(row[name]) for name in ("seconds_an_update", "radius_px", "noise"))
        lines.append(f"| {' | '.join(map(str, [*words, *numbers, ', '.join(row['verdict'])]))} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=Path, required=True, help="directory of the runs")
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--data", nargs="+", default=["mnist", "cifar10"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--steps", type=int, default=vgg_gan.QUICK.steps)
    options = parser.parse_args()
    rows: list[dict[str, object]] = []
    for data in options.data:
        for seed in options.seeds:
            steps = options.steps
            for arm in ARMS:
                if arm == "equal_seconds":
                    without, with_term = rows[-2:]
                    ratio = with_term["seconds_an_update"] / without["seconds_an_update"]
                    steps = max(1, round(options.steps * ratio))
                rows.append(run_of(arm, data, seed, steps, options.runs))
                options.out.write_text(json.dumps(rows, indent=2) + "\n")
                options.out.with_suffix(".md").write_text(table(rows))
                print(json.dumps({k: rows[-1][k] for k in ("data", "seed", "arm")}), flush=True)


if __name__ == "__main__":
    main()
