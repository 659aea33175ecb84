"""How well the spectral fit finds planted blur and noise, and what it says of real images.

    python experiments/benchmarks/blur_accuracy.py --out experiments/benchmarks/blur_accuracy.json

Of each set 2,000 test images are the reference and 2,000 others have a Gaussian blur of known sigma
planted in them, alone or with white noise of deviation 0.05, and are rounded to 8 bits. The band
is of 200 random pairs of 2,000 real images each.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from jaxgan.data import open_images
from jaxgan.metrics import fit_blur, image_spectra, measured_transfer, null_band, planting
from jaxgan.metrics.checks import eight_bits

COUNT, NOISE = 2000, 0.05
SETS = ("shapes", "dead_leaves", "mnist", "cifar10")
RADII = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)


def accuracy_on(name: str) -> dict[str, object]:
    images = open_images(name, split="test").read(np.arange(4 * COUNT))["image"]
    real, held = images[:COUNT], images[COUNT : 2 * COUNT] / 255.0
    side, transfer = real.shape[1], measured_transfer(real / 255.0)
    spectra = image_spectra(images)
    reference = spectra[:COUNT].mean(axis=0)
    rng = np.random.default_rng(0)

    def fitted(radius: float, noise: float) -> dict[str, float]:
        faulty = planting.noised(planting.blurred(held, radius), noise, rng)
        spectrum = image_spectra(eight_bits(faulty)).mean(axis=0)
        fit = fit_blur(reference, spectrum, side, transfer)
        return {name: round(value, 4) for name, value in fit._asdict().items()}

    band = null_band(spectra, side, COUNT, rng, transfer=transfer)
    return {
        "blur": {radius: fitted(radius, 0.0) for radius in RADII},
        "blur_and_noise": {radius: fitted(radius, NOISE) for radius in RADII},
        "real_against_real": {"low": band.low._asdict(), "high": band.high._asdict()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    start, found = time.perf_counter(), {}
    for name in SETS:
        found[name] = accuracy_on(name)
        for kind in ("blur", "blur_and_noise"):
            radii = [f"{fit['radius']:.2f}" for fit in found[name][kind].values()]
            print(f"{name:12s} {kind:15s} {' '.join(radii)}", flush=True)
    record = {"images": COUNT, "seconds": round(time.perf_counter() - start, 1), "sets": found}
    if options.out:
        options.out.write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
