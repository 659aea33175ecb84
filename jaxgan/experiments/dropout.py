"""Dropout in both networks (Srivastava et al. 2014; in GANs: Isola et al. 2017, arXiv:1611.07004,
and Odena et al. 2017, arXiv:1610.09585): the networks of the variant `vanilla`, regularised.

    python -m jaxgan.experiments.dropout --data mnist
    python -m jaxgan.experiments.dropout --quick
    python -m jaxgan.experiments.dropout --generator.no-dropout-when-sampling

Half of the generator's hidden activations are dropped, while sampling as well, where they are noise
beside the latent (pix2pix), and a quarter of the discriminator's, while training alone. All else is
as in `vanilla`, so that the two can be compared. `--generator.dropout` and
`--discriminator.dropout` are flags of every network.

Cost of --quick: 2,000 updates, about three minutes on two CPU cores; on MNIST they end with the
grid experiments/mnist_dropout/samples.png. The full run has not been made.
"""

from __future__ import annotations

import dataclasses

from jaxgan.commands.train import experiment_main
from jaxgan.experiments import vanilla
from jaxgan.networks import VanillaDiscriminator, VanillaGenerator

__all__ = ["CONFIG", "QUICK", "main"]

CONFIG = dataclasses.replace(
    vanilla.CONFIG,
    name="dropout",
    generator=VanillaGenerator(width=64, dropout=0.5),
    discriminator=VanillaDiscriminator(width=64, dropout=0.25),
)

QUICK = dataclasses.replace(
    vanilla.QUICK,
    name="dropout",
    penalty=(),
    generator=VanillaGenerator(width=32, dropout=0.5),
    discriminator=VanillaDiscriminator(width=8, dropout=0.25),
)


def main() -> None:
    """Train as the command line says."""
    experiment_main(CONFIG, QUICK, __doc__)


if __name__ == "__main__":
    main()
