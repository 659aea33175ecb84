"""What can be chosen in every network, whatever its architecture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypedDict, get_args

from jaxgan.errors import UserError
from jaxgan.ranges import check_choice, check_number, check_whole, field_of

__all__ = [
    "DiscriminatorKnobs",
    "GeneratorKnobs",
    "GrowingKnobs",
    "Initialization",
    "NetworkKnobs",
    "Norm",
    "Upsampling",
    "refuse_instance_norm",
]

Initialization = Literal["dcgan", "he"]
"""dcgan: weights N(0, 0.02²), norm gains N(1, 0.02²); he: N(0, 2 / fan-in), gains 1."""

Norm = Literal["none", "batch", "layer", "instance", "group", "spectral"]
"""Of activations, or, spectral, of weights."""

Upsampling = Literal["sub_pixel", "nearest", "bilinear", "fir"]
"""sub_pixel: transposed convolution; the others enlarge, then convolve: nearest repeats pixels,
bilinear is [1, 2, 1] (R3GAN), fir [1, 3, 3, 1] (StyleGAN2)."""

GeneratorConditioning = Literal["none", "concat", "norm"]
DiscriminatorConditioning = Literal["none", "concat", "projection", "auxiliary"]


class KernelOptions(TypedDict):
    """Options of a layer that decide what its kernel is."""

    initialization: Initialization
    spectral: bool


@dataclass(frozen=True)
class NetworkKnobs:
    """Fields that every network has."""

    width: int = 64
    """Channels of the narrowest layer."""
    norm: Norm = "batch"
    """Normalisation of hidden layers: none, batch, layer, instance, group, or spectral (of the
    weights, Miyato et al. 2018)."""
    initialization: Initialization = "dcgan"
    """Weights N(0, 0.02²) as in DCGAN (dcgan), or N(0, 2 / fan-in) (he)."""
    dropout: float = 0.0
    """Share of hidden activations set to 0, the rest scaled up (pix2pix and AC-GAN 0.5)."""

    @property
    def kernels(self) -> KernelOptions:
        """Options of every layer with a kernel."""
        return {"initialization": self.initialization, "spectral": self.norm == "spectral"}

    @property
    def bias_before_norm(self) -> bool:
        """Whether a layer before a norm has its own bias: a norm of activations takes it away."""
        return self.norm in ("none", "spectral")


@dataclass(frozen=True)
class GeneratorKnobs(NetworkKnobs):
    """Fields that every generator has."""

    dropout_when_sampling: bool = True
    """Whether dropout stays on when sampling, as noise (pix2pix); Srivastava et al. turn it off."""
    conditioning: GeneratorConditioning = "none"
    """How labels enter: none, concat (one-hot beside the latent, Mirza and Osindero 2014), or norm
    (a gain and bias of every norm for each class)."""

    def __post_init__(self) -> None:
        _check(self, GeneratorConditioning)
        if self.conditioning == "norm" and self.norm in ("none", "spectral"):
            raise UserError(
                f"generator with conditioning norm and norm {self.norm}: there are no gains for "
                "labels to set; use --generator.norm batch or --generator.conditioning concat"
            )


@dataclass(frozen=True)
class GrowingKnobs(GeneratorKnobs):
    """Fields of generators that double a grid until it is the image."""

    upsampling: Upsampling = "sub_pixel"
    """How the image grows: transposed convolution (sub_pixel), or nearest, bilinear [1,2,1] or fir
    [1,3,3,1] enlarging before a convolution."""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice(*field_of(self, "upsampling"), get_args(Upsampling))


@dataclass(frozen=True)
class DiscriminatorKnobs(NetworkKnobs):
    """Fields that every discriminator has."""

    conditioning: DiscriminatorConditioning = "none"
    """How labels enter: none, concat (a plane beside the image), projection (Miyato and Koyama
    2018), or auxiliary (a classifier beside the logit, AC-GAN)."""
    minibatch_deviation: int = 0
    """Images in a group whose standard deviation is one more channel at the end (ProGAN; StyleGAN2
    4); 0 for none. It must divide the images of a shard."""

    def __post_init__(self) -> None:
        _check(self, DiscriminatorConditioning)
        if self.minibatch_deviation != 0:
            named = field_of(self, "minibatch_deviation")
            check_whole(*named, 2, of="images in a group", hint="0 for none")

    @property
    def mixes_examples(self) -> bool:
        """Whether batch norm ties each image's logit to the others in its batch.

        Minibatch deviation does too, but not in a way that keeps penalties from working: ProGAN
        and StyleGAN2 take gradients through it.
        """
        return self.norm == "batch"


def refuse_instance_norm(knobs: NetworkKnobs) -> None:
    """Raise UserError for instance norm, in networks where dense layers are normalised."""
    if knobs.norm == "instance":
        raise UserError(
            f"{type(knobs).__name__} with norm instance: a dense layer has no positions to "
            "normalise over; use layer or group"
        )


def _check(knobs: GeneratorKnobs | DiscriminatorKnobs, conditionings: Any) -> None:
    check_whole(*field_of(knobs, "width"), 1, hint="64 is usual")
    check_choice(*field_of(knobs, "norm"), get_args(Norm))
    check_choice(*field_of(knobs, "initialization"), get_args(Initialization))
    check_choice(*field_of(knobs, "conditioning"), get_args(conditionings))
    check_number(*field_of(knobs, "dropout"), least=0, below=1)
