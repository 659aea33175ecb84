"""Exact copies and plain images, counted: found in fakes, not where real images have as many."""

from __future__ import annotations

import numpy as np
import pytest

from jaxgan.errors import UserError
from jaxgan.report.counted import counted, plain_images
from jaxgan.report.inputs import CardInputs
from jaxgan.report.measure import check_images_of, judge
from jaxgan.report.verdict import verdict


def noise(count, seed, side=16):
    return np.random.default_rng(seed).integers(0, 256, (count, side, side, 3), np.uint8)


def with_copies_of_one(images, copies):
    return np.concatenate([images[:-copies], np.repeat(images[:1], copies, axis=0)])


def twice(images):
    return np.repeat(images[: len(images) // 2], 2, axis=0)


REAL, FAKE = noise(400, 0), noise(100, 1)


@pytest.mark.parametrize(
    ("real", "fake", "share", "words"),
    [
        (REAL, FAKE, 0.0, None),
        (REAL, with_copies_of_one(FAKE, 30), 0.3, "30 of 100 fakes are exact copies of another "
         "one, the same up to 31 times (real images: 0 of 400)"),
        (REAL, twice(FAKE), 0.5, "50 of 100 fakes are exact copies of another one, the same up to "
         "2 times (real images: 0 of 400)"),
        (REAL, with_copies_of_one(FAKE, 1), 0.01, None),
        (REAL, with_copies_of_one(FAKE, 2), 0.02, None),
        (twice(REAL), twice(FAKE), 0.5, None),
        (with_copies_of_one(REAL, 120), with_copies_of_one(FAKE, 30), 0.3, None),
        (with_copies_of_one(REAL, 40), with_copies_of_one(FAKE, 60), 0.6, "60 of 100"),
    ],
)  # fmt: skip
def test_copies(real, fake, share, words):
    found = counted(real, fake)
    assert found.scores["copied_share"].value == share
    assert found.words.keys() == ({"copies"} if words else set())
    assert found.words.get("copies", "").startswith(words or "")


def test_more_draws_from_the_same_few_pictures_are_no_fault():
    pictures, rng = noise(2000, 2), np.random.default_rng(3)
    real, fake = pictures[rng.integers(0, 2000, 400)], pictures[rng.integers(0, 2000, 1600)]
    found = counted(real, fake)
    assert found.scores["copied_share"].value > found.scores["copied_share"].null + 0.2
    assert found.words == {}


def test_copies_and_plain_fakes_have_their_words():
    grey = np.arange(50, dtype=np.uint8)[:, None, None, None]
    fake = np.concatenate([twice(FAKE)[:50], np.broadcast_to(grey, (50, 16, 16, 3))])
    found = counted(REAL, fake)
    assert found.words["plain"] == "50 of 100 fakes are of one colour (real images: 0 of 400)"
    said = verdict(found.scores, found.words)
    assert said.words == ("artefact", "narrow")
    assert said.reasons == (found.words["plain"], found.words["copies"])
    assert said.scores == (("plain_share",), ("copied_share",))
    alone = verdict(found.scores, {"copies": "30 of 100"})
    assert alone.words == ("clean", "narrow")
    assert "one by one" in alone.reasons[0]


def test_plain_images_and_what_cannot_be_measured_of_them():
    plain = np.broadcast_to(np.arange(200, dtype=np.uint8)[:, None, None, None], (200, 16, 16, 3))
    almost = plain.copy()
    almost[:, 0, 0, 1] += 1
    assert (plain_images(plain), plain_images(almost)) == (200, 0)
    with pytest.raises(UserError, match="200 of 200 real images are of one colour each"):
        check_images_of(plain, FAKE)
    with pytest.raises(UserError, match="100 of 100 fakes are of one colour each"):
        check_images_of(REAL, plain[:100])
    with pytest.raises(UserError, match="81 of 400 real images"):
        check_images_of(np.concatenate([REAL[:319], plain[:81]]), FAKE)
    check_images_of(np.concatenate([REAL[:320], plain[:80]]), FAKE)


def test_stripes_are_refused_in_a_line():
    stripes = np.broadcast_to(noise(300, 4)[:, :, :1], (300, 16, 16, 3))
    with pytest.raises(UserError, match="no card can be made of these images: real images: plain"):
        judge(CardInputs("stripes", fake=stripes[200:], real=stripes[:200]))
