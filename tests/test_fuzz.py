"""Command lines drawn at random: refused in one line or by the parser, or understood."""

import contextlib
import importlib
import io
import random
from pathlib import Path

import pytest

from jaxgan.commands.command_line import parse_experiment
from jaxgan.commands.train import CommandOptions
from jaxgan.config_json import config_to_json
from jaxgan.errors import UserError
from tests.fuzz import drawn_line, misunderstood
from tests.tiny import EXPERIMENTS

LINES = 5  # of each experiment; experiments/benchmarks/fuzzed_commands.py runs 500


def parsed(line):
    """The config of a line, or what is said where it is refused."""
    module = importlib.import_module(f"jaxgan.experiments.{line.entry}")
    presets = (module.CONFIG, module.QUICK, CommandOptions())
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            return parse_experiment(*presets, line.arguments, "")[0], ""
    except UserError as error:
        return None, str(error)
    except SystemExit as ended:
        return None, said.getvalue() if ended.code == 2 and "--help" in said.getvalue() else ""


@pytest.mark.parametrize("entry", EXPERIMENTS)
def test_lines_are_refused_or_understood(entry):
    for number in range(LINES):
        line = drawn_line(random.Random(f"{entry} {number}"), entry, Path("run"))
        config, said = parsed(line)
        if config is None:
            assert said, line
            assert "\n" not in said or "--help" in said, line  # the parser's own box
            assert line.kind != "good", line
        else:
            assert misunderstood(line, config_to_json(config)) == [], line
            assert line.kind not in ("missing", "unknown"), line


def test_what_has_no_effect_is_refused():
    module = importlib.import_module("jaxgan.experiments.wgan_gp")
    flags = ["--class-weight-generator=2"]
    with pytest.raises(UserError, match=r"set --discriminator\.conditioning auxiliary as well"):
        parse_experiment(module.CONFIG, module.QUICK, CommandOptions(), flags, "")
