"""One frozen value is one experiment.

A `Config` is hashable, typed and round-trips through JSON. Architectures, losses, penalties and
optimisers are parts: small frozen dataclasses that live beside what they configure and are told
apart by their `role`. Any part goes into any config; combinations that make no sense are refused.
"""

from __future__ import annotations

import dataclasses
import importlib
import math
import re
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import optax

from jaxgan.errors import UserError
from jaxgan.losses import Wasserstein
from jaxgan.networks import DCGANDiscriminator, DCGANGenerator
from jaxgan.optimizers import Adam
from jaxgan.types import (
    DiscriminatorPart,
    GeneratorPart,
    LossPart,
    OptimizerPart,
    PenaltyPart,
)

__all__ = ["Config", "available_parts", "config_from_json", "config_to_json", "part_name"]

Optimizer: TypeAlias = OptimizerPart | optax.GradientTransformation

PART_PACKAGES = {
    "loss": "jaxgan.losses",
    "penalty": "jaxgan.penalties",
    "generator": "jaxgan.networks",
    "discriminator": "jaxgan.networks",
    "optimizer": "jaxgan.optimizers",
}
PART_FIELDS = {
    "loss": "loss",
    "penalty": "penalty",
    "generator": "generator",
    "discriminator": "discriminator",
    "generator_optimizer": "optimizer",
    "discriminator_optimizer": "optimizer",
}
"""Field of Config -> role of the part it holds."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """All that decides the bits of a run, besides package versions and the kind of device."""

    name: str = "gan"
    """Name of the variant; it names the run's directory."""
    seed: int = 0
    """Seed of initial values, noise and the order of examples; any whole number from 0."""
    steps: int = 100_000
    """Generator updates in the run (WGAN-GP: 200,000 on MNIST, 100,000 for its CIFAR-10 ResNet)."""
    batch_size: int = 64
    """Images in a global batch, over all devices (64 in DCGAN and WGAN, 50 to 64 in WGAN-GP)."""
    n_critic: int = 5
    """Discriminator steps before each generator step (5 in WGAN and WGAN-GP, 1 in DCGAN)."""
    shards: int | None = None
    """Equal parts a batch is cut into; same shards, same bits on any number of devices. Default:
    the number of devices, recorded in the run."""

    data: str = "shapes"
    """Images: shapes (drawn here), a TFDS name such as mnist or cifar10, or folder:PATH."""
    split: str = "train"
    """Split of a TFDS set."""
    image_size: int | None = None
    """Pixels a side that images are resized and cropped to; default: their own (shapes: 32)."""
    channels: Literal[1, 3] | None = None
    """1 for grey, 3 for RGB; default: as the images are."""
    data_size: int = 20_000
    """Number of examples of shapes; other data have their own."""
    data_blur: float = 0.0
    """Blur planted in shapes: standard deviation of a Gaussian, in pixels; 0 for none."""

    latent_size: int = 100
    """Normal random numbers a generated image starts from (100 in DCGAN, 128 in WGAN-GP)."""
    generator: GeneratorPart = DCGANGenerator()
    """Architecture of the generator."""
    discriminator: DiscriminatorPart = DCGANDiscriminator()
    """Architecture of the discriminator."""
    loss: LossPart = Wasserstein()
    """Adversarial loss."""
    penalty: PenaltyPart | None = None
    """Term added to the discriminator's loss."""
    weight_clip: float | None = None
    """Discriminator parameters are clipped to plus and minus this after each step (WGAN: 0.01)."""
    generator_optimizer: Optimizer = Adam()
    """Optimiser of the generator."""
    discriminator_optimizer: Optimizer = Adam()
    """Optimiser of the discriminator."""
    ema_half_life: float = 0.0
    """Images after which an old generator's share in the averaged one halves; 0 (DCGAN, WGAN):
    samples come from the generator itself; StyleGAN2 10,000."""
    matmul_precision: Literal["float32", "tensorfloat32", "bfloat16"] = "float32"
    """Arithmetic of matrix products and convolutions on accelerators; CPUs always use float32."""

    checkpoint_every: int = 1000
    """Generator updates between checkpoints and recorded digests."""
    sample_every: int = 1000
    """Generator updates between sample grids."""
    log_every: int = 50
    """Generator updates between lines of metrics."""

    def __post_init__(self) -> None:
        for field in ("steps", "batch_size", "n_critic", "latent_size", "data_size"):
            _check_whole(field, getattr(self, field), 1)
        for field in ("checkpoint_every", "sample_every", "log_every"):
            _check_whole(field, getattr(self, field), 1)
        _check_whole("seed", self.seed, 0)
        for field in ("shards", "image_size"):
            if getattr(self, field) is not None:
                _check_whole(field, getattr(self, field), 1)
        for field in ("data_blur", "ema_half_life"):
            _check_number(field, getattr(self, field), lowest=0.0)
        if self.weight_clip is not None and not 0 < self.weight_clip < math.inf:
            raise UserError(f"{_flag('weight_clip')} {self.weight_clip}: expected a number above 0")
        for field, choices in (
            ("channels", (None, 1, 3)),
            ("matmul_precision", ("float32", "tensorfloat32", "bfloat16")),
        ):
            if getattr(self, field) not in choices:
                named = ", ".join(str(choice) for choice in choices)
                raise UserError(f"{_flag(field)} {getattr(self, field)}: expected one of {named}")
        self._check_combination()

    def _check_combination(self) -> None:
        penalty, discriminator = self.penalty, self.discriminator
        if penalty is not None and penalty.per_example and discriminator.mixes_examples:
            raise UserError(
                f"batch norm in the discriminator with {part_name(penalty)}: the penalty takes "
                "each image's own gradient, which batch norm mixes with the rest of the batch "
                "(Gulrajani et al. 2017, section 4); use --discriminator.norm layer or none"
            )


def part_name(part: Any) -> str:
    """The name of a part on the command line: `GradientPenalty()` -> 'gradient-penalty'.

    Networks go without their role, which the flag says: `DCGANGenerator()` -> 'dcgan'.
    """
    cls = part if isinstance(part, type) else type(part)
    bare = re.sub("(Generator|Discriminator)$", "", cls.__name__)
    return re.sub("(?<=[a-z])(?=[A-Z])", "-", bare).lower()


def available_parts(field: str) -> dict[str, type]:
    """The parts of the library that fit a field of Config, by name."""
    role = PART_FIELDS[field]
    package = importlib.import_module(PART_PACKAGES[role])
    members = [getattr(package, name) for name in package.__all__]
    fitting = [m for m in members if getattr(m, "role", None) == role]
    return {part_name(member): member for member in fitting}


def config_to_json(config: Config) -> dict[str, Any]:
    """A Config as plain JSON values; parts name their class as `module:Class`."""
    plain: dict[str, Any] = {}
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if field.name in PART_FIELDS and value is not None:
            value = _part_to_json(field.name, value)
        plain[field.name] = value
    return plain


def config_from_json(plain: dict[str, Any]) -> Config:
    """The Config that `config_to_json` wrote; raises UserError for unknown fields or parts."""
    known = {field.name for field in dataclasses.fields(Config)}
    if unknown := sorted(set(plain) - known):
        raise UserError(
            f"config with unknown fields {', '.join(unknown)}: it was written by another version "
            "of jaxgan; run it with that version"
        )
    values = {
        name: _part_from_json(name, value) if name in PART_FIELDS and value is not None else value
        for name, value in plain.items()
    }
    return Config(**values)


def _part_to_json(field: str, part: Any) -> dict[str, Any]:
    cls = type(part)
    # A script's or a notebook's own module is another one in the process that reads the config.
    if cls.__module__ == "__main__" or _find_part(cls.__module__, cls.__qualname__) is not cls:
        raise UserError(
            f"{field} {part!r} cannot be written to a config: wrap it in a frozen dataclass at "
            "the top of a module that can be imported, as in jaxgan/optimizers/adam.py"
        )
    values = {f.name: getattr(part, f.name) for f in dataclasses.fields(part)}
    return {"part": f"{cls.__module__}:{cls.__qualname__}", **values}


def _part_from_json(field: str, plain: dict[str, Any]) -> Any:
    values = dict(plain)
    module, _, name = values.pop("part", "").partition(":")
    cls: Any = _find_part(module, name)
    if cls is None or getattr(cls, "role", "") != PART_FIELDS[field]:
        raise UserError(
            f"{field} {module}:{name} is no {PART_FIELDS[field]} that can be imported here: "
            "put its module on PYTHONPATH, or use the version of jaxgan that wrote the config"
        )
    if unknown := set(values) - {f.name for f in dataclasses.fields(cls)}:
        raise UserError(
            f"{field} {module}:{name} has no {', '.join(sorted(unknown))}: use the version of "
            "jaxgan that wrote the config"
        )
    return cls(**values)


def _find_part(module: str, name: str) -> type | None:
    """The dataclass called `name` in `module`, or None where there is none to be found."""
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        return None
    return found if isinstance(found, type) and dataclasses.is_dataclass(found) else None


def _flag(field: str) -> str:
    return "--" + field.replace("_", "-")


def _check_whole(field: str, value: Any, lowest: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < lowest:
        raise UserError(f"{_flag(field)} {value}: expected a whole number from {lowest}")


def _check_number(field: str, value: float, lowest: float) -> None:
    if not (math.isfinite(value) and value >= lowest):
        raise UserError(f"{_flag(field)} {value}: expected a number from {lowest:g}")
