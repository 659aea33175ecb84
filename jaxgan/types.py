"""The records and contracts that all other modules speak.

A GAN is a record of pure functions (`Gan`) over a tree of arrays (`GanState`). State is what the
next step needs; `StepInfo` is what a person reads. Neither holds a config or a function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple, Protocol, runtime_checkable

import jax
import optax

__all__ = [
    "Batch",
    "DiscriminatorPart",
    "Gan",
    "GanState",
    "GeneratorPart",
    "LossPart",
    "Network",
    "OptimizerPart",
    "PenaltyPart",
    "StepInfo",
    "Tree",
    "Variables",
]

Tree = Any
"""Any nest of dicts, tuples and NamedTuples with arrays at its leaves."""

Batch = dict[str, jax.Array]
"""`image` [B, H, W, C] float32 in [-1, 1]; `label` [B] int32 where the data has labels."""


class Variables(NamedTuple):
    """What a network carries: `params` are trained, `stats` (batch statistics …) are not."""

    params: Tree
    stats: Tree


class Network(NamedTuple):
    """A network as two pure functions.

    `init(key) -> Variables`;
    `apply(key, variables, inputs, *, train) -> (outputs, stats)`, where `stats` are the
    statistics after the call (unchanged when `train` is false). The key feeds dropout alone.
    """

    init: Callable[[jax.Array], Variables]
    apply: Callable[..., tuple[jax.Array, Tree]]


class GanState(NamedTuple):
    """All that the next step needs; checkpoints hold this and nothing else."""

    step: jax.Array  # [] int32, generator updates done
    generator: Variables
    discriminator: Variables
    average: Variables  # moving average of the generator, which `sample` draws from
    generator_optimizer: optax.OptState
    discriminator_optimizer: optax.OptState


class StepInfo(NamedTuple):
    """What a person reads after a step: float32 scalars, means over the global batch."""

    loss: jax.Array  # the objective that was differentiated
    adversarial: jax.Array  # the loss's part of it
    penalty: jax.Array  # the penalty's part of it, weight included; 0 without one
    gradient_norm: jax.Array  # L2 norm over all parameters
    real_logits: jax.Array  # mean logit of real images; 0 where the step saw none
    fake_logits: jax.Array  # mean logit of fakes


class Gan(NamedTuple):
    """A GAN as a record of pure functions: nothing inside jits, maps, seeds or reads a global.

    `init(key) -> GanState`;
    `discriminator_step(key, state, batch, *, axis_name=None) -> (GanState, StepInfo)`;
    `generator_step(key, state, batch, *, axis_name=None) -> (GanState, StepInfo)`;
    `sample(key, state, count, labels=None) -> images [count, H, W, C] in [-1, 1]`.

    Under a mapping with a named axis, `batch` is the local part of the global batch.
    """

    init: Callable[[jax.Array], GanState]
    discriminator_step: Callable[..., tuple[GanState, StepInfo]]
    generator_step: Callable[..., tuple[GanState, StepInfo]]
    sample: Callable[..., jax.Array]


@runtime_checkable
class LossPart(Protocol):
    """An adversarial loss: two equations on logits of one shape, element by element."""

    role: ClassVar[str] = "loss"
    uses_real: ClassVar[bool]  # whether the generator's equation reads the real logits

    def discriminator(self, real: jax.Array, fake: jax.Array) -> jax.Array: ...

    def generator(self, real: jax.Array | None, fake: jax.Array) -> jax.Array: ...


@runtime_checkable
class PenaltyPart(Protocol):
    """A term added to the discriminator's loss; it sees the discriminator as a function."""

    role: ClassVar[str] = "penalty"
    per_example: ClassVar[bool]  # whether D(x_i) must not depend on the rest of the batch

    def __call__(
        self,
        key: jax.Array,
        discriminate: Callable[[jax.Array], jax.Array],
        real: jax.Array,
        fake: jax.Array,
    ) -> jax.Array: ...


@runtime_checkable
class OptimizerPart(Protocol):
    """Hyper-parameters of an optimiser and the optax transformation made of them."""

    role: ClassVar[str] = "optimizer"

    def build(self) -> optax.GradientTransformation: ...


@runtime_checkable
class GeneratorPart(Protocol):
    """Hyper-parameters of a generator: latents [B, Z] -> images [B, H, W, C] in [-1, 1]."""

    role: ClassVar[str] = "generator"

    def build(self, image_shape: tuple[int, int, int], latent_size: int) -> Network: ...


@runtime_checkable
class DiscriminatorPart(Protocol):
    """Hyper-parameters of a discriminator: images [B, H, W, C] -> logits [B]."""

    role: ClassVar[str] = "discriminator"

    @property
    def mixes_examples(self) -> bool: ...

    def build(self, image_shape: tuple[int, int, int]) -> Network: ...
