"""Lazy terms: which they are, and at which updates they have a value to be written down.

A penalty with an interval is computed at every so-manieth step and is 0 at the others (Karras et
al. 2020, arXiv:1912.04958, appendix B). A 0 that says "not computed" must not be read as a value.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

from jaxgan.config import Config
from jaxgan.parts import names_of_terms
from jaxgan.types import StepInfo

__all__ = ["intervals", "last_computed", "with_earlier"]

FIELDS = {"discriminator": ("penalty",), "generator": ("generator_penalty", "sharpness")}


def intervals(config: Config, network: str) -> dict[str, int]:
    """The lazy terms of "discriminator" or "generator" by name, with their intervals in steps."""
    found = {}
    for terms in (getattr(config, field) for field in FIELDS[network]):
        for name, term in zip(names_of_terms(terms), terms, strict=True):
            if (interval := getattr(term, "interval", 1)) > 1:
                found[name] = interval
    return found


def with_earlier(config: Config, step: jax.Array, info: StepInfo, earlier: StepInfo) -> StepInfo:
    """The info of discriminator step `step`, with lazy terms of an earlier step of the same update
    where this one computed none."""
    terms = dict(info.terms)
    for name, interval in intervals(config, "discriminator").items():
        terms[name] = jnp.where(step % interval == 0, terms[name], earlier.terms[name])
    return info._replace(terms=terms)


def last_computed(config: Config, update: int) -> dict[str, int]:
    """The last update, `update` or one before it, that computed each lazy term, by the term's name
    in the metrics: `discriminator/r1`. Updates are counted from 1, and all compute at the first."""
    found = {}
    for network, steps in (("discriminator", config.n_critic), ("generator", 1)):
        for name, interval in intervals(config, network).items():
            last_step = (update * steps - 1) // interval * interval  # counted from 0
            found[f"{network}/{name}"] = last_step // steps + 1
    return found
