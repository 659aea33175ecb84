"""The images that a card is made of: a run's samples and its data, or two folders."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from jaxgan.config import Config
from jaxgan.data import ARRAYS, MOST_PIXELS, PROCEDURAL, ImageSet, open_images
from jaxgan.errors import UserError
from jaxgan.report.inputs import CardInputs
from jaxgan.report.measure import check_images_of
from jaxgan.report.networks import networks_for
from jaxgan.report.storage import stored_differently
from jaxgan.training.picture_list import what_changed
from jaxgan.training.pictures import as_uint8
from jaxgan.training.records import digests_by_step, note_on_metrics, read_digests, read_metrics
from jaxgan.training.run_directory import (
    FOLDER,
    RunPaths,
    data_of,
    read_run_config,
    recorded_environment,
)
from jaxgan.training.sampling import sample_labels, sample_run

__all__ = ["sets_of_folders", "sets_of_run"]

Array = np.ndarray
Say = Callable[[str], None]

REAL_FOR_EACH, MOST_REAL = 5, 20_000  # real images, for each fake and at most
TRAINED = 60_000  # training images at most
HISTORY = ("discriminator/loss", "generator/loss", "discriminator/gradient_norm",
           "generator/gradient_norm", "blur/radius_px", "blur/noise", "blur/coverage")  # fmt: skip
POINTS = 2000  # of each curve of a run's history


def sets_of_run(
    workdir: Path,
    *,
    count: int,
    step: int | None,
    seed: int,
    data_dir: str | None,
    cache: Path | None,
    say: Say,
    data_path: str | None = None,
    max_pixels: int = MOST_PIXELS,
    images: ImageSet | None = None,
    held_out: ImageSet | None = None,
) -> CardInputs:
    """`count` samples of a run's checkpoint, against real images that it was not trained on.

    These are `held_out`, else another split of the same data; where there is none (a folder,
    arrays), the training images themselves, which a note then says. `images` are those that the
    run was handed over, where it was trained on arrays in memory. Classifiers are kept in `cache`;
    None looks through no feature network. Raises UserError for a run without checkpoints and for
    data that are not there.
    """
    config, environment = read_run_config(workdir), recorded_environment(workdir)
    if images is None:
        config = dataclasses.replace(config, data=data_of(config, environment, data_path))
    step, samples = sample_run(workdir, count, seed, step, None)
    trained_on = images or _open(config, config.split, data_dir, max_pixels)
    if trained_on.fingerprint != environment["data_fingerprint"]:
        changes = what_changed(RunPaths(workdir).pictures, trained_on)
        raise UserError(
            f"{config.data} holds other images than {workdir} was trained on"
            f"{changes and f' ({changes})'}: restore them"
            + (", or give --data-path" if config.data.startswith(FOLDER) else "")
        )
    other = _other_split(config.split)
    enough = min(REAL_FOR_EACH * count, MOST_REAL)
    unseen = held_out or _open_other(config, other, enough, data_dir)
    trained, real = _read(trained_on, TRAINED), _read(unseen or trained_on, enough)
    fake = as_uint8(samples)
    check_images_of(real["image"], fake)
    paths = RunPaths(workdir)
    odd = note_on_metrics(paths.digests, paths.metrics, step)
    notes = _odd("the real images", unseen or trained_on)
    notes += [f"{odd}; so are its curves"] if odd else []
    if unseen is None:
        notes.append(
            f"{config.data} has no split {other!r}: the real images are those the run was trained "
            "on, so memorisation cannot be told, and scores flatter a generator that copies"
        )
    return CardInputs(
        name=f"{config.name} on {config.data}, seed {config.seed}, step {step}",
        fake=fake,
        real=real["image"],
        trained=None if unseen is None else trained["image"],
        class_names=trained_on.classes,
        has_edges=config.data == "shapes",
        networks=networks_for(trained["image"], trained.get("label"), trained_on, cache, say),
        protocol={
            "config": config.name,
            "seed_of_run": config.seed,
            "step": step,
            "generator": "averaged weights" if config.ema_half_life else "weights of that step",
            "data": config.data,
            "trained_split": config.split,
            "real_split": held_out.name if held_out else other if unseen else config.split,
            "real_fingerprint": (unseen or trained_on).fingerprint,
            "sample_seed": seed,
            "state": digests_by_step(read_digests(paths.digests))[step],
        },
        notes=tuple(notes),
        history=_history(read_metrics(paths.metrics)),
        fake_labels=sample_labels(config, count),
        real_labels=real.get("label"),
    )


def sets_of_folders(
    real: Path,
    fake: Path,
    *,
    image_size: int | None,
    cache: Path | None,
    say: Say,
    max_pixels: int = MOST_PIXELS,
) -> CardInputs:
    """Anybody's images: two folders, of which one is taken for real."""
    for inner, outer in ((fake, real), (real, fake)):
        if outer.resolve() in inner.resolve().parents:
            raise UserError(f"{inner} lies in {outer}: give two folders apart from each other")
    real_set = open_images(f"folder:{real}", image_size=image_size, max_pixels=max_pixels)
    height, _, channels = real_set.image_shape
    fake_set = open_images(
        f"folder:{fake}", image_size=image_size, channels=channels, max_pixels=max_pixels
    )
    if fake_set.image_shape[0] != height:
        raise UserError(
            f"{real} holds images of {height} pixels and {fake} of {fake_set.image_shape[0]}: give "
            f"--image-size to bring them to one size (which changes the blur of those it resamples)"
        )
    if real_set.fingerprint == fake_set.fingerprint:
        raise UserError(f"{real} and {fake} hold the same images: there is nothing to compare")
    images, judged = _read(real_set, MOST_REAL), _read(fake_set, MOST_REAL // 2)
    fakes = judged["image"]
    check_images_of(images["image"], fakes)
    notes = _odd(str(real), real_set) + _odd(str(fake), fake_set)
    if stored := stored_differently(real_set.codings, fake_set.codings):
        notes.append(stored)
    for note in notes:
        say(f"warning: {note}")
    notes.append("no training images are known, so memorisation cannot be told")
    same_classes = fake_set.classes == real_set.classes
    if fake_set.classes and not same_classes:
        notes.append("the folders of the fakes are not those of the real images: no classes")
    return CardInputs(
        name=f"{fake} against {real}",
        fake=fakes,
        real=images["image"],
        class_names=real_set.classes,
        networks=networks_for(images["image"], images.get("label"), real_set, cache, say),
        protocol={
            "data": str(real),
            "real_fingerprint": real_set.fingerprint,
            "fake_fingerprint": fake_set.fingerprint,
        },
        notes=tuple(notes),
        fake_names=tuple(fake_set.files[i] for i in _places(fake_set, MOST_REAL // 2)),
        fake_labels=judged.get("label") if same_classes else None,
        real_labels=images.get("label"),
    )


def _open(
    config: Config, split: str, data_dir: str | None, max_pixels: int = MOST_PIXELS
) -> ImageSet:
    return open_images(
        config.data,
        split=split,
        image_size=config.image_size,
        channels=config.channels,
        size=config.data_size,
        blur=config.data_blur,
        data_dir=data_dir,
        max_pixels=max_pixels,
    )


def _odd(name: str, images: ImageSet) -> list[str]:
    """What is odd about the pictures, as a card notes it."""
    return [f"{name}: {note.removeprefix('warning: ')}" for note in images.notes]


def _other_split(split: str) -> str:
    """The split that a run did not train on, by the names that data sets give theirs."""
    return "train" if split.split("[")[0] in ("test", "validation") else "test"


def _open_other(config: Config, split: str, size: int, data_dir: str | None) -> ImageSet | None:
    """The other split, of `size` images where they are drawn; None of data that have but one."""
    if config.data.startswith((FOLDER, ARRAYS)):
        return None
    drawn = dataclasses.replace(config, data_size=size) if config.data in PROCEDURAL else config
    return _open(drawn, split, data_dir)


def _read(images: ImageSet, most: int) -> dict[str, Array]:
    """At most so many of the images, evenly spread."""
    return images.read(_places(images, most))


def _places(images: ImageSet, most: int) -> Array:
    return np.linspace(0, images.size - 1, min(images.size, most)).astype(np.int64)


def _history(lines: list[dict[str, Any]]) -> dict[str, Array]:
    """Curves of a run, thinned: name -> [[step, value]]."""
    curves = {}
    for name in HISTORY:
        points = np.array([[line["step"], line[name]] for line in lines if name in line])
        if len(points):
            kept = np.linspace(0, len(points) - 1, min(len(points), POINTS)).astype(int)
            curves[name] = points[kept]
    return curves
