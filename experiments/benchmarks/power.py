"""Whether a blur that a card says it finds in 9 of 10 cases is found in so many.

    cd experiments/benchmarks && python power.py --out power.json

Cards of real images say from which radius on. Then other real images get that blur, and their cards
should say "too soft" or "soft or other content" in 9 of 10 cases; of 30, 24 to 30 are within
chance. Real images and fakes are drawn anew for each card.
"""

import argparse
import json
import statistics
from functools import partial
from pathlib import Path

import numpy as np
from pictures import pictures

from jaxgan.report.faults import Faults, planted
from jaxgan.report.inputs import CardInputs
from jaxgan.report.measure import Judged, judge, smallest_blur_of

CASES = (("photographs", 32, 100, 200), ("photographs", 64, 500, 1200), ("cifar10", 32, 200, 500))
POOL, ASKED = 4000, 5
WORDS = {"too soft", "soft or other content"}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cards", type=int, default=30)
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    found = []
    for name, side, fakes, real in CASES:
        pool = pictures(name, POOL, side)
        rng = np.random.default_rng(0)

        card = partial(blurred_card, pool, fakes, real, rng)
        said = [smallest_blur_of(card(0.0)) for _ in range(ASKED)]
        radius = statistics.median(said)
        words = [card(radius).verdict.words for _ in range(options.cards)]
        found.append({
            "data": f"{name} {side}", "fakes": fakes, "real": real,
            "said": [round(size, 2) for size in said],
            "planted": round(radius, 2),
            "found": sum(bool(WORDS & set(some)) for some in words),
            "words": sorted({", ".join(some) for some in words}),
        })  # fmt: skip
        print(json.dumps(found[-1]), flush=True)
        if options.out:
            options.out.write_text(json.dumps({"cards": options.cards, "cases": found}, indent=1)
                                   + "\n")  # fmt: skip


def blurred_card(
    pool: np.ndarray, fakes: int, real: int, rng: np.random.Generator, radius: float
) -> Judged:
    """Of images drawn anew from the pool, the fakes with a blur of `radius` pixels."""
    order = rng.permutation(len(pool))
    soft = planted(pool[order[:fakes]], Faults(radius=radius), rng)
    return judge(CardInputs("soft", soft, pool[order[fakes:][:real]]))


if __name__ == "__main__":
    main()
