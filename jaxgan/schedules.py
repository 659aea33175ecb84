"""Numbers that change while a run goes on.

A recipe may anneal any of its numbers: a learning rate, a penalty's weight, a decay. Such a number
is a `Number`: a plain one, or a schedule over the real images that the discriminator has been
shown. The steps put values in the place of schedules before a part is called (`settled`), so that
a part only ever sees a number.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias, TypeVar

import jax
import jax.numpy as jnp

from jaxgan.errors import UserError

__all__ = ["SCHEDULES", "Cosine", "Halving", "Linear", "Now", "Number", "Schedule", "annealed",
           "number_from_text", "number_to_text", "settled"]  # fmt: skip

MOST_IMAGES = 10**12

Part = TypeVar("Part")


class Now(NamedTuple):
    """Where a run is: before an update."""

    shown: jax.Array | float  # real images that the discriminator has been shown, float32 []
    of: int  # of how many in the whole run


class Schedule:
    """A number as a function of the real images shown so far."""

    images: int | None
    """Real images that it is laid out over; None: those of the whole run."""

    def at(self, now: Now) -> jax.Array:
        """The number at this point, float32 []."""
        raise NotImplementedError

    @property
    def ends(self) -> tuple[float, ...]:
        """The numbers between which all others lie."""
        raise NotImplementedError

    def __mul__(self, other: Any) -> Any:
        raise UserError(
            f"{number_to_text(self)} is a number only within a step: call the part that "
            "settled(part, now) makes of this one"
        )

    __rmul__ = __truediv__ = __mul__


@dataclass(frozen=True)
class _Way(Schedule):
    first: float
    """The number before the first image."""
    final: float
    """The number in the end."""
    images: int | None = None
    """Real images after which the final number is reached, and kept; None: the whole run."""

    def __post_init__(self) -> None:
        _check_numbers(self)

    def at(self, now: Now) -> jax.Array:
        share = jnp.clip(jnp.float32(now.shown) / float(self.images or now.of), 0.0, 1.0)
        done = self._done(share)
        return self.first * (1 - done) + self.final * done

    @property
    def ends(self) -> tuple[float, ...]:
        return self.first, self.final

    def _done(self, share: jax.Array) -> jax.Array:
        raise NotImplementedError


class Linear(_Way):
    """A straight line: first + n / images · (final - first)."""

    def _done(self, share: jax.Array) -> jax.Array:
        return share


class Cosine(_Way):
    """Half a wave: first + (1 - cos(π n / images)) / 2 · (final - first)."""

    def _done(self, share: jax.Array) -> jax.Array:
        return 0.5 - 0.5 * jnp.cos(math.pi * share)


@dataclass(frozen=True)
class Halving(Schedule):
    """Half of it after every so many images: first · 2^-floor(n / images)."""

    first: float
    """The number before the first image."""
    images: int
    """Real images from one halving to the next."""

    def __post_init__(self) -> None:
        _check_numbers(self)

    def at(self, now: Now) -> jax.Array:
        """first · 2^-floor(n / images), float32 []."""
        return self.first * 0.5 ** jnp.floor(jnp.float32(now.shown) / float(self.images))

    @property
    def ends(self) -> tuple[float, ...]:
        """The first number alone: the others are below it."""
        return (self.first,)


Number: TypeAlias = float | Schedule
"""A number that a recipe may anneal."""

SCHEDULES: dict[str, type[Any]] = {"linear": Linear, "cosine": Cosine, "halving": Halving}
FORMS = "linear:FIRST:FINAL[:IMAGES], cosine:FIRST:FINAL[:IMAGES] or halving:FIRST:IMAGES"


def number_to_text(number: Number) -> str:
    """A number as flags and configs have it: `0.1`, `cosine:0.05:0.005:20000000`."""
    if not isinstance(number, Schedule):
        return repr(number)
    name = next(name for name, form in SCHEDULES.items() if type(number) is form)
    values = [getattr(number, field.name) for field in dataclasses.fields(SCHEDULES[name])]
    return ":".join([name, *(repr(value) for value in values if value is not None)])


def number_from_text(text: str) -> Number:
    """The number that a text says; raises UserError for a text that says none."""
    name, *values = text.split(":")
    try:
        if not values:
            return float(name)
        form = SCHEDULES[name]
        last = dataclasses.fields(form)[len(values) - 1].name
        ends = [float(value) for value in (values[:-1] if last == "images" else values)]
        return form(*ends, *([_whole(values[-1])] if last == "images" else []))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise UserError(f"{text!r}: expected a number, {FORMS}") from error


def annealed(part: Any) -> dict[str, Schedule]:
    """The fields of a part that hold a schedule; none where it is no dataclass."""
    if not dataclasses.is_dataclass(part):
        return {}
    fields = {f.name: getattr(part, f.name) for f in dataclasses.fields(part)}
    return {name: value for name, value in fields.items() if isinstance(value, Schedule)}


def settled(part: Part, now: Now) -> Part:
    """A part with numbers in the place of its schedules; the part itself where it has none."""
    found = annealed(part)
    if not found:
        return part
    new = copy.copy(part)
    for name, schedule in found.items():
        # Past the checks of the part's numbers, which a traced one cannot pass; its schedule did.
        object.__setattr__(new, name, schedule.at(now))
    return new


def _whole(text: str) -> int:
    number = float(text)  # 2e7 as well as 20000000
    if number != int(number):
        raise ValueError(text)
    return int(number)


def _check_numbers(schedule: Any) -> None:
    name = type(schedule).__name__.lower()
    for end in schedule.ends:
        if isinstance(end, bool) or not isinstance(end, (int, float)) or not math.isfinite(end):
            raise UserError(f"a {name} schedule from or to {end}: expected finite numbers")
    images = schedule.images
    none = images is None and name != "halving"
    if not none and (
        isinstance(images, bool) or not isinstance(images, int) or not 1 <= images <= MOST_IMAGES
    ):
        raise UserError(
            f"a {name} schedule over {images} images: expected a whole number from 1 to "
            f"{MOST_IMAGES:,}"
        )
