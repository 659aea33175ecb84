"""What a blur card of large images costs, without feature networks: seconds and memory.

    cd experiments/benchmarks && python large_card_cost.py --side 128 --out large_card_cost.json

Crops of photographs, grey; the fakes are blurred by a pixel. 2,000 against 10,000 images should
take three minutes at 128 pixels and eight at 256, and less than 4 GiB, the images among them.
"""

import argparse
import json
import os
import resource
import time
from pathlib import Path

import numpy as np
from pictures import pictures

from jaxgan.report.faults import Faults, planted
from jaxgan.report.inputs import CardInputs
from jaxgan.report.measure import measure


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--side", type=int, default=128)
    parser.add_argument("--fakes", type=int, default=2000)
    parser.add_argument("--real", type=int, default=10_000)
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    images = pictures("photographs", options.fakes + options.real, options.side)
    fakes = planted(images[: options.fakes], Faults(radius=1.0), np.random.default_rng(0))
    start = time.perf_counter()

    def say(line: str) -> None:
        print(f"{time.perf_counter() - start:7.1f} s  {line}", flush=True)

    card, _ = measure(CardInputs("large", fakes, images[options.fakes :]), say=say)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    say(f"{card.verdict}, {card.radius_px.value:.2f} px; peak memory {peak:.2f} GiB")
    if options.out:
        record = {
            "cores": os.cpu_count(),
            "image_shape": list(images.shape[1:]),
            "fakes": options.fakes,
            "real": options.real,
            "seconds": round(seconds, 1),
            "peak_gib": round(peak, 2),
            "radius_px": round(card.radius_px.value, 3),
        }
        options.out.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
