"""Range checks that hyper-parameters share."""

from __future__ import annotations

import math
from typing import Any

from jaxgan.errors import UserError

__all__ = ["check_fraction", "check_positive"]


def check_positive(part: Any, *fields: str) -> None:
    """Refuse a field that is not a finite number above 0."""
    for field in fields:
        value = getattr(part, field)
        if not (math.isfinite(value) and value > 0):
            raise UserError(
                f"{type(part).__name__} with {field} {value}: expected a number above 0"
            )


def check_fraction(part: Any, *fields: str) -> None:
    """Refuse a field that is not in [0, 1)."""
    for field in fields:
        value = getattr(part, field)
        if not 0 <= value < 1:
            raise UserError(
                f"{type(part).__name__} with {field} {value}: expected a number in [0, 1)"
            )
