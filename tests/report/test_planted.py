"""Whole cards of faults of known size, planted into real images that were not the reference."""

from __future__ import annotations

import re

import numpy as np
import pytest

from jaxgan.features import random_convolutions
from jaxgan.metrics import planting
from jaxgan.metrics.checks import as_file
from jaxgan.report import feature_instruments
from jaxgan.report.inputs import CardInputs
from jaxgan.report.instruments import read
from jaxgan.report.measure import judge, measure
from jaxgan.report.verdict import verdict
from tests.report import planted
from tests.report.planted import FAKES, held, judged, pictures, real_of, rng_of
from tests.report.textures import TEXTURES

SETS = ("shapes", "dead_leaves", "mnist", "cifar10", "photographs")
SOFT = {"too soft", "soft or other content", "some too soft", "soft in places", "a class too soft"}


@pytest.mark.parametrize(
    ("name", "sigma"),
    [
        ("shapes", 0.75),
        ("dead_leaves", 1.5),
        ("mnist", 1.0),
        ("cifar10", 0.75),
        ("photographs", 2.0),
    ],
)
def test_planted_blur_is_found_in_pixels_and_called_soft(name, sigma):
    found = judged(name, planting.blurred(held(name), sigma))
    assert found.verdict.words[0] == "too soft", found.verdict.reasons
    assert not (SOFT - {"too soft"}) & set(found.verdict.words)
    for score in ("blur_radius", "half_height", "soft_end_radius"):
        slack = 0.06 if score == "blur_radius" else 0.2
        assert found.scores[score].value == pytest.approx(sigma, abs=slack, rel=0.08), score


@pytest.mark.parametrize("name", SETS)
def test_real_images_are_clean(name):
    found = judged(name, held(name))
    assert found.verdict.words == ("clean",), found.verdict.reasons
    outside = [k for k, s in found.scores.items() if abs(s.surprise) > 1]
    assert len(outside) < 0.2 * len(found.scores)


FAULTS = {
    "noise": (
        ("photographs", "mnist"),
        lambda name: planting.noised(held(name), 0.05, rng_of(1)),
        "too noisy",
    ),
    "a pixel and much noise": (
        ("photographs",),
        lambda name: planting.noised(planting.blurred(held(name), 1.0), 0.1, rng_of(2)),
        "too soft and too noisy",
    ),
    "half a pixel and noise": (
        ("cifar10",),
        lambda name: planting.noised(planting.blurred(held(name), 0.5), 0.05, rng_of(2)),
        "too soft and too noisy",
    ),
    "half of them": (
        ("photographs", "mnist"),
        lambda name: planted.some_blurred(held(name), 0.5, 2.0),
        "some too soft",
    ),
    "a fifth of them": (
        ("cifar10",),
        lambda name: planted.some_blurred(held(name), 0.2, 2.0),
        "some too soft",
    ),
    "a third of them by a pixel": (
        ("cifar10",),
        lambda name: planted.some_blurred(held(name), 0.33, 1.0),
        "some too soft",
    ),
    "the left half": (
        ("photographs",),
        lambda name: planted.soft_where(
            held(name), planted.left_half(held(name).shape[1]), 2.0
        ),
        "soft in places",
    ),
    "the border": (
        ("photographs",),
        lambda name: planted.soft_where(held(name), planted.border(32, 6), 2.0),
        "soft in places",
    ),
    "half the contrast": (
        ("photographs", "mnist"),
        lambda name: planting.contrasted(held(name), 0.5),
        "washed out",
    ),
    "means of four": (
        ("photographs",),
        lambda name: planted.several(name, 4),
        "washed out",
    ),
    "a bilateral filter": (("photographs",), lambda name: planted.denoised(held(name)),
                           "texture lost"),
    "blurred chroma": (
        ("cifar10", "colour"),
        lambda name: planted.coloured(held(name), lambda x: planting.blurred(x, 2.0)),
        "colour",
    ),
    "pale colours": (
        ("colour",),
        lambda name: planted.coloured(held(name), lambda x: 0.5 * x),
        "colour",
    ),
    "no colours": (
        ("cifar10",),
        lambda name: planted.coloured(held(name), lambda x: 0 * x),
        "colour",
    ),
    "salt and pepper": (
        ("photographs", "mnist"),
        lambda name: planted.salted(held(name), 0.003),
        "artefact",
    ),
    "few levels": (("mnist",), lambda name: np.rint(held(name) * 7) / 7, "artefact"),
    "a frame": (("photographs",), lambda name: planted.framed(held(name), 3),
                "artefact"),
    "few components": (("photographs",),
                       lambda name: planted.few_components(name, 16), "too soft"),
    "enlarged": (("photographs",), lambda name: planted.magnified(held(name)), "too soft"),
    "sharpened": (
        ("dead_leaves",),
        lambda name: planting.unsharpened(held(name), 1.0),
        "over-sharpened",
    ),
    "nearest": (("shapes",), lambda name: planting.enlarged(held(name), 0), "artefact"),
    "a checkerboard": (
        ("photographs", "shapes"),
        lambda name: planting.checkered(held(name), 0.02),
        "artefact",
    ),
    "blocks": (
        ("photographs",),
        lambda name: planting.quantized(held(name), 0.3),
        "artefact",
    ),
    "half a pixel aside": (
        ("dead_leaves",),
        lambda name: planting.shifted(held(name), 0.5),
        "too soft",
    ),
}  # fmt: skip


ALONE = {"noise", "a pixel and much noise", "half of them", "a third of them by a pixel",
         "the left half", "the border", "half the contrast", "blurred chroma", "pale colours",
         "salt and pepper"}  # fmt: skip
"""Faults that nothing else is said of."""


@pytest.mark.parametrize(
    ("fault", "name"), [(fault, name) for fault, (names, _, _) in FAULTS.items() for name in names]
)
def test_a_planted_fault_has_its_word(fault, name):
    _, plant, words = FAULTS[fault]
    found = judged(name, plant(name))
    assert set(words.split(" and ")) <= set(found.verdict.words), found.verdict.reasons
    if fault in ALONE:
        assert len(found.verdict.words) == 1 + words.count(" and "), found.verdict.reasons


@pytest.mark.parametrize(("name", "share"), [("cifar10", 0.5), ("photographs", 0.7)])
def test_the_smoothest_of_real_images_are_not_called_blurred(name, share):
    found = judged(name, planted.smoothest(name, share))
    assert not (SOFT - {"soft or other content"}) & set(found.verdict.words)


def test_noise_alone_has_no_half_height_that_real_images_with_it_have_not():
    """Noise hides where half of the contrast is lost: half a pixel and more without any blur."""
    pale = planting.contrasted(held("colour"), 0.6)
    for faulty in (held("colour"), pale):
        noisy = judged("colour", planting.noised(faulty, 0.1, rng_of(7)))
        height = noisy.scores["half_height"]
        assert height.value > 0.45
        assert abs(height.surprise) < 1.5, height


def test_a_shift_by_whole_pixels_is_no_fault():
    found = judged("cifar10", planting.shifted(held("cifar10"), 1))
    assert found.scores["blur_radius"].value < 0.25
    assert not {"too soft", "over-sharpened", "soft in places"} & set(found.verdict.words)


@pytest.mark.parametrize(("name", "fault", "size", "word"), [
    ("1/f noise", planting.blurred, 1.0, "too soft"),
    ("1/f noise", planting.noised, 0.03, "too noisy"),
    ("gratings", planting.blurred, 2.0, "too soft"),
    ("stars", planting.blurred, 0.5, "too soft"),
    ("stars", planting.noised, 0.06, "too noisy"),
])  # fmt: skip
def test_of_pictures_that_are_no_photographs_a_fault_has_its_word_alone(name, fault, size, word):
    rng = rng_of(6)
    real, images = (TEXTURES[name](count, 32, rng) for count in (600, 300))
    arguments = (size, rng) if fault is planting.noised else (size,)
    found = judge(CardInputs(name, as_file(fault(images, *arguments)), as_file(real)))
    assert found.verdict.words == (word,), found.verdict.reasons


def test_under_much_noise_single_images_say_nothing():
    images = planting.noised(held("photographs"), 0.3, rng_of(1))
    sets = CardInputs("noise", as_file(images), real_of("photographs"))
    card, evidence = measure(sets)
    assert "too noisy" in card.verdict
    assert "softer_share" not in card.scores
    assert evidence.fake_softness is None
    assert np.all(np.isnan(evidence.image_scores["radius_px"]))


def test_how_many_are_soft_and_how_soft():
    scores = judged("cifar10", planted.some_blurred(held("cifar10"), 0.4, 1.5)).scores
    assert scores["soft_share"].value == pytest.approx(0.4, abs=0.05)
    assert scores["soft_radius"].value == pytest.approx(1.5, abs=0.15)
    low, high = scores["softer_share"].interval
    assert low < 0.43 < high


def test_the_kind_of_blur_is_named_and_its_half_height_leads():
    disc = judged("photographs", planted.out_of_focus(held("photographs"), 3.0))
    assert disc.verdict.words[0] == "too soft"
    assert "disc of radius 3" in disc.verdict.reasons[0]
    assert disc.scores["half_height"].value == pytest.approx(1.56, rel=0.15)
    moved = judged("photographs", planted.moved(held("photographs"), 9.0))
    assert moved.verdict.words[0] == "too soft"
    assert re.search(r"motion of (8.9|9.0|9.1) pixels at (179|0|1)°", moved.verdict.reasons[0])
    along, across = (moved.scores[f"half_height_{way}"].value for way in ("horizontal", "vertical"))
    assert along > 2 * across


def test_a_class_that_is_soft_alone_is_named():
    examples = pictures("cifar10")
    images, labels = examples["image"] / 255.0, examples["label"]
    fakes, real = slice(0, 3 * FAKES), slice(3 * FAKES, None)
    faulty = images[fakes].copy()
    cats = labels[fakes] == 3
    faulty[cats] = planting.blurred(faulty[cats], 1.5)
    names = ("plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
    found = judged(
        "cifar10", faulty, class_names=names, fake_labels=labels[fakes], real_labels=labels[real]
    )
    assert "a class too soft" in found.verdict.words
    reason = found.verdict.reasons[found.verdict.words.index("a class too soft")]
    assert re.search(r"cat 1\.[4-6] px", reason)
    assert "dog" not in reason


def coverage_of(fakes: np.ndarray, real: np.ndarray) -> tuple[tuple[str, ...], object]:
    instrument = feature_instruments.diversity(random_convolutions())
    reading, _, _ = read(instrument, real, fakes, np.random.default_rng(0))
    return verdict(reading.scores).words, reading.scores["coverage"]


def test_dropped_classes_are_called_narrow():
    examples = pictures("shapes")
    images, kinds = examples["image"], examples["label"]
    others, real = images[: 3 * FAKES], images[3 * FAKES :]
    assert coverage_of(others[:FAKES], real)[0] == ("clean",)
    kept = others[kinds[: 3 * FAKES] == 0][:FAKES]
    words, coverage = coverage_of(kept, real)
    assert "narrow" in words, coverage


@pytest.mark.parametrize(("name", "sigma"), [("mnist", 1.0), ("cifar10", 3.0)])
def test_blurred_copies_are_called_memorised_and_blurred_images_are_not(name, sigma):
    """Blurred photographs lie nearer to all others, their training images among them.

    Digits blurred by 2 pixels are as far from their own sharp pictures as from others'.
    """
    images = pictures(name)["image"]
    trained, unseen = images[:FAKES], images[FAKES : 2 * FAKES]

    def words(fakes: np.ndarray) -> set[str]:
        soft = as_file(planting.blurred(fakes / 255.0, sigma))
        return set(measure(CardInputs("soft", soft, real_of(name), trained))[0].verdict)

    assert {"too soft", "memorised"} & words(unseen) == {"too soft"}
    assert {"too soft", "memorised"} <= words(trained)


@pytest.mark.parametrize("name", ["mnist", "shapes"])
def test_copies_are_called_memorised(name):
    images = pictures(name)["image"]
    trained, unseen = images[:FAKES], images[FAKES : 2 * FAKES]
    instrument = feature_instruments.memorisation(trained)

    def words(fakes: np.ndarray) -> tuple[str, ...]:
        reading, _, _ = read(instrument, real_of(name), fakes, np.random.default_rng(0))
        return verdict(reading.scores).words

    assert "memorised" not in words(unseen)
    assert "memorised" in words(trained)
    half = np.concatenate([trained[: FAKES // 2], unseen[: FAKES // 2]])
    assert "memorised" in words(half)
