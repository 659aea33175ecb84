"""Conditional GANs: images of a class that is asked for.

    python -m jaxgan.experiments.cgan --data mnist
    python -m jaxgan.experiments.cgan --quick

By default labels enter by concatenation (Mirza and Osindero 2014, arXiv:1411.1784): one-hot beside
the latent, and as one more plane of the image. Other ways are flags: gains and biases of the
generator's norm for each class (`--generator.conditioning norm`; Dumoulin et al. 2017,
arXiv:1610.07629), the projection discriminator (`--discriminator.conditioning projection`; Miyato
and Koyama 2018, arXiv:1802.05637), and AC-GAN's classifier (`auxiliary`; Odena et al. 2017,
arXiv:1610.09585), weighted by --class-weight-discriminator and --class-weight-generator. It
learns classes from real images alone, as in the code of Gulrajani et al. 2017: taught on fakes as
well, as in its paper, it came to agree with the generator on marks that are no digits. The
networks are DCGAN's; the first paper's were dense (`--generator mlp --discriminator mlp` with their
conditioning). The grid has one row a class. Data without labels are refused.

Gains of classes begin alike and move by the learning rate an update at most: at 2e-4, digits of the
classes asked for take tens of thousands of updates, at 1e-3 (`--generator-optimizer.learning-rate`)
three thousand.

Cost of --quick: 2,000 updates, about two minutes on two CPU cores; on MNIST they end with the grid
experiments/mnist_cgan/samples.png. The full run has not been made yet; published CIFAR-10 FIDs of
projection discriminators on larger networks are 8 to 34, depending on protocol.
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
    name="cgan",
    steps=100_000,
    batch_size=64,
    n_critic=1,
    latent_size=100,
    generator=DCGANGenerator(width=64, conditioning="concat"),
    discriminator=DCGANDiscriminator(width=64, conditioning="concat"),
    loss=NonSaturating(),
    generator_optimizer=Adam(learning_rate=2e-4, beta1=0.5, beta2=0.999),
    discriminator_optimizer=Adam(learning_rate=2e-4, beta1=0.5, beta2=0.999),
)

# Minutes: half the width, and samples from an average of the generator.
QUICK = dataclasses.replace(
    CONFIG,
    steps=2000,
    image_size=28,
    generator=DCGANGenerator(width=32, conditioning="concat"),
    discriminator=DCGANDiscriminator(width=32, conditioning="concat"),
    ema_half_life=5000.0,
    checkpoint_every=500,
    sample_every=500,
)


def main() -> None:
    """Train as the command line says."""
    experiment_main(CONFIG, QUICK, __doc__)


if __name__ == "__main__":
    main()
