import pytest

from jaxgan.report.card import Measured
from jaxgan.report.verdict import WORDS, verdict

FACTS = {"where": "the left half", "classes": "cat 1.9 px"}

PERFECT = {
    "blur_variance": (0.0, 0.0, -0.01, 0.02),
    "blur_radius": (0.0, 0.0, -0.1, 0.14),
    "half_height": (0.39, 0.39, 0.39, 0.39),
    "edge_energy": (1.0, 1.0, 0.97, 1.03),
    "tenengrad": (1.0, 1.0, 0.97, 1.03),
    "soft_end_radius": (0.0, 0.05, 0.0, 0.1),
    "softer_share": (0.05, 0.05, 0.03, 0.07),
    "soft_share": (0.0, 0.1, 0.0, 0.3),
    "soft_radius": (0.0, 0.2, 0.0, 0.4),
    "uneven_softness": (0.05, 0.05, 0.0, 0.1),
    "even_softness": (0.0, 0.0, 0.0, 0.1),
    "class_softness": (0.0, 0.0, -0.1, 0.1),
    "texture": (0.0, 0.0, -0.05, 0.05),
    "contrast": (1.0, 1.0, 0.97, 1.03),
    "paler_share": (0.05, 0.05, 0.03, 0.07),
    "level_spread": (1.0, 1.0, 0.95, 1.05),
    "saturation": (1.0, 1.0, 0.95, 1.05),
    "cast": (0.05, 0.05, 0.0, 0.1),
    "chroma_sharpness": (1.0, 1.0, 0.95, 1.05),
    "chroma_variance": (0.0, 0.0, -0.05, 0.05),
    "noise": (0.0, 0.0, 0.0, 0.01),
    "median_noise": (0.02, 0.02, 0.019, 0.021),
    "misfit": (0.01, 0.01, 0.005, 0.02),
    "checkerboard": (1.0, 1.0, 0.9, 1.1),
    "block_edges": (0.5, 0.5, 0.495, 0.505),
    "repeated_rows": (0.0, 0.0, -0.1, 0.1),
    "point_noise": (0.0, 0.0, -0.0001, 0.0001),
    "frame_width": (0.0, 0.0, -0.1, 0.1),
    "frame_fall": (0.0, 0.0, -0.1, 0.1),
    "framed_share": (0.0, 0.0, -0.05, 0.05),
    "clipped_black": (0.0, 0.0, -0.005, 0.005),
    "clipped_white": (0.0, 0.0, -0.005, 0.005),
    "grey_levels": (1.0, 1.0, 0.97, 1.03),
    "overshoot": (0.0, 0.0, 0.0, 0.01),
    "spectral_slope": (-2.5, -2.5, -2.6, -2.4),
    "log_spectral_shape": (0.05, 0.05, 0.02, 0.08),
    "frechet_pixels_64": (1.0, 1.0, 0.9, 1.1),
    "coverage": (0.97, 0.97, 0.95, 0.99),
    "content_overlap": (0.97, 0.97, 0.95, 0.99),
    "recall": (0.85, 0.85, 0.82, 0.88),
    "memorisation": (1.0, 1.0, 0.97, 1.03),
}


def scores(**values):
    """Scores of perfect samples, but for those that are given."""
    return {
        name: Measured(values.get(name, value), None, null, (low, high))
        for name, (value, null, low, high) in PERFECT.items()
    }


def test_softest_images_that_are_not_known_leave_it_open():
    """A blur of half a pixel by the mean spectrum, of which the softest show .4, surely or not."""
    half = {"blur_variance": 0.25, "blur_radius": 0.5, "soft_end_radius": 0.4}
    found = scores(**{**SOFT, **half})
    for interval, said in (
        ((0.35, 0.45), "too soft"),  # .49 of the variance at least, above .4
        ((0.25, 0.45), "soft or other content"),  # .25
    ):
        found["soft_end_radius"] = found["soft_end_radius"]._replace(interval=interval)
        assert verdict(found, FACTS).words == (said,)
    noisy = scores(**{**SOFT, **half, "noise": 0.05, "median_noise": 0.05})
    noisy["soft_end_radius"] = noisy["soft_end_radius"]._replace(interval=(0.25, 0.45))
    assert verdict(noisy, FACTS).words == ("too soft", "too noisy")
    found = scores(**{**SMOOTH, "soft_end_radius": 0.2})
    for interval, said in (((0.1, 0.3), "other content"), ((0.1, 0.4), "soft or other content")):
        found["soft_end_radius"] = found["soft_end_radius"]._replace(interval=interval)
        assert verdict(found, FACTS).words == (said,)


def test_chroma_as_blurred_as_all_is_no_fault_of_colour():
    found = scores(**{**SOFT, "chroma_variance": 8.7})
    for expected, said in ((8.2, ("too soft",)), (7.0, ("too soft", "colour"))):
        found["chroma_variance"] = found["chroma_variance"]._replace(
            explained=expected, explained_band=(expected - 0.25, expected + 0.25)
        )
        assert verdict(found, FACTS).words == said


def test_colours_as_strong_as_real_ones_are_no_fault_though_contrast_would_weaken_them():
    found = scores(saturation=1.02)
    found["saturation"] = found["saturation"]._replace(explained=0.8, explained_band=(0.75, 0.85))
    assert verdict(found, FACTS).words == ("clean",)


def words(**values):
    return verdict(scores(**values), FACTS).words


SOFT = {
    "blur_variance": 1.0,
    "blur_radius": 1.0,
    "edge_energy": 0.4,
    "tenengrad": 0.4,
    "soft_end_radius": 1.0,
    "softer_share": 0.9,
    "soft_share": 1.0,
    "soft_radius": 1.0,
}
HALF = {**SOFT, "blur_variance": 0.16, "blur_radius": 0.4, "soft_end_radius": 1.7,
        "softer_share": 0.5, "soft_share": 0.5, "soft_radius": 2.0, "misfit": 0.13}  # fmt: skip
SMOOTH = {**SOFT, "blur_variance": 0.2, "blur_radius": 0.45, "soft_end_radius": 0.1,
          "softer_share": 0.06, "soft_share": 0.3, "soft_radius": 0.3}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ("clean",)),
        (SOFT, ("too soft",)),
        ({"blur_variance": 1.0, "blur_radius": 1.0}, ("different",)),  # edges as strong as real
        ({"half_height": 1.5, "edge_energy": 0.4, "soft_end_radius": 1.4}, ("too soft",)),
        (HALF, ("some too soft",)),
        ({"softer_share": 0.13, "soft_share": 0.1, "soft_radius": 2.0}, ("some too soft",)),
        (SMOOTH, ("other content",)),
        ({**SMOOTH, "soft_end_radius": 0.33}, ("soft or other content",)),
        ({"class_softness": 1.9}, ("a class too soft",)),
        ({"uneven_softness": 2.0}, ("soft in places",)),
        ({**SOFT, "uneven_softness": 2.0}, ("soft in places",)),  # the rest is sharp
        ({**SOFT, "uneven_softness": 2.0, "even_softness": 1.0}, ("too soft", "soft in places")),
        (
            {"uneven_softness": 2.0, "framed_share": 0.2},
            ("soft in places",),
        ),  # nearly plain borders
        ({"uneven_softness": 2.0, "framed_share": 0.9}, ("soft in places", "artefact")),
        ({"uneven_softness": 2.0, "block_edges": 0.56}, ("soft in places",)),  # its border
        ({"uneven_softness": 2.0, "checkerboard": 3.0}, ("soft in places", "artefact")),
        ({"texture": -0.6}, ("texture lost",)),
        ({"texture": -0.6, "frame_width": 4.0}, ("artefact",)),  # whose edges are the strongest
        ({"texture": -1.6, "grey_levels": 0.1, "noise": 0.04, "median_noise": 0.04}, ("artefact",)),
        ({**SMOOTH, "half_height": 1.5}, ("too soft",)),  # more than a choice of pictures shows
        ({**SMOOTH, "texture": -0.4}, ("other content",)),
        ({**SMOOTH, "texture": -0.8}, ("texture lost",)),  # more than a choice of pictures lacks
        ({"contrast": 0.5, "paler_share": 0.4}, ("washed out",)),
        ({"contrast": 0.5, "level_spread": 0.6}, ("washed out",)),  # means of several pictures
        ({"contrast": 0.7}, ("washed out",)),  # of pictures of many contrasts, few are paler
        # None paler than real ones, and of another spectrum: a choice of pale ones.
        ({"contrast": 0.7, "log_spectral_shape": 0.4}, ("other content",)),
        ({"contrast": 0.7, "content_overlap": 0.6}, ("other content",)),
        ({"contrast": 0.7, "blur_variance": 0.2, "blur_radius": 0.45}, ("other content",)),
        ({**SOFT, "contrast": 0.7}, ("too soft", "washed out")),
        # Levels move, by which pictures are told apart.
        ({"contrast": 0.6, "paler_share": 0.3, "content_overlap": 0.6}, ("washed out",)),
        ({"content_overlap": 0.6}, ("other content",)),
        ({"content_overlap": 0.6, "block_edges": 0.54}, ("other content",)),
        ({"content_overlap": 0.2, "framed_share": 0.9}, ("artefact",)),  # frames move levels
        ({"saturation": 0.4}, ("colour",)),
        ({"cast": 0.7}, ("colour",)),
        ({"chroma_sharpness": 0.5, "chroma_variance": 2.0}, ("colour",)),
        ({"chroma_variance": 0.6}, ("colour",)),
        ({"noise": 0.05, "median_noise": 0.03}, ("too noisy",)),
        ({"noise": 0.05}, ("different",)),  # the fit alone: what is left of a misfit ends there
        ({"median_noise": 0.03}, ("too noisy",)),
        ({**SOFT, "noise": 0.05, "median_noise": 0.05}, ("too soft", "too noisy")),
        ({"blur_variance": -0.2, "blur_radius": -0.45}, ("over-sharpened",)),
        ({"overshoot": 0.2}, ("over-sharpened",)),
        ({"misfit": 0.3}, ("artefact",)),
        ({"checkerboard": 2.0}, ("artefact",)),
        ({"block_edges": 0.54}, ("artefact",)),
        ({"block_edges": 0.4}, ("different",)),  # real images that were JPEG files
        ({"point_noise": 0.001}, ("artefact",)),
        ({"frame_width": 4.0}, ("artefact",)),
        ({"frame_fall": 4.0}, ("artefact",)),
        ({"clipped_black": 0.1}, ("artefact",)),
        ({"clipped_white": 0.1}, ("artefact",)),
        ({"grey_levels": 0.2}, ("artefact",)),
        ({"spectral_slope": -3.0}, ("different",)),  # no word for it, and far from real images
        ({"frechet_pixels_64": 5.0}, ("other content",)),
        ({"spectral_slope": -3.0, "frechet_pixels_64": 5.0}, ("different", "other content")),
        ({**SOFT, "frechet_pixels_64": 5.0}, ("too soft", "other content")),
        ({"coverage": 0.5}, ("other content", "narrow")),
        ({"memorisation": 0.5}, ("other content", "memorised")),
    ],
)
def test_the_rule(changes, said):
    found = verdict(scores(**changes), FACTS)
    assert found.words == said, found.reasons
    assert len(found.reasons) == len(found.scores) == len(said)
    assert set(said) <= set(WORDS)


@pytest.mark.parametrize(
    "changes",
    [
        {"blur_variance": 0.05, "edge_energy": 0.96},  # outside of the band, and too small to see
        {"half_height": 0.6},
        {"softer_share": 0.075, "soft_radius": 1.0},
        {"uneven_softness": 0.3},
        {"texture": -0.3},
        {"contrast": 0.86, "paler_share": 0.09},
        {"saturation": 0.85},
        {"cast": 0.3},
        {"median_noise": 0.0245},
        {"misfit": 0.1},
        {"checkerboard": 1.45},
        {"block_edges": 0.51},
        {"point_noise": 0.0003},
        {"frame_width": 0.25},
        {"clipped_black": 0.015},
        {"grey_levels": 0.75},
        {"coverage": 0.9},
        {"memorisation": 0.92},
        {"spectral_slope": -2.7},  # less than a tenth
        {"frechet_pixels_64": 1.19},  # less than two half-widths out
    ],
)
def test_faults_too_small_to_matter_are_not_said(changes):
    assert words(**changes) == ("clean",)


@pytest.mark.parametrize(
    ("name", "trifle", "fault", "word"),
    [("checkerboard", 5.8, 6.2, "artefact"), ("coverage", 3.7, 3.5, "narrow"),
     ("recall", 3.7, 3.5, "narrow"), ("memorisation", 3.7, 3.5, "memorised")],
)  # fmt: skip
def test_least_sizes_that_are_shares_go_with_what_real_images_get(name, trifle, fault, word):
    for value, said in ((trifle, False), (fault, True)):
        found = scores()
        found[name] = Measured(value, None, 4.0, (3.9, 4.1))
        assert (word in verdict(found, FACTS).words) == said


def test_within_the_band_nothing_is_said_however_large():
    wide = scores(misfit=0.5)
    wide["misfit"] = wide["misfit"]._replace(band=(0.0, 0.6))
    assert verdict(wide).words == ("clean",)
    few = scores(coverage=0.5)
    few["coverage"] = few["coverage"]._replace(band=(0.4, 0.99))
    assert verdict(few).words == ("clean",)


def test_a_blur_needs_weaker_edges_but_not_outside_of_their_wide_band():
    few = scores(blur_variance=0.16, blur_radius=0.4, edge_energy=0.87, soft_end_radius=0.4)
    few["edge_energy"] = few["edge_energy"]._replace(band=(0.83, 1.2))
    assert verdict(few).words == ("too soft",)


@pytest.mark.parametrize(
    ("changes", "name", "explained", "said"),
    [
        ({**SOFT, "checkerboard": 3.0}, "checkerboard", (2.9, (2.5, 3.3)), ("too soft",)),
        ({**SOFT, "checkerboard": 9.0}, "checkerboard", (2.9, (2.5, 3.3)),
         ("too soft", "artefact")),
        ({**SOFT, "coverage": 0.6}, "coverage", (0.62, (0.58, 0.66)), ("too soft",)),
        ({**SOFT, "recall": 0.5}, "recall", (0.7, (0.66, 0.74)), ("too soft", "narrow")),
        ({**SOFT, "memorisation": 0.8}, "memorisation", (0.84, (0.8, 0.88)), ("too soft",)),
        ({**SOFT, "memorisation": 0.5}, "memorisation", (0.84, (0.8, 0.88)),
         ("too soft", "memorised")),
    ],
)  # fmt: skip
def test_what_real_images_with_the_same_faults_get_is_no_fault_of_its_own(
    changes, name, explained, said
):
    """Blur draws images together, and lets grids stand out from what rounding leaves."""
    found = scores(**changes)
    found[name] = found[name]._replace(explained=explained[0], explained_band=explained[1])
    # Content is far from real images where coverage is: that is said as well.
    assert tuple(w for w in verdict(found, FACTS).words if w != "other content") == said


def test_scores_that_were_not_taken_say_nothing():
    assert verdict({}).words == ("clean",)


def test_reasons_hold_the_figures_and_name_their_scores():
    soft = verdict(scores(**SOFT), {"kind": "as by a disc"})
    assert "1.00 pixels (as by a disc)" in soft.reasons[0]
    assert "0.40" in soft.reasons[0]
    assert {"blur_variance", "edge_energy"} <= set(soft.scores[0])
    part = verdict(scores(**HALF)).reasons[0]
    assert "50%" in part
    assert "2.0 pixels" in part
    assert "the left half" in verdict(scores(uneven_softness=2.0), FACTS).reasons[0]
    assert "cat 1.9 px" in verdict(scores(class_softness=1.9), FACTS).reasons[0]
    assert verdict(scores()).scores == ((),)


def test_a_card_that_differs_by_many_scores_names_the_farthest():
    many = scores()
    for i in range(9):
        many[f"score_{i}"] = Measured(5.0 + i, None, 1.0, (0.9, 1.1))
    reason = verdict(many).reasons[0]
    assert reason.startswith("score 8 13, score 7 12")
    assert "and 4 more" in reason


@pytest.mark.parametrize(
    ("values", "word"),
    [({"blur_variance": -0.2, "blur_radius": -0.45}, "over-sharpened"), (SOFT, "too soft")],
)
def test_a_fit_whose_interval_holds_0_says_nothing(values, word):
    """Much noise leaves the fit unsure, of both signs."""
    found = scores(**values)
    variance = found["blur_variance"]
    for around, said in ((0.1, True), (2.0, False)):
        ends = (variance.value - around, variance.value + around)
        found["blur_variance"] = variance._replace(interval=ends)
        assert (word in verdict(found, FACTS).words) is said


def test_softer_images_of_which_no_blur_makes_a_part_are_not_some_too_soft():
    some = {"softer_share": 0.2, "soft_radius": 3.4}
    assert "some too soft" not in verdict(scores(**some, soft_share=0.01), FACTS).words
    assert "some too soft" in verdict(scores(**some, soft_share=0.15), FACTS).words


def test_a_misfit_that_real_images_leave_too_is_no_artefact():
    """Gratings have narrow spectra, of which two sets differ by 0.3 nats; less under noise."""
    found = scores(misfit=0.2)
    for high, said in ((0.1, ("artefact",)), (0.3, ())):
        found["misfit"] = found["misfit"]._replace(
            band=(0.05, high), explained=0.05, explained_band=(0.0, 0.13)
        )
        assert set(said) == {"artefact"} & set(verdict(found, FACTS).words)
