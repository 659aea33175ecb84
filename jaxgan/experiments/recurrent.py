"""A recurrent generator: GRAN (Im et al. 2016, arXiv:1602.05110) against DCGAN's discriminator.

    python -m jaxgan.experiments.recurrent --data mnist
    python -m jaxgan.experiments.recurrent --quick

An image is drawn in three steps. Each decodes a fresh part of the latent together with what the
step before drew, and the drawings add up. The picture of a run shows the canvas after each step,
one image after another: with three steps, columns 1 to 3 are one image, 4 to 6 the next. Whether
canvases sharpen with the steps is a question to ask of them; only the last is judged in training.

Cost of --quick: 2,000 updates, about four minutes on two CPU cores; on MNIST they end with the grid
experiments/mnist_recurrent/samples.png. The full run has not been made yet.
"""

from __future__ import annotations

import dataclasses

from jaxgan.commands.train import experiment_main
from jaxgan.config import Config
from jaxgan.losses import NonSaturating
from jaxgan.networks import DCGANDiscriminator, RecurrentGenerator
from jaxgan.optimizers import Adam

__all__ = ["CONFIG", "QUICK", "main"]

CONFIG = Config(
    name="recurrent",
    steps=100_000,
    batch_size=64,
    n_critic=1,
    latent_size=120,
    generator=RecurrentGenerator(width=64, steps=3, hidden=256),
    discriminator=DCGANDiscriminator(width=64),
    loss=NonSaturating(),
    generator_optimizer=Adam(learning_rate=2e-4, beta1=0.5, beta2=0.999),
    discriminator_optimizer=Adam(learning_rate=2e-4, beta1=0.5, beta2=0.999),
)

# Minutes: half the width, and samples from an average of the generator. Shown one image at a time,
# the discriminator let the generator draw a single digit; pairs (PacGAN) tell it of that.
QUICK = dataclasses.replace(
    CONFIG,
    steps=2000,
    image_size=28,
    generator=RecurrentGenerator(width=32, steps=3, hidden=128),
    discriminator=DCGANDiscriminator(width=32),
    packing=2,
    ema_half_life=5000.0,
    checkpoint_every=500,
    sample_every=500,
)


def main() -> None:
    """Train as the command line says."""
    experiment_main(CONFIG, QUICK, __doc__)


if __name__ == "__main__":
    main()
