"""Zero-centred gradient penalties: Mescheder et al. (2018), arXiv:1801.04406, equations 9 and 10.

A discriminator that has nothing more to tell real images from fakes by should be flat there. These
penalties make it so, and the GAN settle where it would otherwise circle for ever.

A second derivative is what they cost. The form `difference` has none: the squared gradient norm is
the mean square of a slope along white noise, which two values of D tell (Hyun et al. 2025,
arXiv:2509.24935).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import chex
import jax
import jax.numpy as jnp

from jaxgan.penalties.slope import image_slope
from jaxgan.ranges import check_choice, check_number, check_whole, field_of
from jaxgan.schedules import Number

__all__ = ["R1", "R1R2", "R2"]

Form = Literal["exact", "difference"]


@dataclass(frozen=True)
class _ZeroCentered:
    gamma: Number = 10.0
    """Factor of the squared gradient norm, halved in the equation. 10 in StyleGAN2 at 1024 pixels a
    side, and 20 in the code of Mescheder et al., which has 10 without the half; StyleGAN2-ADA's
    rule of thumb is 0.0002 · height · width / batch size; R3GAN starts from 2 for faces of 64
    pixels and from 0.05 for CIFAR-10."""
    interval: int = 1
    """Discriminator steps from one use to the next, each counted `interval` times; 1 in the paper
    and R3GAN, 16 in StyleGAN2."""
    form: Form = "exact"
    """How ‖∇D‖² is found: by a second derivative (exact), or as ((D(x + e · n) - D(x)) / e)² with
    white noise n, one draw an image (difference, Hyun et al. 2025): as much on average, for a
    discriminator that bends little over a step, and cheaper, with noise of its own."""
    distance: float = 0.01
    """The deviation e of that noise, in units of images; 0.01 in the paper."""

    role: ClassVar[str] = "penalty"
    per_example: ClassVar[bool] = True
    at: ClassVar[tuple[str, ...]]

    def __post_init__(self) -> None:
        check_number(*field_of(self, "gamma"), above=0, hint="for no penalty, choose none")
        check_whole(*field_of(self, "interval"), 1, of="steps", hint="1 is every step")
        check_choice(*field_of(self, "form"), get_args(Form))
        check_number(*field_of(self, "distance"), above=0)

    def __call__(
        self,
        key: jax.Array,
        discriminate: Callable[[jax.Array], jax.Array],
        real: jax.Array,
        fake: jax.Array,
    ) -> jax.Array:
        """Images [B, H, W, C] -> γ / 2 · ‖∇D‖² at each, [B], summed over `at`."""
        chex.assert_equal_shape([real, fake])
        images = {"real": real, "fake": fake}
        found = [
            self.gamma / 2 * self._squared(key, i, discriminate, images[name])
            for i, name in enumerate(self.at)
        ]
        return sum(found[1:], start=found[0])

    def _squared(
        self,
        key: jax.Array,
        place: int,
        discriminate: Callable[[jax.Array], jax.Array],
        images: jax.Array,
    ) -> jax.Array:
        """‖∇D‖² at each image, [B], or what is that on average."""
        if self.form == "exact":
            squared = jnp.square(image_slope(discriminate, images))
            return jnp.sum(squared, axis=tuple(range(1, images.ndim)))
        noise = jax.random.normal(jax.random.fold_in(key, place), images.shape, images.dtype)
        rise = discriminate(images + self.distance * noise) - discriminate(images)
        return jnp.square(rise / self.distance)


@dataclass(frozen=True)
class R1(_ZeroCentered):
    """γ / 2 · ‖∇D(x)‖² at real images x."""

    at: ClassVar[tuple[str, ...]] = ("real",)


@dataclass(frozen=True)
class R2(_ZeroCentered):
    """γ / 2 · ‖∇D(G(z))‖² at fakes."""

    at: ClassVar[tuple[str, ...]] = ("fake",)


@dataclass(frozen=True)
class R1R2(_ZeroCentered):
    """R1 and R2 with one γ, as in R3GAN (Huang et al. 2025, arXiv:2501.05441)."""

    at: ClassVar[tuple[str, ...]] = ("real", "fake")
