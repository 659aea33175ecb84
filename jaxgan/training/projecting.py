"""The projection of a picture file to the styles or latents of a run."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from rich.progress import Progress

from jaxgan.data.picture_files import PictureError, inspect_picture, read_picture
from jaxgan.projection import (
    Distance,
    SearchSpace,
    begin_search,
    pixel_distance,
    search_images,
    search_steps,
)
from jaxgan.training.run_directory import recorded_image_shape
from jaxgan.training.sampling import one_label
from jaxgan.training.saved_state import saved_run

__all__ = ["Projected", "project_picture", "read_target"]

CHUNKS = 50  # of a search, after each of which the bar moves


class Projected(NamedTuple):
    """What was found."""

    name: str  # "z" or "w"
    point: np.ndarray  # [Z] or [L, W]
    pictures: np.ndarray  # [3, H, W, C]: the target, its projection, their difference
    error: float  # mean squared, of pixels in [-1, 1]
    psnr: float  # dB


def project_picture(
    workdir: Path,
    path: Path,
    *,
    step: int | None,
    space: SearchSpace | None,
    steps: int,
    starts: int,
    label: int | None,
    seed: int,
    max_pixels: int,
    say: Callable[[str], None],
    distance: Distance = pixel_distance,
) -> Projected:
    """The nearest of `starts` searches of `steps` steps each, by `distance`.

    `space` None is w, and z for a generator without styles. Raises UserError for a picture, a
    checkpoint or a class that cannot be used, and for w of a generator without styles.
    """
    run = saved_run(workdir, step)
    config, gan, state = run.config, run.gan, run.state
    target = jnp.asarray(read_target(path, recorded_image_shape(config), max_pixels, say))
    space = space or ("w" if gan.styles else "z")
    label = one_label(config, label)
    of_class = None if label is None else jnp.int32(label)
    key_begin, key_search, key_look = jax.random.split(jax.random.key(seed, impl="threefry2x32"), 3)
    begin = partial(
        begin_search,
        gan,
        starts=starts,
        space=space,
        latent_size=config.latent_size,
        label=of_class,
    )
    search = jax.jit(begin)(key_begin, state)
    some = jax.jit(
        partial(search_steps, gan, space=space, steps=steps, distance=distance, label=of_class)
    )
    with Progress(transient=True, disable=not sys.stdout.isatty()) as bar:
        task = bar.add_task("searching", total=steps)
        done = 0
        while done < steps:
            count = min(max(1, steps // CHUNKS), steps - done)
            search, _ = some(jax.random.clone(key_search), state, search, target, count=count)
            done += count
            bar.update(task, completed=int(search.step))
    images = jax.jit(partial(search_images, gan, label=of_class))(key_look, state, search.point)
    best = int(jnp.argmin(distance(images, target)))
    image = images[best]
    error = float(jnp.mean(jnp.square(image - target)))
    psnr = 10 * math.log10(4 / max(error, 1e-12))  # the range from -1 to 1 is 2 wide
    pictures = np.stack([target, image, jnp.clip(image - target, -1, 1)])
    name = "z" if space == "z" else "w"
    return Projected(name, np.asarray(search.point[best]), pictures, error, psnr)


def read_target(
    path: Path, shape: tuple[int, int, int], max_pixels: int, say: Callable[[str], None]
) -> np.ndarray:
    """A picture file as [H, W, C] in [-1, 1], brought to the shape as pictures of a folder are.

    Says so where it had another size. Raises UserError for a file that is no picture.
    """
    facts = inspect_picture(path, thorough=True, max_pixels=max_pixels)
    if facts.problem:
        raise PictureError(f"{path} cannot be used: {facts.problem}", "give another picture")
    if facts.size != shape[1::-1]:
        width, height = facts.size
        say(f"{path}: {width}x{height} pixels, resized and cropped to {shape[1]}x{shape[0]}")
    pixels = read_picture(path, shape, facts.content, max_pixels)
    return pixels.astype(np.float32) / 127.5 - 1
