"""An experiment's command line: every field of its config is a flag.

Parts are chosen by name (`--loss hinge`, `--penalty none`), and the fields of the chosen ones are
flags in turn (`--penalty.weight 5`). Flags depend on choices, so the choices are read first.
"""

from __future__ import annotations

import argparse
import dataclasses
import errno
import io
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, get_type_hints

import tyro

from jaxgan.config import Config
from jaxgan.errors import DivergenceError, SaveError, UserError, first_line, printable
from jaxgan.parts import PART_FIELDS, available_parts, part_name

__all__ = ["parse_experiment", "run_command"]

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


def run_command(command: Callable[[], int]) -> None:
    """Run a command and exit with its status; what a person can mend is printed as one line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names of folders that its encoding has not
            stream.reconfigure(errors="backslashreplace")
    sys.unraisablehook = _without_closed_loops
    try:
        status = command()
        if sys.stdout is not None:  # closed by whoever started this
            sys.stdout.flush()
    except SaveError as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        os._exit(2)  # Orbax's threads would be waited for, for minutes
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        status = 2
    except BrokenPipeError:  # whoever read the output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 128 + signal.SIGPIPE
    except DivergenceError as error:
        print(f"stopped: {error}", file=sys.stderr)
        status = 1
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        print(
            f"error: no room left on the disk for {printable(str(error.filename or 'the run'))}: "
            "make room and run the same command again",
            file=sys.stderr,
        )
        status = 2
    except Exception as error:
        if not _is_out_of_memory(error):
            raise
        print(
            f"error: out of memory ({first_line(error)}): lower --batch-size, --image-size or the "
            "networks' width, or take a device with more",
            file=sys.stderr,
        )
        status = 1
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT
    sys.exit(status)


def _without_closed_loops(unraisable: Any) -> None:
    """Print what nobody can catch, but for what TensorStore meets after a save has failed, of which
    the command tells: each of its writes reports to an event loop that is gone."""
    if "Event loop is closed" not in str(unraisable.exc_value):
        sys.__unraisablehook__(unraisable)


def _is_out_of_memory(error: Exception) -> bool:
    """Of Python, NumPy or, by the words of its message, XLA."""
    of_xla = type(error).__name__ in ("JaxRuntimeError", "XlaRuntimeError")
    return isinstance(error, MemoryError) or (of_xla and "RESOURCE_EXHAUSTED" in str(error))


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
