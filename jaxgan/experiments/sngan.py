"""Spectrally normalised GAN (Miyato et al. 2018, arXiv:1802.05957).

    python -m jaxgan.experiments.sngan --data cifar10
    python -m jaxgan.experiments.sngan --quick

The paper's residual networks for 32x32 images, every weight of the discriminator divided by its
largest singular value (one step of power iteration a call, from a vector that is part of the
state), hinge loss, Adam at 2e-4 with betas 0 and 0.9, five discriminator steps, and a rate that
falls to 0 over 100,000 updates as in mimicry (50,000 in the paper). Activations of the
discriminator are leaky.

Cost of --quick: 1,500 updates, about ten minutes on two CPU cores; on MNIST they end with the grid
experiments/mnist_sngan/samples.png. The full run has not been made yet; published CIFAR-10 FIDs of
unconditional SNGANs are 14 to 24, depending on protocol.
"""

from __future__ import annotations

import dataclasses

from jaxgan.commands.train import experiment_main
from jaxgan.config import Config
from jaxgan.losses import Hinge
from jaxgan.networks import ResidualDiscriminator, ResidualGenerator
from jaxgan.optimizers import Adam
from jaxgan.schedules import Linear

__all__ = ["CONFIG", "QUICK", "main"]

CONFIG = Config(
    name="sngan",
    steps=100_000,
    batch_size=64,
    n_critic=5,
    latent_size=128,
    generator=ResidualGenerator(width=256, norm="batch", initialization="he"),
    discriminator=ResidualDiscriminator(width=128, norm="spectral", initialization="he"),
    loss=Hinge(),
    generator_optimizer=Adam(learning_rate=Linear(2e-4, 0.0), beta1=0.0, beta2=0.9),
    discriminator_optimizer=Adam(learning_rate=Linear(2e-4, 0.0), beta1=0.0, beta2=0.9),
)

# Minutes: a fraction of the width, one discriminator step at a higher rate, an average.
QUICK = dataclasses.replace(
    CONFIG,
    steps=1500,
    n_critic=1,
    image_size=28,
    generator=ResidualGenerator(width=24, norm="batch", initialization="he"),
    discriminator=ResidualDiscriminator(width=24, norm="spectral", initialization="he"),
    generator_optimizer=Adam(learning_rate=5e-4, beta1=0.0, beta2=0.9),
    discriminator_optimizer=Adam(learning_rate=1e-3, beta1=0.0, beta2=0.9),
    ema_half_life=5000.0,
    checkpoint_every=500,
    sample_every=500,
)


def main() -> None:
    """Train as the command line says."""
    experiment_main(CONFIG, QUICK, __doc__)


if __name__ == "__main__":
    main()
