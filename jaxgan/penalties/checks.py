"""The range check that penalties share."""

from __future__ import annotations

from typing import Any

from jaxgan.errors import UserError

__all__ = ["check_interval"]


def check_interval(part: Any) -> None:
    """Refuse an `interval` that is not a whole number of steps from 1."""
    interval = part.interval
    if isinstance(interval, bool) or not isinstance(interval, int) or interval < 1:
        raise UserError(
            f"{type(part).__name__} with interval {interval}: expected a whole number of steps "
            "from 1, which is every step"
        )
