"""Deep convolutional GAN (Radford, Metz and Chintala 2016, arXiv:1511.06434).

    python -m jaxgan.experiments.dcgan --data mnist
    python -m jaxgan.experiments.dcgan --quick

Strided convolutions both ways, batch norm in every layer but the generator's last and the
discriminator's first, ReLU and leaky ReLU, weights N(0, 0.02²), norm gains N(1, 0.02²), and Adam at
2e-4 with beta1 0.5 on the non-saturating loss: the paper's rules, with kernels of 4x4, batch 64 and
normal latents as in PyTorch's example (the paper: 5x5, 128 and uniform).

Cost of --quick: 2,000 updates, about two minutes on two CPU cores; on MNIST they end with the grid
experiments/mnist_dcgan/samples.png. The full run has not been made yet; published CIFAR-10 FIDs of
DCGAN are 29 to 49, depending on protocol.
"""

from __future__ import annotations

import dataclasses

from jaxgan.commands.train import experiment_main
from jaxgan.config import Config
from jaxgan.losses import NonSaturating
from jaxgan.networks import DCGANDiscriminator, DCGANGenerator
from jaxgan.optimizers import Adam

__all__ = ["CONFIG", "QUICK", "main"]

CONFIG = Config(
    name="dcgan",
    steps=100_000,
    batch_size=64,
    n_critic=1,
    latent_size=100,
    generator=DCGANGenerator(width=64, norm="batch", initialization="dcgan"),
    discriminator=DCGANDiscriminator(width=64, norm="batch", initialization="dcgan"),
    loss=NonSaturating(),
    generator_optimizer=Adam(learning_rate=2e-4, beta1=0.5, beta2=0.999),
    discriminator_optimizer=Adam(learning_rate=2e-4, beta1=0.5, beta2=0.999),
)

# Minutes: half the width, and samples from an average of the generator.
QUICK = dataclasses.replace(
    CONFIG,
    steps=2000,
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
