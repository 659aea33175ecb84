"""The terms of the two objectives: how images are judged, and what is added to that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import optax
from jax import lax

from jaxgan.config import Config
from jaxgan.parts import names_of_terms
from jaxgan.schedules import Now
from jaxgan.steps.memory import first_memory
from jaxgan.steps.present import numbers_of
from jaxgan.types import Judgement, StepInfo, Tree

__all__ = ["added_terms", "class_error", "keys_of", "mean_loss", "no_info", "step_info"]

ADVERSARIAL, CLASSES = "adversarial", "classes"


def mean_loss(
    equation: Callable[..., jax.Array], real: Judgement | None, fake: Judgement
) -> jax.Array:
    """A loss's mean over all logits, and its mean over pixels' logits added where there are any."""
    loss = jnp.mean(equation(real and real.logits, fake.logits))
    if fake.pixels is not None:
        loss = loss + jnp.mean(equation(real and real.pixels, fake.pixels))
    return loss


def class_error(judgement: Judgement, labels: jax.Array | None, weight: float) -> dict[str, Any]:
    """The term `classes`: weight · mean cross entropy of a judgement's class logits; no term for a
    discriminator without any."""
    if judgement.classes is None:
        return {}
    rows = jax.nn.one_hot(labels, judgement.classes.shape[-1])
    return {CLASSES: weight * jnp.mean(optax.softmax_cross_entropy(judgement.classes, rows))}


def added_terms(
    parts: Sequence[Any], step: jax.Array, compute: Callable[[int], tuple[jax.Array, Tree]]
) -> tuple[dict[str, jax.Array], tuple[Tree, ...]]:
    """The terms of one role by name, and what each part observed; `compute(i)` is of part i."""
    values, observed = {}, []
    for i, (name, part) in enumerate(zip(names_of_terms(parts), parts, strict=True)):
        interval = getattr(part, "interval", 1)
        values[name], seen = _every(interval, step, lambda i=i: compute(i))  # type: ignore[misc]
        observed.append(seen)
    return values, tuple(observed)


def keys_of(key: jax.Array, count: int) -> list[jax.Array]:
    """A key for each of several terms of one role; the key itself for one."""
    return [key] if count == 1 else list(jax.random.split(key, max(count, 1)))


def step_info(
    real: Judgement | None, fake: Judgement, adversarial: jax.Array, **added: dict[str, jax.Array]
) -> StepInfo:
    """The info of a step, with its numbers and its gradient norm still to come."""
    terms = {ADVERSARIAL: adversarial}
    for named in added.values():
        terms |= named
    return StepInfo(
        loss=sum(terms.values(), start=jnp.zeros(())),
        terms=terms,
        numbers={},  # still to come, as is the norm of the gradient
        gradient_norm=jnp.zeros(()),
        real_logits=jnp.zeros(()) if real is None else jnp.mean(real.logits),
        fake_logits=jnp.mean(fake.logits),
    )


def no_info(config: Config, of: str, shape: tuple[int, ...] = ()) -> StepInfo:
    """The info of no step yet, zeros of a shape; `of` is "discriminator" or "generator"."""
    fields = ("penalty",) if of == "discriminator" else ("generator_penalty", "sharpness")
    names = [ADVERSARIAL]
    for field in fields:
        names += names_of_terms(getattr(config, field))
    if config.discriminator.conditioning == "auxiliary":
        names.append(CLASSES)
    zeros = jnp.zeros(shape)
    numbers = numbers_of(config, Now(shown=0.0, of=1), first_memory(config), of)
    of_terms, of_numbers = (dict.fromkeys(one, zeros) for one in (names, numbers))
    return StepInfo(zeros, of_terms, of_numbers, zeros, zeros, zeros)


def _every(
    interval: int, step: jax.Array, term: Callable[[], tuple[jax.Array, Tree]]
) -> tuple[jax.Array, Tree]:
    """A term [] and what it observed at every `interval`-th step, times `interval`; else zeros
    (lazy regularisation, Karras et al. 2020, arXiv:1912.04958, appendix B)."""
    if interval == 1:
        return term()

    def now() -> tuple[jax.Array, Tree]:
        value, observed = term()
        return interval * value, observed

    nothing = jax.tree.map(lambda x: jnp.zeros(x.shape, x.dtype), jax.eval_shape(now))
    return lax.cond(step % interval == 0, now, lambda: nothing)
