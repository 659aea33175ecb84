"""How often the 95 % intervals of a card hold what they should.

    python experiments/benchmarks/interval_coverage.py --out experiments/benchmarks/coverage.json

Real images and fakes are drawn from one pool, with replacement, again and again; the fakes are
blurred by a pixel. An interval should hold the planted blur, and of every other score the mean over
all draws, which is the value for such numbers of images. How many are soft, and how soft, is asked
of fakes of which 40 % are blurred by 1.5 pixels ("some:" in the record). Every instrument looks at
each image of the pool once. Of 200 draws, the error of 95 % is 1.5 %.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Callable
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
RADIUS, REAL, FAKES, RESAMPLES = 1.0, 1200, 500, 200
SHARE, OF_SHARE = 0.4, 1.5  # of the fakes that are blurred, and by how many pixels
TRUE = {"blur_radius": RADIUS, "blur_variance": RADIUS**2,
        "some: soft_share": SHARE, "some: soft_radius": OF_SHARE}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", nargs="+", type=int, default=range(len(CASES)))
    parser.add_argument("--draws", type=int, default=200)
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
    found = {}
    for instrument in looked_at(pool, fakes, side, rng):
        found |= held(instrument, pool, draws, rng, lambda: rng.integers(len(pool), size=FAKES))
    both = np.concatenate([pool, planted(pool, Faults(radius=OF_SHARE), rng)])
    single = once(single_images(Faults(), rng), pool, both)

    def some() -> np.ndarray:
        soft = rng.random(FAKES) < SHARE
        return rng.integers(len(pool), size=FAKES) + soft * len(pool)

    return found | held(single, pool, draws, rng, some, "some: ")


def held(
    instrument: Instrument,
    pool: np.ndarray,
    draws: int,
    rng: np.random.Generator,
    some: Callable[[], np.ndarray],
    prefix: str = "",
) -> dict[str, float]:
    """The shares of an instrument's scores, for fakes that `some` draws."""
    values, ends = defaultdict(list), defaultdict(list)
    for _ in range(draws):
        real = chosen(instrument.rows_real(pool), rng.integers(len(pool), size=REAL))
        fake = chosen(instrument.rows(pool), some())
        value = instrument.compare(real, fake)
        again = resampled(instrument, real, fake, rng)
        for score, interval in intervals(instrument, value, again, FAKES).items():
            values[prefix + score].append(value[score])
            ends[prefix + score].append(interval)
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
    return [once(instrument, pool, fakes) for instrument in found]


def once(instrument: Instrument, pool: np.ndarray, fakes: np.ndarray) -> Instrument:
    """The instrument with what it saw of all real images and fakes."""
    rows_real = (instrument.rows_real or instrument.rows)(pool)
    return instrument._replace(
        rows=partial(_same, instrument.rows(fakes)),
        rows_real=partial(_same, rows_real),
        repeats=RESAMPLES,
    )


def _same(rows: dict[str, np.ndarray], images: np.ndarray) -> dict[str, np.ndarray]:
    return rows


if __name__ == "__main__":
    main()
