"""What fields of a network part may hold, said in one line where they do not."""

from __future__ import annotations

import math
from typing import Any, get_args

from jaxgan.errors import UserError

__all__ = ["check_above_zero", "check_choices", "check_share", "check_whole"]


def check_choices(part: Any, **choices: Any) -> None:
    """Raise UserError unless each field named holds one of the values of its Literal."""
    for field, literal in choices.items():
        if (value := getattr(part, field)) not in get_args(literal):
            raise UserError(
                f"{_of(part, field, value)}: expected one of {', '.join(get_args(literal))}"
            )


def check_whole(part: Any, **lowest: int) -> None:
    """Raise UserError unless each field named holds a whole number of at least so much."""
    for field, least in lowest.items():
        value = getattr(part, field)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise UserError(f"{_of(part, field, value)}: expected a whole number from {least} up")


def check_share(part: Any, *fields: str) -> None:
    """Raise UserError unless each field named holds a number from 0 to 1."""
    for field in fields:
        if not 0 <= (value := getattr(part, field)) <= 1:
            raise UserError(f"{_of(part, field, value)}: expected a share in [0, 1]")


def check_above_zero(part: Any, *fields: str) -> None:
    """Raise UserError unless each field named holds a finite number above 0."""
    for field in fields:
        if not 0 < (value := getattr(part, field)) < math.inf:
            raise UserError(f"{_of(part, field, value)}: expected a number above 0")


def _of(part: Any, field: str, value: Any) -> str:
    return f"{type(part).__name__} with {field.replace('_', ' ')} {value!r}"
