import pytest

from jaxgan.report.card import Measured
from jaxgan.report.headline import headline
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
