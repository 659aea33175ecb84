"""Multi-scale structural similarity, against scikit-image at one scale and by its formula."""

import numpy as np
import pytest
from skimage.measure import block_reduce
from skimage.metrics import structural_similarity

from jaxgan.metrics.ms_ssim import ms_ssim, ms_ssim_diversity
from jaxgan.metrics.planting import blurred, noised

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def pictures(seed, count, side, channels=1):
    """Smooth noise, some of it shared between pictures."""
    rng = np.random.default_rng(seed)
    raw = blurred(rng.standard_normal((count, side, side, channels)), 2.0)
    shared = blurred(np.random.default_rng(99).standard_normal((1, side, side, channels)), 2.0)
    return np.clip(0.5 + raw + shared, 0, 1)


def one_scale(a, b):
    channel = -1 if a.shape[-1] == 3 else None
    a, b = (x if channel else x[..., 0] for x in (a, b))
    return structural_similarity(
        a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1.0,
        channel_axis=channel,
    )  # fmt: skip


@pytest.mark.parametrize(("side", "channels"), [(11, 1), (32, 1), (45, 3)])
def test_one_scale_is_that_of_scikit_image(side, channels):
    a, b = pictures(0, 4, side, channels), pictures(1, 4, side, channels)
    found = ms_ssim(a, b, scales=1)
    expected = [max(one_scale(*pair), 0) for pair in zip(a, b, strict=True)]
    np.testing.assert_allclose(found.values, expected, atol=1e-9)
    assert (found.scales, found.weights) == (1, (1.0,))


def test_constant_pairs_by_hand():
    """Without structure: 1 at every scale, and luminance once, at the coarsest."""
    a, b = (np.broadcast_to(np.array(x)[:, None, None, None], (2, 44, 44, 1)) for x in
            ([0.2, 0.5], [0.6, 0.5]))  # fmt: skip
    luminance = (2 * 0.2 * 0.6 + 1e-4) / (0.2**2 + 0.6**2 + 1e-4)
    exponent = WEIGHTS[2] / sum(WEIGHTS[:3])
    np.testing.assert_allclose(ms_ssim(a, b).values, [luminance**exponent, 1], rtol=1e-9)


def structure(a, b):
    """Mean of the contrast-structure term: SSIM over its luminance term, by plain loops."""
    offset = np.arange(11) - 5
    window = np.exp(-(offset[:, None] ** 2 + offset**2) / (2 * 1.5**2))
    window /= window.sum()
    values = []
    for row in range(a.shape[0] - 10):
        for column in range(a.shape[1] - 10):
            x, y = (z[row : row + 11, column : column + 11] for z in (a, b))
            mx, my = np.sum(window * x), np.sum(window * y)
            cov = np.sum(window * (x - mx) * (y - my))
            spread = np.sum(window * (x - mx) ** 2) + np.sum(window * (y - my) ** 2)
            values.append((2 * cov + 0.0009) / (spread + 0.0009))
    return np.mean(values)


def test_three_scales_by_the_formula():
    a, b = pictures(2, 1, 48), pictures(3, 1, 48)
    weights = np.array(WEIGHTS[:3]) / sum(WEIGHTS[:3])
    halves = [(a, b)]
    for _ in range(2):
        halves.append(tuple(block_reduce(x, (1, 2, 2, 1), np.mean) for x in halves[-1]))
    terms = [structure(x[0, ..., 0], y[0, ..., 0]) for x, y in halves[:2]]
    terms.append(one_scale(halves[2][0][0], halves[2][1][0]))
    assert min(terms) > 0
    found = ms_ssim(a, b)
    assert found.values == pytest.approx(np.prod(np.array(terms) ** weights), rel=1e-9)
    np.testing.assert_allclose(found.weights, weights)


@pytest.mark.parametrize(
    ("side", "scales"), [(11, 1), (21, 1), (22, 2), (32, 2), (43, 2), (44, 3), (64, 3), (176, 5)]
)
def test_the_scales_that_fit(side, scales):
    a = pictures(0, 1, side)
    found = ms_ssim(a, a)
    assert found.scales == len(found.weights) == scales
    assert found.values == pytest.approx(1, abs=1e-9)


def test_five_scales_have_the_weights_as_published():
    a = pictures(0, 1, 400)
    assert ms_ssim(a, a).weights == WEIGHTS


def test_symmetric_and_falls_with_noise():
    a, b = pictures(0, 3, 32, 3), pictures(1, 3, 32, 3)
    np.testing.assert_allclose(ms_ssim(a, b).values, ms_ssim(b, a).values)
    rng = np.random.default_rng(0)
    levels = [ms_ssim(a, np.clip(noised(a, t, rng), 0, 1)).values for t in (0, 0.05, 0.1, 0.2)]
    assert np.all(np.diff(levels, axis=0) < 0)


def test_opposite_pictures_have_similarity_0_and_not_nan():
    a = pictures(0, 2, 32)
    assert ms_ssim(a, 1 - a).values.tolist() == [0, 0]


def test_bytes_and_floats_agree():
    a, b = (np.rint(255 * pictures(s, 2, 32)).astype(np.uint8) for s in (0, 1))
    np.testing.assert_allclose(ms_ssim(a, b).values, ms_ssim(a / 255, b / 255).values)


def test_more_pairs_than_a_batch():
    a, b = pictures(0, 300, 16), pictures(1, 300, 16)
    found = ms_ssim(a, b).values
    assert found.shape == (300,)
    np.testing.assert_allclose(found[[0, 299]], ms_ssim(a[[0, 299]], b[[0, 299]]).values)


def test_diversity_of_two_pictures_is_their_similarity():
    images = pictures(0, 2, 32)
    expected = ms_ssim(images[:1], images[1:]).values[0]
    found = ms_ssim_diversity(images, np.random.default_rng(0), pairs=10)
    assert found.mean == pytest.approx(expected)
    assert found.error == pytest.approx(0, abs=1e-12)
    assert (found.pairs, found.scales) == (10, 2)


def test_diversity_is_the_mean_over_all_pairs():
    images = pictures(0, 8, 16)
    pairs = [(i, j) for i in range(8) for j in range(i)]
    every = ms_ssim(images[[i for i, _ in pairs]], images[[j for _, j in pairs]]).values
    found = ms_ssim_diversity(images, np.random.default_rng(0), pairs=3000)
    assert found.error == pytest.approx(every.std() / np.sqrt(3000), rel=0.1)
    assert found.mean == pytest.approx(every.mean(), abs=4 * found.error)


def test_pairs_within_classes():
    """Two pictures, each over and over: within a class all alike, across by far not."""
    kinds = pictures(0, 3, 16)
    labels = np.array([4, 9, 4, 4, 9, 9, 7])  # one alone has no partner
    images = kinds[np.array([0, 1, 0, 0, 1, 1, 2])]
    rng = np.random.default_rng(0)
    assert ms_ssim_diversity(images, rng, 200, labels).mean == pytest.approx(1)
    assert ms_ssim_diversity(images, rng, 200).mean < 0.9


def test_lost_modes_raise_it():
    rng = np.random.default_rng(0)
    images = pictures(0, 60, 32)
    few = np.clip(noised(images[rng.integers(0, 3, 60)], 0.02, rng), 0, 1)
    whole, lost = (ms_ssim_diversity(x, rng, 200) for x in (images, few))
    assert lost.mean > whole.mean + 5 * (whole.error + lost.error)


def test_what_is_refused():
    a, rng = pictures(0, 3, 32), np.random.default_rng(0)
    with pytest.raises(ValueError, match="3 scales for images of 32x32 pixels: expected 1 to 2"):
        ms_ssim(a, a, scales=3)
    with pytest.raises(ValueError, match="expected 1 to 2"):
        ms_ssim(a, a, scales=0)
    with pytest.raises(ValueError, match="11 pixels"):
        ms_ssim(a[:, :10], a[:, :10])
    with pytest.raises(ValueError, match="expected pairs"):
        ms_ssim(a, a[:2])
    with pytest.raises(ValueError, match="one form"):
        ms_ssim(a, a[:, :30])
    with pytest.raises(ValueError, match="NaN"):
        ms_ssim(a, a * np.nan)
    with pytest.raises(ValueError, match="2 or more"):
        ms_ssim_diversity(a[:1], rng, 5)
    with pytest.raises(ValueError, match="pairs 1"):
        ms_ssim_diversity(a, rng, 1)
    with pytest.raises(ValueError, match="labels of shape"):
        ms_ssim_diversity(a, rng, 5, np.zeros(2, int))
    with pytest.raises(ValueError, match="same label"):
        ms_ssim_diversity(a, rng, 5, np.arange(3))
