"""Evaluators beside the grids of a run: by name, once a step, and without harm where they fail."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxgan
from jaxgan.errors import UserError
from jaxgan.protocols import EvaluatorPart
from jaxgan.training import evaluation
from jaxgan.training.evaluation import Evaluation, evaluators_called
from jaxgan.training.options import RunOptions
from jaxgan.training.records import evaluated, read_metrics
from tests.tiny import WGAN_GP

IMAGES = jaxgan.open_images("shapes", image_size=8, size=50)


@dataclasses.dataclass(frozen=True)
class Mean:
    """How far the samples' mean level is from the examples'."""

    count: int = 20
    role = "evaluator"

    def begin(self, examples):
        assert examples["image"].shape == (self.count, 8, 8, 1)
        assert examples["label"].shape == (self.count,)
        level = examples["image"].mean()

        def evaluate(samples):
            assert samples["image"].shape == (self.count, 8, 8, 1)
            assert samples["image"].dtype == np.uint8
            yield "difference", abs(float(samples["image"].mean()) - level)

        return evaluate


class Refuses(Mean):
    def begin(self, examples):
        raise ValueError("nothing to see")


class Fails(Mean):
    def begin(self, examples):
        def evaluate(samples):
            raise ValueError("plain samples")
            yield

        return evaluate


class Grey:
    """A GAN whose samples are of one grey."""

    def sample(self, key, state, count):
        return jnp.full((count, 8, 8, 1), state)


def test_evaluators_are_parts_that_are_called_by_name():
    called = evaluators_called(["blur", "blur"])
    assert list(called) == ["blur"]
    assert isinstance(called["blur"], EvaluatorPart)
    with pytest.raises(UserError, match="--evaluators fid: expected some of blur"):
        evaluators_called(["fid"])


def test_no_blur_leaves_the_other_evaluators():
    assert RunOptions().measured == ("blur",)
    assert RunOptions(evaluators=("mean", "blur"), blur=False).measured == ("mean",)


def test_values_are_named_by_the_evaluator_and_failures_are_told():
    said = []
    chosen = {"refuses": Refuses(), "mean": Mean(), "wide": Mean(count=30), "fails": Fails()}
    ask = Evaluation(chosen, Grey(), IMAGES, said.append)
    assert said == ["refuses is not measured while training: nothing to see"]
    key = jax.random.key(0)
    first = list(ask(key, 1.0, 0, set()))
    assert [list(values) for values in first] == [["mean/difference"], ["wide/difference"]]
    assert first[0]["mean/difference"] == pytest.approx(
        255 - IMAGES.read(np.linspace(0, 49, 20).astype(int))["image"].mean()
    )
    assert len(said) == 1  # before training, a failure is no news
    assert len(list(ask(key, 1.0, 6, {(6, "mean"), (3, "wide")}))) == 1
    assert said[1:] == ["fails at step 6 cannot be measured yet: plain samples"]


def test_a_run_measures_beside_every_grid_and_once(tmp_path, monkeypatch):
    monkeypatch.setattr(evaluation, "parts_of_role", lambda role: {"mean": Mean})
    options = RunOptions(workdir=tmp_path, quiet=True, evaluators=("mean",))
    config = dataclasses.replace(WGAN_GP, steps=6, image_size=8)
    jaxgan.train(config, options)
    jaxgan.train(dataclasses.replace(config, steps=12), options)
    lines = read_metrics(tmp_path / "metrics.jsonl")
    found = [line["step"] for line in lines if "mean/difference" in line]
    assert found == [0, 6, 12]
    assert evaluated(lines) == {(step, "mean") for step in found}
    assert not any("blur/radius_px" in line for line in lines)
