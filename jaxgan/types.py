"""The records that all other modules speak; the contracts of parts are in `protocols.py`.

A GAN is a record of pure functions (`Gan`) over a tree of arrays (`GanState`). State is what the
next step needs; `StepInfo` is what a person reads. Neither holds a config or a function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, Protocol

import jax
import jax.numpy as jnp
import optax

__all__ = [
    "Batch",
    "Gan",
    "GanState",
    "GenerateFunction",
    "Given",
    "InitFunction",
    "Judgement",
    "Network",
    "NetworkSetting",
    "Precision",
    "SampleFunction",
    "StagesFunction",
    "StepFunction",
    "StepInfo",
    "Styled",
    "Styles",
    "Tree",
    "Variables",
]

Tree = Any
"""Any nest of dicts, tuples and NamedTuples with arrays at its leaves."""

Batch = dict[str, jax.Array]
"""`image` [B, H, W, C] float32 in [-1, 1]; `label` [B] int32 where the data has labels."""


Precision = Literal["float32", "bfloat16"]
"""What a network computes in; its parameters and its outputs are float32 all the same."""


class Variables(NamedTuple):
    """What a network carries: `params` are trained, `stats` (batch statistics …) are not."""

    params: Tree
    stats: Tree


class Given(NamedTuple):
    """What networks are told besides latents or images; None for what they are not told."""

    label: jax.Array | None = None  # [B] int32
    image: jax.Array | None = None  # [B, H, W, C], what is known of the picture
    mask: jax.Array | None = None  # [B, H, W, 1] in {0, 1}, 1 where `image` is known


class Judgement(NamedTuple):
    """What a discriminator makes of a batch of images; large logits say real."""

    logits: jax.Array  # [B], or [B, h, w] where every patch is judged
    pixels: jax.Array | None = None  # [B, H, W], where every pixel is judged as well (U-Net)
    classes: jax.Array | None = None  # [B, K] logits of the classes (AC-GAN)
    features: tuple[jax.Array, ...] = ()  # activations on the way, each [B, ...], first to last

    @property
    def score(self) -> jax.Array:
        """One number an image, [B]: the mean logit, and the pixels' mean added to it."""
        score = jnp.mean(self.logits.reshape(len(self.logits), -1), axis=1)
        if self.pixels is not None:
            score = score + jnp.mean(self.pixels, axis=(1, 2))
        return score


class NetworkSetting(NamedTuple):
    """What a network is built for."""

    image_shape: tuple[int, int, int]  # H, W, C of the images that it makes or judges
    latent_size: int = 0  # of a generator's latents
    classes: int = 0  # of the data; 0 where the network is not told of any
    precision: Precision = "float32"
    platform: str = "cpu"  # where it runs: cpu, gpu, tpu …


class Styled(NamedTuple):
    """The two halves of a generator whose layers are steered by styles w [B, L, W], one a layer.

    `map(key, variables, z, given=Given(), *, train) -> (w, stats)`: latents [B, Z] to styles;
    `synthesize(key, variables, w, given=Given(), *, train) -> images [B, H, W, C]`;
    `mean(variables) -> [W]`: the mean style so far, that truncation draws towards.
    """

    map: Callable[..., tuple[jax.Array, Tree]]
    synthesize: Callable[..., jax.Array]
    mean: Callable[[Variables], jax.Array]


class Network(NamedTuple):
    """A network as pure functions.

    `init(key) -> Variables`;
    `apply(key, variables, inputs, given=Given(), *, train) -> (outputs, stats)`, where `given` is
    what the network is told besides, and `stats` are the statistics after the call (unchanged when
    `train` is false). The key feeds dropout alone. Generators put out
    images [B, H, W, C], discriminators a `Judgement`.
    `stages(key, variables, inputs, given=Given()) -> [T, B, H, W, C]` is how an image comes about,
    for generators that make it in several steps; None for the others.
    `styled` are the halves of a generator with styles; None for the others.
    """

    init: Callable[[jax.Array], Variables]
    apply: Callable[..., tuple[Any, Tree]]
    stages: Callable[..., jax.Array] | None = None
    styled: Styled | None = None


class GanState(NamedTuple):
    """All that the next step needs; checkpoints hold this and nothing else."""

    step: jax.Array  # [] int32, generator updates done
    discriminator_step: jax.Array  # [] int32, discriminator updates done
    generator: Variables
    discriminator: Variables
    average: Variables  # moving average of the generator, which `sample` draws from
    generator_optimizer: optax.OptState
    discriminator_optimizer: optax.OptState
    memory: dict[str, tuple[Tree, ...]]  # what parts carry from step to step, by field of Config


class StepInfo(NamedTuple):
    """What a person reads after a step: float32 scalars, means over the global batch.

    A lazy term is 0 at steps that do not compute it.
    """

    loss: jax.Array  # the objective that was differentiated, the sum of the terms
    terms: dict[str, jax.Array]  # with weight, by name: adversarial, classes, each part's
    numbers: dict[str, jax.Array]  # by flag: what is annealed, and what parts report of themselves
    gradient_norm: jax.Array  # L2 norm over all parameters
    real_logits: jax.Array  # mean logit of real images; 0 where the step saw none
    fake_logits: jax.Array  # mean logit of fakes


class InitFunction(Protocol):
    """Makes a state."""

    def __call__(self, key: jax.Array) -> GanState:
        """The state before the first step."""


class StepFunction(Protocol):
    """Makes one step of one network."""

    def __call__(
        self,
        key: jax.Array,
        state: GanState,
        batch: Batch,
        *,
        frozen: Tree = (),
        axis_name: str | None = None,
    ) -> tuple[GanState, StepInfo]:
        """One update of one network, and what a person reads of it.

        `batch` has `image` [B, H, W, C] in [-1, 1] and, where the networks are conditioned on
        classes, `label` int32 [B]; under a mapping with a named axis `axis_name` it is the local
        slice of the global batch. `frozen` is `Gan.frozen`. Raises UserError, while tracing, for a
        batch without the labels that are needed, or one that its shards or packs do not divide.
        """


class SampleFunction(Protocol):
    """Draws images."""

    def __call__(
        self,
        key: jax.Array,
        state: GanState,
        count: int,
        given: Given = Given(),
        *,
        frozen: Tree = (),
        truncation: float | jax.Array = 1.0,
    ) -> jax.Array:
        """Images [count, H, W, C] in [-1, 1], of the averaged generator.

        A GAN conditioned on classes draws them in turn where `given.label` is None. `truncation` t
        in [0, 1] draws styles towards their mean: mean + t (w - mean) (Karras et al. 2019, section
        4.3). Raises UserError for labels that are not wanted or not `count`, and for a truncation
        other than 1 of a generator without styles.
        """


class StagesFunction(Protocol):
    """Draws images on their way."""

    def __call__(
        self, key: jax.Array, state: GanState, count: int, given: Given = Given()
    ) -> jax.Array:
        """The images that `sample` draws, as they come about: [T, count, H, W, C] in [-1, 1]."""


class GenerateFunction(Protocol):
    """Makes images of latents."""

    def __call__(
        self, key: jax.Array, state: GanState, z: jax.Array, given: Given = Given()
    ) -> jax.Array:
        """Latents [B, Z] -> images [B, H, W, C] in [-1, 1], of the averaged generator.

        The key feeds noise and dropout alone. `given.label` is needed by a GAN that is conditioned
        on classes.
        """


class Styles(NamedTuple):
    """The two halves of the averaged generator, where its layers are steered by styles w.

    `map(key, state, z, given=Given()) -> w`: latents [B, Z] to styles [B, L, W], one a layer;
    `synthesize(key, state, w, given=Given()) -> images [B, H, W, C]` in [-1, 1];
    `mean(state) -> [W]`: the mean style so far, that truncation draws towards.
    """

    map: Callable[..., jax.Array]
    synthesize: Callable[..., jax.Array]
    mean: Callable[[GanState], jax.Array]


class Gan(NamedTuple):
    """A GAN as a record of pure functions: nothing inside jits, maps, seeds or reads a global.

    `help(gan.sample)` shows what each takes and gives.
    """

    init: InitFunction
    discriminator_step: StepFunction
    generator_step: StepFunction
    sample: SampleFunction
    generate: GenerateFunction  # what `sample` does, of given latents
    stages: StagesFunction | None = None  # of a generator that makes an image in several steps
    frozen: Tree = ()  # parameters of networks that terms look through, never trained
    styles: Styles | None = None  # of a generator that has some
