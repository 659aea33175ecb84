"""Least squares GAN (Mao et al. 2017, arXiv:1611.04076).

    python -m jaxgan.experiments.lsgan --data mnist
    python -m jaxgan.experiments.lsgan --quick

The discriminator is fitted to 1 on real images and 0 on fakes, the generator to 1, all by squared
error, so that a fake is still pulled when it is far on the right side. DCGAN's networks, Adam at
2e-4 with beta1 0.5, two discriminator steps as in StudioGAN's CIFAR-10 run of 200,000 updates.

Cost of --quick: 2,000 updates, about two minutes on two CPU cores; on MNIST they end with the grid
experiments/mnist_lsgan/samples.png. The full run has not been made yet; published CIFAR-10 FIDs of
LSGAN are 40 to 67, depending on protocol.
"""

from __future__ import annotations

import dataclasses

from jaxgan.commands.train import experiment_main
from jaxgan.config import Config
from jaxgan.losses import LeastSquares
from jaxgan.networks import DCGANDiscriminator, DCGANGenerator
from jaxgan.optimizers import Adam

__all__ = ["CONFIG", "QUICK", "main"]

CONFIG = Config(
    name="lsgan",
    steps=200_000,
    batch_size=64,
    n_critic=2,
    latent_size=100,
    generator=DCGANGenerator(width=64),
    discriminator=DCGANDiscriminator(width=64),
    loss=LeastSquares(),
    generator_optimizer=Adam(learning_rate=2e-4, beta1=0.5, beta2=0.999),
    discriminator_optimizer=Adam(learning_rate=2e-4, beta1=0.5, beta2=0.999),
)

# Minutes: half the width, one discriminator step, samples from an average of the generator.
QUICK = dataclasses.replace(
    CONFIG,
    steps=2000,
    n_critic=1,
    image_size=28,
    generator=DCGANGenerator(width=32),
    discriminator=DCGANDiscriminator(width=32),
    ema_half_life=5000.0,
    checkpoint_every=500,
    sample_every=500,
)


def main() -> None:
    """Train as the command line says."""
    experiment_main(CONFIG, QUICK, __doc__)


if __name__ == "__main__":
    main()
