"""Relativistic pairing GAN with two zero-centred gradient penalties: the loss of R3GAN (Huang et
al. 2025, arXiv:2501.05441; Jolicoeur-Martineau 2018, arXiv:1807.00734), on DCGAN-style networks.

    python -m jaxgan.experiments.relativistic --data mnist
    python -m jaxgan.experiments.relativistic --quick

The discriminator is asked by how much each real image is more real than the fake it is paired with,
the generator the opposite, and the discriminator's gradient is kept small on both (R1 and R2). No
normalisation anywhere, as in R3GAN: batch norm would mix the pairs and break the penalties. Adam at
2e-4 with betas 0 and 0.99, one discriminator step. R3GAN's own networks and its schedules of the
penalty and of beta2 are not part of it; its weight is 0.05 falling to 0.005 on CIFAR-10, 2 to 0.2
on FFHQ at 64 pixels.

Cost of --quick: 2,500 updates, about four minutes on two CPU cores; on MNIST they end with the grid
experiments/mnist_relativistic/samples.png. The full run has not been made yet; no figures of this
loss on these networks are published.
"""

from __future__ import annotations

import dataclasses

from jaxgan.commands.train import experiment_main
from jaxgan.config import Config
from jaxgan.losses import RelativisticPaired
from jaxgan.networks import DCGANDiscriminator, DCGANGenerator
from jaxgan.optimizers import Adam
from jaxgan.penalties import R1R2

__all__ = ["CONFIG", "QUICK", "main"]

CONFIG = Config(
    name="relativistic",
    steps=100_000,
    batch_size=64,
    n_critic=1,
    latent_size=64,
    generator=DCGANGenerator(width=64, norm="none", initialization="he"),
    discriminator=DCGANDiscriminator(width=64, norm="none", initialization="he"),
    loss=RelativisticPaired(),
    penalty=(R1R2(gamma=0.1),),
    generator_optimizer=Adam(learning_rate=2e-4, beta1=0.0, beta2=0.99),
    discriminator_optimizer=Adam(learning_rate=2e-4, beta1=0.0, beta2=0.99),
    ema_half_life=500_000.0,
    ema_ramp_up=0.05,
)

# Minutes: half the width, a higher rate.
QUICK = dataclasses.replace(
    CONFIG,
    steps=2500,
    image_size=28,
    generator=DCGANGenerator(width=32, norm="none", initialization="he"),
    discriminator=DCGANDiscriminator(width=32, norm="none", initialization="he"),
    generator_optimizer=Adam(learning_rate=5e-4, beta1=0.0, beta2=0.99),
    discriminator_optimizer=Adam(learning_rate=5e-4, beta1=0.0, beta2=0.99),
    ema_half_life=5000.0,
    checkpoint_every=500,
    sample_every=500,
)


def main() -> None:
    """Train as the command line says."""
    experiment_main(CONFIG, QUICK, __doc__)


if __name__ == "__main__":
    main()
