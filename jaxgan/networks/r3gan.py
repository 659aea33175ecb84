"""The generator of R3GAN (Huang et al. 2025, arXiv:2501.05441).

Learned images of the start grid, scaled channel by channel by a linear map of the latent, then
stages of inverted bottleneck blocks, each twice the size of the one before. There is no
normalisation and no squashing at the end. Sizes are the start grid of 4 to 15 pixels doubled: 32,
64 … 1024 from 4, as in the paper, 28 from 7.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.errors import UserError
from jaxgan.networks.layers.boundary import network_of
from jaxgan.networks.layers.convolution import form_for_platform
from jaxgan.networks.layers.grouped import turned
from jaxgan.networks.layers.inverted import BlockShape, PlainDense, Pointwise, Stage, block_gain
from jaxgan.networks.layers.labels import one_hot
from jaxgan.networks.sizes import halvings
from jaxgan.ranges import check_choice, check_whole, field_of
from jaxgan.types import Given, Network, NetworkSetting

__all__ = ["R3GANBlocks", "R3GANGenerator"]

Conditioning = Literal["none", "concat"]


@dataclass(frozen=True)
class R3GANBlocks:
    """Fields that the generator and the discriminator have in common."""

    channel_base: int = 24576
    """Channels are this number divided by the size in pixels, at most `channel_max`: 24576 in the
    paper for CIFAR-10 and faces, 49152 for ImageNet at 32 pixels, 98304 at 64."""
    channel_max: int = 768
    """The most channels: 768 in the paper, 1536 for ImageNet."""
    blocks: int = 2
    """Residual blocks at each size; 2 in the paper."""
    expansion: int = 2
    """Channels inside a block for each outside; 2 in the paper."""
    group_size: int = 16
    """Inner channels in a group of the 3x3 convolution: 16 in the paper, 32 for ImageNet. Channels
    are rounded down to fill whole groups."""

    def __post_init__(self) -> None:
        for field in ("channel_base", "channel_max", "blocks", "expansion", "group_size"):
            check_whole(*field_of(self, field), 1)
        if self.channel_max % self.unit:
            raise UserError(
                f"{type(self).__name__} with channel_max {self.channel_max}: expected a multiple "
                f"of {self.unit}, so that {self.expansion} times as many fill groups of "
                f"{self.group_size}"
            )

    @property
    def unit(self) -> int:
        """The fewest channels that fill whole groups; all widths are multiples."""
        return self.group_size // math.gcd(self.group_size, self.expansion)

    def layout(self, setting: NetworkSetting) -> tuple[int, tuple[int, ...], BlockShape]:
        """Pixels a side of the start grid, channels of each size from there up, and the blocks.

        Raises UserError for an image size that does not halve to 4 to 15 pixels.
        """
        doublings, start = halvings(setting.image_shape[0])
        most = [min(self.channel_base // (start * 2**i), self.channel_max) for i in
                range(doublings + 1)]  # fmt: skip
        channels = tuple(max(count // self.unit, 1) * self.unit for count in most)
        gain = block_gain(self.blocks * len(channels))
        form = form_for_platform(setting.platform)
        return start, channels, BlockShape(self.expansion, self.group_size, gain, form)


@dataclass(frozen=True)
class R3GANGenerator(R3GANBlocks):
    """Inverted bottleneck blocks at every size, with a grouped 3x3 convolution in each.

    The defaults are the paper's for CIFAR-10 and faces, with a latent size of 64.
    """

    conditioning: Conditioning = "none"
    """How labels enter: none, or concat (a learned vector of the class beside the latent)."""
    embedding_size: int = 64
    """Numbers in that vector; 64 in the authors' code."""

    role: ClassVar[str] = "generator"
    called: ClassVar[str] = "r3gan"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice(*field_of(self, "conditioning"), get_args(Conditioning))
        check_whole(*field_of(self, "embedding_size"), 1)

    def build(self, setting: NetworkSetting) -> Network:
        """Latents [B, latent_size] -> images [B, H, W, C], in about [-1, 1] and not squashed.

        In bfloat16 the first stage computes in float32, as in the authors' code.
        """
        start, channels, block = self.layout(setting)
        module = _Generator(
            start=start,
            channels=channels,
            block=block,
            blocks=self.blocks,
            colours=setting.image_shape[2],
            classes=setting.classes if self.conditioning == "concat" else 0,
            embedding_size=self.embedding_size,
            dtype=jnp.dtype(setting.precision),
        )
        # Where it is narrow is the module's to say.
        return network_of(module, (setting.latent_size,), setting._replace(precision="float32"))


class _Generator(nn.Module):
    start: int
    channels: tuple[int, ...]
    block: BlockShape
    blocks: int
    colours: int
    classes: int
    embedding_size: int
    dtype: Any

    @nn.compact
    def __call__(self, z: jax.Array, given: Given, *, train: bool) -> jax.Array:
        del train  # it computes the same at all times
        if self.classes:
            row = PlainDense(self.embedding_size, name="classes")
            z = jnp.concatenate([z, row(one_hot(given.label, self.classes, z.dtype))], axis=-1)
        first = self.channels[0]
        basis = self.param("basis", nn.initializers.normal(1.0), (self.start, self.start, first))
        scale = PlainDense(first, name="scale")(z)
        x = turned(basis[None] * scale[:, None, None, :], self.block.form)
        for i, features in enumerate(self.channels):
            resampling: Literal["none", "up"] = "up" if i else "none"
            x = x.astype(self.dtype) if i else x
            x = Stage(self.block, self.blocks, features, resampling, name=f"stage_{i}")(x)
        images = Pointwise(self.colours, self.block.form, name="to_image")(x)
        return turned(images, self.block.form)
