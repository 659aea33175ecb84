"""The generator of StyleGAN2 (Karras et al. 2020, arXiv:1912.04958, configuration E/F: skip
generator), and of StyleGAN (Karras et al. 2019, arXiv:1812.04948) by choice.

A mapping network turns latents into styles w, one for each layer; a synthesis network turns a
learned constant, steered by the styles, and noise into an image. Sizes are the start grid of 4 to
15 pixels doubled: 32, 64 … 1024 from 4, as in the paper, 28 from 7.

What differs from the authors' code:
- One cut of style mixing is drawn for a shard, which is the batch where there is one shard.
- The mean w moves at every training call of `map`, and so of `apply`, by the mean of that call's
  styles: in the authors' code that is in discriminator steps too. Whether statistics of a call are
  kept is the step's choice; jaxgan's keep those of generator steps.
- Fixed noise is a function of the layer, not a stored array.
- Activations are not clamped at 256, which the authors do for float16.
- StyleGAN's sizes do not grow while training: StyleGAN2 found that growing is not needed. Its
  mapping network is StyleGAN2's, with √2 after the bias instead of before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.networks.layers.convolution import form_for_platform
from jaxgan.networks.layers.mapping import Mapping
from jaxgan.networks.layers.styled_boundary import styled_network_of
from jaxgan.networks.layers.synthesis import Style, Synthesis
from jaxgan.networks.sizes import halvings
from jaxgan.ranges import check_choice, check_number, check_whole, field_of
from jaxgan.types import Network, NetworkSetting

__all__ = ["StyleGAN2Generator", "channels_by_size"]

NoiseWhenSampling = Literal["random", "fixed", "none"]
Conditioning = Literal["none", "concat"]


@dataclass(frozen=True)
class StyleGAN2Generator:
    """Mapping network, styles and noise; images are the sum of those of all sizes.

    The defaults are configuration F of the paper, for 1024 pixels. Latents are as wide as styles
    there: a latent size of 512.
    """

    style: Style = "demodulated"
    """How styles steer a layer: modulated and demodulated convolutions (demodulated, StyleGAN2),
    or adaptive instance normalisation (adain, StyleGAN; with channel base 16384)."""
    channel_base: int = 32768
    """Channels are this number divided by the size in pixels, at most `channel_max`: 32768 in
    configuration F, 16384 in the authors' settings for 256 pixels and in StyleGAN."""
    channel_max: int = 512
    """The most channels; 512 in the paper."""
    style_size: int = 512
    """Numbers in a style w; 512 in the paper."""
    mapping_layers: int = 8
    """Layers of the mapping network: 8 in the paper, 2 in the authors' settings for CIFAR-10."""
    mapping_multiplier: float = 0.01
    """Learning rate of the mapping network as a share of the others'; 0.01 in the paper."""
    mixing: float = 0.9
    """Share of training batches whose later layers take the styles of other latents, from a layer
    drawn evenly on: 0.9 in the paper, 0 in the authors' settings for CIFAR-10."""
    mean_decay: float = 0.995
    """What the mean w keeps of itself at each batch; 0.995 in the authors' code."""
    noise_when_sampling: NoiseWhenSampling = "random"
    """Noise of samples: drawn anew (random), the same for all samples (fixed), or left out
    (none); random in the authors' code."""
    conditioning: Conditioning = "none"
    """How labels enter: none, or concat (a learned vector of the class beside the latent)."""

    role: ClassVar[str] = "generator"
    called: ClassVar[str] = "stylegan2"

    def __post_init__(self) -> None:
        check_choice(*field_of(self, "style"), get_args(Style))
        check_choice(*field_of(self, "noise_when_sampling"), get_args(NoiseWhenSampling))
        check_choice(*field_of(self, "conditioning"), get_args(Conditioning))
        for field in ("channel_base", "channel_max", "style_size", "mapping_layers"):
            check_whole(*field_of(self, field), 1)
        for field in ("mixing", "mean_decay"):
            check_number(*field_of(self, field), least=0, most=1)
        check_number(*field_of(self, "mapping_multiplier"), above=0)

    def build(self, setting: NetworkSetting) -> Network:
        """Latents [B, latent_size] -> images [B, H, W, C], in [-1, 1] when sampling."""
        size, _, colours = setting.image_shape
        doublings, start = halvings(size)
        synthesis = Synthesis(
            self.style,
            start,
            channels_by_size(start, doublings, self.channel_base, self.channel_max),
            colours,
            form_for_platform(setting.platform),
        )
        classes = setting.classes if self.conditioning == "concat" else 0
        mapping = Mapping(self.style_size, self.mapping_layers, self.mapping_multiplier, classes)
        module = _Generator(self, mapping, synthesis)
        return styled_network_of(module, setting)


def channels_by_size(start: int, doublings: int, base: int, most: int) -> tuple[int, ...]:
    """Channels at `start` pixels a side and after each doubling: base / size, from 1 to `most`."""
    return tuple(max(1, min(base // (start * 2**i), most)) for i in range(doublings + 1))


class _Generator(nn.Module):
    part: StyleGAN2Generator
    mapping: Mapping
    synthesis: Synthesis

    def setup(self) -> None:
        self.mean = self.variable("styles", "mean", jnp.zeros, (self.part.style_size,))

    def __call__(self, key: jax.Array, z: jax.Array, labels: jax.Array | None) -> jax.Array:
        """Makes all parameters."""
        key_map, key_synthesize = jax.random.split(key)
        w = self.map(key_map, z, labels, train=False)
        return self.synthesize(key_synthesize, w, train=False)

    def map(
        self, key: jax.Array, z: jax.Array, labels: jax.Array | None, *, train: bool
    ) -> jax.Array:
        """Latents [B, Z] -> styles [B, L, W], mixed while training."""
        part, layers = self.part, 2 * len(self.synthesis.channels)
        w = self.mapping(z, labels)
        styles = jnp.broadcast_to(w[:, None], (len(w), layers, w.shape[-1]))
        if not train:
            return styles
        self.mean.value = part.mean_decay * self.mean.value + (1 - part.mean_decay) * jnp.mean(
            jax.lax.stop_gradient(w), axis=0
        )
        if not part.mixing:
            return styles
        key_other, key_whether, key_where = jax.random.split(key, 3)
        other = self.mapping(jax.random.normal(key_other, z.shape, z.dtype), labels)
        cut = jax.random.randint(key_where, (), 1, layers)
        cut = jnp.where(jax.random.bernoulli(key_whether, part.mixing), cut, layers)
        is_own = jnp.arange(layers)[None, :, None] < cut
        return jnp.where(is_own, styles, other[:, None])

    def synthesize(self, key: jax.Array, w: jax.Array, *, train: bool) -> jax.Array:
        """Styles [B, L, W] -> images [B, H, W, C]."""
        kind = "random" if train else self.part.noise_when_sampling

        def noise(layer: int, size: int) -> jax.Array | None:
            if kind == "none":
                return None
            own, count = (key, len(w)) if kind == "random" else (jax.random.key(0), 1)
            return jax.random.normal(jax.random.fold_in(own, layer), (count, size, size, 1))

        return self.synthesis(w, noise)
