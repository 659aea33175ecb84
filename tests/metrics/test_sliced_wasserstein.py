"""Sliced Wasserstein distance of patches, against a plain writing of the paper's steps."""

import numpy as np
import pytest
from scipy import ndimage
from scipy.stats import wasserstein_distance

from jaxgan.metrics.planting import blurred, contrasted, noised
from jaxgan.metrics.sliced_wasserstein import (
    Patches,
    patch_distance,
    patch_pyramid,
    sliced_wasserstein,
)

QUICK = {"patches_per_image": 16, "directions": 64}


def rng(seed=0):
    return np.random.default_rng(seed)


def pictures(seed, count=60, side=32, channels=1):
    """Sharp-edged blots on a slope, mild contrast, so that planted noise is seldom clipped."""
    generator = rng(seed)
    raw = blurred(generator.standard_normal((count, side, side, channels)), 2.5)
    light = generator.uniform(-0.1, 0.1, (count, 1, 1, 1))
    return 0.5 + light + 0.2 * np.sign(raw) + 0.3 * raw.clip(-0.3, 0.3)


def laplacian(images):
    """A level and the smaller image, by full two-dimensional kernels."""
    kernel = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1])[None, :, :, None] / 256
    small = ndimage.convolve(images, kernel, mode="mirror")[:, ::2, ::2]
    spread = np.zeros_like(images)
    spread[:, ::2, ::2] = small
    return images - ndimage.convolve(spread, 4 * kernel, mode="mirror"), small


def windows(level):
    """Every 7x7 patch, as a set of tuples to look patches up in: [places, C * 49]."""
    view = np.lib.stride_tricks.sliding_window_view(level, (7, 7), axis=(0, 1))
    return view.reshape(-1, level.shape[-1] * 49)


@pytest.mark.parametrize(("side", "channels", "sides"), [
    (32, 1, (32, 16)), (64, 3, (64, 32, 16)), (28, 1, (28,)), (16, 1, (16,)), (50, 1, (50, 25)),
    (66, 1, (66, 33, 17)),
])  # fmt: skip
def test_levels_and_patches(side, channels, sides):
    images = pictures(0, 3, side, channels)
    patches = patch_pyramid(images, rng(), 40)
    assert patches.sides == sides
    left = images
    for number, level in enumerate(patches.levels):
        assert level.shape == (3, 40, channels, 49)
        expected, left = laplacian(left) if number < len(sides) - 1 else (left, None)
        for image in range(3):
            places = windows(expected[image])
            found = level[image].reshape(40, -1)
            gap = np.abs(found[:, None] - places).max(axis=2)
            assert gap.min(axis=1).max() < 1e-6
            # Anywhere, and not twice at one place but by chance.
            assert len(np.unique(gap.argmin(axis=1))) > 20


def test_patches_reach_every_place():
    patches = patch_pyramid(np.arange(256).reshape(1, 16, 16, 1) / 255, rng(), 2000)
    first = np.unique(np.rint(255 * patches.levels[0][0, :, 0, 0]).astype(int))
    assert first.tolist() == [16 * row + column for row in range(10) for column in range(10)]


def plain(real, fake, directions, reference):
    """Of patches [M, C, 49] on given directions: standardise, project, compare sorted."""
    mean, deviation = real.mean(axis=(0, 2)), real.std(axis=(0, 2))
    other = (mean, deviation) if reference else (fake.mean(axis=(0, 2)), fake.std(axis=(0, 2)))
    ours = (real - mean[:, None]) / deviation[:, None]
    theirs = (fake - other[0][:, None]) / other[1][:, None]
    along = [x.reshape(len(x), -1) @ directions.reshape(len(directions), -1).T
             for x in (ours, theirs)]  # fmt: skip
    return 1e3 * np.mean([wasserstein_distance(*pair) for pair in zip(*(x.T for x in along),
                                                                     strict=True)])  # fmt: skip


@pytest.mark.parametrize("reference", [False, True])
@pytest.mark.parametrize("channels", [1, 3])
def test_distance_by_another_library(channels, reference):
    generator = rng()
    scales = np.array([1.0, 3, 0.2])[:channels, None]
    real = (0.3 + scales * generator.standard_normal((10, 8, channels, 49))).astype(np.float32)
    fake = (2 * scales * generator.standard_normal((10, 8, channels, 49)) ** 3).astype(np.float32)
    found = patch_distance(Patches((16,), (real,)), Patches((16,), (fake,)), rng(5), 20, reference)
    unit = rng(5).standard_normal((20, channels, 49))
    unit /= np.linalg.norm(unit.reshape(20, -1), axis=1)[:, None, None]
    flat = [x.astype(np.float64).reshape(80, channels, 49) for x in (real, fake)]
    assert found.values == pytest.approx(plain(*flat, unit, reference), rel=1e-4)


def test_equal_sets_and_a_shift_by_hand():
    patches = patch_pyramid(pictures(0), rng(), 4)
    np.testing.assert_array_equal(patch_distance(patches, patches, rng(), 8).values, 0)
    # White patches of deviation 1, times 3 about 0: along any unit direction |3x - x|, on average
    # 2 √(2/π); their own standard hides it.
    white = rng().standard_normal((2000, 5, 1, 49)).astype(np.float32)
    one, three = Patches((16,), (white,)), Patches((16,), (3 * white,))
    found = patch_distance(one, three, rng(), 32, reference=True)
    assert found.values[0] == pytest.approx(1e3 * 2 * np.sqrt(2 / np.pi), rel=0.02)
    assert patch_distance(one, three, rng(), 32).values[0] < 1e-3


def test_more_directions_than_go_together():
    patches, others = (patch_pyramid(pictures(s, 10, 16), rng(s), 4) for s in (0, 1))
    found = patch_distance(patches, others, rng(), 300).values
    again = patch_distance(patches, others, rng(), 300).values
    np.testing.assert_array_equal(found, again)
    few = patch_distance(patches, others, rng(), 128).values
    assert found == pytest.approx(few, rel=0.2)
    assert not np.array_equal(found, few)


def test_contrast_is_seen_by_the_reference_alone():
    real, other = pictures(0), pictures(1)
    paler = contrasted(other, 0.5)
    own = [sliced_wasserstein(real, x, rng(), **QUICK).values for x in (other, paler)]
    assert own[1][0] == pytest.approx(own[0][0], rel=0.01)  # the top level; the last holds means
    seen = [
        sliced_wasserstein(real, x, rng(), **QUICK, reference=True).values for x in (other, paler)
    ]
    assert seen[1][0] > 3 * seen[0][0]


def test_blur_raises_the_finest_level_most_and_more_so_by_the_reference():
    real, other = pictures(0), pictures(1)
    sets = [other, *(blurred(other, s).clip(0, 1) for s in (0.5, 1, 2))]
    own = np.array([sliced_wasserstein(real, x, rng(), **QUICK).values for x in sets])
    seen = np.array(
        [sliced_wasserstein(real, x, rng(), **QUICK, reference=True).values for x in sets]
    )
    assert np.all(np.diff(seen[:, 0]) > 0)
    rise = seen - seen[0]
    assert np.all(rise[1:, 0] > 1.5 * rise[1:, 1])
    assert rise[2, 0] > 2 * (own[2, 0] - own[0, 0])


def test_noise_raises_the_finest_level():
    real, other = pictures(0), pictures(1)
    noisy = noised(other, 0.1, rng()).clip(0, 1)
    quiet, loud = (sliced_wasserstein(real, x, rng(), **QUICK).values for x in (other, noisy))
    assert loud[0] > 1.5 * quiet[0]


def test_the_generator_decides():
    real, fake = pictures(0, 10, 16), pictures(1, 10, 16)
    once, again, other = (
        sliced_wasserstein(real, fake, rng(s), **QUICK).values.tolist() for s in (0, 0, 1)
    )
    assert once == again != other


def test_halves_of_a_set_from_its_patches():
    patches = patch_pyramid(pictures(0, 20), rng(), 4)
    half = patches.take(np.arange(10))
    assert half.sides == patches.sides
    assert [x.shape for x in half.levels] == [(10, 4, 1, 49)] * 2
    np.testing.assert_array_equal(half.levels[1], patches.levels[1][:10])


def test_what_is_refused():
    real = pictures(0, 6)
    with pytest.raises(ValueError, match="as many images"):
        sliced_wasserstein(real, real[:5], rng(), **QUICK)
    with pytest.raises(ValueError, match="one form"):
        sliced_wasserstein(real, real[:, :30], rng(), **QUICK)
    with pytest.raises(ValueError, match="16 or more"):
        sliced_wasserstein(real[:, :15], real[:, :15], rng(), **QUICK)
    with pytest.raises(ValueError, match="NaN"):
        sliced_wasserstein(real, real * np.nan, rng(), **QUICK)
    with pytest.raises(ValueError, match="patches_per_image 0"):
        sliced_wasserstein(real, real, rng(), patches_per_image=0)
    with pytest.raises(ValueError, match="directions 0"):
        sliced_wasserstein(real, real, rng(), 4, directions=0)
    flat = np.broadcast_to(np.linspace(0, 1, 6)[:, None, None, None], real.shape)
    with pytest.raises(ValueError, match="fake images at 32 pixels have no detail"):
        sliced_wasserstein(real, flat, rng(), **QUICK)
    assert np.all(sliced_wasserstein(real, flat, rng(), **QUICK, reference=True).values > 0)
