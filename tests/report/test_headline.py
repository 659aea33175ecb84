import pytest

from jaxgan.report.card import Measured, card_from_json
from jaxgan.report.headline import card_record, headline, in_a_line
from tests.report.made_up import made_up


@pytest.fixture(scope="module")
def card():
    return made_up()[0]


def with_height(card, value, interval, misfit=0.04):
    height = Measured(value, interval, 0.39, (0.39, 0.39))
    return card._replace(
        scores={**card.scores, "half_height": height, "equivalent_tenengrad": Measured(0.9)},
        misfit=card.misfit._replace(value=misfit),
    )


def test_the_fit_leads_where_both_agree_or_nothing_is_halved(card):
    for changed in (card, with_height(card, 1.0, (0.9, 1.1)), with_height(card, 0.39, (0.39, 0.4))):
        assert headline(changed).text == "0.98 px"


def test_the_half_height_leads_under_a_misfit_and_says_why(card):
    found = headline(with_height(card, 1.6, (1.5, 1.7), misfit=0.5))
    assert found.text == "1.60 px"
    for words in ("no Gaussian blur", "0.98 px", "misfit of 0.50", "0.90 to 0.90"):
        assert words in found.why


def test_the_half_height_leads_where_the_two_lie_apart(card):
    assert headline(with_height(card, 1.6, (1.5, 1.7))).text == "1.60 px"


def test_a_half_height_that_is_a_bound_moved_by_noise_does_not_lead(card):
    """A bound of 0.46 pixels beside real images' 0.39, far from the fit, says nothing of a blur."""
    assert headline(with_height(card, 0.46, (0.46, 0.46))).text == "0.98 px"
    assert headline(with_height(card, 0.52, (0.52, 0.52))).text == "0.98 px"  # of every resample
    assert headline(with_height(card, 0.55, (0.54, 0.56))).text == "0.55 px"


def test_a_half_height_that_real_images_with_the_same_noise_have_does_not_lead(card):
    noisy = with_height(card, 0.65, (0.62, 0.69))
    height = noisy.scores["half_height"]._replace(explained=0.63, explained_band=(0.56, 0.7))
    changed = noisy._replace(scores={**noisy.scores, "half_height": height})
    assert headline(noisy).score == "half_height"
    assert headline(changed).score == "blur_radius"


def test_what_is_no_blur_is_called_none(card):
    small, usual = (
        card._replace(radius_px=Measured(value, (0.1, 0.4), 0.02, band))
        for value, band in ((0.2, (-0.1, 0.1)), (0.3, (-0.35, 0.35)))
    )
    assert "below 0.25 px, none is called blur" in headline(small).why
    assert "real images differ as much" in headline(usual).why
    assert in_a_line(usual._replace(verdict=("clean",))) == (
        "clean: blur radius 0.30 px (95 %: 0.10 to 0.40; real against real: -0.35 to 0.35)"
    )


def test_the_record_says_which_radius_leads_and_is_still_a_card(card):
    changed = with_height(card, 1.6, (1.5, 1.7), misfit=0.5)
    record = card_record(changed)
    assert record["headline"]["score"] == "half_height"
    assert record["headline"]["radius_px"] == 1.6
    assert card_from_json(record) == changed


def test_the_blur_of_a_part_leads_with_its_share(card):
    part = {"soft_radius": Measured(1.9, (1.8, 2.0)), "soft_share": Measured(0.47, (0.4, 0.53))}
    half = card._replace(verdict=("some too soft",), scores={**card.scores, **part})
    found = headline(half)
    assert (found.text, found.score) == ("1.90 px in 47% of the fakes", "soft_radius")
    assert "the mean spectrum of all reads 0.98 px" in found.why
