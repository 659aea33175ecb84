"""Batch norm in both networks (Ioffe and Szegedy 2015, arXiv:1502.03167; in GANs: Radford et al.
2016, arXiv:1511.06434): the networks of the variant `vanilla`, normalised.

    python -m jaxgan.experiments.batch_norm --data mnist
    python -m jaxgan.experiments.batch_norm --quick
    python -m jaxgan.experiments.batch_norm --generator.norm layer --discriminator.norm spectral

While training, activations are normalised with the mean and variance of the batch (of the shard,
with several), real and fake images apart; while sampling, with running means. All else is as in
`vanilla`, so that the two can be compared. `--generator.norm` and `--discriminator.norm` are flags
of every network: none, batch, layer, instance, group and spectral.

Cost of --quick: 2,000 updates, about three minutes on two CPU cores; on MNIST they end with the
grid experiments/mnist_batch_norm/samples.png. The full run has not been made.
"""

from __future__ import annotations

import dataclasses

from jaxgan.commands.train import experiment_main
from jaxgan.experiments import vanilla
from jaxgan.networks import VanillaDiscriminator, VanillaGenerator

__all__ = ["CONFIG", "QUICK", "main"]

CONFIG = dataclasses.replace(
    vanilla.CONFIG,
    name="batch_norm",
    generator=VanillaGenerator(width=64, norm="batch"),
    discriminator=VanillaDiscriminator(width=64, norm="batch"),
)

QUICK = dataclasses.replace(
    vanilla.QUICK,
    name="batch_norm",
    penalty=(),
    generator=VanillaGenerator(width=32, norm="batch"),
    discriminator=VanillaDiscriminator(width=8, norm="batch"),
)


def main() -> None:
    """Train as the command line says."""
    experiment_main(CONFIG, QUICK, __doc__)


if __name__ == "__main__":
    main()
