"""How often a blur card accuses real images: cards of real images against others of their kind.

    python experiments/benchmarks/false_alarms.py --out experiments/benchmarks/false_alarms.json

A perfect generator is played by real images, drawn anew for each card; other images of the same
pool are the real side. CIFAR-10, MNIST and shapes are looked at through feature networks, too, with
their training split for memorisation. Everything is as in `python -m jaxgan blur`.

A band holds 95 % of real against real, so one score in twenty should lie outside. A verdict asks
for more (see `jaxgan.report.verdict`): its words should come up in 5 % of the cards at the most.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
from pictures import CROPS, pictures

from jaxgan.data import open_images
from jaxgan.report.inputs import CardInputs
from jaxgan.report.measure import judge
from jaxgan.report.networks import networks_for

SETS = ("cifar10", "mnist", "shapes", "photographs", "colour", "dead_leaves")
NETWORKS = ("cifar10", "mnist", "shapes")
POOL = 8000
SIDES = {"photographs": 64, "colour": 32, "dead_leaves": 32}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", nargs="+", default=SETS)
    parser.add_argument("--cards", type=int, default=10)
    parser.add_argument("--fakes", type=int, default=500)
    parser.add_argument("--real", type=int, default=1200)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "jaxgan")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    found = {}
    for name in options.sets:
        found[name] = alarms(name, options)
        print(name, json.dumps(found[name]), flush=True)
        if options.out:
            sizes = {"cards": options.cards, "fakes": options.fakes, "real": options.real}
            options.out.write_text(json.dumps({**sizes, "sets": found}, indent=1) + "\n")


def alarms(name: str, options: argparse.Namespace) -> dict:
    pool = pictures(name, POOL, SIDES.get(name))
    sets = CardInputs(name, pool[:1], pool[:1], has_edges=name in ("shapes", "dead_leaves"))
    if name in NETWORKS and name not in CROPS:
        train = open_images(name)
        some = train.read(np.linspace(0, train.size - 1, min(train.size, 20_000)).astype(int))
        networks = networks_for(some["image"], some["label"], train, options.cache, print)
        sets = sets._replace(trained=some["image"], class_names=train.classes, networks=networks)
    words, outside, scores = Counter(), Counter(), 0
    for card in range(options.cards):
        order = np.random.default_rng([card, *name.encode()]).permutation(len(pool))
        fake, real = order[: options.fakes], order[options.fakes :][: options.real]
        judged = judge(sets._replace(fake=pool[fake], real=pool[real]), seed=card)
        said = judged.verdict.words
        words.update(said)
        banded = {k: s for k, s in judged.scores.items() if s.band is not None}
        out = [k for k, s in banded.items() if abs(s.surprise) > 1]
        outside.update(out)
        scores += len(banded)
        print(name, card, said, judged.verdict.reasons if said != ("clean",) else "",
              len(out), "of", len(banded), "outside", flush=True)  # fmt: skip
    return {
        "cards_clean": words["clean"],
        "outside": round(sum(outside.values()) / scores, 4),
        "words": dict(words),
        "outside_by_score": dict(outside.most_common()),
    }


if __name__ == "__main__":
    main()
