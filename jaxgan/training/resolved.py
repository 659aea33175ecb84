"""What a config leaves open, filled in: the run's images, and the one Gan that is built for it."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import jax

from jaxgan.config import Config
from jaxgan.data import MOST_PIXELS, open_images
from jaxgan.data.images import ImageSet
from jaxgan.errors import UserError
from jaxgan.steps import build
from jaxgan.steps.shards import check_shards
from jaxgan.types import Gan, GanState

__all__ = ["ResolvedRun", "abstract_state", "resolve"]


class ResolvedRun(NamedTuple):
    """A run with nothing left open."""

    config: Config
    images: ImageSet
    gan: Gan


def resolve(
    config: Config,
    recorded: Config | None,
    *,
    images: ImageSet | None = None,
    data_dir: str | None = None,
    download: bool = False,
    max_pixels: int = MOST_PIXELS,
) -> ResolvedRun:
    """The config with what it left open filled in, its images and its Gan.

    `images` stand for those that `config.data` names. Image size, channels and classes come from
    the data; shards from the recorded run where there is one, else from the number of devices.
    Raises UserError for data, sizes or shards that cannot be.
    """
    if images is not None:
        _check_handed_over(images, config)
    else:
        images = open_images(
            config.data,
            split=config.split,
            image_size=config.image_size,
            channels=config.channels,
            size=config.data_size,
            blur=config.data_blur,
            data_dir=data_dir,
            download=download,
            max_pixels=max_pixels,
        )
    if config.classes not in (None, len(images.classes)):
        raise UserError(
            f"--classes {config.classes}: {images.name} has {len(images.classes)}; leave it out"
        )
    shards = config.shards or (recorded.shards if recorded else None) or jax.device_count()
    check_shards(config.batch_size, shards, jax.device_count())
    height, _, channels = images.image_shape
    filled_in = dataclasses.replace(
        config,
        shards=shards,
        image_size=height,
        channels=channels,  # type: ignore[arg-type]
        classes=len(images.classes),
    )
    gan = build(filled_in, images.image_shape)  # refuses sizes that the networks cannot make
    return ResolvedRun(filled_in, images, gan)


def abstract_state(gan: Gan) -> GanState:
    """Shapes and types of a run's state; the trace is that of `jax.jit(gan.init)`, made once."""
    return jax.eval_shape(jax.jit(gan.init), jax.random.key(0, impl="threefry2x32"))


def _check_handed_over(images: ImageSet, config: Config) -> None:
    """Refuse images of another form than the config asks for: they are taken as they are."""
    height, _, channels = images.image_shape
    for field, asked, found in (
        ("image_size", config.image_size, height),
        ("channels", config.channels, channels),
    ):
        if asked not in (None, found):
            raise UserError(
                f"{field} {asked} with {images.name}, which has {found}: leave it out, or hand "
                "over other images"
            )
