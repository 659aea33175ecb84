"""Configs as plain JSON values, and what differs between two of them in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any, get_type_hints

from jaxgan.config import Config
from jaxgan.parts import (
    PART_FIELDS,
    TERM_FIELDS,
    part_from_json,
    part_to_json,
    plain_value,
    with_schedules,
)
from jaxgan.typed_json import check_fields

__all__ = ["config_from_json", "config_to_json", "differences_in_words"]

FIELDS = dataclasses.fields(Config)


def config_to_json(config: Config) -> dict[str, Any]:
    """A Config as plain JSON values; parts name their class as `module:Class`."""
    plain: dict[str, Any] = {}
    for field in FIELDS:
        value = getattr(config, field.name)
        if field.name in TERM_FIELDS:
            value = [part_to_json(field.name, term) for term in value]
        elif field.name in PART_FIELDS and value is not None:
            value = part_to_json(field.name, value)
        plain[field.name] = plain_value(value)
    return plain


def config_from_json(plain: Any) -> Config:
    """The Config that `config_to_json` wrote.

    Raises UserError for anything else: fields that are unknown, missing or of another type, and
    parts of modules that neither are jaxgan's nor were imported before.
    """
    hints = get_type_hints(Config)
    if isinstance(plain, dict):
        plain = with_schedules("config", plain, hints)
    of_parts = {**dict.fromkeys(PART_FIELDS, Any), **dict.fromkeys(TERM_FIELDS, list)}
    check_fields("config", plain, {**{f.name: hints[f.name] for f in FIELDS}, **of_parts})
    defaults = {field.name: field.default for field in FIELDS}
    values = dict(plain)
    for name in PART_FIELDS:
        if name in TERM_FIELDS:
            values[name] = tuple(part_from_json(name, term) for term in plain[name])
        elif plain[name] is not None or defaults[name] is not None:
            values[name] = part_from_json(name, plain[name])
    return Config(**values)


def differences_in_words(there: dict[str, Any], here: dict[str, Any], fields: Iterable[str]) -> str:
    """Which of these fields differ between two configs as JSON, and how."""
    words = []
    for field in fields:
        before, now = ([x] if not isinstance(x, list) else x for x in (there[field], here[field]))
        if len(before) != len(now):
            before, now = ([_in_words(x)] for x in (before, now))
        for one, other in zip(before, now, strict=True):
            if isinstance(one, dict) and isinstance(other, dict) and one["part"] == other["part"]:
                words += [
                    f"{field}.{name} is {one[name]} there, {other[name]} here"
                    for name in one
                    if one[name] != other[name]
                ]
            elif one != other:
                words.append(f"{field} is {_in_words(one)} there, {_in_words(other)} here")
    return "; ".join(words)


def _in_words(value: Any) -> Any:
    """A part by its name, several by theirs, anything else as it is."""
    if isinstance(value, list):
        return " and ".join(str(_in_words(one)) for one in value) or "none"
    return value["part"] if isinstance(value, dict) else value
