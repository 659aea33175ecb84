"""Figure 3: power spectra of real and fake images, what the fit makes of them, and grids."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jaxgan.metrics.blur_fit import EIGHT_BIT_POWER
from jaxgan.report.card import Card
from jaxgan.report.evidence import Evidence
from jaxgan.report.figures.style import (
    BAND,
    FAKE,
    FIT,
    INK,
    QUIET,
    REAL,
    Drawn,
    add_legend,
    log_axis,
    new_figure,
    number,
    pair,
    tidy,
    with_interval,
)

__all__ = ["spectrum_figure"]

Array = np.ndarray

NYQUIST = 0.5  # cycles a pixel
LEAST_RANGE = 3.0  # dB of the colour scale: sampling error alone should look pale
LARGEST_RANGE = 40.0


def spectrum_figure(card: Card, evidence: Evidence) -> Drawn:
    """Radial power with the fit, its ratio in dB, the ratio at all frequencies, the numbers."""
    figure = new_figure(5.8)
    grid = figure.add_gridspec(2, 2, width_ratios=(1.75, 1), height_ratios=(1.35, 1))
    power = figure.add_subplot(grid[0, 0])
    ratio = figure.add_subplot(grid[1, 0], sharex=power)
    _draw_power(power, evidence)
    _draw_ratio(ratio, evidence)
    _draw_plane(figure, figure.add_subplot(grid[0, 1]), evidence.spectrum_ratio_2d)
    _write_numbers(figure.add_subplot(grid[1, 1]), card)
    return Drawn(
        "spectrum",
        "Spectrum: blur, noise, contrast and what is neither",
        "A blur bends the fake curve down towards high frequencies, noise lifts its end to a flat "
        "floor, lost contrast lowers all of it; inside the grey band (95 % of real images against "
        "real images) there is no difference. The map shows the ratio at every frequency, purple "
        "where fakes have less power: rings are blur, and dots at the circles or lines are the "
        "grid of an upsampler.",
        f"Power spectra of real and fake images and the fit: blur radius "
        f"{number(card.radius_px.value)} pixels, noise {number(card.noise.value)}, contrast "
        f"{number(card.contrast.value)}, misfit {number(card.misfit.value)} nats.",
        figure,
    )


def _draw_power(axes: Axes, evidence: Evidence) -> None:
    x = evidence.frequencies
    axes.axhline(EIGHT_BIT_POWER, color=QUIET, lw=0.9, ls=":", label="rounding to 8 bits")
    axes.plot(x, _floored(evidence.real_spectrum), color=REAL, lw=2, label="real")
    axes.plot(x, _floored(evidence.fake_spectrum), color=FAKE, lw=2, label="fake")
    axes.plot(x, _floored(evidence.fitted_spectrum), color=FIT, lw=1.4, ls="--",
              label="fit: real, blurred, noised")  # fmt: skip
    axes.set_yscale("log")
    log_axis(axes.yaxis)
    axes.tick_params(labelbottom=False)
    tidy(axes, "", "power, squared grey levels (0 … 1)", "Radial power spectrum")
    _mark_corners(axes, evidence, True)
    add_legend(axes, "upper right")


def _draw_ratio(axes: Axes, evidence: Evidence) -> None:
    x, real = evidence.frequencies, _floored(evidence.real_spectrum)
    low, high = (_decibels(np.asarray(edge)) for edge in evidence.spectrum_band)
    axes.fill_between(x, low, high, color=BAND, lw=0, label="real over real, 95 %")
    axes.axhline(0, color=QUIET, lw=0.8)
    axes.plot(x, _decibels(_floored(evidence.fake_spectrum) / real), color=FAKE, lw=2, label="fake")
    axes.plot(x, _decibels(_floored(evidence.fitted_spectrum) / real), color=FIT, lw=1.4, ls="--")
    tidy(axes, "frequency, cycles per pixel", "fake over real, dB", "Ratio to real")
    _mark_corners(axes, evidence, False)
    add_legend(axes, "above", 2)


def _mark_corners(axes: Axes, evidence: Evidence, named: bool) -> None:
    """Beyond Nyquist's frequency only the corners of the plane are left."""
    last = float(evidence.frequencies[-1])
    axes.set_xlim(0, max(last, NYQUIST))
    if last > NYQUIST:
        axes.axvspan(NYQUIST, last, color="#F3F0E6", zorder=0, lw=0)
        if named:
            axes.text(last, 1.01, "diagonals only (checkerboards)", fontsize=8, color=QUIET,
                      transform=axes.get_xaxis_transform(), va="bottom", ha="right")  # fmt: skip


def _draw_plane(figure: Figure, axes: Axes, log_ratio: Array) -> None:
    """The 2-D ratio in dB, and circles where a grid of period 2 has its power."""
    decibels = 10 * np.asarray(log_ratio)
    finite = np.abs(decibels[np.isfinite(decibels)])
    reach = float(
        np.clip(np.quantile(finite, 0.995) if len(finite) else 0, LEAST_RANGE, LARGEST_RANGE)
    )
    rows, columns = decibels.shape
    left, bottom = -(columns // 2) / columns, -(rows // 2) / rows
    # Pixels are centred on their frequencies.
    extent = (left - 0.5 / columns, left + 1 - 0.5 / columns, bottom - 0.5 / rows,
              bottom + 1 - 0.5 / rows)  # fmt: skip
    image = axes.imshow(decibels, cmap="PuOr_r", vmin=-reach, vmax=reach, extent=extent,
                        origin="lower", interpolation="nearest")  # fmt: skip
    if rows % 2 == 0 and columns % 2 == 0:
        for x, y in ((-0.5, -0.5), (-0.5, 0.0), (0.0, -0.5)):
            axes.plot(x, y, "o", ms=8, mfc="none", mec=FIT, mew=1.1, clip_on=False)
    tidy(
        axes,
        "horizontal, cycles per pixel",
        "vertical, cycles per pixel",
        "Ratio by direction",
        "none",
    )
    axes.set_xticks([-0.5, 0, 0.5], ["-½", "0", "½"])
    axes.set_yticks([-0.5, 0, 0.5], ["-½", "0", "½"])
    bar = figure.colorbar(image, ax=axes, shrink=0.9, pad=0.03)
    bar.set_label("fake over real, dB", fontsize=8.5, color=INK)
    bar.ax.tick_params(labelsize=8, labelcolor=INK)
    bar.outline.set_visible(False)


def _write_numbers(axes: Axes, card: Card) -> None:
    axes.set_axis_off()
    axes.set_title("The fit", fontsize=10.5, color=INK, loc="left", fontweight="bold")
    lines = [
        ("blur radius s", card.radius_px, " px"),
        ("noise t", card.noise, ""),
        ("contrast g", card.contrast, ""),
        ("misfit", card.misfit, " nats"),
    ]
    for name in ("checkerboard", "block_edges"):
        if name in card.scores:
            lines.append((name.replace("_", " "), card.scores[name], ""))
    for row, (name, score, unit) in enumerate(lines):
        y = 0.93 - row * min(0.2, 0.95 / len(lines))
        axes.text(0.0, y, name, fontsize=9, color=INK, va="top")
        axes.text(
            0.42, y, with_interval(score) + unit, fontsize=9, color=FAKE, va="top", weight="bold"
        )
        if score.band:
            band = f"real vs real {pair(score.band)}"
            axes.text(0.42, y - 0.085, band, fontsize=7.5, color=QUIET, va="top")


def _floored(spectrum: Array) -> Array:
    """Both sets hold at least the power of rounding; NaN, where there is no fit, stays."""
    return np.maximum(np.asarray(spectrum, np.float64), EIGHT_BIT_POWER)


def _decibels(ratio: Array) -> Array:
    return 10 * np.log10(np.maximum(ratio, 1e-12))
