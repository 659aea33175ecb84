"""The GAN that an introductory text spells out in full, mended until it trains.

    python -m jaxgan.experiments.vanilla --data mnist
    python -m jaxgan.experiments.vanilla --quick
    python -m jaxgan.experiments.vanilla --loss saturating

Dense layers and plain 3x3 convolutions, 100 latent numbers, and a learning rate that is halved
every epoch: the example of an article on blur in GAN samples. Its section 3.3 writes the minimax
loss, in which the generator minimises log(1 - D(G(z))) (`--loss saturating`); its code trains
towards the label 1, which is the non-saturating form and the default here.

What had to be mended for it to run:
- The generator's two convolutions do not pad, so it puts out 24x24 pixels for 28x28 data, which the
  discriminator's dense layer cannot take; here they pad.
- Its generator is fitted to the *label* as if that were an image (`train_on_batch(noise, ones)`),
  and never sees the discriminator; here the gradient comes through it.
- "for batch in range(batch_size)" counts to the size of a batch instead of the number of batches,
  and every pass shows all real images at once; here a batch is a batch.
- No model is compiled, no optimiser is made, and the rate is set on a name that does not exist. The
  text gives no rate: here it is Adam at 2e-4 with beta1 0.5, as in DCGAN.
- The discriminator's loss of section 3.3 is what it should raise, and the update given lowers it;
  here both losses are lowered.
- Sigmoid outputs in [0, 1] are stretched to [-1, 1], the range of all images here, and the
  discriminator's ReLUs are leaky, as in every discriminator here.

Left alone it collapses: within a few hundred updates all samples are one and the same image
(experiments/mnist_vanilla_alone), at every learning rate from 2e-4 to 1e-3 that was tried. Batch
norm, a regulariser of the text's section 5.1, prevents that (variant `batch_norm`), dropout in part
(`dropout`: narrow, mostly ones), and so does the R1 penalty, which --quick adds.

Cost of --quick: 2,000 updates, about three minutes on two CPU cores; on MNIST they end with the
grid experiments/mnist_vanilla/samples.png. The full run has not been made.
"""

from __future__ import annotations

import dataclasses

from jaxgan.commands.train import experiment_main
from jaxgan.config import Config
from jaxgan.losses import NonSaturating
from jaxgan.networks import VanillaDiscriminator, VanillaGenerator
from jaxgan.optimizers import Adam
from jaxgan.penalties import R1
from jaxgan.schedules import Halving

__all__ = ["CONFIG", "QUICK", "main"]

EPOCH = 938  # updates in which MNIST's 60,000 images pass once
BATCH = 64


def _halved_every_epoch(learning_rate: float) -> Adam:
    return Adam(Halving(learning_rate, images=EPOCH * BATCH), beta1=0.5)


CONFIG = Config(
    name="vanilla",
    steps=10 * EPOCH,
    batch_size=BATCH,
    n_critic=1,
    latent_size=100,
    generator=VanillaGenerator(width=64),
    discriminator=VanillaDiscriminator(width=64),
    loss=NonSaturating(),
    generator_optimizer=_halved_every_epoch(2e-4),
    discriminator_optimizer=_halved_every_epoch(2e-4),
)

# Minutes: less width, a rate that is higher at first, and R1, without which it collapses.
QUICK = dataclasses.replace(
    CONFIG,
    steps=2000,
    image_size=28,
    generator=VanillaGenerator(width=32),
    discriminator=VanillaDiscriminator(width=8),
    penalty=(R1(gamma=1.0),),
    generator_optimizer=_halved_every_epoch(5e-4),
    discriminator_optimizer=_halved_every_epoch(1e-3),
    ema_half_life=5000.0,
    checkpoint_every=500,
    sample_every=500,
)


def main() -> None:
    """Train as the command line says."""
    experiment_main(CONFIG, QUICK, __doc__)


if __name__ == "__main__":
    main()
