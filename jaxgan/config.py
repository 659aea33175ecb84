"""One frozen value is one experiment.

A `Config` is hashable, typed and round-trips through JSON. Architectures, losses, penalties and
optimisers are parts: small frozen dataclasses that live beside what they configure and are told
apart by their `role`. Any part goes into any config; combinations that make no sense are refused.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import Any, Literal, get_args

from jaxgan.errors import UserError
from jaxgan.losses import Wasserstein
from jaxgan.networks import DCGANDiscriminator, DCGANGenerator
from jaxgan.optimizers import Adam
from jaxgan.parts import PART_FIELDS, TERM_FIELDS, part_name
from jaxgan.protocols import (
    AugmentPart,
    DiscriminatorPart,
    GeneratorPart,
    GeneratorPenaltyPart,
    LossPart,
    Optimizer,
    PenaltyPart,
    SharpnessPart,
    SofteningPart,
    SteeredAugment,
)
from jaxgan.ranges import SMALLEST, check_choice, check_held, check_number, check_whole, flag_of
from jaxgan.schedules import Number, annealed, number_to_text
from jaxgan.types import Precision

__all__ = ["MOST_SEED", "Config", "laid_out_over_steps"]

MOST_SEED = 2**32 - 1  # JAX drops higher bits: 2^32 would be the seed 0
LONGEST_NAME = 100  # signs
COUNTS = ("steps", "batch_size", "n_critic", "latent_size", "data_size", "packing",
          "checkpoint_every", "sample_every", "log_every")  # fmt: skip


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
    """Equal pieces a batch is cut into; same shards, same bits on any number of devices. A device
    computes its pieces one after another, in the memory of one. Default: the number of devices,
    recorded in the run."""

    data: str = "shapes"
    """Images: shapes or dead_leaves (drawn here), a TFDS name such as mnist, or folder:PATH."""
    split: str = "train"
    """Split of a TFDS set."""
    image_size: int | None = None
    """Pixels a side that images are resized and cropped to; default: their own (drawn ones: 32)."""
    channels: Literal[1, 3] | None = None
    """1 for grey, 3 for RGB; default: as the images are."""
    data_size: int = 20_000
    """Number of examples of shapes and dead_leaves; other data have their own."""
    classes: int | None = None
    """Number of classes; default: the data's."""
    data_blur: float = 0.0
    """Blur planted in drawn images: standard deviation of a Gaussian, in pixels; 0 for none."""

    latent_size: int = 100
    """Normal random numbers a generated image starts from (100 in DCGAN, 128 in WGAN-GP)."""
    generator: GeneratorPart = DCGANGenerator()
    """Architecture of the generator."""
    discriminator: DiscriminatorPart = DCGANDiscriminator()
    """Architecture of the discriminator."""
    init_from: str | None = None
    """RUN_DIR or RUN_DIR@STEP: begin with the networks of that run, with fresh optimisers."""
    loss: LossPart = Wasserstein()
    """Adversarial loss."""
    penalty: tuple[PenaltyPart, ...] = ()
    """Terms added to the discriminator's loss."""
    generator_penalty: tuple[GeneratorPenaltyPart, ...] = ()
    """Terms added to the generator's loss that look at the generator."""
    sharpness: tuple[SharpnessPart, ...] = ()
    """Terms added to the generator's loss that look at its images' detail."""
    augment: AugmentPart | None = None
    """Random changes of all images that the discriminator is shown."""
    softening: SofteningPart | None = None
    """What hides detail from the discriminator at first, and less and less of it."""
    packing: int = 1
    """Images that the discriminator judges together, as channels (PacGAN 2 to 4)."""
    class_weight_discriminator: float = 1.0
    """Weight of the classes' cross entropy, where the discriminator has auxiliary conditioning (1
    in AC-GAN and WGAN-GP)."""
    class_weight_generator: float = 1.0
    """The same for the generator (1 in AC-GAN, 0.1 in WGAN-GP)."""
    weight_clip: float | None = None
    """Discriminator parameters are clipped to plus and minus this after each step (WGAN: 0.01)."""
    generator_optimizer: Optimizer = Adam()
    """Optimiser of the generator."""
    discriminator_optimizer: Optimizer = Adam()
    """Optimiser of the discriminator."""
    ema_half_life: Number = 0.0
    """Images after which an old generator's share in the averaged one halves; 0 (DCGAN, WGAN):
    samples come from the generator itself; StyleGAN2 10,000."""
    ema_ramp_up: float = 0.0
    """Most that the half-life is, as a share of the images so far (StyleGAN2 0.05); 0: no limit."""
    precision: Precision = "float32"
    """What the networks compute in; parameters, losses and optimisers are float32 all the same."""
    matmul_precision: Literal["float32", "tensorfloat32", "bfloat16"] = "float32"
    """Arithmetic of matrix products and convolutions on accelerators; CPUs always use float32."""

    checkpoint_every: int = 1000
    """Generator updates between checkpoints and recorded digests."""
    sample_every: int = 1000
    """Generator updates between sample grids."""
    log_every: int = 50
    """Generator updates between lines of metrics."""

    def __post_init__(self) -> None:
        for field in COUNTS:
            check_whole(*flag_of(self, field), 1)
        check_whole(*flag_of(self, "seed"), 0, MOST_SEED)
        for field, least in (("shards", 1), ("image_size", 1), ("classes", 0)):
            if getattr(self, field) is not None:
                check_whole(*flag_of(self, field), least)
        weights = ("class_weight_discriminator", "class_weight_generator")
        for field in ("data_blur", "ema_half_life", "ema_ramp_up", *weights):
            check_number(*flag_of(self, field), least=0)
            check_held(*flag_of(self, field))
        if self.weight_clip is not None:
            check_number(*flag_of(self, "weight_clip"), least=SMALLEST)
            check_held(*flag_of(self, "weight_clip"))
        _check_name(self.name)
        for field in TERM_FIELDS:
            _check_terms(field, getattr(self, field))
        for field in PART_FIELDS:
            for part in self.parts(field):
                _check_numbers_of(field, part)
        for field, choices in (
            ("channels", (None, 1, 3)),
            ("precision", get_args(Precision)),
            ("matmul_precision", ("float32", "tensorfloat32", "bfloat16")),
        ):
            check_choice(*flag_of(self, field), choices)
        if isinstance(self.augment, SteeredAugment):
            self.augment.check_batch(self.batch_size)
        self._check_combination()

    def parts(self, field: str) -> tuple[Any, ...]:
        """The parts of a field: several terms, one part, or none."""
        value = getattr(self, field)
        return value if field in TERM_FIELDS else () if value is None else (value,)

    @property
    def is_conditional(self) -> bool:
        """Whether the networks look at labels; both do, or neither."""
        return self.generator.conditioning != "none"

    @property
    def judges_real_for_generator(self) -> bool:
        """Whether a generator step needs the discriminator's judgement of real images."""
        return self.loss.uses_real or any("features" in term.needs for term in self.sharpness)

    @property
    def uses_real_for_generator(self) -> bool:
        """Whether a generator step reads real images: it is then given a batch of its own."""
        return self.judges_real_for_generator or bool(self.sharpness)

    def _check_combination(self) -> None:
        discriminator = self.discriminator
        own = [part_name(penalty) for penalty in self.penalty if penalty.per_example]
        if own and discriminator.mixes_examples:
            raise UserError(
                f"batch norm in the discriminator with {own[0]}: the penalty takes "
                "each image's own gradient, which batch norm mixes with the rest of the batch "
                "(Gulrajani et al. 2017, section 4); use --discriminator.norm layer or none"
            )
        in_g, in_d = self.generator.conditioning, discriminator.conditioning
        if (in_g == "none") != (in_d == "none"):
            raise UserError(
                f"labels enter the generator by {in_g} and the discriminator by {in_d}: a label "
                "that one of them does not see teaches the other nothing; condition both or neither"
            )
        if self.packing > 1 and self.is_conditional:
            raise UserError(
                f"packs of {self.packing} images with labels: a pack holds images of several "
                "classes and has no label of its own; use --packing 1 or no conditioning"
            )
        weights = ("class_weight_discriminator", "class_weight_generator")
        if unused := [x for x in weights if getattr(self, x) != 1 and in_d != "auxiliary"]:
            flag, value = flag_of(self, unused[0])
            raise UserError(
                f"{flag} {value} with a discriminator that does not classify: set "
                "--discriminator.conditioning auxiliary as well, or leave it out"
            )
        if self.ema_ramp_up and not self.ema_half_life:
            raise UserError(
                f"--ema-ramp-up {self.ema_ramp_up} without an average: set --ema-half-life as well"
            )


def laid_out_over_steps(config: Config) -> list[str]:
    """The flags whose schedules depend on a config's number of steps, each with its schedule."""
    owners = [("", config), *((f"{f}.", part) for f in PART_FIELDS for part in config.parts(f))]
    return [
        f"--{prefix}{field} {number_to_text(schedule)}".replace("_", "-")
        for prefix, owner in owners
        for field, schedule in annealed(owner).items()
        if schedule.images is None
    ]


def _check_terms(field: str, terms: Any) -> None:
    if not isinstance(terms, tuple):
        raise UserError(f"{field} {terms!r}: expected a tuple of terms, such as ({terms!r},)")


def _check_numbers_of(field: str, part: Any) -> None:
    """Refuse numbers of a part that 32 bits do not hold, or that float32 takes for 0."""
    for inner in dataclasses.fields(part) if dataclasses.is_dataclass(part) else ():
        flag, value = flag_of(part, inner.name)
        check_held(f"--{field.replace('_', '-')}.{flag[2:]}", value)


def _check_name(name: str) -> None:
    """A name is part of a directory's name, and no path."""
    if not re.fullmatch(r"[\w.+-]*\w[\w.+-]*", name) or len(name) > LONGEST_NAME:
        raise UserError(
            f"--name {name!r}: expected 1 to {LONGEST_NAME} letters, digits and any of _ . + -"
        )
