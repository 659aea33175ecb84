"""Bands and intervals against what statistics says of means."""

import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.data import open_images
from jaxgan.features import Outputs, feature_network
from jaxgan.metrics import measured_transfer
from jaxgan.report.instruments import Instrument, read, splits, spread
from jaxgan.report.measure import ImageSets, instruments

MEANS = Instrument(
    rows=lambda images: {"mean": images.mean(axis=(1, 2, 3))},
    compare=lambda real, judged: {"gap": float(judged["mean"].mean() - real["mean"].mean())},
    repeats=200,
    protocol="means",
)


def pictures(seed, count, level):
    """Images whose means are normal around `level` with deviation 10."""
    means = np.random.default_rng(seed).normal(level, 10.0, count)
    return np.broadcast_to(means[:, None, None, None], (count, 8, 8, 1))


def test_splits_are_disjoint_and_of_one_size():
    drawn = splits(50, 20, 7, np.random.default_rng(0))
    assert drawn.reference.shape == drawn.held.shape == (7, 20)
    for reference, held in zip(*drawn, strict=True):
        assert len({*reference, *held}) == 40
        assert max(*reference, *held) < 50
    assert not np.array_equal(drawn.reference[0], drawn.reference[1])
    with pytest.raises(ValueError, match="expected 60 or more"):
        splits(50, 30, 1, np.random.default_rng(0))


def test_spread_takes_the_ends_and_keeps_what_is_few():
    assert list(spread(np.arange(10), 4)) == [0, 3, 6, 9]
    assert len(spread(np.arange(10), 20)) == 10
    assert len(spread(np.arange(10), None)) == 10


@pytest.mark.parametrize("pool", [900, 4000])
def test_the_band_is_that_of_two_means_and_the_interval_that_of_one(pool):
    """Deviation 10 over 400 images: 0.5 a mean, √2 times as much for the gap between two."""
    real, fake = pictures(0, pool, 100.0), pictures(1, 400, 103.0)
    reading, rows_real, rows_fake = read(MEANS, real, fake, np.random.default_rng(2))
    gap = reading.scores["gap"]
    assert gap.null == pytest.approx(0.0, abs=0.15)
    low, high = gap.band
    assert (high - low) / (2 * 1.96) == pytest.approx(0.5 * np.sqrt(2), rel=0.2)
    low, high = gap.interval
    assert low < gap.value < high
    assert (high - low) / (2 * 1.96) == pytest.approx(0.5, rel=0.2)
    assert gap.value == pytest.approx(3.0, abs=1.5)
    assert len(rows_real["mean"]) == pool
    assert len(rows_fake["mean"]) == 400
    assert gap.protocol == "means; 400 against 400 images"


@pytest.mark.parametrize("pool", [800, 1000, 4000])
def test_the_band_of_a_score_without_a_reference_is_that_of_new_images(pool):
    """The more of the pool each set takes, the more alike they are; new images are not."""
    alone = Instrument(
        rows=MEANS.rows,
        compare=lambda real, judged: {"level": float(judged["mean"].mean())},
        repeats=400,
        protocol="means",
        alone=frozenset({"level"}),
    )
    fake = pictures(1, 400, 100.0)
    for repeats, rel in ((400, 0.15), (20, 0.5)):
        reading, _, _ = read(alone._replace(repeats=repeats), pictures(0, pool, 100.0), fake,
                             np.random.default_rng(2))  # fmt: skip
        level = reading.scores["level"]
        low, high = level.band
        new = 10.0 * np.sqrt(1 / 400 + 1 / pool)
        assert (high - low) / (2 * (1.96 if repeats == 400 else 2.093)) == pytest.approx(
            new, rel=rel
        )
        assert low < level.null < high


def test_scores_without_a_reference_are_named_by_their_instruments():
    images = open_images("shapes", image_size=16, split="test").read(np.arange(800))["image"]
    one, other, judged, trained = np.split(images, 4)
    network = feature_network("two", 1, {}, lambda _, x: Outputs(x.mean((1, 2)), _logits(x)),
                              has_logits=True)  # fmt: skip
    sets = ImageSets("real", judged, one, trained, ("dark", "bright"), True, (network,))
    for name, instrument in instruments(sets, measured_transfer(one / 255.0), 0):
        rows = [instrument.rows(x) for x in (one, other, judged)]
        first, second = (instrument.compare(reference, rows[2]) for reference in rows[:2])
        same = {score for score in first if first[score] == second[score]}
        # Whether a class is missing is one of few numbers, which two references may share.
        assert same - {"classes_missing"} == instrument.alone, name


def _logits(x):
    level = x.mean((1, 2, 3))[:, None]
    return 10 * jnp.concatenate([0.3 - level, level - 0.3], axis=1)


def test_few_repeats_take_the_deviation():
    few = MEANS._replace(repeats=20)
    reading, _, _ = read(few, pictures(0, 4000, 100.0), pictures(1, 400, 103.0),
                         np.random.default_rng(3))  # fmt: skip
    gap = reading.scores["gap"]
    low, high = gap.band
    assert (high - low) / (2 * 2.093) == pytest.approx(0.5 * np.sqrt(2), rel=0.5)
    assert np.mean(gap.interval) == pytest.approx(gap.value)


def test_fewer_real_images_than_fakes_make_smaller_sets():
    reading, _, rows = read(MEANS, pictures(0, 300, 1.0), pictures(1, 400, 1.0),
                            np.random.default_rng(0))  # fmt: skip
    assert len(rows["mean"]) == 150
    assert "150 against 150" in reading.scores["gap"].protocol


def test_an_instrument_for_few_images_looks_at_few():
    reading, real, fake = read(MEANS._replace(most=50), pictures(0, 300, 1.0),
                               pictures(1, 400, 1.0), np.random.default_rng(0))  # fmt: skip
    assert (len(real["mean"]), len(fake["mean"])) == (100, 50)
    assert "50 against 50" in reading.scores["gap"].protocol
