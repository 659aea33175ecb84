"""What each kind of part must offer, so that any of them goes into any config.

A part is a small frozen dataclass of hyper-parameters that lives beside what it configures and
says by its `role` where in a config it belongs. What a part is shown of a batch is one shard's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NamedTuple, Protocol, TypeAlias, runtime_checkable

import jax
import numpy as np
import optax

from jaxgan.types import Network, NetworkSetting, Tree

__all__ = [
    "Compared",
    "Optimizer",
    "AugmentPart",
    "DiscriminatorPart",
    "Evaluate",
    "EvaluatorPart",
    "FrozenNetwork",
    "GeneratorPart",
    "GeneratorPenaltyPart",
    "LookingThrough",
    "LossPart",
    "OptimizerPart",
    "PenaltyPart",
    "Remembering",
    "Reporting",
    "SharpnessPart",
    "SofteningPart",
    "SteeredAugment",
]


@runtime_checkable
class LossPart(Protocol):
    """An adversarial loss: two equations on logits of one shape, element by element."""

    role: ClassVar[str] = "loss"
    uses_real: ClassVar[bool]  # whether the generator's equation reads the real logits

    def discriminator(self, real: jax.Array, fake: jax.Array) -> jax.Array: ...

    def generator(self, real: jax.Array | None, fake: jax.Array) -> jax.Array: ...


@runtime_checkable
class Remembering(Protocol):
    """A part that carries something from step to step.

    It is called with its memory as a last argument, and returns what it observed beside its value.
    Observations are averaged over the shards in order; then `update` is called once. A part that
    carries nothing has neither method.
    """

    def init(self) -> Tree: ...

    def update(self, memory: Tree, observed: Tree) -> Tree: ...


@runtime_checkable
class Reporting(Protocol):
    """A part that remembers, and tells of it: float32 [] by name, for a person to read."""

    def report(self, memory: Tree) -> dict[str, jax.Array]: ...


@runtime_checkable
class PenaltyPart(Protocol):
    """A term added to the discriminator's loss; it sees the discriminator as a function.

    `discriminate` maps images [B, H, W, C] to one score each, [B]; it augments and softens them
    first, so that `real` and `fake` are images as they were before. The term is added at every
    `interval`-th discriminator step, times `interval`.
    """

    role: ClassVar[str] = "penalty"
    per_example: ClassVar[bool]  # whether D(x_i) must not depend on the rest of the batch

    @property
    def interval(self) -> int: ...

    def __call__(
        self,
        key: jax.Array,
        discriminate: Callable[[jax.Array], jax.Array],
        real: jax.Array,
        fake: jax.Array,
    ) -> jax.Array: ...


@runtime_checkable
class GeneratorPenaltyPart(Protocol):
    """A term added to the generator's loss; it sees the generator as a function.

    `generate` maps latents [B, Z], or the styles [B, L, W] of a generator that has some, to images
    [B, H, W, C]. The term is added at every `interval`-th generator step, times `interval`. It may
    remember something (`Remembering`), and then takes its memory and returns a pair.
    """

    role: ClassVar[str] = "generator_penalty"

    @property
    def interval(self) -> int: ...

    def __call__(
        self,
        key: jax.Array,
        generate: Callable[[jax.Array], jax.Array],
        latents: jax.Array,
        *memory: Tree,
    ) -> jax.Array | tuple[jax.Array, Tree]: ...


class Compared(NamedTuple):
    """What a sharpness term compares: one shard's real and fake images [B, H, W, C] in [-1, 1].

    What a term does not need is left out.
    """

    real: jax.Array
    fake: jax.Array
    real_features: tuple[jax.Array, ...] = ()  # a discriminator's (`Judgement.features`)
    fake_features: tuple[jax.Array, ...] = ()
    through: Callable[[jax.Array], Any] | None = None  # the frozen network that the term names


@runtime_checkable
class SharpnessPart(Protocol):
    """A term of the generator's loss aimed at blur: a number from real and fake images.

    `needs` says what must be computed for it: "features" of the discriminator, or a "frozen"
    network (`LookingThrough`). A batch is one shard's:
    statistics of it get noisier with more shards.
    """

    role: ClassVar[str] = "sharpness"
    needs: ClassVar[frozenset[str]]

    def __call__(self, compared: Compared) -> jax.Array: ...


class FrozenNetwork(Protocol):
    """A network that is looked through and never trained, as `features.FeatureNetwork` is one."""

    @property
    def identity(self) -> str: ...  # its name and the beginning of its digest

    @property
    def forward(self) -> Callable[[Tree, jax.Array], Any]: ...

    @property
    def parameters(self) -> Tree: ...


@runtime_checkable
class LookingThrough(SharpnessPart, Protocol):
    """A sharpness term that looks through a frozen network, which it reads when it is asked.

    The network is for the setting's platform and precision. `weights` is the file that it is read
    from, None where none is named: a run may go on with the same weights from another place.
    """

    @property
    def weights(self) -> str | None: ...

    def frozen(self, setting: NetworkSetting) -> FrozenNetwork: ...


@runtime_checkable
class AugmentPart(Protocol):
    """A random, differentiable change of all images that the discriminator is shown."""

    role: ClassVar[str] = "augment"

    def __call__(self, key: jax.Array, images: jax.Array, *memory: Tree) -> jax.Array: ...


@runtime_checkable
class SteeredAugment(AugmentPart, Protocol):
    """An augmentation that is steered by how the discriminator judges real images.

    It is called with its memory as a last argument. `observe` looks at the logits of one shard's
    real images, [B] or [B, h, w]. Its observations are averaged over the shards in order; then
    `update` is called once, with the number of real images in the step.
    """

    def init(self) -> Tree: ...

    def observe(self, logits: jax.Array) -> Tree: ...

    def update(self, memory: Tree, observed: Tree, batch_size: int) -> Tree: ...

    def check_batch(self, batch_size: int) -> None: ...  # UserError for one that is too small


@runtime_checkable
class SofteningPart(Protocol):
    """Something that hides detail from the discriminator at first, and less and less of it."""

    role: ClassVar[str] = "softening"

    def __call__(self, key: jax.Array, images: jax.Array) -> jax.Array: ...


@runtime_checkable
class OptimizerPart(Protocol):
    """Hyper-parameters of an optimiser and the optax transformation made of them.

    It is built in every step, of the numbers at that step, which may be traced.
    """

    role: ClassVar[str] = "optimizer"

    def build(self) -> optax.GradientTransformation: ...


Optimizer: TypeAlias = OptimizerPart | optax.GradientTransformation


@runtime_checkable
class GeneratorPart(Protocol):
    """Hyper-parameters of a generator: latents [B, Z] -> images [B, H, W, C] in [-1, 1]."""

    role: ClassVar[str] = "generator"

    @property
    def conditioning(self) -> str: ...  # how labels enter it; "none" for not at all

    def build(self, setting: NetworkSetting) -> Network: ...


@runtime_checkable
class DiscriminatorPart(Protocol):
    """Hyper-parameters of a discriminator: images [B, H, W, C] -> `Judgement`."""

    role: ClassVar[str] = "discriminator"

    @property
    def conditioning(self) -> str: ...  # how labels enter it; "none" for not at all

    @property
    def mixes_examples(self) -> bool: ...  # whether batch norm ties each logit to its batch

    def build(self, setting: NetworkSetting) -> Network: ...


Evaluate: TypeAlias = Callable[[dict[str, np.ndarray]], Iterator[tuple[str, float]]]
"""Samples, `image` uint8 [N, H, W, C], to names and values; ValueError where they have none."""


@runtime_checkable
class EvaluatorPart(Protocol):
    """Something that is measured of samples, beside every grid while a run trains.

    `begin` looks at `count` examples, or at all where there are fewer: `image` uint8 [N, H, W, C],
    and `label` int32 [N] where the data have labels. What it returns is shown `count` samples at a
    time. ValueError says in a few words why these examples cannot be measured.
    """

    role: ClassVar[str] = "evaluator"

    @property
    def count(self) -> int: ...

    def begin(self, examples: dict[str, np.ndarray]) -> Evaluate: ...
