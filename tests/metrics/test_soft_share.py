"""The part of a set that is too soft: planted shares and radii, by hand, by SciPy, on real sets."""

import time
from functools import lru_cache

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from jaxgan.metrics.checks import as_file
from jaxgan.metrics.planting import blurred, contrasted
from jaxgan.metrics.sharpness import tenengrad
from jaxgan.metrics.soft_share import SoftLaws, calibrated, has_scale, soft_part, softer_share
from jaxgan.metrics.softness import softness
from tests.metrics.real_sets import halves
from tests.photographs import crops

SIGMAS = np.array([0, 0.5, 1, 1.5, 2, 3, 4])
RNG = np.random.default_rng(0)
REAL = -1.1 + 0.2 * RNG.standard_normal(1200)  # a law of softness by formula: edges near 1/3 pixel
OTHER = -1.1 + 0.2 * RNG.standard_normal(500)


def under(sharp, sigma):
    """The softness that edges of radius exp(sharp) have under a blur: radii add by squares."""
    return 0.5 * np.log(np.exp(2 * sharp) + np.square(sigma))


SERIES = np.array([under(REAL, sigma) for sigma in SIGMAS])


@lru_cache
def planted(name):
    """Softness under each blur of one half of a set [K, N], and the other half, to plant in."""
    if name == "photographs":
        real, other = (crops(500, 32, np.random.default_rng(seed)) / 255 for seed in (1, 2))
    else:
        real, other = halves(name)
    return np.array([softness(as_file(blurred(real, sigma))) for sigma in SIGMAS]), other


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("radius", [0.7, 1, 2, 2.4])
def test_share_and_radius_of_a_known_law(share, radius):
    blurry = int(share * len(OTHER))
    fakes = np.concatenate([under(OTHER[:blurry], radius), OTHER[blurry:]])
    part = soft_part(SERIES, SIGMAS, fakes)
    assert part.share == pytest.approx(share, abs=0.03)
    assert part.share <= 1
    assert part.radius == pytest.approx(radius, abs=0.1)


def test_the_same_law_has_no_soft_part_and_a_sharper_one_none_either():
    assert soft_part(SERIES, SIGMAS, OTHER).share < 0.1
    assert soft_part(SERIES, SIGMAS, OTHER - 0.3).share < 0.001
    assert soft_part(SERIES, SIGMAS, OTHER[:1] - 3) == (0, 0)


@pytest.mark.parametrize("name", ["cifar10", "mnist", "shapes", "photographs"])
def test_share_and_radius_of_planted_blurs(name):
    series, other = planted(name)
    read = softness(as_file(other))
    laws = SoftLaws.planted(series, SIGMAS)
    assert laws.part(read).share < 0.15
    for share, radius in ((0.3, 1.0), (0.3, 2.0), (1.0, 1.0)):
        blurry = int(share * len(other))
        fakes = np.append(softness(as_file(blurred(other[:blurry], radius))), read[blurry:])
        part = laws.part(fakes)
        assert part.share == pytest.approx(share, abs=0.06)
        assert part.radius == pytest.approx(radius, abs=0.2)


def test_neither_contrast_nor_smooth_pictures_are_blur():
    series, other = planted("cifar10")
    order = np.argsort(tenengrad(other))
    for fakes in (contrasted(other, 0.5), other[order[: len(other) // 2]]):
        fakes = softness(as_file(fakes))
        assert soft_part(series, SIGMAS, fakes).share < 0.1
        assert softer_share(series[0], fakes) < 0.11


def test_the_likeliest_share_is_that_of_a_search():
    fakes = np.append(under(OTHER[:150], 1.0), OTHER[150:])
    laws = SoftLaws.planted(SERIES, SIGMAS)._replace(radii=np.array([0, 1.0]))
    laws = laws._replace(bins=np.searchsorted(laws.edges, SERIES[[0, 2]]))
    real, soft, counts = (
        np.histogram(values, [-np.inf, *laws.edges, np.inf])[0]
        for values in (SERIES[0], SERIES[2], fakes)
    )
    real, soft = ((count + 0.5) / (count + 0.5).sum() for count in (real, soft))
    found = minimize_scalar(
        lambda share: -np.sum(counts * np.log((1 - share) * real + share * soft)), (0, 0.5, 1)
    )
    part = laws.part(fakes)
    assert part.share == pytest.approx(found.x, abs=3e-4)
    assert part.radius == 1


def test_weights_count_as_copies():
    weights = RNG.integers(0, 3, len(REAL))
    laws, fakes = SoftLaws.planted(SERIES, SIGMAS), under(OTHER, 0.4)
    copied = laws._replace(bins=np.repeat(laws.bins, weights, axis=1))
    np.testing.assert_allclose(
        laws.part(fakes, weights * len(REAL) / weights.sum()), copied.part(fakes), rtol=1e-2
    )
    assert softer_share(REAL, fakes, weights) == softer_share(np.repeat(REAL, weights), fakes)


def test_weights_move_the_real_law():
    """Where only those real images count that are soft, fakes as soft as they are not too soft."""
    softer = np.arange(len(REAL)) < 300
    real = np.where(softer, under(REAL, 1.0), REAL)
    series = np.array([under(real, sigma) for sigma in SIGMAS])
    fakes = under(OTHER, 1.0)
    assert soft_part(series, SIGMAS, fakes).share > 0.5
    assert soft_part(series, SIGMAS, fakes, softer).share < 0.1
    assert softer_share(real, fakes, softer) == softer_share(real[softer], fakes) < 0.1
    assert softer_share(real, fakes) > softer_share(real, fakes, softer)


def test_softer_share_by_hand():
    real = np.arange(1.0, 21)  # 19 is the least value that 95 % do not exceed
    assert softer_share(real, np.array([18.5, 19, 19.5, 21])) == 0.5
    assert softer_share(real, np.array([18.5, 19, 19.5, 21]), np.arange(20) < 10) == 1.0
    assert softer_share(real, real) == 0.05


def test_calibrated_by_hand():
    series, sigmas = np.array([[-1.0, 0, 4], [1, 2, 2], [2, 3, 7], [0, 2, 7]]), np.arange(4.0)
    # Through (0, 0), (2, 1) and (3, 4) in variance; the last median falls, and so does not count.
    read = calibrated(series, sigmas, np.array([0.0, 2, 3, 9, -2, -99]))
    np.testing.assert_allclose(read, [0, 1, 2, 2, -1, -2])
    between = calibrated(series, sigmas, np.linspace(-3, 4, 50))
    assert np.all(np.diff(between) >= 0)


def test_has_scale_where_a_blur_raises_the_median():
    rising = np.array([[0.0, 1, 2], [0, 0, 0], [0, 1.5, 9]])  # medians 1, 0, 1.5
    assert has_scale(rising)
    assert not has_scale(rising[:2])
    with pytest.raises(ValueError, match="no scale"):
        calibrated(rising[:2], np.array([0.0, 1]), np.array([0.5]))


def test_calibrated_reads_the_planted_radius():
    read = calibrated(
        SERIES, SIGMAS, np.array([under(np.median(REAL), s) for s in (0.3, 0.8, 2.5)])
    )
    np.testing.assert_allclose(read, [0.3, 0.8, 2.5], atol=0.06)


def test_fast_enough_to_be_called_hundreds_of_times():
    laws = SoftLaws.planted(SERIES, SIGMAS)
    times = []
    for _ in range(20):
        begin = time.process_time()
        laws.part(OTHER)
        times.append(time.process_time() - begin)
    assert min(times) < 0.002


def test_refusals():
    with pytest.raises(ValueError, match=r"expected \[K, N\]"):
        soft_part(SERIES[:3], SIGMAS, OTHER)
    with pytest.raises(ValueError, match="to rise from 0 to 1 pixel"):
        soft_part(SERIES[1:], SIGMAS[1:], OTHER)
    with pytest.raises(ValueError, match="to rise from 0 to 1 pixel"):
        calibrated(SERIES[:2], SIGMAS[:2], OTHER)
    with pytest.raises(ValueError, match="NaN"):
        soft_part(SERIES * np.nan, SIGMAS, OTHER)
    with pytest.raises(ValueError, match="finite"):
        softer_share(REAL, np.array([np.nan, 1]))
    with pytest.raises(ValueError, match="one a real image"):
        softer_share(REAL, OTHER, np.ones(3))
    with pytest.raises(ValueError, match="0 or more"):
        soft_part(SERIES, SIGMAS, OTHER, -np.ones(len(REAL)))
    with pytest.raises(ValueError, match="no blur makes"):
        calibrated(-SERIES, SIGMAS, OTHER)
