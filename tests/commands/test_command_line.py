"""Terms on a command line: none, one or several, and the flags of each."""

from __future__ import annotations

import re

import pytest

from jaxgan.commands.command_line import Presets, parse_experiment
from jaxgan.commands.train import CommandOptions
from jaxgan.errors import UserError
from jaxgan.experiments import relativistic, stylegan2, wgan_gp
from jaxgan.penalties import R1, R1R2, R2, GradientPenalty
from jaxgan.schedules import Cosine, Halving, Linear
from jaxgan.sharpness import FocalFrequency, Spectral


def asked(*arguments, module=wgan_gp):
    return parse_experiment(module.CONFIG, module.QUICK, CommandOptions(), arguments, "")[0]


@pytest.mark.parametrize(
    ("arguments", "penalty"),
    [
        ((), (GradientPenalty(),)),
        (("--penalty", "none"), ()),
        (("--penalty=r1", "--penalty.gamma=3"), (R1(gamma=3.0),)),
        (("--penalty", "r1", "r2"), (R1(), R2())),
        (("--penalty", "r2", "r1", "--penalty.r1.gamma=3"), (R2(), R1(gamma=3.0))),
        (("--penalty.weight=5",), (GradientPenalty(weight=5.0),)),
        (
            ("--penalty", "gradient-penalty", "r1", "--penalty.gradient-penalty.interval", "4"),
            (GradientPenalty(interval=4), R1()),
        ),
    ],
)
def test_terms_are_chosen_by_name_and_have_flags(arguments, penalty):
    assert asked(*arguments).penalty == penalty


def test_terms_that_are_there_keep_their_values():
    assert asked("--penalty", "r1r2", "r1", module=relativistic).penalty == (R1R2(gamma=0.1), R1())


def test_two_of_a_kind_are_told_apart_by_number():
    both = asked("--sharpness", "spectral", "spectral", "--sharpness.spectral-2.weight=0.5")
    assert both.sharpness == (Spectral(), Spectral(weight=0.5))
    other = asked("--sharpness", "spectral", "focal-frequency", "--sharpness.spectral.weight=2")
    assert other.sharpness == (Spectral(weight=2.0), FocalFrequency())


@pytest.mark.parametrize("names", [("nonsense",), ("r1", "nonsense")])
def test_other_names_are_refused_with_those_there_are(names):
    with pytest.raises(UserError, match=f"--penalty {names[-1]}: expected one of .*r1, r1r2, r2"):
        asked("--penalty", *names)


def test_none_stands_alone():
    with pytest.raises(UserError, match="--penalty r1 none: expected none alone, or names"):
        asked("--penalty", "r1", "none")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--penalty",),
        ("--penalty", "r1", "r2", "--penalty.gamma=3"),  # of which of them?
        ("--penalty", "none", "--penalty.gamma=3"),
    ],
)
def test_what_cannot_be_meant_ends_with_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        asked(*arguments)
    assert ended.value.code == 2
    assert "penalty" in capsys.readouterr().err


def test_help_names_the_terms_and_their_flags(capsys):
    with pytest.raises(SystemExit):
        asked("--penalty", "r1", "r2", "--help")
    text = re.sub(r"\s+", " ", re.sub("[│╭╮╰╯─]", " ", capsys.readouterr().out))
    assert "--penalty.r1.gamma" in text
    assert "--penalty.r2.interval" in text
    assert "Choose the penalty by name, one or several" in text
    assert "--sharpness" in text


def test_dashes_without_a_name_are_refused():
    with pytest.raises(UserError, match="--: expected the name of a flag"):
        asked("--steps=3", "--")


def stylegan2_asked(*arguments):
    presets = Presets(stylegan2.PRESETS, stylegan2.preset)
    config, _ = parse_experiment(
        stylegan2.CONFIG, stylegan2.QUICK, CommandOptions(), arguments, "", presets
    )
    return config


def test_a_preset_is_the_default_of_all_flags():
    # 0.0002 · 128² / 32 = 0.1024, and 25,000,000 images in batches of 32.
    config = stylegan2_asked("--preset", "auto", "--image-size", "128", "--seed=3")
    assert config.penalty[0].gamma == pytest.approx(0.1024)
    assert config.penalty[0].interval == 16
    assert (config.batch_size, config.steps, config.seed) == (32, 781_250, 3)
    cifar = stylegan2_asked("--preset=cifar", "--discriminator.minibatch-deviation=16")
    assert cifar.discriminator.minibatch_deviation == 16
    assert cifar.generator_penalty == ()
    assert stylegan2_asked("--preset=config-f-1024").image_size == 1024


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--preset=nonsense",), "--preset nonsense: expected one of auto, cifar"),
        (("--preset=auto", "--quick"), "--preset auto: .* without --quick"),
        (("--preset=paper256", "--image-size=64"), "that preset is for 256 pixels"),
    ],
)
def test_presets_that_cannot_be_are_refused(arguments, message):
    with pytest.raises(UserError, match=message):
        stylegan2_asked(*arguments)


def test_numbers_that_recipes_anneal_take_schedules():
    config = asked(
        "--generator-optimizer.learning-rate=linear:2e-4:0",
        "--penalty.weight", "cosine:10:1:2e6",
        "--ema-half-life=halving:5e3:60000",
        "--discriminator-optimizer.learning-rate=3e-4",
    )  # fmt: skip
    assert config.generator_optimizer.learning_rate == Linear(2e-4, 0.0)
    assert config.penalty == (GradientPenalty(weight=Cosine(10.0, 1.0, 2_000_000)),)
    assert config.ema_half_life == Halving(5000.0, 60_000)
    assert config.discriminator_optimizer.learning_rate == 3e-4


def test_a_schedule_that_is_none_is_refused_with_its_flag(capsys):
    with pytest.raises(SystemExit):
        asked("--penalty.weight=sine:1:2")
    told = " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert "--penalty.weight" in told
    assert "'sine:1:2': expected a number, linear:FIRST:FINAL[:IMAGES]" in told
