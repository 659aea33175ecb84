"""README says what is true: its code runs, its files are there, CI runs its test command."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tiny import environment

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_notebook_example_runs(capsys):
    (block,) = re.findall(r"```python\n(import.*?)```", README, flags=re.S)
    names = {}
    exec(compile(block, "README.md", "exec"), names)
    assert names["samples"].shape == (16, 32, 32, 1)
    assert float(abs(names["samples"]).max()) <= 1
    assert len(capsys.readouterr().out.split()) == 2  # loss and gradient norm


def test_the_loss_it_shows_is_a_loss():
    import dataclasses

    import jax
    import jax.numpy as jnp

    import jaxgan
    from tests.tiny import WGAN_GP

    (block,) = re.findall(r"```python\n(@dataclass.*?)```", README, flags=re.S)
    names = {}
    exec("from dataclasses import dataclass\nfrom typing import ClassVar\n" + block, names)
    loss = names["LeastSquares"]()
    # (0.5 - 1)² / 2 + 2² / 2 = 0.125 + 2; (2 - 1)² / 2 = 0.5.
    assert float(loss.discriminator(jnp.float32(0.5), jnp.float32(2))) == 2.125
    assert float(loss.generator(None, jnp.float32(2))) == 0.5
    gan = jaxgan.build(dataclasses.replace(WGAN_GP, loss=loss), (8, 8, 1))
    state = jax.jit(gan.init)(jax.random.key(0))
    batch = {"image": jnp.zeros((4, 8, 8, 1))}
    _, info = jax.jit(gan.generator_step)(jax.random.key(1), state, batch)
    assert info.gradient_norm > 0


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
