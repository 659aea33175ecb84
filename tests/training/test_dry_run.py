"""A dry run says what a run would take, and leaves no trace."""

import dataclasses
import re

import pytest

from jaxgan.errors import UserError
from jaxgan.penalties import R1, PathLength
from jaxgan.training.dry_run import dry_run, due, mean_seconds
from jaxgan.training.options import RunOptions
from tests.tiny import VARIANTS, WGAN_GP, run


def said(config, **options):
    lines = []
    dry_run(config, RunOptions(**options), say=lines.append)
    return "\n".join(lines)


def test_the_command_writes_nothing_and_says_all(tmp_path):
    workdir = tmp_path / "runs" / "run"
    done = run("--dry-run", f"--workdir={workdir}")
    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.iterdir())
    for line in (
        r"^shapes: 50 pictures of 8x8x1, 4 classes$",
        r"^generator: [\d,]+ parameters$",
        r"^discriminator: [\d,]+ parameters$",
        # 12 updates of 2 discriminator steps, of 8 images each.
        r"^run: 12 updates, 192 images$",
        r"^memory of state: 0\.\d MiB a device$",
        r"^memory of activations: \d+\.\d MiB a device$",
        r"^memory of data: \d+\.\d MiB a device$",
        r"^time: [\d.]+ m?s an update, [\d.]+ (ms|s|minutes) in all, on 1 x cpu; by three updates",
    ):
        assert re.search(line, done.stdout, re.MULTILINE), (line, done.stdout)
    assert done.stderr == ""


def test_a_finished_run_is_left_as_it_is(tmp_path):
    def contents():
        return {
            path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
            for path in tmp_path.rglob("*")
        }

    flags = (f"--workdir={tmp_path / 'run'}", "--steps=2")
    assert run(*flags).returncode == 0
    before = contents()
    done = run(*flags, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "generator:" in done.stdout
    assert contents() == before


def test_parameters_and_state_are_counted(tmp_path):
    """Of StyleGAN2's layers the test of the networks has exact counts; here of dense ones."""
    from jaxgan.networks import MLPDiscriminator, MLPGenerator

    config = dataclasses.replace(
        WGAN_GP,
        generator=MLPGenerator(width=4, depth=1, norm="none"),
        discriminator=MLPDiscriminator(width=3, depth=1),
        penalty=(),
    )
    lines = said(config, workdir=tmp_path / "run")
    # 6 latents to 4, 4 to 64 pixels; 64 pixels to 3, 3 to one logit; a bias each.
    assert f"generator: {6 * 4 + 4 + 4 * 64 + 64:,} parameters" in lines
    assert f"discriminator: {64 * 3 + 3 + 3 + 1:,} parameters" in lines


def test_what_is_too_much_for_a_cpu_is_not_compiled(tmp_path):
    from jaxgan.experiments import dcgan

    wide = dataclasses.replace(
        dcgan.CONFIG, batch_size=1_000_000, image_size=32, data_size=50, data="shapes"
    )
    lines = said(wide, workdir=tmp_path / "run")
    assert "generator: " in lines
    assert "memory of state: " in lines
    last = lines.splitlines()[-1]
    assert last.startswith("not compiled: a batch of samples takes ")
    assert "--compile-anyway" in last


def test_what_a_run_would_refuse_is_refused(tmp_path):
    with pytest.raises(UserError, match="batch size 8 with 3 shards"):
        said(dataclasses.replace(WGAN_GP, shards=3), workdir=tmp_path / "run")
    done = run("--compile-anyway", f"--workdir={tmp_path / 'run'}")
    assert done.returncode == 2
    assert "--compile-anyway is for --dry-run" in done.stderr


@pytest.mark.parametrize(
    ("interval", "first", "count", "expected"),
    [(16, 0, 1, 1), (16, 1, 1, 0), (2, 0, 5, 3), (2, 1, 5, 2), (1, 7, 5, 5), (16, 16, 1, 1)],
)
def test_steps_that_are_due(interval, first, count, expected):
    assert due(interval, first, count) == expected


def test_lazy_terms_count_as_often_as_they_are_due():
    config = dataclasses.replace(
        VARIANTS["stylegan2"],
        n_critic=1,
        penalty=(R1(interval=16),),
        generator_penalty=(PathLength(interval=4),),
    )
    # An update takes 10 s, R1 takes 16 s more at every 16th, path length 8 s at every 4th.
    assert mean_seconds(config, (34.0, 18.0, 10.0)) == pytest.approx(10 + 16 / 16 + 8 / 4)
    # Of five steps an interval of 2 has 2.5 on average; 3 in the first update, 2 in the others.
    often = dataclasses.replace(config, n_critic=5, penalty=(R1(interval=2),), generator_penalty=())
    assert mean_seconds(often, (13.0, 12.0, 12.0)) == pytest.approx(12.5)
    every = dataclasses.replace(often, penalty=(R1(interval=1),))
    assert mean_seconds(every, (9.0, 8.0, 7.0)) == 8.0
