"""Copies of the training set are found, new draws are not."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from jaxgan.metrics.memorisation import (
    authentic_percent,
    birthday,
    copying_z,
    training_distance,
)


def sets(seed=0, width=16, train=1500, others=400):
    """Training, held-out and fake points of one law, three clusters."""
    rng = np.random.default_rng(seed)
    centres = 6 * rng.standard_normal((3, width))
    counts = (train, others, others)
    return [centres[rng.integers(0, 3, n)] + rng.standard_normal((n, width)) for n in counts]


def test_on_a_line_by_hand():
    train = np.array([[0.0], [1.0], [10.0]])
    held_out, fake = np.array([[2.0], [13.0]]), np.array([[0.5], [10.5], [9.0], [-3.0]])
    found = training_distance(train, held_out, fake)
    assert found.distance.tolist() == [0.5, 0.5, 1, 3]
    assert found.place.tolist() == [0, 2, 2, 0]  # .5 is as near to 0 as to 1
    assert found.ratio == pytest.approx((5 / 4) / 2)  # held-out ones are at 1 and 3
    assert found.closest_ratio == pytest.approx(0.5 / 1.1)
    # Spacings of 0, 10, 10, 0: 1, 9, 9, 1. Only the last fake is farther off.
    assert authentic_percent(train, fake) == 25
    assert authentic_percent(train, np.array([[2.0]])) == 0  # as far from 1 as that is from 0


def test_a_new_draw_looks_like_held_out_points():
    train, held_out, fake = sets()
    found = training_distance(train, held_out, fake)
    assert found.ratio == pytest.approx(1, abs=0.05)
    assert found.closest_ratio == pytest.approx(1, abs=0.1)
    assert authentic_percent(train, fake) == pytest.approx(
        authentic_percent(train, held_out), abs=8
    )
    assert abs(copying_z(train, held_out, fake)) < 3


def test_copies():
    train, held_out, _ = sets()
    rng = np.random.default_rng(1)
    fake = train[rng.permutation(len(train))[:400]]
    found = training_distance(train, held_out, fake)
    assert found.ratio == 0
    np.testing.assert_array_equal(train[found.place], fake)
    assert authentic_percent(train, fake) == 0
    # Every fake below every held-out point: U = 0, z = -√(3mn / (m + n + 1)) in each cell.
    assert copying_z(train, held_out, fake) < -10
    near = fake + 0.05 * rng.standard_normal(fake.shape)
    assert training_distance(train, held_out, near).ratio < 0.1
    assert authentic_percent(train, near) < 1
    assert copying_z(train, held_out, near) < -10


def test_some_copies_show_in_the_closest():
    train, held_out, fake = sets()
    fake[:60] = train[:60]  # 15 %
    found = training_distance(train, held_out, fake)
    assert found.ratio == pytest.approx(0.85, abs=0.05)
    assert found.closest_ratio == 0


def test_fakes_off_the_data_are_far():
    train, held_out, fake = sets()
    rng = np.random.default_rng(1)
    off = fake + rng.standard_normal(fake.shape)
    assert training_distance(train, held_out, off).ratio > 1.2
    assert copying_z(train, held_out, off) > 5


def test_authentic_percent_by_its_definition():
    train, _, fake = sets(width=5)
    within = cdist(train, train)
    np.fill_diagonal(within, np.inf)
    across = cdist(fake, train)
    place = across.argmin(axis=1)
    expected = 100 * np.mean(within.min(axis=1)[place] < across.min(axis=1))
    assert authentic_percent(train, fake) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("shift", [0.0, 0.4])
def test_copying_z_by_its_definition(shift):
    """Clusters so far apart that the cells are known; U counted pair by pair."""
    rng = np.random.default_rng(3)
    centres = np.array([[0.0, 0], [100, 0], [0, 100]])
    homes = [rng.integers(0, 3, n) for n in (300, 90, 120)]
    noise = [rng.standard_normal((len(h), 2)) for h in homes]
    train, held_out, fake = (centres[h] + x for h, x in zip(homes, noise, strict=True))
    fake += shift
    total = 0.0
    for cell in range(3):
        known, unseen, made = (
            points[home == cell]
            for points, home in zip((train, held_out, fake), homes, strict=True)
        )
        far, near = (cdist(x, known).min(axis=1) for x in (made, unseen))
        m, n = len(far), len(near)
        larger = np.sum(far[:, None] > near)
        z = (larger - m * n / 2) / np.sqrt(m * n * (m + n + 1) / 12)
        total += z * n / len(held_out)
    assert copying_z(train, held_out, fake) == pytest.approx(total, rel=1e-4)


def test_copying_z_looks_for_neighbours_in_the_same_cell():
    """Two clumps and a stray of the first near the border, beside which all fakes lie."""
    train = np.concatenate([np.linspace(0, 1, 100), [4.9], np.linspace(9, 10, 100)])[:, None]
    held_out = np.linspace(11.4, 11.6, 30)[:, None]  # some 1.5 off
    fake = np.linspace(5.1, 5.2, 30)[:, None]  # 0.3 off the stray, but over 3.8 off their own cell
    assert copying_z(train, held_out, fake, cells=2) == pytest.approx(450 / np.sqrt(900 * 61 / 12))


def test_copying_z_leaves_out_cells_with_20_fakes_or_fewer():
    rng = np.random.default_rng(4)
    centres = np.array([[0.0, 0], [100, 0], [0, 100]])

    def draw(*counts):
        return np.repeat(centres, counts, axis=0) + rng.standard_normal((sum(counts), 2))

    train, held_out = draw(200, 200, 200), draw(50, 50, 50)
    fake = draw(60, 60, 0)
    score = copying_z(train, held_out, fake)
    few = np.repeat(train[-1:], 20, axis=0)  # copies, in the third cell
    assert copying_z(train, held_out, np.concatenate([fake, few])) == score
    more = np.repeat(train[-1:], 21, axis=0)
    assert copying_z(train, held_out, np.concatenate([fake, more])) < score - 1
    with pytest.raises(ValueError, match="no cell"):
        copying_z(train, held_out, fake[:20])


def test_copying_z_of_wide_points_repeats():
    """More than 64 wide: what lies outside the main components does not hide copies."""
    rng = np.random.default_rng(5)
    spread = np.where(np.arange(300) < 40, 1, 0.01)
    train, held_out, fake = (spread * rng.standard_normal((n, 300)) for n in (500, 200, 200))
    copies = train[:200].copy()
    copies[:, 40:] = 0.02 * rng.standard_normal((200, 260))
    assert copying_z(train, held_out, copies) < -8
    assert abs(copying_z(train, held_out, fake)) < 3
    assert copying_z(train, held_out, fake) == copying_z(train, held_out, fake)


def test_pictures_of_bytes():
    rng = np.random.default_rng(6)
    train, held_out = (rng.integers(0, 256, (n, 8, 8, 3), np.uint8) for n in (200, 100))
    found = training_distance(train, held_out, train[:50])
    assert (found.ratio, found.place.tolist()) == (0, list(range(50)))
    assert authentic_percent(train, train[:50]) == 0
    assert copying_z(train, held_out, train[:70], cells=1) < -8
    floats = [x / 255 for x in (train, held_out)]
    one, other = (
        training_distance(train, train[:0:-1] // 2, held_out),
        training_distance(floats[0], (train[:0:-1] // 2) / 255, floats[1]),
    )
    assert one.ratio == pytest.approx(other.ratio)
    np.testing.assert_allclose(one.distance, other.distance)
    assert birthday(train[[0, 1, 0]], held_out) == (1, 3.0)


def test_birthday_by_hand():
    real = np.array([[0.0], [0.0], [1.0], [1.25]])  # the nearest different ones: 0.25
    fake = np.array([[0.0], [0.25], [5.0], [5.25], [9.0]])  # 2 pairs of 10
    assert birthday(fake, real) == (2, 5.0)
    assert birthday(np.array([[0.0], [0.26]]), real) == (0, np.inf)
    assert birthday(np.zeros((4, 1)), real) == (6, 1.0)


def test_birthday_finds_the_support():
    rng = np.random.default_rng(7)
    pool, real = rng.standard_normal((200, 8)), rng.standard_normal((500, 8))
    found = birthday(pool[rng.integers(0, 200, 500)], real)
    assert found.support == pytest.approx(200, rel=0.1)


def test_what_is_refused():
    train, held_out, fake = sets(train=50, others=30)
    with pytest.raises(ValueError, match="expected unseen ones"):
        training_distance(train, train[:20], fake)
    for function in (training_distance, copying_z):
        with pytest.raises(ValueError, match="expected"):
            function(train, held_out, fake[:, :3])
        with pytest.raises(ValueError, match="NaN"):
            function(train, held_out, fake * np.nan)
    with pytest.raises(ValueError, match="wide"):
        authentic_percent(train, fake[:, :3])
    with pytest.raises(ValueError, match="cells 0"):
        copying_z(train, held_out, fake, cells=0)
    with pytest.raises(ValueError, match="one form"):
        birthday(fake, train[:, :3])
    with pytest.raises(ValueError, match="2 or more"):
        birthday(fake[:1], train)
    with pytest.raises(ValueError, match="the same"):
        birthday(fake, np.zeros((4, 16)))
