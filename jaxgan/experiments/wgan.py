"""Wasserstein GAN with weight clipping (Arjovsky, Chintala and Bottou 2017, arXiv:1701.07875).

    python -m jaxgan.experiments.wgan --data mnist
    python -m jaxgan.experiments.wgan --quick

Algorithm 1 of the paper on DCGAN-style networks: RMSProp at 5e-5, weights clipped to ±0.01, 5
discriminator steps to a generator step. The paper gives no number of updates; the authors' code
runs for days, and takes 100 discriminator steps in each of the first 25 updates and every 500th
after, which is left out here because the paper's algorithm does not have it.

Cost of --quick: 4,000 updates of 28x28 shapes, about two minutes on two CPU cores; the grid it ends
with is experiments/shapes_wgan_quick/samples.png. The full run has not been made yet; published
CIFAR-10 FIDs of clipped WGANs are 40 to 160, depending on protocol.
"""

from __future__ import annotations

import dataclasses

from jaxgan.commands.train import experiment_main
from jaxgan.config import Config
from jaxgan.losses import Wasserstein
from jaxgan.networks import DCGANDiscriminator, DCGANGenerator
from jaxgan.optimizers import Adam, RMSProp

__all__ = ["CONFIG", "QUICK", "main"]

CONFIG = Config(
    name="wgan",
    steps=100_000,
    batch_size=64,
    n_critic=5,
    latent_size=100,
    generator=DCGANGenerator(width=64, norm="batch", initialization="dcgan"),
    discriminator=DCGANDiscriminator(width=64, norm="batch", initialization="dcgan"),
    loss=Wasserstein(),
    weight_clip=0.01,
    generator_optimizer=RMSProp(learning_rate=5e-5),
    discriminator_optimizer=RMSProp(learning_rate=5e-5),
)

# Minutes instead of days: a faster optimiser, a looser clip on a critic without batch norm, one
# discriminator step, and samples from an average of the generator.
QUICK = dataclasses.replace(
    CONFIG,
    steps=4000,
    n_critic=1,
    image_size=28,
    generator=DCGANGenerator(width=32),
    discriminator=DCGANDiscriminator(width=32, norm="none", initialization="he"),
    weight_clip=0.1,
    generator_optimizer=Adam(learning_rate=5e-4, beta1=0.0, beta2=0.9),
    discriminator_optimizer=Adam(learning_rate=5e-4, beta1=0.0, beta2=0.9),
    ema_half_life=5000.0,
    checkpoint_every=1000,
    sample_every=1000,
)


def main() -> None:
    """Train as the command line says."""
    experiment_main(CONFIG, QUICK, __doc__)


if __name__ == "__main__":
    main()
