"""R3GAN (Huang et al. 2025, arXiv:2501.05441): a plain loss that converges, and plain networks.

    python -m jaxgan.experiments.r3gan --data cifar10
    python -m jaxgan.experiments.r3gan --data folder:faces --preset ffhq64
    python -m jaxgan.experiments.r3gan --quick

Relativistic pairs with R1 and R2 at every step, residual networks of inverted bottlenecks without
any normalisation, Adam without momentum, an average of the generator. Learning rate, beta2, gamma,
the average's half-life and the probability of ADA's augmentations, with cutout, follow cosines over
the first 20 million images (ImageNet: 200).
Presets are those of the authors' code: `cifar10`, `ffhq64`, `ffhq256`, `imagenet32` and
`imagenet64`; the lengths of runs but CIFAR-10's 250 million images are ours.
Gammas do not carry over to other data: 0.05 for CIFAR-10, 150 for faces of 256 pixels.

Cost of --quick: 1,200 updates of batches of 16, six and a half minutes on two CPU cores; on MNIST
they end with the grid experiments/mnist_r3gan/samples.png. On CPUs, `--shards 4` computes the wide
networks of the presets in less memory, and no slower: no layer looks at a whole batch. The full
runs have not been made; published are FIDs of 1.96 for CIFAR-10 with labels, 1.95 and 2.75 for FFHQ
at 64 and 256 pixels, 1.27 and 2.09 for ImageNet at 32 and 64.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

from jaxgan.augment import BGC
from jaxgan.commands.command_line import Presets
from jaxgan.commands.train import experiment_main
from jaxgan.config import Config
from jaxgan.errors import UserError
from jaxgan.losses import RelativisticPaired
from jaxgan.networks import R3GANDiscriminator, R3GANGenerator
from jaxgan.optimizers import Adam
from jaxgan.penalties import R1R2
from jaxgan.schedules import Cosine

__all__ = ["CONFIG", "PRESETS", "QUICK", "main", "preset"]

MILLION = 1_000_000  # images


class Settings(NamedTuple):
    """What the presets differ in; pairs are the first and the final value."""

    size: int  # pixels a side
    classes: bool  # whether labels are used
    channel_max: int
    channel_base: int
    group_size: int
    batch: int
    images: int  # real images that are shown, in millions
    annealed: int  # after so many of them, in millions, all is at its final value
    gamma: tuple[float, float]
    half_life: float  # final one of the average, in millions of images
    augmented: float  # final probability of each augmentation


PUBLISHED = {
    "cifar10": Settings(32, True, 768, 24576, 16, 512, 250, 20, (0.05, 0.005), 5.0, 0.55),
    "ffhq64": Settings(64, False, 768, 24576, 16, 256, 150, 20, (2.0, 0.2), 0.5, 0.3),
    "ffhq256": Settings(256, False, 768, 24576, 16, 256, 150, 20, (150.0, 15.0), 0.5, 0.3),
    "imagenet32": Settings(32, True, 1536, 49152, 32, 4096, 1000, 200, (0.5, 0.05), 50.0, 0.5),
    "imagenet64": Settings(64, True, 1536, 98304, 32, 4096, 1000, 200, (1.0, 0.1), 50.0, 0.4),
}
PRESETS = tuple(PUBLISHED)


def preset(name: str, image_size: int | None = None) -> Config:
    """The config of a preset. Raises UserError for another size than the preset's own."""
    settings = PUBLISHED[name]
    if image_size not in (None, settings.size):
        raise UserError(
            f"--preset {name} --image-size {image_size}: that preset is for {settings.size} "
            "pixels; choose its size, or leave the preset out"
        )
    base, most, size = settings.channel_base, settings.channel_max, settings.group_size
    images = settings.annealed * MILLION
    adam = Adam(Cosine(2e-4, 5e-5, images), beta1=0.0, beta2=Cosine(0.9, 0.99, images))
    return Config(
        name="r3gan",
        steps=settings.images * MILLION // settings.batch,
        batch_size=settings.batch,
        n_critic=1,
        image_size=settings.size,
        latent_size=64,
        generator=R3GANGenerator(
            base, most, group_size=size, conditioning="concat" if settings.classes else "none"
        ),
        discriminator=R3GANDiscriminator(
            base, most, group_size=size, conditioning="projection" if settings.classes else "none"
        ),
        loss=RelativisticPaired(),
        penalty=(R1R2(gamma=Cosine(*settings.gamma, images)),),
        augment=_augment(settings.augmented, images),
        generator_optimizer=adam,
        discriminator_optimizer=adam,
        ema_half_life=Cosine(0.0, settings.half_life * MILLION, images),
    )


def _augment(final: float, images: int) -> BGC:
    """All of ADA's changes of geometry and colour, and cutout, each ever more often."""
    return BGC(Cosine(0.0, final, images), colour=0.5, cutout=1.0)


CONFIG = preset("cifar10")

# Minutes: a twelfth of the width and less at full size, one block a size, no labels; everything is
# annealed over the run.
QUICK_ADAM = Adam(Cosine(1e-3, 3e-4), beta1=0.0, beta2=Cosine(0.9, 0.99))
QUICK = dataclasses.replace(
    CONFIG,
    steps=1200,
    batch_size=16,
    image_size=28,
    generator=R3GANGenerator(channel_base=896, channel_max=64, blocks=1),
    discriminator=R3GANDiscriminator(channel_base=896, channel_max=64, blocks=1),
    penalty=(R1R2(gamma=Cosine(5.0, 0.5)),),
    augment=None,
    generator_optimizer=QUICK_ADAM,
    discriminator_optimizer=QUICK_ADAM,
    ema_half_life=Cosine(0.0, 2000.0),
    checkpoint_every=400,
    sample_every=200,
)


def main() -> None:
    """Train as the command line says."""
    experiment_main(CONFIG, QUICK, __doc__, presets=Presets(PRESETS, preset))


if __name__ == "__main__":
    main()
