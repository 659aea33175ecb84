"""How a learning rate changes over a run; every optimiser has these fields."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Literal, get_args

import optax

from jaxgan.errors import UserError
from jaxgan.ranges import check_choice, check_number, check_whole, field_of

__all__ = ["OVER_THE_RUN", "Schedule", "ScheduledRate"]

Schedule = Literal["constant", "linear", "cosine", "halving"]
"""linear and cosine go from the first rate to the final one over the run."""

OVER_THE_RUN = ("linear", "cosine")

HALVE_EVERY = 1000


@dataclass(frozen=True)
class ScheduledRate:
    """The learning rate of an optimiser; a class of its own adds what else the optimiser needs."""

    learning_rate: float
    """Step size of the first update."""
    _: KW_ONLY
    schedule: Schedule = "constant"
    """How the step size changes: constant; linear (SNGAN) or cosine (R3GAN), to
    final_learning_rate over the run; or halving, every halve_every updates."""
    final_learning_rate: float = 0.0
    """Step size that linear and cosine reach at the run's end; SNGAN 0, R3GAN a quarter of the
    first."""
    halve_every: int = HALVE_EVERY
    """Updates after which halving halves the step size, again and again."""

    def __post_init__(self) -> None:
        name = type(self).__name__
        check_number(*field_of(self, "learning_rate"), above=0)
        check_number(*field_of(self, "final_learning_rate"), least=0)
        check_choice(*field_of(self, "schedule"), get_args(Schedule))
        check_whole(*field_of(self, "halve_every"), 1, of="updates")
        if self.final_learning_rate and self.schedule not in ("linear", "cosine"):
            raise UserError(
                f"{name} with final_learning_rate {self.final_learning_rate} and schedule "
                f"{self.schedule}, which never uses it: choose schedule linear or cosine, or "
                "final_learning_rate 0"
            )
        if self.halve_every != HALVE_EVERY and self.schedule != "halving":
            raise UserError(
                f"{name} with halve_every {self.halve_every} and schedule {self.schedule}, which "
                f"never uses it: choose schedule halving, or halve_every {HALVE_EVERY}"
            )

    def rate(self, updates: int) -> float | optax.Schedule:
        """The step size as optax takes it: a number, or a function of the updates done.

        In a run of `updates`, linear and cosine would reach the final rate with the update after
        the last.
        """
        if updates < 1:
            raise UserError(
                f"{type(self).__name__} for a run of {updates} updates: expected 1 or more"
            )
        first, final = self.learning_rate, self.final_learning_rate
        if self.schedule == "linear":
            return optax.linear_schedule(first, final, updates)
        if self.schedule == "cosine":
            return optax.cosine_decay_schedule(first, updates, alpha=final / first)
        if self.schedule == "halving":
            return optax.exponential_decay(first, self.halve_every, 0.5, staircase=True)
        # Not a schedule that always says the same: that would count updates in the state.
        return first
