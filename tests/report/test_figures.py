"""All figures draw on whatever a card may lack; what they show is what the evidence holds."""

import dataclasses
import warnings

import numpy as np
import pytest
from matplotlib.colors import to_rgba

from jaxgan.metrics.equivalent_blur import SIGMAS
from jaxgan.report.card import Measured
from jaxgan.report.figures import FIGURES, draw_figures, to_png
from jaxgan.report.figures.diversity import diversity_figure
from jaxgan.report.figures.edges import edge_figure
from jaxgan.report.figures.gradients import gradient_figure
from jaxgan.report.figures.health import health_figure, spikes
from jaxgan.report.figures.scales import scale_figure
from jaxgan.report.figures.soft_noisy import NOISE_FLOOR, soft_noisy_map
from jaxgan.report.figures.spectrum import spectrum_figure
from jaxgan.report.figures.strip import image_strip
from jaxgan.report.figures.style import FAKE, REAL, number, pair, percent
from tests.report.made_up import made_up

NAMES = ["strip", "soft_noisy", "single_images", "regions", "spectrum", "gradients", "edges",
         "scales", "diversity", "health"]  # fmt: skip
WHOLE = {}
BARE = {"edges": False, "neighbours": False, "classes": False, "history": False}


@pytest.mark.parametrize(
    ("options", "missing"),
    [(WHOLE, set()), ({"channels": 3, **BARE}, {"health"}), ({"texture": 0.0}, set())],
    ids=["grey", "colour and bare", "flat backgrounds"],
)
def test_all_figures_draw_without_a_warning(options, missing):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = draw_figures(*made_up(**options))
        files = {one.name: to_png(one.figure) for one in drawn if one.figure is not None}
    assert [one.name for one in drawn] == NAMES
    assert set(NAMES) - set(files) == missing
    assert all(file.startswith(b"\x89PNG") for file in files.values())
    for one in drawn:
        assert one.caption.endswith(".")
        assert one.title
        assert one.figure is None or one.alt.endswith(".")


def test_without_scores_figures_say_why_they_are_left_out():
    card, evidence = made_up(**BARE)
    evidence = dataclasses.replace(
        evidence, equivalent_blur={}, fake_softness=None, region_map=np.full((8, 8), np.nan)
    )
    drawn = {one.name: one for one in draw_figures(card._replace(scores={}), evidence)}
    left_out = {name for name, one in drawn.items() if one.figure is None}
    assert left_out == {"single_images", "regions", "edges", "scales", "diversity", "health"}
    assert all(drawn[name].caption.startswith("Left out: ") for name in left_out)


def test_a_figure_twice_gives_the_same_bytes():
    card, evidence = made_up()
    for draw in (scale_figure, soft_noisy_map):
        first, second = (to_png(draw(card, evidence).figure) for _ in range(2))
        assert first == second


def test_every_axis_says_what_it_shows():
    card, evidence = made_up()
    for draw in FIGURES[1:]:
        for axes in draw(card, evidence).figure.axes:
            if axes.axison and axes.get_label() != "<colorbar>":
                shared = not any(label.get_visible() for label in axes.get_xticklabels())
                assert axes.get_xlabel() or shared, draw.__name__
                assert axes.get_ylabel(), draw.__name__


def strip_of(side, scores, images=None):
    """The pictures of a strip whose fake i is plain, of level i, but for a bright square."""
    card, evidence = made_up(**BARE)
    fake = np.repeat(np.arange(len(scores), dtype=np.uint8), side * side).reshape(-1, side, side, 1)
    fake[:, 20:23, 25:28] = 200
    evidence = dataclasses.replace(evidence, fake=fake, fake_tenengrad=np.array(scores))
    figure = image_strip(card, evidence).figure
    return [axes.images[0].get_array() for axes in figure.axes]


def test_the_strip_shows_quantiles_and_their_busiest_crop():
    scores = np.random.default_rng(0).permutation(101) / 100.0  # quantile q is the score q
    pictures = strip_of(32, scores)
    fakes, crops = pictures[10::2], pictures[11::2]
    levels = [int(picture[0, 0]) for picture in fakes]
    np.testing.assert_allclose(scores[levels], [0.05, 0.25, 0.5, 0.75, 0.95])
    for crop in crops:
        assert crop.shape == (8, 8)
        assert (crop == 200).sum() == 9  # all of the square


def test_the_strip_shows_a_pixel_as_a_square_of_whole_pixels():
    figure = image_strip(*made_up()).figure
    width, height = figure.get_size_inches() * figure.dpi
    for axes in figure.axes:
        box = axes.get_position()
        sides = np.array([box.width * width, box.height * height])
        np.testing.assert_allclose(sides, 96)  # 32 pixels three times as large, 8 twelve times
        assert axes.images[0].get_interpolation() == "nearest"


def test_the_strip_refuses_scores_of_other_images():
    card, evidence = made_up()
    with pytest.raises(ValueError, match="80 fake images and 79 scores"):
        image_strip(card, dataclasses.replace(evidence, fake_tenengrad=evidence.fake_tenengrad[1:]))


def medians_on_the_map(figure):
    marks = {line.get_label(): line for line in figure.axes[0].lines if line.get_marker() in "PX"}
    return {label.split()[0]: np.ravel(line.get_xydata()) for label, line in marks.items()}


def test_the_map_is_log2_of_ratios_to_the_real_medians():
    card, evidence = made_up()
    ones = np.ones(80)
    evidence = dataclasses.replace(
        evidence, real_tenengrad=2 * ones, fake_tenengrad=0.5 * ones, real_noise=0.01 * ones,
        fake_noise=0.04 * ones,
    )  # fmt: skip
    medians = medians_on_the_map(soft_noisy_map(card, evidence).figure)
    np.testing.assert_allclose(medians["real"], [0, 0])
    np.testing.assert_allclose(medians["fake"], [-2, 2])


def test_the_map_floors_a_noise_of_nothing_and_says_so():
    card, evidence = made_up()
    none = np.zeros(80)
    evidence = dataclasses.replace(evidence, real_noise=none, fake_noise=none + 4 * NOISE_FLOOR)
    drawn = soft_noisy_map(card, evidence)
    np.testing.assert_allclose(medians_on_the_map(drawn.figure)["fake"][1], 2)
    assert " 50 % of the images have a median noise below half a level" in drawn.caption
    assert "So has the real median" in drawn.caption
    assert "floor" not in soft_noisy_map(*made_up()).caption


def test_the_map_counts_images_beyond_its_axes():
    card, evidence = made_up()
    wide = dataclasses.replace(evidence, fake_tenengrad=np.tile(evidence.fake_tenengrad, 20))
    wide = dataclasses.replace(wide, fake_noise=np.tile(evidence.fake_noise, 20))
    wide.fake_tenengrad[0] = 0.0  # no logarithm at all
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = soft_noisy_map(card, wide)
    assert "images lie beyond the axes" in drawn.caption


def test_the_map_refuses_real_images_that_are_plain():
    card, evidence = made_up()
    with pytest.raises(ValueError, match="median Tenengrad is 0"):
        soft_noisy_map(card, dataclasses.replace(evidence, real_tenengrad=np.zeros(80)))


def test_the_spectrum_shows_the_ratio_in_decibels():
    card, evidence = made_up()
    evidence = dataclasses.replace(evidence, fake_spectrum=evidence.real_spectrum / 100)
    figure = spectrum_figure(card, evidence).figure
    curve = next(line for line in figure.axes[1].lines if line.get_label() == "fake")
    np.testing.assert_allclose(curve.get_ydata(), -20)
    np.testing.assert_allclose(curve.get_xdata(), evidence.frequencies)
    words = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert "0.98 (0.93 … 1.04) px" in words
    assert "0.0400 (0.0300 … 0.0600) nats" in words
    assert any(word.startswith("checkerboard") for word in words)


def test_the_plane_of_ratios_has_zero_frequency_in_the_middle():
    card, evidence = made_up()
    plane = np.zeros((32, 32))
    plane[16, 16], plane[0, 0] = 1.0, 2.0
    evidence = dataclasses.replace(evidence, spectrum_ratio_2d=plane)
    image = next(
        axes.images[0] for axes in spectrum_figure(card, evidence).figure.axes if axes.images
    )
    np.testing.assert_array_equal(image.get_array(), 10 * plane)
    left, right, bottom, top = image.get_extent()
    for index, frequency in ((16, 0.0), (0, -0.5)):
        assert left + (index + 0.5) * (right - left) / 32 == pytest.approx(frequency)
        assert bottom + (index + 0.5) * (top - bottom) / 32 == pytest.approx(frequency)


def test_the_gradient_figure_shows_survival_and_the_ratio_of_quantiles():
    card, evidence = made_up()
    law = np.array([0.0, 0.1, 0.2, 0.4])
    evidence = dataclasses.replace(
        evidence, quantiles=np.array([0.0, 0.5, 0.9, 1.0]), real_gradients=law,
        fake_gradients=law / 2, gradient_band=(np.full(4, 0.9), np.full(4, 1.1)),
    )  # fmt: skip
    drawn = gradient_figure(card, evidence)
    survival, ratio = drawn.figure.axes
    np.testing.assert_allclose(survival.lines[0].get_xydata(), [[0, 1], [0.1, 0.5], [0.2, 0.1]])
    curve = next(line for line in ratio.lines if line.get_label() == "fake over real")
    np.testing.assert_allclose(curve.get_xydata(), [[0.5, 0.5], [0.1, 0.5]])
    assert "real images are flat have no ratio" in drawn.caption
    assert f"{number(card.scores['gradient_distance'].value)} of the mean gradient" in drawn.caption


def test_the_edge_figure_finds_the_planted_blur():
    card, evidence = made_up()
    drawn = edge_figure(card, evidence)
    labels = [line.get_label() for line in drawn.figure.axes[0].lines]
    radius = np.median(evidence.edges["fake_radius"])
    assert radius == pytest.approx(1.0, abs=0.1)  # 1 pixel was planted
    assert f"fake: {number(radius)} px" in labels
    assert "overshoot by 0.0200 of their contrast (real: 0.0180)" in drawn.caption


def test_the_edge_figure_bears_that_no_image_was_accepted():
    card, evidence = made_up()
    none = dict(evidence.edges)
    for name in ("radius", "distance", "profile"):
        none[f"fake_{name}"] = np.zeros(0)
    none["fake_rejected"] = np.float64(1)
    drawn = edge_figure(card, dataclasses.replace(evidence, edges=none))
    assert "100 % of the fake images" in drawn.caption
    labels = [line.get_label() for line in drawn.figure.axes[0].lines]
    assert not any(label.startswith("fake") for label in labels)
    for name in ("radius", "distance", "profile"):
        none[f"real_{name}"] = np.zeros(0)
    drawn = edge_figure(card, dataclasses.replace(evidence, edges=none))
    assert "no image has a clean shape" in [text.get_text() for text in drawn.figure.axes[1].texts]
    assert to_png(drawn.figure)


def test_equivalent_blurs_are_bars_and_the_last_of_a_series_is_a_lower_bound():
    card, evidence = made_up(edges=False)
    evidence = dataclasses.replace(evidence, equivalent_blur={"a_score": 0.5, "other": SIGMAS[-1]})
    axes = edge_figure(card, evidence).figure.axes[0]
    assert [bar.get_width() for bar in axes.patches] == [0.5, SIGMAS[-1], card.radius_px.value]
    assert [text.get_text() for text in axes.texts] == ["0.50 px", "≥ 3.00 px", "0.98 px"]


def test_scale_bars_begin_at_one_and_end_at_the_ratio():
    card, evidence = made_up()
    axes = scale_figure(card, evidence).figure.axes[0]
    ends = [bar.get_y() + bar.get_height() for bar in axes.patches if bar.get_y() == 1]
    scores = ("reference_32", "reference_16", "progan_32", "progan_16")
    np.testing.assert_allclose(ends, [card.scores[f"swd_{name}"].ratio for name in scores])
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert labels == ["32\nfinest detail", "16\ncoarsest"]


def test_points_of_diversity_are_over_their_nulls():
    card, evidence = made_up(classes=False)
    scores = {
        "precision": Measured(0.4, None, 0.8),
        "recall": Measured(0.3, None, 0.6),
        "density": Measured(1.5, (1.4, 1.6), 1.0, (0.9, 1.1)),
        "coverage": Measured(0.24, None, 0.96),
    }
    drawn = diversity_figure(card._replace(scores=scores), evidence)
    points = {line.get_label(): np.ravel(line.get_xydata()) for line in drawn.figure.axes[0].lines}
    np.testing.assert_allclose(points["precision and recall"], [0.5, 0.5])
    np.testing.assert_allclose(points["density and coverage"], [0.25, 1.5])
    assert drawn.figure.axes[0].get_ylim()[1] > 1.6
    assert "no classes" in drawn.caption


def test_class_bars_and_their_divergence():
    card, evidence = made_up()
    shares = {"real_classes": np.array([0.5, 0.5]), "fake_classes": np.array([1.0, 0.0])}
    evidence = dataclasses.replace(evidence, class_names=("$a_{b$", "c"), **shares)
    drawn = diversity_figure(card._replace(scores={}), evidence)
    axes = drawn.figure.axes[0]
    heights = {
        colour: [bar.get_height() for bar in axes.patches if bar.get_facecolor() == to_rgba(colour)]
        for colour in (REAL, FAKE)
    }
    assert heights == {REAL: [0.5, 0.5], FAKE: [1.0, 0.0]}
    assert "is 0.69 nats" in drawn.caption  # log 2
    assert to_png(drawn.figure)  # a name that is no formula is not taken for one
    swapped = dataclasses.replace(
        evidence, real_classes=shares["fake_classes"], fake_classes=shares["real_classes"]
    )
    assert "is infinite" in diversity_figure(card, swapped).caption


def test_many_classes_are_drawn_without_names():
    card, evidence = made_up()
    shares = np.arange(1, 101) / 5050
    evidence = dataclasses.replace(
        evidence, class_names=(), real_classes=shares, fake_classes=shares[::-1]
    )
    real, fake = diversity_figure(card._replace(scores={}), evidence).figure.axes[0].lines
    np.testing.assert_allclose(real.get_ydata(), shares[::-1])
    np.testing.assert_allclose(fake.get_ydata(), shares)


def test_spikes_are_ten_times_the_median_so_far():
    values = np.ones(500)
    values[[150, 300, 301]] = 10.5, 9.5, 1000
    values[400:] = 20  # another level: a spike until it is what half of the last 20 are
    found = np.flatnonzero(spikes(values))
    assert set(found[:2]) == {150, 301}
    np.testing.assert_array_equal(found[2:], np.arange(400, 400 + len(found) - 2))
    assert len(found) - 2 == 9
    assert not len(spikes(np.zeros(0)))


def test_health_leaves_out_what_is_not_there_or_not_finite():
    card, evidence = made_up()
    history = {
        "generator/loss": [[10, 1.0], [20, np.nan], [30, 2.0]],
        "discriminator/loss": [[10, np.inf]],
        "blur/noise": [[10, 0.1]],
        "something/else": [[10, 0.1]],
    }
    drawn = health_figure(card, dataclasses.replace(evidence, history=history))
    titles = [axes.get_title(loc="left") for axes in drawn.figure.axes]
    assert titles == ["Losses", "Noise"]
    assert " 2 values that were not finite are left out." in drawn.caption
    line = drawn.figure.axes[0].lines[0]
    np.testing.assert_array_equal(line.get_xydata(), [[10, 1], [30, 2]])
    assert to_png(drawn.figure)


def test_health_counts_spikes():
    drawn = health_figure(*made_up())
    assert "2 of 4000" in drawn.caption  # as planted
    assert len(drawn.figure.axes) == 6


def test_numbers_have_three_digits_that_count():
    values = (0, 0.031234, 0.098, 0.1, 1.0234, -2.5, 31.24, 312.4, 31234.0, 1e-6, 2.5e7)
    texts = ["0", "0.0312", "0.0980", "0.10", "1.02", "-2.50", "31.2", "312", "31,234",
             "1.00e-06", "2.50e+07"]  # fmt: skip
    assert [number(value) for value in values] == texts
    assert pair((-0.09, 0.2)) == "-0.09 … 0.20"
    assert pair((0.5681, 0.5709)) == "0.5681 … 0.5709"
    assert pair(None) == "\u2013"
    assert [percent(share) for share in (0.0, 0.002, 0.05, 0.97, 1.0)] == [
        "0 %", "0.2 %", "5 %", "97 %", "100 %",
    ]  # fmt: skip
