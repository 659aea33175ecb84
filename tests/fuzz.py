"""Command lines drawn at random from the flags that there are, and whether they were understood."""

from __future__ import annotations

import dataclasses
import importlib
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

from jaxgan.commands.blur import BlurOptions
from jaxgan.commands.compare import CompareOptions
from jaxgan.commands.rerun import RerunOptions
from jaxgan.commands.sample import SampleOptions
from jaxgan.config import Config
from jaxgan.parts import PART_FIELDS, available_parts
from tests.tiny import EXPERIMENTS, tiny_flags

__all__ = ["COMMANDS", "ENTRIES", "Flag", "Line", "drawn_line", "flags_of", "misunderstood"]

COMMANDS = {"sample": SampleOptions, "blur": BlurOptions, "rerun": RerunOptions,
            "compare": CompareOptions}  # fmt: skip
ENTRIES = (*EXPERIMENTS, *COMMANDS)

NASTY = (
    "", " ", "-1", "-0", "0", "1.5", "1e3", "1e400", "-1e400", "1e-400", "nan", "inf", "-inf",
    "99999999999999999999", "4294967296", "2147483648", "0x10", "1_000", "٣", "½", "é😀", "a\nb",
    "1\n", "\t2", "../up", "/dev/null", "/proc/nowhere", "~", "none", "None", "null", "True", "--",
    "-", "1,2", "[1]", "{}", "*", "$HOME", "%s", "dcgan", "hinge", "hingee", "r1r2", "instance",
    "a" * 300,
)  # fmt: skip
SIZES = {
    "image_size": ("7", "9", "12", "27", "28", "33", "100000"),
    "batch_size": ("1", "7", "1000000007"),
    "shards": ("2", "3", "8"),
    "channels": ("2", "3", "4"),
    "classes": ("1", "3", "4", "5"),
    "packing": ("3", "8", "9"),
    "latent_size": ("1", "2147483647"),
    "data_size": ("1", "2147483647"),
    "data": ("mnits", "folder:", "folder:/nowhere", "folder:/dev/null", "dead_leaves", "shapes/1"),
    "name": ("..", "a/b", "run 1", "ünï"),
}
"""Values that do not go with a tiny network, or hardly."""

KINDS = ("nasty", "nasty", "nasty", "size", "part", "missing", "twice", "shortened", "unknown",
         "contradictory", "good")  # fmt: skip
CONTRADICTIONS = (
    ("--ema-ramp-up=0.1", "--ema-half-life=0"),
    ("--generator.conditioning=concat", "--discriminator.conditioning=none"),
    ("--penalty=gradient-penalty", "--discriminator.norm=batch"),
    ("--packing=2", "--generator.conditioning=concat", "--discriminator.conditioning=concat"),
    ("--process=0",),
    ("--process-count=2",),
    ("--penalty=none", "--penalty.weight=3"),
    ("--softening=none", "--softening.start=1"),
    ("--wait-seconds=-1",),
    ("--class-weight-generator=2", "--discriminator.conditioning=none"),
)


class Flag(NamedTuple):
    """A flag that takes a value; `place` is where a config holds it, () for what is in none."""

    name: str
    place: tuple[str, ...]
    hint: Any
    default: Any


class Line(NamedTuple):
    """Arguments of an entry point, what was done to them, and what was asked of which flag."""

    entry: str
    kind: str
    arguments: list[str]
    asked: list[tuple[Flag, str]]


def flags_of(entry: str) -> list[Flag]:
    """The flags of an entry point that take a value."""
    if entry in COMMANDS:
        hints = get_type_hints(COMMANDS[entry])
        fields = dataclasses.fields(COMMANDS[entry])
        return [Flag(_flag(f.name), (), hints[f.name], f.default) for f in fields
                if f.name not in ("run_dir", "cards") and hints[f.name] is not bool]  # fmt: skip
    config = importlib.import_module(f"jaxgan.experiments.{entry}").CONFIG
    return [*_flags_of_config(config), Flag("--resident-mib", (), int, 1024),
            Flag("--wait-seconds", (), int, 300)]  # fmt: skip


def _flags_of_config(config: Config) -> Iterator[Flag]:
    hints = get_type_hints(Config)
    for field in dataclasses.fields(config):
        if field.name not in PART_FIELDS:
            value = getattr(config, field.name)
            yield Flag(_flag(field.name), (field.name,), hints[field.name], value)
            continue
        for part in config.parts(field.name)[:1]:  # of several terms, flags have other names
            inner = get_type_hints(type(part))
            for f in dataclasses.fields(part):
                if inner[f.name] is not bool:
                    yield Flag(f"{_flag(field.name)}.{_flag(f.name)[2:]}", (field.name, f.name),
                               inner[f.name], getattr(part, f.name))  # fmt: skip


def drawn_line(rng: random.Random, entry: str, run: Path) -> Line:
    """A command line of an entry point; commands get a run that is there, or now and then none.

    An experiment's has flags of a tiny run before and, by itself, is good.
    """
    flags = flags_of(entry)
    kind = rng.choice(KINDS)
    more, asked = [], []
    flag = rng.choice([f for f in flags if f.place[:1] != ("init_from",)])
    value = rng.choice(NASTY)
    if kind == "size":
        sized = [f for f in flags if f.place and f.place[-1] in SIZES]
        flag = rng.choice(sized) if sized else flag
        value = rng.choice(SIZES[flag.place[-1]]) if sized else value
    if kind in ("nasty", "size"):
        more, asked = _given(rng, flag.name, value), [(flag, value)]
    elif kind == "good":
        for flag in rng.sample(flags, min(2, len(flags))):
            if isinstance(flag.default, (int, float, str)) and flag.place:
                more.append(f"{flag.name}={flag.default}")
                asked.append((flag, str(flag.default)))
    elif kind == "twice":
        values = [value, rng.choice(NASTY) if rng.random() < 0.5 else str(flag.default)]
        more, asked = [f"{flag.name}={v}" for v in values], [(flag, values[-1])]
    elif kind == "missing":
        more = [flag.name]
    elif kind == "shortened":
        more = [f"{flag.name[: rng.randint(3, len(flag.name) - 1)]}=2"]
    elif kind == "unknown":
        more = [rng.choice(["--sttps=3", "--", "-x", "--loss.nothing=1", "stray", "--=1", "---a"])]
    elif kind == "part":
        field = rng.choice(list(PART_FIELDS))
        names = [*available_parts(field), *NASTY[:30]]
        more = _given(rng, _flag(field), rng.choice(names))
    elif kind == "contradictory":
        more = list(rng.choice(CONTRADICTIONS))
    if entry in COMMANDS:
        where = [str(run)] if rng.random() < 0.9 else [rng.choice(NASTY)]
        good = {"sample": ["--out=x.png", "--count=4"], "blur": ["--no-features", "--count=100",
                "--out=card"], "rerun": ["--until=2"], "compare": [str(run)]}  # fmt: skip
        return Line(entry, kind, [*where, *good[entry], *more], asked)
    quiet = ["--quiet", "--no-blur", "--workdir=run", "--steps=2", "--checkpoint-every=1"]
    return Line(entry, kind, [*tiny_flags(entry), *quiet, *more], asked)


def misunderstood(line: Line, config: dict[str, Any]) -> list[str]:
    """What a line that was accepted asked for and its config does not hold, or what nobody can."""
    wrong = []
    for flag, text in line.asked:
        held: Any = config
        for name in flag.place:
            held = held[0] if isinstance(held, list) and held else held
            held = held[name] if isinstance(held, dict) and name in held else "nothing"
        if flag.place and not _means(text, held):
            wrong.append(f"{flag.name} {text!r} gave {held!r}")
    return wrong


def _means(text: str, held: Any) -> bool:
    """Whether a value is what its text says, by Python's own reading of numbers."""
    if held is None:
        return text == "None"
    if isinstance(held, bool):
        return text == str(held)
    try:
        if isinstance(held, int):
            return int(text) == held
        if isinstance(held, float):
            return math.isfinite(held) and float(text) == held
    except ValueError:
        return False
    return text == held


def _given(rng: random.Random, name: str, value: str) -> list[str]:
    return [f"{name}={value}"] if rng.random() < 0.7 else [name, value]


def _flag(field: str) -> str:
    return "--" + field.replace("_", "-")
