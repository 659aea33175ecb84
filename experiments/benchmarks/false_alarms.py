"""How often a blur card accuses real images: cards of real images against others of their kind.

    python experiments/benchmarks/false_alarms.py --out experiments/benchmarks/false_alarms.json

A perfect generator is played by images of the test split, drawn anew for each card; the rest of
that split is the real side, the training split what memorisation looks at. Everything is as in
`python -m jaxgan blur`, but that every instrument looks at each image once for all cards.

A band holds 95 % of real against real, so one score in twenty should lie outside. A verdict asks
for more (see `jaxgan.report.verdict`): its words should come up hardly ever.
"""

import argparse
import json
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np

from jaxgan.data import open_images
from jaxgan.metrics import measured_transfer
from jaxgan.report.instruments import Instrument, chosen, read
from jaxgan.report.measure import ImageSets, instruments
from jaxgan.report.networks import networks_for
from jaxgan.report.verdict import verdict


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", nargs="+", default=["cifar10", "mnist", "shapes"])
    parser.add_argument("--cards", type=int, default=20)
    parser.add_argument("--fakes", type=int, default=1000, help="images of a card's fakes")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "jaxgan")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    found = {}
    for name in options.sets:
        found[name] = alarms(name, options.cards, options.fakes, options.cache)
        print(name, json.dumps(found[name]), flush=True)
        if options.out:
            record = {"cards": options.cards, "fakes": options.fakes, "sets": found}
            options.out.write_text(json.dumps(record, indent=1) + "\n")


def alarms(name: str, cards: int, fakes: int, cache: Path) -> dict:
    train, test = (open_images(name, split=split) for split in ("train", "test"))
    trained = train.read(np.linspace(0, train.size - 1, min(train.size, 20_000)).astype(int))
    pool = test.read(np.arange(min(test.size, 10 * fakes)))["image"]
    networks = networks_for(trained["image"], trained["label"], train, cache, print)
    sets = ImageSets(
        name,
        pool[:fakes],
        pool,
        trained["image"],
        train.classes,
        name in ("shapes", "dead_leaves"),
        networks,
    )
    looked = {
        part: looked_at(instrument, pool)
        for part, instrument in instruments(sets, measured_transfer(pool / 255.0), 0)
    }
    words, outside, scores = Counter(), Counter(), 0
    for card in range(cards):
        order = np.random.default_rng([card, *name.encode()]).permutation(len(pool))
        measured = {}
        for part, instrument in looked.items():
            rng = np.random.default_rng([card, *part.encode()])
            reading, _, _ = read(instrument, order[fakes:], order[:fakes], rng)
            measured |= reading.scores
        said = verdict(measured)
        words.update(said.words)
        out = [k for k, s in measured.items() if not s.band[0] <= s.value <= s.band[1]]
        outside.update(out)
        scores += len(measured)
        print(name, card, said.words, len(out), "of", len(measured), "outside", flush=True)
    return {
        "outside": round(sum(outside.values()) / scores, 4),
        "words": dict(words),
        "outside_by_score": dict(outside.most_common()),
    }


def looked_at(instrument: Instrument, images: np.ndarray) -> Instrument:
    """The instrument for places in `images`, of which it keeps what it saw."""
    rows = instrument.rows(images)
    return instrument._replace(rows=partial(chosen, rows))


if __name__ == "__main__":
    main()
