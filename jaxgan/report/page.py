"""A card as one web page that needs nothing else: verdict, numbers, figures, and what they mean."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from jaxgan.files import written_whole
from jaxgan.report.card import HEADLINES as FIELDS
from jaxgan.report.card import Card, Measured, Pair
from jaxgan.report.evidence import Evidence
from jaxgan.report.figures import Drawn, draw_figures, to_png
from jaxgan.report.figures.style import DASH, DPI, number, pair
from jaxgan.report.glossary import GLOSSARY, glossary_entry
from jaxgan.report.headline import headline
from jaxgan.report.page_style import STYLE

__all__ = ["page", "write_page"]

ALIASES = {"radius_px": "blur_variance"}  # the score that stands for a row of the first table
SIDE_WORDS = ("narrow", "memorised")  # of the verdict: not about sharpness
HEADLINES = (
    ("radius_px", "Blur radius, fitted", "pixels; sigma of a Gaussian, below 0: sharper", " px"),
    (
        "half_height",
        "Blur radius, half-height",
        "pixels; without a model: where half is lost",
        " px",
    ),
    (
        "soft_end_radius",
        "Blur radius, softest images",
        "pixels; less than the fit's: other content, more: some are blurred",
        " px",
    ),
    ("softer_share", "Softer fakes", "share softer than 95 % of real images", ""),
    ("noise", "Noise", "standard deviation, of the range from black (0) to white (1)", ""),
    ("contrast", "Contrast", "gain; 1 is the real images'", ""),
    ("misfit", "Misfit", "nats; large: more than blur, noise and contrast differs", " nats"),
)
READING = (
    '<p class="reading">Reading: in bold outside of what is expected, as one score in twenty is by '
    "chance; in colour where a word of the verdict stands on it. A word asks for more than the end "
    "of a band, and clean for no score further out than 2.5 of its half-widths. Real images with "
    "the same faults have the blur, the noise and the contrast that were fitted to the fakes, but "
    "for what the score itself is to tell.</p>"
)
SECTIONS = (("figures", "Figures"), ("scores", "All scores"), ("protocol", "Protocol"),
            ("glossary", "Glossary"))  # fmt: skip


def write_page(path: Path, card: Card, evidence: Evidence) -> None:
    """Write the page; whoever reads the path sees the old page or the whole new one."""
    text = page(card, draw_figures(card, evidence))
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def page(card: Card, figures: Iterable[Drawn]) -> str:
    """The page as HTML, without scripts and without anything from elsewhere."""
    words = " ".join(card.verdict)
    links = "".join(f'<a href="#{name}">{title}</a>' for name, title in SECTIONS)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(card.name)}: {escape(words)}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<header>
<p class="over">Blur card of <strong>{escape(card.name)}</strong></p>
{_verdict(card)}
{_headline_table(card)}
<nav aria-label="Sections">{links}</nav>
</header>
<h2 id="figures">Figures</h2>
{"".join(_figure(drawn) for drawn in figures)}
<h2 id="scores">All scores</h2>
{_score_table(card)}
<h2 id="protocol">Protocol and notes</h2>
{_protocol(card)}
<h2 id="glossary">Glossary</h2>
{_glossary()}
</main>
</body>
</html>
"""


def _verdict(card: Card) -> str:
    """The words, large, and one sentence of reasons."""
    main = [word for word in card.verdict if word not in SIDE_WORDS]
    side = [word for word in card.verdict if word in SIDE_WORDS]
    colours = ["good" if word == "clean" else "flag" for word in main]
    shown = [
        f'<span class="{colour}">{escape(_capital(word, i == 0))}</span>'
        for i, (word, colour) in enumerate(zip(main, colours, strict=True))
    ]
    aside = f' <span class="other">({escape(", ".join(side))})</span>' if side else ""
    reasons = "; ".join(
        f"<strong>{escape(_capital(word, i == 0))}</strong>: {escape(reason)}"
        for i, (word, reason) in enumerate(zip(card.verdict, card.reasons, strict=True))
    )
    lead = headline(card)
    return (
        f'<h1>{", ".join(shown)}{aside}</h1>\n<p class="lead">Blur radius '
        f"<strong>{escape(lead.text)}</strong> <small>{escape(lead.why)}</small></p>\n"
        f'<p class="reasons">{reasons}.</p>'
    )


def _capital(word: str, first: bool) -> str:
    return word[:1].upper() + word[1:] if first else word


def _headline_table(card: Card) -> str:
    flagged = {name for names in card.because for name in names}
    rows = "".join(
        f'<tr><th scope="row">{title}<small>{unit}</small></th>'
        f'<td class="value number">{_short(score.value, short)}</td>'
        f'<td class="number">{_short(score.interval, short)}</td>'
        f'<td class="number">{_short(score.band, short)}</td>'
        f"<td>{_place(score, ALIASES.get(name, name) in flagged)}</td></tr>"
        for name, title, unit, short in HEADLINES
        for score in (_score(card, name),)
        if score is not None
    )
    return (
        '<table class="head"><thead><tr><th scope="col">Spectral fit: fakes against real</th>'
        '<th scope="col" class="number">Value</th><th scope="col" class="number">95 % interval</th>'
        '<th scope="col" class="number">Real vs real, 95 %</th><th scope="col">Reading</th></tr>'
        f"</thead><tbody>{rows}</tbody></table>\n{READING}"
    )


def _short(value: float | Pair | None, unit: str) -> str:
    """A number with its unit, or a pair without: pixels to a hundredth, others to three digits."""
    in_pixels = unit == " px"
    if value is None:
        return DASH
    if isinstance(value, tuple):
        return " … ".join(f"{end:.2f}" for end in value) if in_pixels else pair(value)
    return (f"{value:.2f}" if in_pixels else number(value)) + unit


def _score(card: Card, name: str) -> Measured | None:
    return card.scores.get(name) if name not in FIELDS else getattr(card, name)


def _place(score: Measured, flagged: bool) -> str:
    """Where a value lies, in a word: in the colour of alarm if a word of the verdict stands on it.

    One score in twenty lies outside of its band by chance.
    """
    if score.expected is None:
        return DASH
    faulty = score.explained is not None
    beside = "real images with the same faults" if faulty else "real images"
    if abs(score.surprise) <= 1:
        return f'<span class="inside">as {beside}</span>'
    way = "above" if score.surprise > 0 else "below"
    return f'<span class="{"outside" if flagged else "beyond"}">{way} {beside}</span>'


def _figure(drawn: Drawn) -> str:
    title = f'<h3 id="figure-{drawn.name}">{escape(drawn.title)}</h3>'
    if drawn.figure is None:
        missing = f'<p class="missing">{escape(drawn.caption)}</p>'
        return f'<section class="figure">{title}{missing}</section>\n'
    width, height = (round(side * DPI) for side in drawn.figure.get_size_inches())
    data = base64.b64encode(to_png(drawn.figure)).decode("ascii")
    return (
        f'<section class="figure">{title}<figure><img alt="{escape(drawn.alt)}" width="{width}" '
        f'height="{height}" src="data:image/png;base64,{data}">'
        f"<figcaption>{escape(drawn.caption)}</figcaption></figure></section>\n"
    )


def _score_table(card: Card) -> str:
    """One row a score; scores taken in one way stand together, below a line that says how."""
    scores, flagged = card.scores, {name for names in card.because for name in names}
    columns = ("Score", "Value", "Null", "Ratio", "95 % interval", "Expected, 95 %", "Reading")
    head = "".join(
        f'<th scope="col"{"" if name in ("Score", "Reading") else _NUMBER}>{name}</th>'
        for name in columns
    )
    bodies = []
    ways = list(dict.fromkeys(score.way for score in scores.values()))  # in their first order
    ordered = sorted(scores.items(), key=lambda item: ways.index(item[1].way))
    for way, members in groupby(ordered, key=lambda item: item[1].way):
        rows = "".join(_score_row(name, score, name in flagged) for name, score in members)
        bodies.append(
            f'<tbody><tr class="group"><th scope="rowgroup" colspan="{len(columns)}">'
            f"{escape(way or NO_WAY)}</th></tr>{rows}</tbody>"
        )
    return f'<table class="scores"><thead><tr>{head}</tr></thead>{"".join(bodies)}</table>'


_NUMBER = ' class="number"'
NO_WAY = "no protocol recorded"


def _score_row(name: str, score: Measured, flagged: bool) -> str:
    term = glossary_entry(name)
    label = escape(name)
    if term is not None:
        label = f'<a href="#{_anchor(term)}">{label}</a>'
    null = DASH if score.null is None else number(score.null)
    ratio = DASH if score.ratio is None else number(score.ratio)
    _, expected = score.expected or (None, None)
    cells = (number(score.value), null, ratio, pair(score.interval), pair(expected))
    numbers = "".join(f"<td{_NUMBER}>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{label}</th>{numbers}<td>{_place(score, flagged)}</td></tr>'


def _protocol(card: Card) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(str(name).replace("_", " "))}</th>'
        f"<td>{escape(_plain(value))}</td></tr>"
        for name, value in card.protocol.items()
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in card.notes)
    listed = f"<h3>What limits this card</h3><ul>{notes}</ul>" if notes else ""
    return f'<table class="protocol"><tbody>{rows}</tbody></table>{listed}'


def _plain(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_inner(inner)}" for name, inner in value.items())
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _inner(value: Any) -> str:
    """What a protocol says of one of several networks."""
    if not isinstance(value, Mapping):
        return _plain(value)
    return ", ".join(f"{str(name).replace('_', ' ')} {_plain(x)}" for name, x in value.items())


def _glossary() -> str:
    entries = "".join(
        f'<div><dt id="{_anchor(term)}">{escape(term)}</dt><dd>{escape(meaning)}</dd></div>'
        for term, meaning in GLOSSARY.items()
    )
    return f"<dl>{entries}</dl>"


def _anchor(term: str) -> str:
    return "term-" + re.sub(r"[^a-z0-9]+", "-", term.lower()).strip("-")
