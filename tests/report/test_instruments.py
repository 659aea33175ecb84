"""Bands and intervals against what statistics says of means."""

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import norm

from jaxgan.data import open_images
from jaxgan.features import Outputs, feature_network
from jaxgan.metrics import measured_transfer, planting
from jaxgan.metrics.checks import as_file
from jaxgan.metrics.transfer_height import sector_transfers
from jaxgan.report.inputs import CardInputs
from jaxgan.report.instruments import Instrument, band_of, read, splits, spread, widening
from jaxgan.report.measure import instruments

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


@pytest.mark.parametrize(("equal", "reference"), [(True, 20), (False, 30)])
def test_splits_are_disjoint_and_take_all_unless_sizes_must_be_equal(equal, reference):
    drawn = splits(50, 20, 7, np.random.default_rng(0), equal=equal)
    assert len(drawn) == 7
    for split in drawn:
        assert (len(split.reference), len(split.held)) == (reference, 20)
        assert len({*split.reference, *split.held}) == reference + 20
        assert max(*split.reference, *split.held) < 50
    assert not np.array_equal(drawn[0].held, drawn[1].held)


def test_no_more_than_half_of_the_images_is_held_out():
    drawn = splits(50, 40, 1, np.random.default_rng(0))[0]
    assert (len(drawn.reference), len(drawn.held)) == (25, 25)
    with pytest.raises(ValueError, match="expected 1 or more, of 2 or more"):
        splits(1, 1, 1, np.random.default_rng(0))


def test_variances_of_sets_out_of_a_pool_by_hand():
    # A difference of 100 and 300 varies by 1/100 + 1/300 = 4/300; 100 new ones around 400 by 1/80.
    assert widening(100, 300, 400, 100, alone=False) == pytest.approx(np.sqrt((1 / 80) * 75))
    # 100 of 400 alone vary by 1/100 - 1/400 = 3/400 around all.
    assert widening(100, 300, 400, 100, alone=True) == pytest.approx(np.sqrt((1 / 80) * 400 / 3))


def test_spread_takes_the_ends_and_keeps_what_is_few():
    assert list(spread(np.arange(10), 4)) == [0, 3, 6, 9]
    assert len(spread(np.arange(10), 20)) == 10
    assert len(spread(np.arange(10), None)) == 10


@pytest.mark.parametrize("equal", [False, True])
@pytest.mark.parametrize("pool", [900, 4000])
def test_band_and_interval_are_those_of_the_gap_between_two_means(pool, equal):
    """Deviation 10 over 400 images, 0.5 a mean, against all real ones or as many."""
    real, fake = pictures(0, pool, 100.0), pictures(1, 400, 103.0)
    instrument = MEANS._replace(equal=equal)
    reading, rows_real, rows_fake = read(instrument, real, fake, np.random.default_rng(2))
    gap = reading.scores["gap"]
    against = 400 if equal else pool
    deviation = 10 * np.sqrt(1 / 400 + 1 / against)
    assert gap.null == pytest.approx(0.0, abs=0.15)
    low, high = gap.band
    assert (high - low) / (2 * 1.96) == pytest.approx(deviation, rel=0.2)
    low, high = gap.interval
    assert low < gap.value < high
    assert (high - low) / (2 * 1.96) == pytest.approx(deviation, rel=0.2)
    assert gap.value == pytest.approx(3.0, abs=1.5)
    assert len(rows_real["mean"]) == pool
    assert len(rows_fake["mean"]) == 400
    assert gap.protocol == f"means; 400 against {against} images"


@pytest.mark.parametrize("count", [20, 100, 200])
def test_a_band_holds_95_percent_of_new_values(count):
    """Of the normal law, whose share within each band is known; NumPy's quantiles of 100: 93 %."""
    rng = np.random.default_rng(0)
    bands = np.array([band_of(list(values)) for values in rng.normal(size=(4000, count))])
    within = norm.cdf(bands[:, 1]) - norm.cdf(bands[:, 0])
    assert within.mean() == pytest.approx(0.95, abs=0.003)


def test_a_share_of_all_images_has_an_interval_too():
    """Wilson 1927: of 60 of 60 images, from n / (n + z²) = 60 / (60 + 3.84) = .94 on."""
    light = MEANS._replace(
        compare=lambda real, judged: {"light": float(np.mean(judged["mean"] > 0))},
        shares=frozenset({"light"}),
    )
    scores = read(light, pictures(0, 150, 100.0), pictures(1, 60, 100.0), np.random.default_rng(0))
    assert scores[0].scores["light"].interval == pytest.approx((0.9398, 1.0), abs=1e-4)
    coarse = light._replace(errors=lambda numbers: {"light": 0.2})
    scores = read(coarse, pictures(0, 150, 100.0), pictures(1, 60, 100.0), np.random.default_rng(0))
    assert scores[0].scores["light"].interval == pytest.approx((0.8, 1.0))  # never above 1


def test_an_error_of_the_method_is_added_in_squares():
    real, fake = pictures(0, 900, 100.0), pictures(1, 400, 103.0)
    plain, wide = (
        read(instrument, real, fake, np.random.default_rng(2))[0].scores["gap"]
        for instrument in (MEANS, MEANS._replace(errors=lambda numbers: {"gap": 2.0}))
    )
    for before, after in zip(plain.interval, wide.interval, strict=True):
        off = before - plain.value
        assert after - plain.value == pytest.approx(np.copysign(np.hypot(off, 2.0), off))


def test_the_interval_holds_the_truth_as_often_as_it_says():
    few = MEANS._replace(repeats=100)
    held = []
    for seed in range(200):
        real, fake = pictures(2 * seed + 10, 150, 100.0), pictures(2 * seed + 11, 60, 103.0)
        low, high = read(few, real, fake, np.random.default_rng(seed))[0].scores["gap"].interval
        held.append(low <= 3.0 <= high)
    assert 0.9 <= np.mean(held) <= 0.985


def test_a_distance_has_an_interval_around_it_though_halves_are_farther_apart():
    far = MEANS._replace(
        compare=lambda real, judged: {"far": abs(judged["mean"].mean() - real["mean"].mean())},
        distances=frozenset({"far"}),
    )
    same, other = pictures(0, 1000, 100.0), pictures(1, 400, 100.0)
    far_off = read(far, same, other, np.random.default_rng(0))[0].scores["far"]
    low, high = far_off.interval
    assert low <= far_off.value <= high
    assert abs((low + high) / 2 - far_off.value) < 0.6 * (high - low) / 2
    assert far_off.band[0] >= 0


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


AT_THE_END = ("half_height", "anisotropy")  # which 16 pixels can hardly show


def test_scores_without_a_reference_are_named_by_their_instruments():
    images = open_images("shapes", image_size=16, split="test").read(np.arange(800))["image"]
    rng = np.random.default_rng(0)
    noisy = planting.noised(planting.blurred(images, 1.0), 0.1, rng)
    one, other, judged, trained = np.split(as_file(noisy), 4)
    network = feature_network("two", 1, {}, lambda _, x: Outputs(x.mean((1, 2)), _logits(x)),
                              has_logits=True)  # fmt: skip
    sets = CardInputs("real", judged, one, trained, ("dark", "bright"), True, (network,))
    arguments = (measured_transfer(one), sector_transfers(one), 0)
    for name, instrument in instruments(sets, *arguments):
        rows = [instrument.rows(x) for x in (one, other, judged)]
        first, second = (instrument.compare(reference, rows[2]) for reference in rows[:2])
        # Nothing is nothing against either: no frames, no classes missing.
        same = {score for score in first if first[score] == second[score] != 0}
        assert {x for x in same if not x.startswith(AT_THE_END)} == instrument.alone, name


def _logits(x):
    level = x.mean((1, 2, 3))[:, None]
    return 10 * jnp.concatenate([0.3 - level, level - 0.3], axis=1)


def test_few_repeats_take_the_deviation():
    few = MEANS._replace(repeats=20)
    reading, _, _ = read(few, pictures(0, 4000, 100.0), pictures(1, 400, 103.0),
                         np.random.default_rng(3))  # fmt: skip
    gap = reading.scores["gap"]
    low, high = gap.band
    assert (high - low) / (2 * 2.093) == pytest.approx(10 * np.sqrt(1 / 400 + 1 / 4000), rel=0.5)
    assert np.mean(gap.interval) == pytest.approx(gap.value)


def test_all_images_are_used_though_the_real_ones_are_fewer():
    reading, _, rows = read(MEANS, pictures(0, 300, 1.0), pictures(1, 400, 1.0),
                            np.random.default_rng(0))  # fmt: skip
    assert len(rows["mean"]) == 400
    assert "400 against 300" in reading.scores["gap"].protocol
    low, high = reading.scores["gap"].band
    wide = 2 * 1.96 * 10 * np.sqrt(1 / 400 + 1 / 300)
    assert high - low == pytest.approx(wide, rel=0.2)


def test_fewer_real_images_than_fakes_make_smaller_sets_where_sizes_must_be_equal():
    reading, _, rows = read(MEANS._replace(equal=True), pictures(0, 300, 1.0),
                            pictures(1, 400, 1.0), np.random.default_rng(0))  # fmt: skip
    assert len(rows["mean"]) == 150
    assert "150 against 150" in reading.scores["gap"].protocol


@pytest.mark.parametrize(
    ("changes", "real"), [({"equal": True}, 100), ({}, 100), ({"most_real": 80}, 80)]
)
def test_an_instrument_for_few_images_looks_at_few(changes, real):
    instrument = MEANS._replace(most=50, **changes)
    _, rows_real, fake = read(instrument, pictures(0, 300, 1.0), pictures(1, 400, 1.0),
                                    np.random.default_rng(0))  # fmt: skip
    assert (len(rows_real["mean"]), len(fake["mean"])) == (real, 50)


def test_real_images_may_be_looked_at_more_closely():
    closer = MEANS._replace(
        rows_real=lambda images: {**MEANS.rows(images), "more": np.arange(len(images))},
        compare=lambda real, judged: {"last": float(real["more"].max())},
    )
    reading, real, fake = read(closer, pictures(0, 300, 1.0), pictures(1, 40, 1.0),
                               np.random.default_rng(0))  # fmt: skip
    assert reading.scores["last"].value == 299
    assert set(real) == {"mean", "more"}
    assert set(fake) == {"mean"}
