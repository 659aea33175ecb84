"""The ten figures of a run's report, each from a card and its evidence."""

from __future__ import annotations

from jaxgan.report.card import Card
from jaxgan.report.evidence import Evidence
from jaxgan.report.figures.diversity import diversity_figure
from jaxgan.report.figures.edges import edge_figure
from jaxgan.report.figures.gradients import gradient_figure
from jaxgan.report.figures.health import health_figure
from jaxgan.report.figures.regions import region_figure
from jaxgan.report.figures.scales import scale_figure
from jaxgan.report.figures.single_images import single_image_figure
from jaxgan.report.figures.soft_noisy import soft_noisy_map
from jaxgan.report.figures.spectrum import spectrum_figure
from jaxgan.report.figures.strip import image_strip
from jaxgan.report.figures.style import Drawn, to_png

__all__ = ["FIGURES", "Drawn", "draw_figures", "to_png"]

FIGURES = (
    image_strip,
    soft_noisy_map,
    single_image_figure,
    region_figure,
    spectrum_figure,
    gradient_figure,
    edge_figure,
    scale_figure,
    diversity_figure,
    health_figure,
)


def draw_figures(card: Card, evidence: Evidence) -> tuple[Drawn, ...]:
    """All figures, in the order of the page; one without data has no figure but says why."""
    return tuple(draw(card, evidence) for draw in FIGURES)
