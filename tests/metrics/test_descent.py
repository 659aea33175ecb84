"""The descent against SciPy, problem by problem."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from jaxgan.metrics.descent import descend

TIMES = np.linspace(0.0, 3.0, 20)
LOWER, UPPER = np.array([0.0, 0.2]), np.array([5.0, 4.0])


def curves(rates):
    """2 exp(-rate t) with noise and one outlier, at which the unknowns are a height and a rate."""
    noise = np.random.default_rng(0).normal(0, 0.02, (len(rates), len(TIMES)))
    found = 2 * np.exp(-np.asarray(rates)[:, None] * TIMES) + noise
    found[:, 7] += 1.0
    return found


def test_many_at_once_are_scipys_minima_also_at_a_bound():
    observed = curves([0.05, 0.5, 1.0, 2.0, 6.0])  # the first and the last end at a bound

    def at(x, which):
        fall = np.exp(-x[:, 1:] * TIMES)
        slopes = np.stack([fall, -x[:, :1] * TIMES * fall], axis=1)
        return x[:, :1] * fall - observed[which], slopes

    found = descend(at, np.tile([1.0, 1.0], (5, 1)), LOWER, UPPER, 0.1)
    for k in range(5):
        theirs = least_squares(
            lambda x, k=k: at(x[None], [k])[0][0], [1.0, 1.0], bounds=(LOWER, UPPER),
            loss="soft_l1", f_scale=0.1, ftol=1e-12, xtol=1e-12, gtol=1e-12,
        )  # fmt: skip
        assert found.x[k] == pytest.approx(theirs.x, abs=1e-3), k
        assert found.residual[k] == pytest.approx(theirs.fun, abs=1e-3)
    assert found.x[0, 1] == pytest.approx(0.2)
    assert found.x[4, 1] == pytest.approx(4.0)
