"""Values from JSON files against the types that they must have: whatever a file holds, one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typeguard import TypeCheckError, check_type

from jaxgan.errors import UserError
from jaxgan.schedules import Number

__all__ = ["check_fields"]

LONGEST = 60  # signs of a value in a message
NUMBERS = (int, float, int | None, float | None, Number)


def check_fields(what: str, plain: Any, types: Mapping[str, Any], *, others: bool = False) -> None:
    """Raise UserError unless `plain` is an object with a value of its type for each field.

    `what` says in the message what this is. More fields are refused, but for `others`.
    """
    if not isinstance(plain, dict):
        raise UserError(f"{what} is {_shown(plain)}: expected an object with its fields")
    if missing := sorted(set(types) - set(plain)):
        raise UserError(f"{what} without {_listed(missing)}: {OTHER_VERSION}")
    if not others and (unknown := sorted(set(plain) - set(types))):
        raise UserError(f"{what} with unknown fields {_listed(unknown)}: {OTHER_VERSION}")
    for name, expected in types.items():
        if not _fits(plain[name], expected):
            raise UserError(f"{what}: {name} is {_shown(plain[name])}: expected {_named(expected)}")


OTHER_VERSION = (
    "it is damaged, or was written by another version of jaxgan; restore it, or use that version"
)


def _fits(value: Any, expected: Any) -> bool:
    if isinstance(value, bool) and expected in NUMBERS:  # which Python takes for one
        return False
    try:
        check_type(value, expected)
    except TypeCheckError:
        return False
    return True


NAMES = {
    int: "a whole number",
    float: "a number",
    str: "a text",
    bool: "true or false",
    Number: "a number or a schedule",
}


def _named(expected: Any) -> str:
    if expected in NAMES:
        return NAMES[expected]
    return expected.__name__ if isinstance(expected, type) else str(expected).replace("typing.", "")


def _listed(names: list[str]) -> str:
    return _cut(", ".join(names))


def _shown(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", type(None): "null"}
    return kinds.get(type(value)) or _cut(repr(value))


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
