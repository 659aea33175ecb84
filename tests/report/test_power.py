import numpy as np
import pytest

from jaxgan.report.card import Measured
from jaxgan.report.power import smallest_blur


def test_by_hand():
    # Deviation .05 / 1.96 = .02551; .0625 has a name, and nine of ten lie above mean - 1.2816 sd.
    narrow = Measured(0.3, None, 0.0, (-0.05, 0.05))
    assert smallest_blur(narrow) == pytest.approx(np.sqrt(0.0625 + 1.2816 * 0.02551), abs=1e-4)
    wide = Measured(0.3, None, 0.01, (-0.19, 0.31))
    deviation = 0.2 / 1.96
    assert smallest_blur(wide) == pytest.approx(np.sqrt(0.31 - 0.01 + 1.2816 * deviation), abs=1e-4)


def test_so_large_a_blur_is_found_in_nine_of_ten_cases():
    rng = np.random.default_rng(0)
    null = rng.normal(0.0, 0.06, 4000)
    low, high = np.quantile(null, (0.025, 0.975))
    radius = smallest_blur(Measured(0.0, None, float(null.mean()), (float(low), float(high))))
    found = radius**2 + rng.normal(0.0, 0.06, 4000) > max(high, 0.0625)
    assert np.mean(found) == pytest.approx(0.9, abs=0.02)
