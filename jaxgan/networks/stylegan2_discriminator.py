"""The discriminator of StyleGAN2 (Karras et al. 2020, arXiv:1912.04958, configuration E/F:
residual), and the one without skips that StyleGAN has from ProGAN (Karras et al. 2018,
arXiv:1710.10196).

Images are halved, low-passed, down to 4 to 15 pixels a side, where the deviation within groups of
images is one more channel. Activations are not clamped at 256, which the authors do for float16.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.errors import UserError
from jaxgan.networks.layers.boundary import network_of
from jaxgan.networks.layers.convolution import Form, form_for_platform
from jaxgan.networks.layers.equalized import EqualizedConvolution, EqualizedDense, leaky
from jaxgan.networks.layers.fir import fir_down
from jaxgan.networks.layers.judging import MinibatchDeviation
from jaxgan.networks.layers.mapping import Mapping
from jaxgan.networks.sizes import halvings
from jaxgan.networks.stylegan2 import channels_by_size
from jaxgan.ranges import check_choice, check_number, check_whole, field_of
from jaxgan.types import Given, Judgement, Network, NetworkSetting

__all__ = ["StyleGAN2Discriminator"]

Architecture = Literal["residual", "orig"]
Conditioning = Literal["none", "projection"]


@dataclass(frozen=True)
class StyleGAN2Discriminator:
    """Two 3x3 convolutions a size, leaky ReLU, and dense layers at the end."""

    architecture: Architecture = "residual"
    """Whether a 1x1 convolution skips each size's two layers (residual, StyleGAN2), or not (orig,
    StyleGAN and ProGAN, and the authors' settings for CIFAR-10)."""
    channel_base: int = 32768
    """Channels are this number divided by the size in pixels, at most `channel_max`: 32768 in
    configuration F, 16384 in the authors' settings for 256 pixels."""
    channel_max: int = 512
    """The most channels; 512 in the paper."""
    minibatch_deviation: int = 4
    """Images in a group whose standard deviation is one more channel at the end: 4 in the paper, 8
    for 256 pixels, 32 for CIFAR-10; 0 for none. It must divide the images of a shard."""
    conditioning: Conditioning = "none"
    """How labels enter: none, or projection (the inner product of features and what a mapping
    network makes of the label)."""
    mapping_layers: int = 8
    """Layers of that mapping network; 8 in the authors' code."""
    mapping_multiplier: float = 0.01
    """Its learning rate as a share of the others'; 0.01 in the authors' code."""

    role: ClassVar[str] = "discriminator"
    called: ClassVar[str] = "stylegan2"
    mixes_examples: ClassVar[bool] = False
    """Minibatch deviation ties a logit to its group, but not in a way that keeps penalties from
    working: the authors take gradients through it."""

    def __post_init__(self) -> None:
        check_choice(*field_of(self, "architecture"), get_args(Architecture))
        check_choice(*field_of(self, "conditioning"), get_args(Conditioning))
        for field in ("channel_base", "channel_max", "mapping_layers"):
            check_whole(*field_of(self, field), 1)
        check_whole(*field_of(self, "minibatch_deviation"), 0)
        check_number(*field_of(self, "mapping_multiplier"), above=0)
        if self.minibatch_deviation == 1:
            raise UserError(
                "StyleGAN2Discriminator with minibatch deviation 1: expected 2 or more images in a "
                "group, or 0 for none"
            )

    def build(self, setting: NetworkSetting) -> Network:
        """Images [B, H, W, C] -> `Judgement` with logits [B]."""
        doublings, start = halvings(setting.image_shape[0])
        channels = channels_by_size(start, doublings, self.channel_base, self.channel_max)
        form = form_for_platform(setting.platform)
        classes = setting.classes if self.conditioning == "projection" else 0
        module = _Discriminator(self, channels[::-1], classes, form)
        return network_of(module, setting.image_shape, setting)


class _Discriminator(nn.Module):
    """`channels` of each size, from the largest down."""

    part: StyleGAN2Discriminator
    channels: tuple[int, ...]
    classes: int
    form: Form

    @nn.compact
    def __call__(self, x: jax.Array, given: Given, *, train: bool) -> Judgement:
        part, last, trail = self.part, self.channels[-1], []
        x = leaky(EqualizedConvolution(self.channels[0], 1, self.form, name="from_image")(x))
        for i, features in enumerate(self.channels[1:]):
            block = _HalvingBlock(features, self.form, part.architecture, name=f"block_{i}")
            x = block(x)
            trail.append(x)
        x = MinibatchDeviation(part.minibatch_deviation)(x)
        x = leaky(EqualizedConvolution(last, 3, self.form, name="convolution")(x))
        trail.append(x)
        x = leaky(EqualizedDense(last, name="dense")(x.reshape(len(x), -1)))
        x = EqualizedDense(last if self.classes else 1, name="logit")(x)
        if not self.classes:
            return Judgement(x[:, 0], features=tuple(trail))
        mapping = Mapping(last, part.mapping_layers, part.mapping_multiplier, self.classes)
        row = mapping(None, given.label).astype(x.dtype)
        return Judgement(jnp.sum(x * row, axis=1) / math.sqrt(last), features=tuple(trail))


class _HalvingBlock(nn.Module):
    """[B, H, W, I] -> [B, H/2, W/2, O]; with a skip, both branches carry half of the variance."""

    features: int
    form: Form
    architecture: Architecture

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        same = EqualizedConvolution(x.shape[-1], 3, self.form, name="first")
        down = EqualizedConvolution(self.features, 3, self.form, "down", name="second")
        y = down(leaky(same(x)))
        if self.architecture == "orig":
            return leaky(y)
        skip = EqualizedConvolution(self.features, 1, self.form, use_bias=False, name="skip")
        return leaky(y, gain=1.0) + math.sqrt(0.5) * skip(fir_down(x, edge="zero"))
