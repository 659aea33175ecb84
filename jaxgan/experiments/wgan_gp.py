"""Wasserstein GAN with gradient penalty (Gulrajani et al. 2017, arXiv:1704.00028).

    python -m jaxgan.experiments.wgan_gp --data mnist
    python -m jaxgan.experiments.wgan_gp --quick

Algorithm 1 of the paper on DCGAN-style networks: Adam at 1e-4 with betas 0.5 and 0.9, penalty
weight 10, 5 discriminator steps to a generator step, no batch norm in the discriminator. The
authors' MNIST run has width 64, batch 50 and 200,000 updates; batch 64 is their CIFAR-10 value.

Cost of --quick: 1,500 updates, about three minutes on two CPU cores; with --steps 2500 on MNIST
five, and the digits of experiments/mnist_wgan_gp/samples.png. The full run has not been made yet;
published CIFAR-10 FIDs of WGAN-GP are 17 to 54, depending on protocol and networks.
"""

from __future__ import annotations

import dataclasses

from jaxgan.commands.train import experiment_main
from jaxgan.config import Config
from jaxgan.losses import Wasserstein
from jaxgan.networks import DCGANDiscriminator, DCGANGenerator
from jaxgan.optimizers import Adam
from jaxgan.penalties import GradientPenalty

__all__ = ["CONFIG", "QUICK", "main"]

CONFIG = Config(
    name="wgan_gp",
    steps=200_000,
    batch_size=64,
    n_critic=5,
    latent_size=128,
    generator=DCGANGenerator(width=64, norm="batch", initialization="he"),
    discriminator=DCGANDiscriminator(width=64, norm="none", initialization="he"),
    loss=Wasserstein(),
    penalty=(GradientPenalty(weight=10.0, target=1.0),),
    generator_optimizer=Adam(learning_rate=1e-4, beta1=0.5, beta2=0.9),
    discriminator_optimizer=Adam(learning_rate=1e-4, beta1=0.5, beta2=0.9),
)

# Minutes instead of hours: half the width, a higher learning rate, two discriminator steps, and
# samples from an average of the generator.
QUICK = dataclasses.replace(
    CONFIG,
    steps=1500,
    n_critic=2,
    image_size=28,
    generator=DCGANGenerator(width=32, initialization="he"),
    discriminator=DCGANDiscriminator(width=32, norm="none", initialization="he"),
    generator_optimizer=Adam(learning_rate=5e-4, beta1=0.5, beta2=0.9),
    discriminator_optimizer=Adam(learning_rate=5e-4, beta1=0.5, beta2=0.9),
    ema_half_life=5000.0,
    checkpoint_every=500,
    sample_every=500,
)


def main() -> None:
    """Train as the command line says."""
    experiment_main(CONFIG, QUICK, __doc__)


if __name__ == "__main__":
    main()
