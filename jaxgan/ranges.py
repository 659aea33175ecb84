"""Whether a value lies where it must: every range check, and the one line it is refused with."""

from __future__ import annotations

import math
from collections.abc import Collection
from numbers import Real
from typing import Any

from jaxgan.errors import UserError
from jaxgan.schedules import Schedule, number_to_text

__all__ = ["SMALLEST", "check_choice", "check_held", "check_number", "check_whole", "field_of",
           "flag_of"]  # fmt: skip

MOST = 2**31 - 1  # what 32 bits count
SMALLEST, LARGEST = 1e-30, 1e38  # what float32 holds, in size


def field_of(part: Any, field: str) -> tuple[str, Any]:
    """A field of a part as the checks take it: what it is called, and its value."""
    return f"{type(part).__name__} with {field}", getattr(part, field)


def flag_of(options: Any, field: str) -> tuple[str, Any]:
    """A field that is a flag of a command as the checks take it: the flag, and its value."""
    return "--" + field.replace("_", "-"), getattr(options, field)


def check_whole(
    what: str, value: Any, least: int, most: int | None = MOST, *, of: str = "", hint: str = ""
) -> None:
    """Raise UserError unless the value is a whole number from `least` to `most` (None: any).

    The message says what it is a number `of`, and ends in the `hint`, what else to do.
    """
    whole = isinstance(value, int) and not isinstance(value, bool)
    if whole and value >= least and (most is None or value <= most):
        return
    # The end of what 32 bits count is no news but to a number beyond it.
    end = "" if most is None or (most == MOST and not (whole and value > most)) else f" to {most}"
    raise UserError(
        f"{what} {value}: expected a whole number{of and f' of {of}'} from {least}{end}"
        f"{hint and f'; {hint}'}"
    )


def check_number(
    what: str,
    value: Any,
    *,
    above: float | None = None,
    least: float = -math.inf,
    below: float | None = None,
    most: float = math.inf,
    hint: str = "",
) -> None:
    """Raise UserError unless the value is a finite number within the bounds.

    A schedule must lie within them from end to end, and may begin or end at a bound that a plain
    number must be above.
    """
    if isinstance(value, Schedule):
        bounds: dict[str, Any] = {"above": above, "least": least, "below": below, "most": most}
        if above is not None and max(value.ends) > above:
            bounds |= {"above": None, "least": above}
        for end in value.ends:
            check_number(f"{what} {number_to_text(value)}:", end, **bounds, hint=hint)
        return
    if isinstance(value, Real) and not isinstance(value, bool):
        number = float(value)
        low = number >= least and (above is None or number > above)
        high = number <= most and (below is None or number < below)
        if low and high and math.isfinite(number):
            return
    named = _bounds(above, least, below, most)
    raise UserError(f"{what} {value}: expected a number{named}{hint and f'; {hint}'}")


def _bounds(above: float | None, least: float, below: float | None, most: float) -> str:
    low = above if above is not None else least
    high = below if below is not None else most
    if math.isinf(high):
        return f" above {low:g}" if above is not None else f" from {low:g}"
    if above is None and below is None:
        return f" from {low:g} to {high:g}"
    return f" in {'[' if above is None else '('}{low:g}, {high:g}{']' if below is None else ')'}"


def check_choice(what: str, value: Any, choices: Collection[Any]) -> None:
    """Raise UserError unless the value is one of the choices."""
    if value not in choices:
        shown = repr(value) if isinstance(value, str) else value
        raise UserError(f"{what} {shown}: expected one of {', '.join(map(str, choices))}")


def check_held(what: str, value: Any) -> None:
    """Raise UserError for a number that 32 bits do not hold, or that float32 takes for 0."""
    if isinstance(value, Schedule):
        for end in value.ends:
            check_held(f"{what} {number_to_text(value)}:", end)
    if isinstance(value, int) and abs(value) > MOST:
        expected = f"a whole number up to {MOST}"
    elif isinstance(value, float) and value and not SMALLEST <= abs(value) <= LARGEST:
        expected = f"0 or a number from {SMALLEST:g} to {LARGEST:g} in size"
    else:
        return
    raise UserError(f"{what} {value}: expected {expected}")
