"""StyleGAN2 (Karras et al. 2020, arXiv:1912.04958), after StyleGAN (2019, arXiv:1812.04948).

    python -m jaxgan.experiments.stylegan2 --data folder:faces --image-size 64 --preset auto
    python -m jaxgan.experiments.stylegan2 --data cifar10 --preset cifar
    python -m jaxgan.experiments.stylegan2 --generator.style adain --data mnist --quick
    python -m jaxgan.experiments.stylegan2 --quick

A mapping network turns latents into styles, which steer every layer of a synthesis network; R1
every 16th discriminator step and path length every 4th generator step, the logistic loss, an
average of the generator. Presets are those of the authors' code: `auto` for any size, `cifar`,
`paper256` and `config-f-1024`. `--generator.style adain` is StyleGAN's layer, which the article of
2019 has: normalised activations instead of demodulated weights.

Lazy terms are added to the gradient of their step. In the authors' code they are steps of their
own, of which the learning rate and the betas are corrected by k / (k + 1): that correction belongs
to those steps, and is left out here. Path length looks at a whole batch; theirs at half of one.

Cost of --quick: 1,000 updates of batches of 32, seven minutes on two CPU cores, of which compiling
is one; on MNIST they end with the grid experiments/mnist_stylegan2/samples.png. The full runs have
not been made; published for CIFAR-10 without labels is an FID of 11.07, of 10,000 samples (Zhao et
al. 2020, arXiv:2006.10738).
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

from jaxgan.commands.command_line import Presets
from jaxgan.commands.train import experiment_main
from jaxgan.config import Config
from jaxgan.errors import UserError
from jaxgan.losses import NonSaturating
from jaxgan.networks import StyleGAN2Discriminator, StyleGAN2Generator
from jaxgan.optimizers import Adam
from jaxgan.penalties import R1, PathLength

__all__ = ["CONFIG", "PRESETS", "QUICK", "main", "preset"]

KIMG = 1000  # images


class Settings(NamedTuple):
    """What the presets differ in."""

    batch: int
    kimg: int  # thousands of real images that are shown
    base: int  # channels times pixels a side
    group: int  # images of a minibatch deviation
    mapping: int  # layers
    gamma: float  # of R1
    rate: float  # of learning
    half_life: float  # of the average, in thousands of images
    ramp_up: float = 0.0


PUBLISHED = {
    "cifar": (32, Settings(64, 100_000, 32768, 32, 2, 0.01, 0.0025, 500, ramp_up=0.05)),
    "paper256": (256, Settings(64, 25_000, 16384, 8, 8, 1.0, 0.0025, 20)),
    "config-f-1024": (1024, Settings(32, 25_000, 32768, 4, 8, 10.0, 0.002, 10)),
}
"""Presets for one size of images: that size, and the settings."""

PRESETS = ("auto", *PUBLISHED)


def preset(name: str, image_size: int | None = None) -> Config:
    """The config of a preset; `auto` is for `image_size` pixels a side, 32 where it is None.

    Raises UserError for another size than a preset's own.
    """
    if name == "auto":
        size = image_size or 32
        return _config(size, _auto(size))
    size, settings = PUBLISHED[name]
    if image_size not in (None, size):
        raise UserError(
            f"--preset {name} --image-size {image_size}: that preset is for {size} pixels; use "
            "--preset auto"
        )
    config = _config(size, settings)
    if name != "cifar":
        return config
    return dataclasses.replace(
        config,
        generator=dataclasses.replace(_generator(settings), mixing=0.0),
        discriminator=dataclasses.replace(_discriminator(settings), architecture="orig"),
        generator_penalty=(),
    )


def _auto(size: int) -> Settings:
    batch = max(min(4096 // size, 32), 1)
    return Settings(
        batch,
        kimg=25_000,
        base=32768 if size >= 512 else 16384,
        group=min(batch, 4),
        mapping=2,
        gamma=0.0002 * size**2 / batch,
        rate=0.002 if size >= 1024 else 0.0025,
        half_life=batch * 10 / 32,
        ramp_up=0.05,
    )


def _config(size: int, settings: Settings) -> Config:
    adam = Adam(learning_rate=settings.rate, beta1=0.0, beta2=0.99)
    return Config(
        name="stylegan2",
        steps=settings.kimg * KIMG // settings.batch,
        batch_size=settings.batch,
        n_critic=1,
        image_size=size,
        latent_size=512,
        generator=_generator(settings),
        discriminator=_discriminator(settings),
        loss=NonSaturating(),
        penalty=(R1(gamma=settings.gamma, interval=16),),
        generator_penalty=(PathLength(weight=2.0, decay=0.01, interval=4),),
        generator_optimizer=adam,
        discriminator_optimizer=adam,
        ema_half_life=settings.half_life * KIMG,
        ema_ramp_up=settings.ramp_up,
    )


def _generator(settings: Settings) -> StyleGAN2Generator:
    return StyleGAN2Generator(channel_base=settings.base, mapping_layers=settings.mapping)


def _discriminator(settings: Settings) -> StyleGAN2Discriminator:
    return StyleGAN2Discriminator(channel_base=settings.base, minibatch_deviation=settings.group)


CONFIG = preset("auto")

# Minutes: an eighth of the width, small latents, no path length, half of the mixing. With gamma 0.1
# a single digit was left after 500 updates on MNIST.
QUICK = dataclasses.replace(
    CONFIG,
    steps=1000,
    image_size=28,
    latent_size=64,
    generator=StyleGAN2Generator(
        channel_base=1024, channel_max=64, style_size=64, mapping_layers=2, mixing=0.5
    ),
    discriminator=StyleGAN2Discriminator(channel_base=1024, channel_max=64),
    penalty=(R1(gamma=10.0, interval=16),),
    generator_penalty=(),
    ema_half_life=1000.0,
    ema_ramp_up=0.05,
    checkpoint_every=500,
    sample_every=500,
)


def main() -> None:
    """Train as the command line says."""
    experiment_main(CONFIG, QUICK, __doc__, presets=Presets(PRESETS, preset))


if __name__ == "__main__":
    main()
