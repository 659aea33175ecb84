"""What a blur card costs: 2,000 fakes against 10,000 real images of 32x32x3 pixels.

    python experiments/benchmarks/card_cost.py --out experiments/benchmarks/card_cost.json

The fakes are CIFAR-10 test images blurred by a pixel. Apart are the first look at a data set, which
trains a classifier and asks the networks' gate, both kept for the next time; and reading.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np

from jaxgan.data import open_images
from jaxgan.metrics import fit_blur, image_spectra, measured_transfer, planting
from jaxgan.metrics.checks import as_file
from jaxgan.report.card import card_to_json
from jaxgan.report.inputs import CardInputs
from jaxgan.report.measure import measure
from jaxgan.report.networks import networks_for
from jaxgan.report.page import write_page


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    seconds, clock = {}, [time.perf_counter()]

    def lap(name: str) -> None:
        now = time.perf_counter()
        seconds[name] = round(now - clock[0], 2)
        print(f"{name}: {seconds[name]} s", flush=True)
        clock[0] = now

    train, test = (open_images("cifar10", split=split) for split in ("train", "test"))
    trained = train.read(np.arange(train.size))
    lap("read 50,000 training images")
    real = test.read(np.arange(test.size))["image"]
    lap("read 10,000 real images")
    fake = as_file(planting.blurred(real[:2000] / 255.0, 1.0))
    with tempfile.TemporaryDirectory() as folder:
        arguments = (trained["image"], trained["label"], train, Path(folder), lambda line: None)
        clock[0] = time.perf_counter()
        networks_for(*arguments)
        lap("networks, the first time")
        networks = networks_for(*arguments)
        lap("networks, from the cache")
        sets = CardInputs("blurred CIFAR-10", fake, real, trained["image"], train.classes,
                         networks=networks)  # fmt: skip
        card, evidence = measure(sets)
        lap("card")
        write_page(Path(folder) / "blur.html", card, evidence)
        lap("page")
    transfer = measured_transfer(real / 255.0)
    clock[0] = time.perf_counter()
    spectrum = image_spectra(real).mean(axis=0)
    fit_blur(spectrum, image_spectra(real[:2000]).mean(axis=0), 32, transfer)
    lap("spectral fit of 12,000 images")
    if options.out:
        radius = card_to_json(card)["radius_px"]
        record = {"cores": os.cpu_count(), "seconds": seconds, "radius_px": radius}
        options.out.write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
