"""Precision, recall, density and coverage: by hand, by the `prdc` package and by what they mean."""

import math

import numpy as np
import prdc
import pytest
from scipy.spatial.distance import cdist

from jaxgan.metrics import neighbours
from jaxgan.metrics.neighbours import density_coverage, neighbourhoods, precision_recall


def reference(real, fake, k):
    """Straight from the definitions; ties by exact distances."""
    real_reach, fake_reach = (np.sort(cdist(x, x), axis=1)[:, k] for x in (real, fake))
    across = cdist(real, fake)
    return (
        np.mean((across <= real_reach[:, None]).any(axis=0)),
        np.mean((across <= fake_reach[None]).any(axis=1)),
        np.sum(across < real_reach[:, None]) / (k * len(fake)),
        np.mean((across < real_reach[:, None]).any(axis=1)),
    )


def test_points_on_a_line_by_hand():
    real = np.array([[0.0], [1.0], [3.0], [7.0]])
    fake = np.array([[0.5], [2.0], [30.0]])
    # k = 1. Real balls: [-1, 1], [0, 2], [1, 5], [3, 11]. Fake ones: [-1, 2], [.5, 3.5], [2, 58].
    # .5 and 2 lie in a real ball (2 on the border of the second, inside the third), 30 does not.
    # 0, 1, 3 and 7 (in [2, 58]) lie in a fake one.
    assert precision_recall(real, fake, k=1) == (2 / 3, 1.0)
    # Open balls: .5 in 2, 2 in 1 (not in [0, 2]): 3 of 3 fakes. Three of four hold a fake.
    assert density_coverage(real, fake, k=1) == (1.0, 3 / 4)
    # k = 2, to 3, 2, 3 and 6: .5 lies in 3 of the balls, 2 in all 4, 30 in none.
    assert density_coverage(real, fake, k=2) == (7 / 6, 1.0)


def test_the_border_belongs_to_precision_and_not_to_density():
    real, fake = np.array([[0.0], [1.0], [10.0]]), np.array([[2.0], [-1.0]])
    # k = 1: balls of radius 1, 1 and 9. 2 is on the border of 1's and inside 10's; -1 on 0's only.
    assert precision_recall(real, fake, k=1).precision == 1
    assert density_coverage(real, fake, k=1) == (1 / 2, 1 / 3)


@pytest.mark.parametrize(("width", "shift", "scale"), [(2, 0.5, 1), (16, 0, 0.8), (64, 0.05, 1)])
def test_as_the_package_of_the_authors(width, shift, scale, capsys):
    rng = np.random.default_rng(width)
    real = rng.standard_normal((400, width))
    fake = scale * rng.standard_normal((300, width)) + shift
    found = neighbourhoods(real, fake)
    three, five = (prdc.compute_prdc(real, fake, k) for k in (3, 5))
    expected = three["precision"], three["recall"], five["density"], five["coverage"]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert precision_recall(real, fake) == found[:2]
    assert density_coverage(real, fake) == found[2:]


@pytest.mark.parametrize("k", [1, 3, 5])
def test_with_ties_everywhere(k):
    """Whole numbers: distances are equal all over, and the roots of the same numbers are too."""
    rng = np.random.default_rng(k)
    real, fake = (rng.integers(0, 6, (count, 3)).astype(float) for count in (150, 100))
    expected = reference(real, fake, k)
    found = (*precision_recall(real, fake, k), *density_coverage(real, fake, k))
    np.testing.assert_allclose(found, expected, atol=1e-12)
    # And far from the origin, where |x|² + |y|² - 2xy keeps few digits.
    assert neighbourhoods(real + 2**20, fake + 2**20, k, k) == found


def test_copies_are_on_borders_exactly():
    """Every copy is a real point's k-th neighbour: in float32 or by |x|² + |y|² - 2xy a toss-up."""
    rng = np.random.default_rng(0)
    real = 100 + rng.standard_normal((200, 40))
    third = np.argsort(cdist(real, real), axis=1)[:, 3]
    fake = real[third]
    found = (*precision_recall(real, fake, 3), *density_coverage(real, fake, 3))
    np.testing.assert_allclose(found, reference(real, fake, 3), atol=1e-12)


def test_tight_clusters_far_apart():
    """Within a cluster |x|² + |y|² - 2xy is all rounding."""
    rng = np.random.default_rng(0)
    centres = 1e4 * rng.standard_normal((3, 6))
    real, fake = (
        centres[rng.integers(0, 3, n)] + 1e-5 * rng.standard_normal((n, 6)) for n in (120, 90)
    )
    found = (*precision_recall(real, fake, 3), *density_coverage(real, fake, 3))
    np.testing.assert_allclose(found, reference(real, fake, 3), atol=1e-12)


def test_in_many_blocks(monkeypatch):
    rng = np.random.default_rng(0)
    real, fake = rng.standard_normal((90, 4)), rng.standard_normal((70, 4))
    whole = neighbourhoods(real, fake)
    monkeypatch.setattr(neighbours, "BLOCK", 7 * 70)
    assert neighbourhoods(real, fake) == whole


def test_one_law_has_density_1_and_coverage_1_less_2_to_the_minus_k():
    rng = np.random.default_rng(0)
    real, fake = rng.standard_normal((2, 1000, 16))
    found = neighbourhoods(real, fake)
    assert found.density == pytest.approx(1, abs=0.07)
    # A real point is missed if its nearest 5 of both sets are all real, each with chance 1/2.
    assert found.coverage == pytest.approx(1 - 2**-5, abs=4 * math.sqrt(0.031 * 0.969 / 1000))
    assert 0.7 < found.precision < 0.95
    assert 0.7 < found.recall < 0.95


def test_lost_modes_cost_diversity_and_not_quality():
    rng = np.random.default_rng(0)
    centres = 8 * rng.standard_normal((10, 16))

    def draw(modes):
        return centres[rng.integers(0, modes, 1000)] + rng.standard_normal((1000, 16))

    real, whole, part = draw(10), draw(10), draw(7)
    null, found = neighbourhoods(real, whole), neighbourhoods(real, part)
    kept = np.mean(cdist(real, centres).argmin(axis=1) < 7)
    assert found.precision > null.precision - 0.03
    assert found.density > null.density - 0.05
    # What real points the lost modes have is lost; the other modes have more fakes than before.
    assert found.recall == pytest.approx(kept * null.recall, abs=0.05)
    assert found.coverage == pytest.approx(kept * null.coverage, abs=0.03)


def test_poor_samples_cost_quality_and_one_good_one_is_no_diversity():
    rng = np.random.default_rng(0)
    real = rng.standard_normal((500, 8))
    wide = neighbourhoods(real, 3 * rng.standard_normal((500, 8)))
    assert wide.precision < 0.3 < 0.9 < wide.recall
    one = neighbourhoods(real, np.zeros((500, 8)))
    assert one.precision == 1
    assert one.recall == 0
    assert one.coverage < 0.2


def test_what_is_refused():
    rows = np.random.default_rng(0).standard_normal((10, 3))
    with pytest.raises(ValueError, match="3 wide and fake ones 2"):
        neighbourhoods(rows, rows[:, :2])
    with pytest.raises(ValueError, match="real features: 5 rows, expected 6"):
        neighbourhoods(rows[:5], rows)
    with pytest.raises(ValueError, match="fake features: 3 rows, expected 4"):
        precision_recall(rows, rows[:3])
    with pytest.raises(ValueError, match="fake features: NaN"):
        density_coverage(rows, rows * np.nan)
    with pytest.raises(ValueError, match="1 or more"):
        neighbourhoods(rows, rows, ball=0)
