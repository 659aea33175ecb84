import pytest

from jaxgan.report.card import Measured
from jaxgan.report.verdict import WORDS, verdict


def scores(**values):
    """Scores of perfect samples, but for those given as (value, null, low, high) or a value."""
    perfect = {
        "blur_variance": (0.0, 0.0, -0.01, 0.02),
        "blur_radius": (0.0, 0.0, -0.1, 0.14),
        "tenengrad": (1.0, 1.0, 0.97, 1.03),
        "noise": (0.0, 0.0, 0.0, 0.01),
        "median_noise": (0.02, 0.02, 0.019, 0.021),
        "misfit": (0.01, 0.01, 0.005, 0.02),
        "checkerboard": (1.0, 1.0, 0.9, 1.1),
        "block_edges": (0.5, 0.5, 0.495, 0.505),
        "overshoot": (0.0, 0.0, 0.0, 0.01),
        "coverage": (0.97, 0.97, 0.95, 0.99),
        "recall": (0.85, 0.85, 0.82, 0.88),
        "memorisation": (1.0, 1.0, 0.97, 1.03),
    }
    found = {}
    for name, (value, null, low, high) in perfect.items():
        found[name] = Measured(values.get(name, value), None, null, (low, high))
    return found


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ("clean",)),
        ({"blur_variance": 1.0, "tenengrad": 0.4}, ("too soft",)),
        ({"blur_variance": 1.0}, ("clean",)),  # the fit alone: edges are as strong as real ones
        ({"tenengrad": 0.4}, ("clean",)),  # contrast was lost, not sharpness
        ({"noise": 0.05, "median_noise": 0.022}, ("too noisy",)),
        ({"noise": 0.05}, ("clean",)),  # the fit alone: what is left of a misfit ends in its noise
        ({"median_noise": 0.03}, ("too noisy",)),
        ({"blur_variance": 1.0, "tenengrad": 0.4, "median_noise": 0.05}, ("too soft", "too noisy")),
        ({"blur_variance": -0.2}, ("over-sharpened",)),
        ({"overshoot": 0.2}, ("over-sharpened",)),
        ({"misfit": 0.3}, ("artefact",)),
        ({"checkerboard": 2.0}, ("artefact",)),
        ({"block_edges": 0.54}, ("artefact",)),
        ({"block_edges": 0.4}, ("clean",)),  # real images that were JPEG files
        ({"coverage": 0.5}, ("clean", "narrow")),
        ({"recall": 0.5}, ("clean", "narrow")),
        ({"memorisation": 0.5}, ("clean", "memorised")),
        ({"misfit": 0.3, "coverage": 0.5}, ("artefact", "narrow")),
    ],
)
def test_the_rule(changes, words):
    found = verdict(scores(**changes))
    assert found.words == words
    assert len(found.reasons) == len(words)
    assert set(words) <= set(WORDS)


@pytest.mark.parametrize(
    "changes",
    [
        {"blur_variance": 0.05, "tenengrad": 0.9},  # outside of the band, and too small to see
        {"median_noise": 0.024},
        {"misfit": 0.1},
        {"checkerboard": 1.2},
        {"block_edges": 0.51},
        {"coverage": 0.9},
        {"memorisation": 0.92},
    ],
)
def test_faults_too_small_to_matter_are_not_said(changes):
    assert verdict(scores(**changes)).words == ("clean",)


@pytest.mark.parametrize(
    ("name", "trifle", "fault", "word"),
    [("checkerboard", 4.8, 5.2, "artefact"), ("coverage", 3.7, 3.5, "narrow"),
     ("recall", 3.7, 3.5, "narrow"), ("memorisation", 3.7, 3.5, "memorised")],
)  # fmt: skip
def test_least_sizes_that_are_shares_go_with_what_real_images_get(name, trifle, fault, word):
    for value, said in ((trifle, False), (fault, True)):
        found = scores()
        found[name] = Measured(value, None, 4.0, (3.9, 4.1))
        assert (word in verdict(found).words) == said
    for energy, said in ((3.9, False), (3.7, True)):  # of the real images' edges
        soft = scores(blur_variance=1.0)
        soft["tenengrad"] = Measured(energy, None, 4.0, (3.9, 4.1))
        assert ("too soft" in verdict(soft).words) == said


def test_within_the_band_nothing_is_said_however_large():
    wide = scores(misfit=0.5)
    wide["misfit"] = wide["misfit"]._replace(band=(0.0, 0.6))
    assert verdict(wide).words == ("clean",)
    few = scores(coverage=0.5)
    few["coverage"] = few["coverage"]._replace(band=(0.4, 0.99))
    assert verdict(few).words == ("clean",)


def test_a_blur_needs_weaker_edges_but_not_outside_of_their_wide_band():
    few = scores(blur_variance=0.16, tenengrad=0.87)
    few["tenengrad"] = few["tenengrad"]._replace(band=(0.83, 1.2))
    assert verdict(few).words == ("too soft",)


def test_what_is_clean_but_for_a_score_says_so():
    assert "nothing" in verdict(scores()).reasons[0]
    near = verdict(scores(misfit=0.08, blur_variance=0.05)).reasons[0]
    assert "blur variance 0.05 and misfit 0.08 lie above real images" in near


def test_blur_that_hides_variety_is_not_called_narrow():
    """Real images with such a blur reach as little: the variety may be there."""
    blurred = {"blur_variance": 1.0, "tenengrad": 0.4, "coverage": 0.6, "recall": 0.5}
    hidden = scores(**blurred)
    hidden["coverage_with_faults"] = Measured(0.62)
    hidden["recall_with_faults"] = Measured(0.54)
    assert verdict(hidden).words == ("too soft",)
    fewer = hidden | {"recall_with_faults": Measured(0.7)}
    assert verdict(fewer).words == ("too soft", "narrow")
    assert "recall 0.5:" in verdict(fewer).reasons[1]
    assert verdict(scores(**blurred)).words == ("too soft", "narrow")


def test_blur_that_draws_images_together_is_not_called_memorised():
    blurred = scores(blur_variance=4.0, tenengrad=0.2, memorisation=0.8)
    assert verdict(blurred).words == ("too soft", "memorised")
    real = blurred | {"memorisation_with_faults": Measured(0.84)}
    assert verdict(real).words == ("too soft",)
    copies = real | {"memorisation": blurred["memorisation"]._replace(value=0.5)}
    assert verdict(copies).words == ("too soft", "memorised")


def test_scores_that_were_not_taken_say_nothing():
    assert verdict({}).words == ("clean",)


def test_reasons_hold_the_figures():
    found = verdict(scores(blur_variance=1.0, blur_radius=1.0, tenengrad=0.4))
    assert "1.00 pixels" in found.reasons[0]
    assert "0.40" in found.reasons[0]
