"""What cannot fit into memory is refused in one line, before the system kills the process."""

import subprocess
import sys

import jax
import jax.numpy as jnp
import pytest

from jaxgan.errors import UserError
from jaxgan.training.memory import check_fits, check_program_fits, free_bytes
from tests.tiny import command, environment, run


def test_a_batch_that_cannot_fit_is_refused_and_nothing_written(tmp_path):
    done = run(f"--workdir={tmp_path / 'run'}", "--batch-size=2000000000")
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert done.stderr.startswith("error: out of memory: a batch needs 953.7 GiB")
    assert "lower --batch-size" in done.stderr
    assert not (tmp_path / "run").exists()


def test_an_order_of_examples_that_cannot_fit_is_refused(tmp_path):
    line = command(f"--workdir={tmp_path / 'run'}", "--data-size=2147483647")
    limited = ["bash", "-c", 'ulimit -v 20000000; exec "$@"', "bash", *line]
    done = subprocess.run(limited, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "the order of 2,147,483,647 examples needs 32.0 GiB" in done.stderr
    assert "lower --data-size" in done.stderr


def test_a_programs_buffers_are_counted_before_it_runs():
    def outer(x):
        product = jnp.sin(jnp.outer(x, x))
        return (product @ product).sum()

    wide = jax.jit(outer).lower(jax.ShapeDtypeStruct((1_000_000,), jnp.float32)).compile()
    with pytest.raises(UserError, match=r"out of memory: a step needs \d+\.\d GiB.*; lower it"):
        check_program_fits(wide, "a step", "lower it")
    narrow = jax.jit(outer).lower(jax.ShapeDtypeStruct((100,), jnp.float32)).compile()
    check_program_fits(narrow, "a step", "lower it")


def test_what_is_free_can_be_had():
    check_fits(2**20, "a mebibyte", "")
    with pytest.raises(UserError, match="out of memory"):
        check_fits(2**50, "a pebibyte", "lower it")


def test_a_processs_own_limit_counts():
    script = (
        "import resource; from jaxgan.training.memory import free_bytes;"
        "resource.setrlimit(resource.RLIMIT_AS, (2**34, 2**34)); print(free_bytes())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert 0 < int(done.stdout) < 2**34
    assert free_bytes() > 0
