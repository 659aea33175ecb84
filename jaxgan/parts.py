"""The parts of the library by name, and parts as JSON."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_type_hints

from jaxgan.errors import UserError
from jaxgan.schedules import Number, Schedule, number_from_text, number_to_text
from jaxgan.typed_json import check_fields

__all__ = ["PART_FIELDS", "TERM_FIELDS", "available_parts", "import_trusted", "names_of_terms",
           "part_from_json", "part_name", "part_to_json", "parts_of_role", "plain_value",
           "with_schedules"]  # fmt: skip

PART_PACKAGES = {
    "loss": "jaxgan.losses",
    "penalty": "jaxgan.penalties",
    "generator_penalty": "jaxgan.penalties",
    "sharpness": "jaxgan.sharpness",
    "augment": "jaxgan.augment",
    "softening": "jaxgan.augment",
    "generator": "jaxgan.networks",
    "discriminator": "jaxgan.networks",
    "optimizer": "jaxgan.optimizers",
    "evaluator": "jaxgan.evaluators",
}
PART_FIELDS = {
    "loss": "loss",
    "penalty": "penalty",
    "generator_penalty": "generator_penalty",
    "sharpness": "sharpness",
    "augment": "augment",
    "softening": "softening",
    "generator": "generator",
    "discriminator": "discriminator",
    "generator_optimizer": "optimizer",
    "discriminator_optimizer": "optimizer",
}
"""Field of Config -> role of the part that it holds, or of each part."""

TERM_FIELDS = ("penalty", "generator_penalty", "sharpness")
"""Fields that hold a tuple of parts: terms that are added up."""


def part_name(part: Any) -> str:
    """The name of a part on the command line: `GradientPenalty()` -> 'gradient-penalty'.

    Networks go without their role, which the flag says: `DCGANGenerator()` -> 'dcgan'. A class
    that is written otherwise says how it is `called`.
    """
    cls = part if isinstance(part, type) else type(part)
    if "called" in vars(cls):
        return str(vars(cls)["called"])
    bare = re.sub("(Generator|Discriminator)$", "", cls.__name__)
    return re.sub("(?<=[a-z])(?=[A-Z])", "-", bare).lower()


def names_of_terms(terms: Sequence[Any]) -> list[str]:
    """A name for each term of one field; the second of a kind is `name-2`."""
    names = [part_name(term) for term in terms]
    before = [names[:i].count(name) for i, name in enumerate(names)]
    return [f"{name}-{n + 1}" if n else name for name, n in zip(names, before, strict=True)]


def available_parts(field: str) -> dict[str, type]:
    """The parts of the library that fit a field of Config, by name."""
    return parts_of_role(PART_FIELDS[field])


def parts_of_role(role: str) -> dict[str, type]:
    """The parts of the library with this role, by name.

    Every module of the role's package is looked into: a file that is put there is all it takes.
    """
    package = importlib.import_module(PART_PACKAGES[role])
    parts: dict[str, type] = {}
    for found in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        module = importlib.import_module(found.name)
        members = [getattr(module, name) for name in getattr(module, "__all__", ())]
        fitting = [m for m in members if isinstance(m, type) and getattr(m, "role", "") == role]
        parts |= {part_name(member): member for member in fitting}
    return parts


def part_to_json(field: str, part: Any) -> dict[str, Any]:
    """A part of a config's field as plain JSON values, its class named as `module:Class`.

    Raises UserError for a part whose class another process could not import.
    """
    cls = type(part)
    # A script's or a notebook's own module is another one in the process that reads the config.
    if cls.__module__ == "__main__" or _find_part(cls.__module__, cls.__qualname__) is not cls:
        raise UserError(
            f"{field} {part!r} cannot be written to a config: wrap it in a frozen dataclass at "
            "the top of a module that can be imported, as in jaxgan/optimizers/adam.py"
        )
    values = {f.name: plain_value(getattr(part, f.name)) for f in dataclasses.fields(part)}
    return {"part": f"{cls.__module__}:{cls.__qualname__}", **values}


def part_from_json(field: str, plain: dict[str, Any]) -> Any:
    """The part that `part_to_json` wrote; raises UserError where there is none to be found."""
    check_fields(field, plain, {"part": str}, others=True)
    values = dict(plain)
    module, _, name = values.pop("part").partition(":")
    if not _is_trusted(module):
        raise UserError(
            f"{field} is {module}:{name}, not of jaxgan, and no module is imported because "
            f"a file says so: if you know it, add --trust {module}, or import it first"
        )
    cls: Any = _find_part(module, name)
    if cls is None or getattr(cls, "role", "") != PART_FIELDS[field]:
        raise UserError(
            f"{field} {module}:{name} is no {PART_FIELDS[field]}: use the version of jaxgan, or of "
            "that module, that wrote the config"
        )
    hints = get_type_hints(cls)
    types = {f.name: hints[f.name] for f in dataclasses.fields(cls)}
    values = with_schedules(f"{field} {module}:{name}", values, types)
    check_fields(f"{field} {module}:{name}", values, types)
    return cls(**values)


def plain_value(value: Any) -> Any:
    """A field's value as JSON has it: schedules are texts."""
    return number_to_text(value) if isinstance(value, Schedule) else value


def with_schedules(what: str, plain: dict[str, Any], types: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values with schedules in the place of their texts; raises UserError for other texts."""
    values = dict(plain)
    for name, expected in types.items():
        if expected == Number and isinstance(plain.get(name), str):
            try:
                values[name] = number_from_text(plain[name])
            except UserError as error:
                raise UserError(f"{what}: {name} is {error}") from error
    return values


def import_trusted(modules: Iterable[str]) -> None:
    """Import modules that a person has named, so that configs may name their parts.

    Raises UserError for one that cannot be imported.
    """
    for module in modules:
        try:
            importlib.import_module(module)
        except (ImportError, TypeError, ValueError) as error:
            raise UserError(
                f"--trust {module}: it cannot be imported ({error}); put it on PYTHONPATH"
            ) from error


def _is_trusted(module: str) -> bool:
    """Whether a file may name this module: jaxgan's own, or one that the person has imported."""
    return module.split(".")[0] == "jaxgan" or module in sys.modules


def _find_part(module: str, name: str) -> type | None:
    """The dataclass called `name` in `module`, or None where there is none to be found."""
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, TypeError, ValueError):
        return None
    return found if isinstance(found, type) and dataclasses.is_dataclass(found) else None
