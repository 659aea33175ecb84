"""A GAN small enough to train in a second, and real processes that train it."""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jaxgan.experiments
from jaxgan.config import Config
from jaxgan.experiments import wgan, wgan_gp
from jaxgan.optimizers import SGD
from jaxgan.protocols import LookingThrough
from tests.weights.small import FIRST_BLOCK, small_file

SMALL = {
    "image_size": 8,
    "batch_size": 8,
    "data_size": 50,
    "n_critic": 2,
    "latent_size": 6,
    "steps": 12,
    "checkpoint_every": 5,
    "sample_every": 6,
    "log_every": 2,
}


NARROW = {"width": 2, "channel_max": 2, "style_size": 4, "mapping_layers": 1, "blocks": 1,
          "group_size": 2}  # fmt: skip
GROUPS = {"minibatch_deviation": 2}  # of the images of a shard, where there are groups


def narrow(part: Any) -> dict[str, int]:
    """The fields of a network part that decide its size, at their smallest."""
    fields = {field.name for field in dataclasses.fields(part)}
    groups = GROUPS if getattr(part, "minibatch_deviation", 0) else {}
    return {name: size for name, size in (NARROW | groups).items() if name in fields}


def shallow(term: Any) -> dict[str, str]:
    """The fields of a term that looks through VGG: random weights, and one block of it."""
    looks = isinstance(term, LookingThrough)
    return {"weights": str(small_file()), "layers": FIRST_BLOCK} if looks else {}


def tiny(config: Config, **changes: object) -> Config:
    """A variant with its own parts, at the smallest size that still has every layer."""
    values = {
        **SMALL,
        "sharpness": tuple(dataclasses.replace(t, **shallow(t)) for t in config.sharpness),
        "generator": dataclasses.replace(config.generator, **narrow(config.generator)),
        "discriminator": dataclasses.replace(config.discriminator, **narrow(config.discriminator)),
        **changes,
    }
    return dataclasses.replace(config, **values)


WGAN_GP = tiny(wgan_gp.CONFIG)
WGAN = tiny(wgan.CONFIG)
EXPERIMENTS = sorted(module.name for module in pkgutil.iter_modules(jaxgan.experiments.__path__))
VARIANTS = {
    name: tiny(importlib.import_module(f"jaxgan.experiments.{name}").CONFIG, classes=4)
    for name in EXPERIMENTS
}


def with_plain_descent(config: Config) -> Config:
    """The config with optimisers that let rounding be: where a gradient is nothing but rounding,
    as that of a bias before a batch norm, Adam makes whole steps of it."""
    plain = SGD(learning_rate=0.1, momentum=0.0)
    return dataclasses.replace(config, generator_optimizer=plain, discriminator_optimizer=plain)


def tiny_flags(experiment: str) -> list[str]:
    """The flags that make an experiment tiny."""
    config = importlib.import_module(f"jaxgan.experiments.{experiment}").CONFIG
    of_parts = {
        f"{role}.{name}": size
        for role in ("generator", "discriminator")
        for name, size in narrow(getattr(config, role)).items()
    }
    of_terms = {
        f"sharpness.{name}": value
        for term in config.sharpness
        for name, value in shallow(term).items()
    }
    values = {**SMALL, **of_parts, **of_terms}
    return [f"--{name.replace('_', '-')}={value}" for name, value in values.items()]


FLAGS = tiny_flags("wgan_gp")


def command(*arguments: str, module: str = "jaxgan.experiments.wgan_gp") -> list[str]:
    """The command line of a tiny run; it is too small for a blur card."""
    _, _, experiment = module.partition("jaxgan.experiments.")
    sizes = [*tiny_flags(experiment), "--no-blur"] if experiment else []
    return [sys.executable, "-m", module, *sizes, *arguments]


def environment(devices: int = 1, flags: str = "", **extra: str) -> dict[str, str]:
    """Environment of a process with so many virtual CPU devices, and more of XLA's flags."""
    kept = {name: value for name, value in os.environ.items() if name not in ("XLA_FLAGS", "NPROC")}
    root = str(Path(__file__).parents[1])
    return {
        **kept,
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices} {flags}".strip(),
        "JAX_PLATFORMS": "cpu",
        "PYTHONPATH": root,
        **extra,
    }


def run(
    *arguments: str,
    devices: int = 1,
    flags: str = "",
    module: str = "jaxgan.experiments.wgan_gp",
    **extra: str,
) -> subprocess.CompletedProcess[str]:
    """Run a tiny command to its end."""
    return subprocess.run(
        command(*arguments, module=module),
        env=environment(devices, flags, **extra),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def digests(workdir: Path) -> dict[int, str]:
    """Recorded digests by step."""
    lines = (workdir / "digests.jsonl").read_text().splitlines()
    return {line["step"]: line["digest"] for line in map(json.loads, lines)}
