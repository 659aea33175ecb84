"""Whether a card sees artefacts where only blur or noise is: pictures that are no photographs.

    cd experiments/benchmarks && python textures.py --out textures.md

1/f noise, gratings and star fields; 300 with the fault against 600 others. A blur should be called
too soft, noise too noisy, from 0.03 on, and nothing an artefact.
"""

import argparse
from pathlib import Path

import numpy as np
from pictures import pictures  # noqa: F401  finds the tests' modules

from jaxgan.metrics import planting
from jaxgan.metrics.checks import as_file
from jaxgan.report.inputs import CardInputs
from jaxgan.report.measure import judge
from tests.report.textures import TEXTURES

REAL, FAKES = 600, 300
BLURS, NOISES = (0.5, 1.0, 1.5, 2.0), (0.01, 0.03, 0.06, 0.1)
SIDES = (32, 64)
SHOWN = ("blur_radius", "noise", "misfit")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    options = parser.parse_args()
    lines = ["| data | planted | verdict | radius | noise | misfit |", f"|{'---|' * 6}"]
    for side in SIDES:
        for name, draw in TEXTURES.items():
            rng = np.random.default_rng(5)
            real = as_file(draw(REAL, side, rng))
            for fault, change in faults(rng).items():
                fakes = as_file(change(draw(FAKES, side, rng)))
                judged = judge(CardInputs(fault, fakes, real))
                numbers = " | ".join(f"{judged.scores[score].value:.3f}" for score in SHOWN)
                said = ", ".join(judged.verdict.words)
                lines.append(f"| {name} {side} | {fault} | {said} | {numbers} |")
                print(lines[-1], flush=True)
                if options.out:
                    options.out.write_text("\n".join(lines) + "\n")


def faults(rng: np.random.Generator) -> dict:
    found = {"nothing": lambda images: images}
    for sigma in BLURS:
        found[f"blur {sigma}"] = lambda images, sigma=sigma: planting.blurred(images, sigma)
    for deviation in NOISES:
        found[f"noise {deviation}"] = lambda images, t=deviation: planting.noised(images, t, rng)
    return found


if __name__ == "__main__":
    main()
