"""An experiment's command line: every field of its config is a flag.

Parts are chosen by name (`--loss hinge`, `--penalty none`), and the fields of the chosen ones are
flags in turn (`--penalty.weight 5`). Terms are chosen by one name or several (`--penalty r1 r2`),
and the fields of several have their names (`--penalty.r1.gamma 5`). Flags depend on choices, so the
choices are read first.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, NamedTuple, get_type_hints

import tyro

from jaxgan.config import Config
from jaxgan.errors import UserError
from jaxgan.parts import (
    PART_FIELDS,
    TERM_FIELDS,
    available_parts,
    names_of_terms,
    part_name,
)
from jaxgan.schedules import Number, Schedule, number_from_text, number_to_text

__all__ = ["Presets", "parse_experiment"]

NO_PART = "none"
QUICK_HELP = "Use the small preset, which finishes in minutes on two CPU cores."


REGISTRY = tyro.constructors.ConstructorRegistry()
"""What the parser knows besides its own types: numbers that may be annealed."""


@REGISTRY.primitive_rule
def _number(info: tyro.constructors.PrimitiveTypeInfo) -> Any:
    """How a `Number` is read and shown; None for other types."""
    if info.type != Number:
        return None

    def read(texts: list[str]) -> Number:
        try:
            return number_from_text(texts[0])
        except UserError as error:
            raise ValueError(str(error)) from error  # the parser adds the flag

    return tyro.constructors.PrimitiveConstructorSpec(
        nargs=1,
        metavar="NUMBER|SCHEDULE",
        instance_from_str=read,
        is_instance=lambda value: isinstance(value, int | float | Schedule),
        str_from_instance=lambda number: [number_to_text(number)],
    )


class Presets(NamedTuple):
    """Configs that have names, some of them for any size of images."""

    names: tuple[str, ...]
    config: Callable[[str, int | None], Config]  # of a name and --image-size


@dataclasses.dataclass(frozen=True)
class Several:
    """Several terms, each a field."""


def parse_experiment(
    config: Config,
    quick: Config,
    options: Any,
    arguments: Sequence[str],
    description: str,
    presets: Presets | None = None,
) -> tuple[Config, Any]:
    """The config and the run options that a command line asks for.

    `config` and `quick` are the defaults without and with --quick, `presets` those of --preset;
    `options` is a dataclass instance whose fields become flags as well. Prints help and exits for
    --help; raises UserError for values that cannot be used.
    """
    if "--" in arguments:  # which the parsers take for the end of flags, and say nothing
        raise UserError("--: expected the name of a flag after it")
    choices, rest = _read_choices(arguments, presets)
    is_quick, name = choices.pop("quick"), choices.pop("preset", None)
    base = quick if is_quick else config
    if presets and name is not None:
        if is_quick or name not in presets.names:
            expected = f"one of {', '.join(presets.names)}, without --quick"
            raise UserError(f"--preset {name}: expected {expected}")
        base = presets.config(name, _image_size(rest))
    values = {field.name: getattr(base, field.name) for field in dataclasses.fields(base)}
    for field, asked in choices.items():
        if asked is not None and field in TERM_FIELDS:
            values[field] = _choose_terms(field, asked, values[field])
        elif asked is not None:
            values[field] = _choose(field, asked, values[field])
    read = tyro.cli(
        _command_line_type(values, options, presets),
        args=rest,
        description=description,
        config=(tyro.conf.AvoidSubcommands, tyro.conf.FlagCreatePairsOff),
        registry=REGISTRY,
    )
    parsed = {name: getattr(read.config, name) for name in values}
    for field in TERM_FIELDS:
        parsed[field] = _terms(parsed[field])
    return Config(**parsed), read.options


def _read_choices(
    arguments: Sequence[str], presets: Presets | None
) -> tuple[dict[str, Any], list[str]]:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--quick", action="store_true")
    if presets:
        parser.add_argument("--preset")
    for field in PART_FIELDS:
        parser.add_argument(_flag(field), nargs="+" if field in TERM_FIELDS else None)
    known, rest = parser.parse_known_args(arguments)
    return vars(known), rest


def _image_size(arguments: Sequence[str]) -> int | None:
    """What --image-size says; None for what is no whole number, which the parser then refuses."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--image-size")
    said = parser.parse_known_args(arguments)[0].image_size
    return int(said) if said and said.isdecimal() else None


def _choose(field: str, name: str, present: Any) -> Any:
    """The part called `name`; the present one, with its values, where it is that already."""
    if name == NO_PART and _may_be_none(field):
        return None
    parts = available_parts(field)
    if name not in parts:
        raise UserError(f"{_flag(field)} {name}: expected one of {', '.join(_names(field))}")
    return present if isinstance(present, parts[name]) else parts[name]()


def _choose_terms(field: str, names: Sequence[str], present: tuple[Any, ...]) -> tuple[Any, ...]:
    """The terms called so; those that are there already, with their values."""
    if list(names) == [NO_PART]:
        return ()
    if NO_PART in names:
        raise UserError(f"{_flag(field)} {' '.join(names)}: expected {NO_PART} alone, or names")
    rest, chosen = list(present), []
    for name in names:
        there = next((term for term in rest if part_name(term) == name), None)
        if there is not None:
            rest.remove(there)
        chosen.append(_choose(field, name, there))
    return tuple(chosen)


def _terms(read: Any) -> tuple[Any, ...]:
    """What was read of a field of terms, as Config holds it."""
    if isinstance(read, Several):
        return tuple(getattr(read, field.name) for field in dataclasses.fields(read))
    return read if isinstance(read, tuple) else (read,)


def _as_read(terms: tuple[Any, ...]) -> Any:
    """Terms as the parser reads them: (), a term, or a dataclass with a field for each."""
    if len(terms) < 2:
        return terms[0] if terms else ()
    names = [name.replace("-", "_") for name in names_of_terms(terms)]
    fields = [(name, type(term), term) for name, term in zip(names, terms, strict=True)]
    return dataclasses.make_dataclass("Terms", fields, bases=(Several,), frozen=True)()


def _command_line_type(values: dict[str, Any], options: Any, presets: Presets | None) -> Any:
    """A dataclass as tyro reads it: parts with their own types, and choices for the help text."""
    present = {field: values[field] for field in PART_FIELDS}
    values = {**values, **{field: _as_read(values[field]) for field in TERM_FIELDS}}
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
    if presets:
        named: Any = Literal.__getitem__(presets.names)
        help_text = "Use these settings of the authors' code."
        choices.append(("preset", Annotated[named | None, tyro.conf.arg(help=help_text)], None))
    for field in PART_FIELDS:
        choice: Any = Literal.__getitem__(tuple(_names(field)))
        help_text = f"Choose the {field.replace('_', ' ')} by name."
        chosen: Any
        if field in TERM_FIELDS:
            choice, help_text = tuple[choice, ...], f"{help_text[:-1]}, one or several."
            chosen = tuple(map(part_name, present[field])) or (NO_PART,)
        else:
            chosen = part_name(present[field]) if present[field] else NO_PART
        name_type: Any = Annotated[choice, tyro.conf.arg(name=field, help=help_text)]
        choices.append((f"{field}_name", name_type, chosen))
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
    return default in (None, ())


def _flag(field: str) -> str:
    return "--" + field.replace("_", "-")
