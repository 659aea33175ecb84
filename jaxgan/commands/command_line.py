"""An experiment's command line: every field of its config is a flag.

Parts are chosen by name (`--loss hinge`, `--penalty none`), and the fields of the chosen ones are
flags in turn (`--penalty.weight 5`). Flags depend on choices, so the choices are read first.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from typing import Annotated, Any, Literal, get_type_hints

import tyro

from jaxgan.config import Config
from jaxgan.errors import UserError
from jaxgan.parts import PART_FIELDS, available_parts, part_name

__all__ = ["parse_experiment"]

NO_PART = "none"
QUICK_HELP = "Use the small preset, which finishes in minutes on two CPU cores."


def parse_experiment(
    config: Config, quick: Config, options: Any, arguments: Sequence[str], description: str
) -> tuple[Config, Any]:
    """The config and the run options that a command line asks for.

    `config` and `quick` are the defaults without and with --quick; `options` is a dataclass
    instance whose fields become flags as well. Prints help and exits for --help; raises UserError
    for values that cannot be used.
    """
    choices, rest = _read_choices(arguments)
    base = quick if choices.pop("quick") else config
    values = {field.name: getattr(base, field.name) for field in dataclasses.fields(base)}
    for field, name in choices.items():
        if name is not None:
            values[field] = _choose(field, name, values[field])
    asked = tyro.cli(
        _command_line_type(values, options),
        args=rest,
        description=description,
        config=(tyro.conf.AvoidSubcommands, tyro.conf.FlagCreatePairsOff),
    )
    parsed = {name: getattr(asked.config, name) for name in values}
    return Config(**parsed), asked.options


def _read_choices(arguments: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--quick", action="store_true")
    for field in PART_FIELDS:
        parser.add_argument(_flag(field))
    known, rest = parser.parse_known_args(arguments)
    return vars(known), rest


def _choose(field: str, name: str, present: Any) -> Any:
    """The part called `name`; the present one, with its values, where it is that already."""
    if name == NO_PART and _may_be_none(field):
        return None
    parts = available_parts(field)
    if name not in parts:
        raise UserError(f"{_flag(field)} {name}: expected one of {', '.join(_names(field))}")
    return present if isinstance(present, parts[name]) else parts[name]()


def _command_line_type(values: dict[str, Any], options: Any) -> Any:
    """A dataclass as tyro reads it: parts with their own types, and choices for the help text."""
    parts = {name: type(value) for name, value in values.items() if name in PART_FIELDS and value}
    hints = get_type_hints(Config)
    fields = [
        (name, parts.get(name, _hidden(name, hints[name])), value) for name, value in values.items()
    ]
    # Values are checked when all flags are in, not one by one.
    concrete = dataclasses.make_dataclass(
        "Config",
        fields,
        bases=(Config,),
        namespace={"__post_init__": lambda self: None},
        frozen=True,
        kw_only=True,
    )
    choices: list[Any] = [("quick", Annotated[bool, tyro.conf.arg(help=QUICK_HELP)], False)]
    for field in PART_FIELDS:
        present = part_name(values[field]) if values[field] else NO_PART
        help_text = f"Choose the {field.replace('_', ' ')} by name."
        choice: Any = Literal.__getitem__(tuple(_names(field)))
        name_type: Any = Annotated[choice, tyro.conf.arg(name=field, help=help_text)]
        choices.append((f"{field}_name", name_type, present))
    no_prefix = tyro.conf.arg(name="")
    return dataclasses.make_dataclass(
        "CommandLine",
        [
            *choices,
            ("config", Annotated[concrete, no_prefix], concrete()),
            ("options", Annotated[type(options), no_prefix], options),
        ],
        frozen=True,
    )


def _hidden(field: str, annotation: Any) -> Any:
    """A part that is absent has no flags of its own."""
    if field in PART_FIELDS:
        return Annotated[Any, tyro.conf.Suppress, tyro.conf.Fixed]
    return annotation


def _names(field: str) -> list[str]:
    return [*available_parts(field), *([NO_PART] if _may_be_none(field) else [])]


def _may_be_none(field: str) -> bool:
    default = {f.name: f.default for f in dataclasses.fields(Config)}[field]
    return default is None


def _flag(field: str) -> str:
    return "--" + field.replace("_", "-")
