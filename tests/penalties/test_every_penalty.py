"""What every penalty has to have in common."""

from __future__ import annotations

import numpy as np
import pytest

import jaxgan.penalties
from jaxgan.errors import UserError

EVERY = [getattr(jaxgan.penalties, name) for name in jaxgan.penalties.__all__]
INTERVALS = {"PathLength": 4}


@pytest.mark.parametrize("cls", EVERY)
def test_only_path_length_is_lazy_by_default(cls):
    assert cls().interval == INTERVALS.get(cls.__name__, 1)
    assert cls(interval=16).interval == 16


@pytest.mark.parametrize("cls", EVERY)
@pytest.mark.parametrize("interval", [0, -1, 1.5, np.nan, True])
def test_intervals_that_are_no_count_of_steps_are_refused(cls, interval):
    words = f"{cls.__name__} with interval .*whole number of steps from 1"
    with pytest.raises(UserError, match=words):
        cls(interval=interval)


@pytest.mark.parametrize("cls", EVERY)
def test_roles(cls):
    of_generator = cls.__name__ == "PathLength"
    assert cls.role == ("generator_penalty" if of_generator else "penalty")
    assert of_generator or cls.per_example
