"""README says what is true: its code runs, its files are there, CI runs its test command."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jax.numpy as jnp
import pytest

from jaxgan.parts import available_parts
from tests.tiny import EXPERIMENTS, command, environment

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_notebook_example_runs(capsys):
    (block,) = re.findall(r"```python\n(import.*?)```", README, flags=re.S)
    names = {}
    exec(compile(block, "README.md", "exec"), names)
    assert names["samples"].shape == (16, 32, 32, 1)
    assert float(abs(names["samples"]).max()) <= 1
    assert len(capsys.readouterr().out.split()) == 2  # loss and gradient norm


def test_the_loss_it_shows_needs_nothing_else(tmp_path):
    """The file as it is printed, put where README says, in a copy of the package."""
    (block,) = re.findall(r"<!-- a loss -->\n```python\n(.*?)```", README, flags=re.S)
    assert len(block.splitlines()) < 40
    names = {}
    exec(block, names)
    loss = names["SquaredHinge"](margin=2.0)
    # (2 - .5)² + (2 + 1)² = 2.25 + 9; nothing beyond the margin.
    assert float(loss.discriminator(jnp.float32(0.5), jnp.float32(1.0))) == 11.25
    assert float(loss.discriminator(jnp.float32(3.0), jnp.float32(-2.5))) == 0
    shutil.copytree(ROOT / "jaxgan", tmp_path / "jaxgan")
    (tmp_path / "jaxgan" / "losses" / "squared_hinge.py").write_text(block)
    done = subprocess.run(
        command("--loss=squared-hinge", "--loss.margin=2", "--workdir=run"),
        env=environment(PYTHONPATH=str(tmp_path)),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    part = "jaxgan.losses.squared_hinge:SquaredHinge"
    assert config["loss"] == {"part": part, "margin": 2.0}


def test_the_parts_it_lists_are_all_there_are():
    rows = dict(re.findall(r"^\| `--([a-z-]+)` \| (.*?) \|$", README, flags=re.M))
    for field in ("loss", "penalty", "generator", "discriminator", "sharpness"):
        for name in available_parts(field):
            assert name in rows[field], (field, name)
    for name in EXPERIMENTS:
        assert f"`{name}`" in README


def test_the_files_it_names_are_there():
    for path in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / path).exists(), path


def test_ci_runs_its_test_command():
    awk = re.search(r"command=\$\((awk .*? README.md)\)", (ROOT / ".ci" / "run").read_text())
    found = subprocess.run(awk[1], shell=True, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "-m pytest" in found.stdout
    assert found.stdout.strip() in README


@pytest.mark.parametrize("heavy", ["flax", "optax", "orbax", "tensorflow_datasets", "grain"])
def test_import_is_light(heavy):
    code = f"import sys, jaxgan; sys.exit('{heavy}' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], env=environment(), check=False).returncode == 0
    )


def test_every_public_name_is_there():
    import jaxgan

    for name in jaxgan.__all__:
        assert getattr(jaxgan, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'buidl'"):
        jaxgan.buidl  # noqa: B018
