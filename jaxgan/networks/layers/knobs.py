"""What can be chosen in every network, whatever its architecture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from jaxgan.errors import UserError

__all__ = ["DiscriminatorKnobs", "GeneratorKnobs", "Initialization", "Norm", "Upsampling"]

Initialization = Literal["dcgan", "he"]
"""dcgan: weights N(0, 0.02²), norm gains N(1, 0.02²); he: N(0, 2 / fan-in), gains 1."""

Norm = Literal["none", "batch", "layer", "instance", "group", "spectral"]
"""Of activations, or, spectral, of weights."""

Upsampling = Literal["sub_pixel", "nearest", "bilinear", "fir"]
"""sub_pixel: transposed convolution; the others enlarge, then convolve: nearest repeats pixels,
bilinear is [1, 2, 1] (R3GAN), fir [1, 3, 3, 1] (StyleGAN2)."""

GeneratorConditioning = Literal["none", "concat", "norm"]
DiscriminatorConditioning = Literal["none", "concat", "projection", "auxiliary"]


@dataclass(frozen=True)
class GeneratorKnobs:
    """Fields that every generator has."""

    width: int = 64
    """Channels of the narrowest layer."""
    norm: Norm = "batch"
    """Normalisation of hidden layers: none, batch, layer, instance, group, or spectral (of the
    weights, SAGAN)."""
    initialization: Initialization = "dcgan"
    """Weights N(0, 0.02²) as in DCGAN (dcgan), or N(0, 2 / fan-in) (he)."""
    upsampling: Upsampling = "sub_pixel"
    """How the image grows: transposed convolution (sub_pixel), or nearest, bilinear [1,2,1] or fir
    [1,3,3,1] enlarging before a convolution."""
    dropout: float = 0.0
    """Share of hidden activations set to 0, the rest scaled up (pix2pix 0.5)."""
    dropout_when_sampling: bool = True
    """Whether dropout stays on when sampling, as noise (pix2pix); Srivastava et al. turn it off."""
    conditioning: GeneratorConditioning = "none"
    """How labels enter: none, concat (one-hot beside the latent, Mirza and Osindero 2014), or norm
    (a gain and bias of every norm for each class)."""

    def __post_init__(self) -> None:
        _check(self)
        if self.conditioning == "norm" and self.norm in ("none", "spectral"):
            raise UserError(
                f"generator with conditioning norm and norm {self.norm}: there are no gains for "
                "labels to set; use --generator.norm batch or --generator.conditioning concat"
            )


@dataclass(frozen=True)
class DiscriminatorKnobs:
    """Fields that every discriminator has."""

    width: int = 64
    """Channels of the narrowest layer."""
    norm: Norm = "batch"
    """Normalisation of hidden layers: none, batch, layer, instance, group, or spectral (of the
    weights, Miyato et al. 2018)."""
    initialization: Initialization = "dcgan"
    """Weights N(0, 0.02²) as in DCGAN (dcgan), or N(0, 2 / fan-in) (he)."""
    dropout: float = 0.0
    """Share of hidden activations set to 0 while training, the rest scaled up (AC-GAN 0.5)."""
    conditioning: DiscriminatorConditioning = "none"
    """How labels enter: none, concat (a plane beside the image), projection (Miyato and Koyama
    2018), or auxiliary (a classifier beside the logit, AC-GAN)."""
    minibatch_deviation: int = 0
    """Images in a group whose standard deviation is one more channel at the end (ProGAN; StyleGAN2
    4); 0 for none. It must divide the images of a shard."""

    def __post_init__(self) -> None:
        _check(self)
        if not _is_whole(self.minibatch_deviation, 0) or self.minibatch_deviation == 1:
            raise UserError(
                f"minibatch deviation in groups of {self.minibatch_deviation}: expected 2 or more "
                "images, or 0 for none"
            )

    @property
    def mixes_examples(self) -> bool:
        """Whether batch norm ties each image's logit to the others in its batch.

        Minibatch deviation does too, but not in a way that keeps penalties from working: ProGAN
        and StyleGAN2 take gradients through it.
        """
        return self.norm == "batch"


def _check(knobs: Any) -> None:
    name = type(knobs).__name__
    if not _is_whole(knobs.width, 1):
        raise UserError(
            f"{name} with width {knobs.width}: expected a whole number above 0, such as 64"
        )
    choices = {
        "norm": Norm,
        "initialization": Initialization,
        "upsampling": Upsampling,
        "conditioning": GeneratorConditioning
        if isinstance(knobs, GeneratorKnobs)
        else DiscriminatorConditioning,
    }
    for field, literal in choices.items():
        value = getattr(knobs, field, None)
        if value is not None and value not in get_args(literal):
            raise UserError(
                f"{name} with {field} {value!r}: expected one of {', '.join(get_args(literal))}"
            )
    if not 0 <= knobs.dropout < 1:
        raise UserError(f"{name} with dropout {knobs.dropout}: expected a share in [0, 1)")


def _is_whole(value: Any, lowest: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= lowest
