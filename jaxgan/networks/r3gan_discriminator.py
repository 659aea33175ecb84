"""The discriminator of R3GAN (Huang et al. 2025, arXiv:2501.05441).

The mirror of the generator: stages of inverted bottleneck blocks, each followed by a low-passed
halving, down to 4 to 15 pixels a side, where every channel is weighted over the whole grid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.networks.layers.boundary import network_of
from jaxgan.networks.layers.grouped import turned
from jaxgan.networks.layers.inverted import BlockShape, PlainDense, Pointwise, Stage
from jaxgan.networks.layers.labels import one_hot
from jaxgan.networks.r3gan import R3GANBlocks
from jaxgan.ranges import check_choice, field_of
from jaxgan.types import Given, Judgement, Network, NetworkSetting

__all__ = ["R3GANDiscriminator"]

Conditioning = Literal["none", "projection"]


@dataclass(frozen=True)
class R3GANDiscriminator(R3GANBlocks):
    """Inverted bottleneck blocks at every size, with a grouped 3x3 convolution in each.

    The defaults are the paper's for CIFAR-10 and faces.
    """

    conditioning: Conditioning = "none"
    """How labels enter: none, or projection (the logit is the inner product of the features, mapped
    linearly, and a learned vector of the class)."""

    role: ClassVar[str] = "discriminator"
    called: ClassVar[str] = "r3gan"
    mixes_examples: ClassVar[bool] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice(*field_of(self, "conditioning"), get_args(Conditioning))

    def build(self, setting: NetworkSetting) -> Network:
        """Images [B, H, W, C] -> `Judgement` with logits [B] and the features after each stage.

        In bfloat16 the last stage computes in float32, as in the authors' code.
        """
        _, channels, block = self.layout(setting)
        module = _Discriminator(
            channels=channels[::-1],
            block=block,
            blocks=self.blocks,
            classes=setting.classes if self.conditioning == "projection" else 0,
            dtype=jnp.dtype(setting.precision),
        )
        # Where it is narrow is the module's to say.
        return network_of(module, setting.image_shape, setting._replace(precision="float32"))


class _Discriminator(nn.Module):
    """`channels` of each size, from the largest down."""

    channels: tuple[int, ...]
    block: BlockShape
    blocks: int
    classes: int
    dtype: Any

    @nn.compact
    def __call__(self, x: jax.Array, given: Given, *, train: bool) -> Judgement:
        del train  # it computes the same at all times
        last, trail = self.channels[-1], []
        from_image = Pointwise(self.channels[0], self.block.form, name="from_image")
        x = from_image(turned(x.astype(self.dtype), self.block.form))
        for i, following in enumerate((*self.channels[1:], None)):
            resampling: Literal["none", "down"] = "down" if following else "none"
            x = x if following else x.astype(jnp.float32)
            stage = Stage(self.block, self.blocks, following or last, resampling, name=f"stage_{i}")
            x = stage(x)
            trail.append(turned(x, self.block.form))
        x = trail[-1]
        grid = x.shape[1:]
        initializer = nn.initializers.normal(1 / math.sqrt(grid[0] * grid[1]))
        x = jnp.sum(x * self.param("grid", initializer, grid)[None], axis=(1, 2))
        x = PlainDense(last if self.classes else 1, name="logit")(x)
        if not self.classes:
            return Judgement(x[:, 0], features=tuple(trail))
        row = PlainDense(last, gain=1 / math.sqrt(last), name="classes")
        inner = jnp.sum(x * row(one_hot(given.label, self.classes, x.dtype)), axis=1)
        return Judgement(inner, features=tuple(trail))
