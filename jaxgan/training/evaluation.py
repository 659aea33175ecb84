"""The evaluators of a run: chosen by name, begun on its images, asked beside every grid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import jax
import numpy as np

from jaxgan.data.images import ImageSet
from jaxgan.errors import UserError
from jaxgan.parts import parts_of_role
from jaxgan.protocols import Evaluate, EvaluatorPart
from jaxgan.training.pictures import as_uint8
from jaxgan.types import Gan, GanState

__all__ = ["Evaluation", "evaluators_called"]

Say = Callable[[str], None]


def evaluators_called(names: Iterable[str]) -> dict[str, EvaluatorPart]:
    """The evaluators of these names; UserError for a name that none has."""
    names = tuple(names)
    known = parts_of_role("evaluator") if names else {}
    for name in names:
        if name not in known:
            raise UserError(f"--evaluators {name}: expected some of {', '.join(known)}")
    return {name: known[name]() for name in names}


class Evaluation:
    """Evaluators that have looked at a run's images, and will look at samples of its states.

    One that cannot measure these images is left out, and `say` is told why.
    """

    def __init__(
        self, evaluators: dict[str, EvaluatorPart], gan: Gan, images: ImageSet, say: Say
    ) -> None:
        self._begun: dict[str, tuple[int, Evaluate]] = {}
        self._say = say
        for name, evaluator in evaluators.items():
            count = min(evaluator.count, images.size)
            places = np.linspace(0, images.size - 1, count).astype(np.int64)
            try:
                self._begun[name] = evaluator.count, evaluator.begin(images.read(places))
            except ValueError as error:  # too few pictures, or none with any detail, say
                say(f"{name} is not measured while training: {error}")
        most = max((count for count, _ in self._begun.values()), default=0)
        self._draw = jax.jit(partial(gan.sample, count=most))

    def __call__(
        self, key: jax.Array, state: GanState, step: int, done: set[tuple[int, str]]
    ) -> Iterator[dict[str, float]]:
        """Values by "EVALUATOR/NAME", of each evaluator that has not `done` this step before."""
        due = [name for name in self._begun if (step, name) not in done]
        if not due:
            return
        drawn = as_uint8(np.asarray(self._draw(key, state)))
        for name in due:
            count, evaluate = self._begun[name]
            try:
                found = dict(evaluate({"image": drawn[:count]}))
            except ValueError as error:  # samples that are all one plain picture, say
                if step:  # before training, that is no news
                    self._say(f"{name} at step {step} cannot be measured yet: {error}")
                continue
            yield {f"{name}/{value}": number for value, number in found.items()}
