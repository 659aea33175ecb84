"""The published settings of StyleGAN2 as numbers: Karras et al. 2020, arXiv:1912.04958, and the
settings by name of "Training generative adversarial networks with limited data" (Karras et al.
2020, arXiv:2006.06676).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple, get_args

from jaxgan.errors import UserError
from jaxgan.networks.stylegan2 import StyleGAN2Generator
from jaxgan.networks.stylegan2_discriminator import StyleGAN2Discriminator

__all__ = ["StyleGAN2Parts", "StyleGAN2Preset", "stylegan2_parts"]

StyleGAN2Preset = Literal[
    "auto", "stylegan2", "paper256", "paper512", "paper1024", "cifar", "quick"
]


class StyleGAN2Parts(NamedTuple):
    """Networks, and what they are trained with: the non-saturating loss with R1 and path length,
    and Adam with betas 0 and 0.99 and epsilon 1e-8 for both.

    The authors take R1 every 16th step and path length every 4th as Adam steps of their own, with
    learning rates and betas made smaller by 16/17 and 4/5 for it; a term that is added to a step,
    times its interval, has no such step, and these numbers stay as they are.
    """

    generator: StyleGAN2Generator
    discriminator: StyleGAN2Discriminator
    latent_size: int
    batch_size: int
    learning_rate: float
    gamma: float  # weight of R1: gamma / 2 · squared norm of each image's gradient
    path_length: float  # weight of path length, 0 for none
    average_half_life: float  # of the averaged generator, in images
    average_ramp_up: float  # half-life as a share of the images shown, at most; 0 for no ramp
    images: int  # shown to the discriminator in all


def stylegan2_parts(preset: StyleGAN2Preset, image_shape: tuple[int, int, int]) -> StyleGAN2Parts:
    """The settings by name, for images [H, W, C]; raises UserError for another name.

    auto follows the size, on one GPU; stylegan2 is configuration F; paper256, 512 and 1024 are the
    ones of the paper on limited data, cifar its CIFAR-10 one. quick is jaxgan's own, made to train
    28 or 32 pixels on a CPU in minutes: an eighth of the channels and gamma for them.
    """
    size = image_shape[0]
    if preset not in get_args(StyleGAN2Preset):
        names = ", ".join(get_args(StyleGAN2Preset))
        raise UserError(f"StyleGAN2 preset {preset!r}: expected one of {names}")
    if preset == "auto":
        batch = max(min(4096 // size, 32), 1)
        return _parts(
            channel_base=32768 if size >= 512 else 16384,
            mapping_layers=2,
            group=min(batch, 4) if batch > 1 else 0,
            batch=batch,
            rate=0.002 if size >= 1024 else 0.0025,
            gamma=0.0002 * size**2 / batch,
            half_life=batch * 10_000 / 32,
            ramp_up=0.05,
        )
    if preset == "cifar":
        parts = _parts(
            mapping_layers=2,
            group=32,
            batch=64,
            rate=0.0025,
            gamma=0.01,
            half_life=500_000,
            ramp_up=0.05,
        )
        return parts._replace(
            generator=replace(parts.generator, mixing=0.0),
            discriminator=replace(parts.discriminator, architecture="orig"),
            path_length=0.0,
            images=100_000_000,
        )
    if preset == "quick":
        parts = _parts(
            channel_base=1024,
            mapping_layers=2,
            group=4,
            batch=32,
            rate=0.0025,
            gamma=0.1,
            half_life=1_000,
            ramp_up=0.05,
        )
        small = replace(parts.generator, channel_max=64, style_size=64, mixing=0.5)
        return parts._replace(
            generator=small,
            discriminator=replace(parts.discriminator, channel_max=64),
            latent_size=64,
            path_length=0.0,
            images=64_000,
        )
    return PAPERS[preset]


def _parts(
    *,
    channel_base: int = 32768,
    mapping_layers: int = 8,
    group: int,
    batch: int,
    rate: float,
    gamma: float,
    half_life: float,
    ramp_up: float = 0.0,
) -> StyleGAN2Parts:
    return StyleGAN2Parts(
        StyleGAN2Generator(channel_base=channel_base, mapping_layers=mapping_layers),
        StyleGAN2Discriminator(channel_base=channel_base, minibatch_deviation=group),
        latent_size=512,
        batch_size=batch,
        learning_rate=rate,
        gamma=gamma,
        path_length=2.0,
        average_half_life=half_life,
        average_ramp_up=ramp_up,
        images=25_000_000,
    )


PAPERS = {
    "stylegan2": _parts(group=4, batch=32, rate=0.002, gamma=10.0, half_life=10_000),
    "paper256": _parts(
        channel_base=16384, group=8, batch=64, rate=0.0025, gamma=1.0, half_life=20_000
    ),
    "paper512": _parts(group=8, batch=64, rate=0.0025, gamma=0.5, half_life=20_000),
    "paper1024": _parts(group=4, batch=32, rate=0.002, gamma=2.0, half_life=10_000),
}
