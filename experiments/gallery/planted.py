"""Blur cards of real photographs, as they are and with planted faults.

    python experiments/gallery/planted.py

writes real/, blurred/ and noisy/ beside this file: 2,000 CIFAR-10 test images, untouched, blurred
by 1 pixel, and with white noise of deviation 0.05, against the 8,000 others.
"""

from pathlib import Path

import numpy as np

from jaxgan.data import open_images
from jaxgan.metrics import planting
from jaxgan.metrics.checks import as_file
from jaxgan.report.headline import card_record
from jaxgan.report.inputs import CardInputs
from jaxgan.report.measure import measure
from jaxgan.report.networks import networks_for
from jaxgan.report.page import write_page
from jaxgan.training.jsonl import write_json

HERE, COUNT = Path(__file__).parent, 2000
FAULTS = {
    "real": ("real photographs", lambda x: x),
    "blurred": ("real photographs, blurred by 1 pixel", lambda x: planting.blurred(x, 1.0)),
    "noisy": (
        "real photographs, with noise of 0.05",
        lambda x: planting.noised(x, 0.05, np.random.default_rng(0)),
    ),
}


def main() -> None:
    train, test = (open_images("cifar10", split=split) for split in ("train", "test"))
    trained = train.read(np.arange(train.size))
    images = test.read(np.arange(test.size))["image"]
    held, real = images[:COUNT], images[COUNT:]
    cache = Path.home() / ".cache" / "jaxgan"
    networks = networks_for(trained["image"], trained["label"], train, cache, print)
    for folder, (name, fault) in FAULTS.items():
        judged = as_file(fault(held / 255.0))
        protocol = {"data": "cifar10", "trained_split": "train", "real_split": "test",
                    "real_fingerprint": test.fingerprint}  # fmt: skip
        card, evidence = measure(
            CardInputs(name, judged, real, trained["image"], train.classes, networks=networks,
                      protocol=protocol)
        )  # fmt: skip
        (HERE / folder).mkdir(exist_ok=True)
        write_json(HERE / folder / "blur.json", card_record(card))
        write_page(HERE / folder / "blur.html", card, evidence)
        print(folder, card.verdict, f"{card.radius_px.value:.2f} px", flush=True)


if __name__ == "__main__":
    main()
