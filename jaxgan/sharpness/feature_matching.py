"""Feature matching of Salimans et al. (2016), arXiv:1606.03498, section 3.1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import chex
import jax
import jax.numpy as jnp

from jaxgan.errors import UserError
from jaxgan.protocols import Compared
from jaxgan.ranges import check_choice, check_number, field_of
from jaxgan.schedules import Number

__all__ = ["FeatureMatching"]

Distance = Literal["l2", "l1"]
Layers = Literal["last", "all"]


@dataclass(frozen=True)
class FeatureMatching:
    """Distance of mean features: weight · mean_j |E φ_j(x) - E φ_j(G(z))|^p, p = 2 (l2) or 1 (l1).

    φ are activations of the discriminator, E the mean over a batch. The paper's ‖E φ(x) -
    E φ(G(z))‖₂² is a sum over the features j; here it is their mean, so that one weight means the
    same for every width. For the paper's sum, multiply the weight by the number of features.
    """

    weight: Number = 1.0
    """Factor, in loss per squared (l2) or plain (l1) unit of activation; the paper's is 1, with no
    other term in the generator's loss."""
    distance: Distance = "l2"
    """l2: squared differences, the paper's equation; l1: absolute ones, as its code for CIFAR."""
    layers: Layers = "last"
    """last: the features closest to the logit, as in the paper; all: every layer, each layer with
    the same say however many features it has."""

    role: ClassVar[str] = "sharpness"
    needs: ClassVar[frozenset[str]] = frozenset({"features"})

    def __post_init__(self) -> None:
        without = "for no feature matching, choose none"
        check_number(*field_of(self, "weight"), above=0, hint=without)
        check_choice(*field_of(self, "distance"), get_args(Distance))
        check_choice(*field_of(self, "layers"), get_args(Layers))

    def __call__(self, compared: Compared) -> jax.Array:
        """Features [B, ...] of each layer -> [], weight included; its slope is the fakes' alone."""
        real, fake = compared.real_features, compared.fake_features
        if not (real and fake):
            raise UserError(
                "feature matching with a discriminator that hands out no features: choose another "
                "discriminator, or another sharpness term"
            )
        layers = list(zip(real, fake, strict=True))
        chosen = layers[-1:] if self.layers == "last" else layers
        return self.weight * sum(map(self._of_layer, chosen), jnp.zeros(())) / len(chosen)

    def _of_layer(self, layer: tuple[jax.Array, jax.Array]) -> jax.Array:
        real, fake = (jnp.mean(jnp.asarray(phi, _widest(phi)), axis=0) for phi in layer)
        chex.assert_equal_shape([real, fake])
        difference = fake - jax.lax.stop_gradient(real)
        # Not jnp.abs, whose slope at 0 is 1: features that agree would be pulled away.
        factor = difference if self.distance == "l2" else jnp.sign(difference)
        return jnp.mean(factor * difference)


def _widest(x: jax.Array) -> jnp.dtype:
    """At least float32: means of bfloat16 would drop what two batches differ by."""
    return jnp.promote_types(x.dtype, jnp.float32)
