"""How often the 95 % intervals of a card hold what they should.

    python experiments/benchmarks/interval_coverage.py --out experiments/benchmarks/coverage.json

Real images and fakes are drawn from one pool, with replacement, again and again; the fakes are
blurred by a pixel. An interval should hold the planted blur, and of every other score the mean over
all draws, which is the value for such numbers of images. Every instrument looks at each image of
the pool once. Of 100 draws, 93 to 97 are within chance of 95.
"""

import argparse
import json
from collections import defaultdict
from functools import partial
from pathlib import Path

import numpy as np
from pictures import pictures

from jaxgan.metrics.blur_transfer import measured_transfer
from jaxgan.metrics.transfer_height import sector_transfers
from jaxgan.report import pixel_instruments, spectral_instruments
from jaxgan.report.faults import Faults, planted
from jaxgan.report.instruments import Instrument, chosen, intervals, resampled
from jaxgan.report.softness_instruments import regions, single_images

CASES = (("photographs", 32), ("photographs", 64), ("photographs", 128), ("cifar10", 32),
         ("shapes", 32), ("shapes", 64), ("shapes", 128))  # fmt: skip
POOL = {32: 4000, 64: 2500, 128: 1200}
RADIUS, REAL, FAKES, RESAMPLES = 1.0, 1200, 500, 100
TRUE = {"blur_radius": RADIUS, "blur_variance": RADIUS**2}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", nargs="+", type=int, default=range(len(CASES)))
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    found = {}
    for name, side in (CASES[i] for i in options.cases):
        case = f"{name} {side}"
        found[case] = coverage(name, side, options.draws)
        print(case, json.dumps(found[case]), flush=True)
        if options.out:
            sizes = {"draws": options.draws, "real": REAL, "fakes": FAKES, "blur": RADIUS}
            options.out.write_text(json.dumps({**sizes, "cases": found}, indent=1) + "\n")


def coverage(name: str, side: int, draws: int) -> dict[str, float]:
    """Share of the draws whose interval holds the truth, by score."""
    pool = pictures(name, POOL[side], side)
    rng = np.random.default_rng(0)
    fakes = planted(pool, Faults(radius=RADIUS), rng)
    values, ends = defaultdict(list), defaultdict(list)
    for instrument in looked_at(pool, fakes, side, rng):
        for _ in range(draws):
            real = chosen(instrument.rows_real(pool), rng.integers(len(pool), size=REAL))
            fake = chosen(instrument.rows(fakes), rng.integers(len(pool), size=FAKES))
            value = instrument.compare(real, fake)
            again = resampled(instrument, real, fake, rng)
            for score, interval in intervals(instrument, value, again).items():
                values[score].append(value[score])
                ends[score].append(interval)
    return {
        score: round(float(np.mean([
            low <= TRUE.get(score, np.mean(values[score])) <= high for low, high in ends[score]
        ])), 3)
        for score in values
    }  # fmt: skip


def looked_at(
    pool: np.ndarray, fakes: np.ndarray, side: int, rng: np.random.Generator
) -> list[Instrument]:
    """The instruments of a card that need no network, with what they saw of all images."""
    transfer, sectors = measured_transfer(pool), sector_transfers(pool)
    channels = pool.shape[3]
    found = [
        spectral_instruments.spectrum(side, channels, transfer, sectors),
        pixel_instruments.noise(),
        pixel_instruments.sharpness(),
        pixel_instruments.tones(),
        pixel_instruments.blocks(),
        single_images(Faults(), rng),
        regions(pool, Faults(), rng),
    ]
    if channels == 3:
        found.append(spectral_instruments.chroma(side, transfer))
    kept = []
    for instrument in found:
        rows_real = (instrument.rows_real or instrument.rows)(pool)
        kept.append(instrument._replace(
            rows=partial(_same, instrument.rows(fakes)),
            rows_real=partial(_same, rows_real),
            repeats=RESAMPLES,
        ))  # fmt: skip
    return kept


def _same(rows: dict[str, np.ndarray], images: np.ndarray) -> dict[str, np.ndarray]:
    return rows


if __name__ == "__main__":
    main()
