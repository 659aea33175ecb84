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

Cost of --quick: 1,000 updates of batches of 32, nine minutes on two CPU cores, of which compiling
is one; on MNIST they end with the grid experiments/mnist_stylegan2/samples.png. The full runs have
not been made; published for CIFAR-10 without labels is an FID of 11.07, of 10,000 samples (Zhao et
al. 2020, arXiv:2006.10738).
"""

from __future__ import annotations

import dataclasses

from jaxgan.commands.command_line import Presets
from jaxgan.commands.train import experiment_main
from jaxgan.config import Config
from jaxgan.errors import UserError
from jaxgan.losses import NonSaturating
from jaxgan.networks import StyleGAN2Discriminator, StyleGAN2Generator
from jaxgan.optimizers import Adam
from jaxgan.penalties import R1, PathLength

__all__ = ["CONFIG", "PRESETS", "QUICK", "main", "preset"]

PRESETS = ("auto", "cifar", "paper256", "config-f-1024")
SIZES = {"cifar": 32, "paper256": 256, "config-f-1024": 1024}  # auto: any
KIMG = 1000  # images


def preset(name: str, image_size: int | None = None) -> Config:
    """The config of a preset; `auto` is for `image_size` pixels a side, 32 where it is None.

    Raises UserError for another size than a preset's own.
    """
    size = image_size or SIZES.get(name, 32)
    if SIZES.get(name, size) != size:
        raise UserError(
            f"--preset {name} --image-size {size}: that preset is for {SIZES[name]} pixels; use "
            "--preset auto"
        )
    return {"auto": _auto, "cifar": _cifar, "paper256": _paper256, "config-f-1024": _config_f}[
        name
    ](size)


def _auto(size: int) -> Config:
    batch = max(min(4096 // size, 32), 1)
    return _config(
        size,
        batch=batch,
        kimg=25_000,
        base=32768 if size >= 512 else 16384,
        group=min(batch, 4),
        mapping=2,
        gamma=0.0002 * size**2 / batch,
        rate=0.002 if size >= 1024 else 0.0025,
        half_life=batch * 10 / 32 * KIMG,
        ramp_up=0.05,
    )


def _cifar(size: int) -> Config:
    config = _config(
        size,
        batch=64,
        kimg=100_000,
        base=32768,
        group=32,
        mapping=2,
        gamma=0.01,
        rate=0.0025,
        half_life=500 * KIMG,
        ramp_up=0.05,
    )
    return dataclasses.replace(
        config,
        generator=StyleGAN2Generator(channel_base=32768, mapping_layers=2, mixing=0.0),
        discriminator=StyleGAN2Discriminator(
            architecture="orig", channel_base=32768, minibatch_deviation=32
        ),
        generator_penalty=(),
    )


def _paper256(size: int) -> Config:
    return _config(
        size,
        batch=64,
        kimg=25_000,
        base=16384,
        group=8,
        mapping=8,
        gamma=1.0,
        rate=0.0025,
        half_life=20 * KIMG,
    )


def _config_f(size: int) -> Config:
    return _config(
        size,
        batch=32,
        kimg=25_000,
        base=32768,
        group=4,
        mapping=8,
        gamma=10.0,
        rate=0.002,
        half_life=10 * KIMG,
    )


def _config(
    size: int,
    *,
    batch: int,
    kimg: int,
    base: int,
    group: int,
    mapping: int,
    gamma: float,
    rate: float,
    half_life: float,
    ramp_up: float = 0.0,
) -> Config:
    """A config for images of `size` pixels that is shown `kimg` thousand real images."""
    adam = Adam(learning_rate=rate, beta1=0.0, beta2=0.99)
    return Config(
        name="stylegan2",
        steps=kimg * KIMG // batch,
        batch_size=batch,
        n_critic=1,
        image_size=size,
        latent_size=512,
        generator=StyleGAN2Generator(channel_base=base, mapping_layers=mapping),
        discriminator=StyleGAN2Discriminator(channel_base=base, minibatch_deviation=group),
        loss=NonSaturating(),
        penalty=(R1(gamma=gamma, interval=16),),
        generator_penalty=(PathLength(weight=2.0, decay=0.01, interval=4),),
        generator_optimizer=adam,
        discriminator_optimizer=adam,
        ema_half_life=half_life,
        ema_ramp_up=ramp_up,
    )


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
