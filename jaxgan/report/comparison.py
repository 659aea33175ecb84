"""Cards side by side, as far as their numbers may stand there.

A number depends on how it was taken as much as on what it was taken of: a Fréchet distance of 1,000
images is not one of 2,000, nor one through another network. Cards say how each number was taken,
and what was not taken alike is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from jaxgan.errors import UserError
from jaxgan.report.card import HEADLINES, Card, Measured, card_from_json
from jaxgan.report.headline import record_digest
from jaxgan.training.jsonl import read_json
from jaxgan.training.records import digests_by_step, read_digests
from jaxgan.training.run_directory import RunPaths

__all__ = ["comparison_table", "read_card"]

REAL = ("real_fingerprint", "real", "image_shape")  # what the real images of a card were
AGAIN = "make it again with python -m jaxgan blur"
LONGEST = 30  # signs of a value in an error: a fingerprint has 64
MOST_NAMED = 4  # differences in an error


def read_card(path: Path) -> Card:
    """The card in the directory of a run, or in a blur.json; raises UserError where none is.

    One that was damaged since it was written, or that is of another run than the one in whose
    directory it lies, is refused as well. Cards of earlier versions do not tell.
    """
    file = path / "blur.json" if path.is_dir() else path
    if not file.exists():
        raise UserError(
            f"{file} is not there: python -m jaxgan blur RUN_DIR writes the card of a run"
        )
    plain = read_json(file)
    try:
        card = card_from_json(plain)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(
            f"{file} is no blur card: expected what python -m jaxgan blur writes as blur.json"
        ) from error
    if plain.get("sha256") not in (None, record_digest(plain)):
        raise UserError(f"{file} is not as it was written: {AGAIN}")
    if path.is_dir():
        _check_is_card_of(path, card, file)
    return card


def _check_is_card_of(run: Path, card: Card, file: Path) -> None:
    """Refuse the card of another run, or of one that was begun anew since."""
    state, recorded = card.protocol.get("state"), read_digests(RunPaths(run).digests)
    if state and recorded and state not in digests_by_step(recorded).values():
        raise UserError(f"{file} is no card of the run in {run}: {AGAIN}")


def comparison_table(cards: Sequence[Card], scores: Sequence[str] = ()) -> str:
    """Verdicts and scores of two cards or more, one column a card, as Markdown.

    `scores` chooses by name; none for all. The last column is the first card's band of real images
    against real ones. A score that a card does not have is a dash.

    Raises UserError for real images that are not the same, for a score that was not taken alike in
    all cards, and for a name that no card has.
    """
    if len(cards) < 2:
        raise UserError(f"a comparison needs two cards or more, not {len(cards)}")
    _check_same_real(cards)
    columns = [_scores(card) for card in cards]
    there = list(dict.fromkeys(name for column in columns for name in column))
    unknown = [name for name in scores if name not in there]
    if unknown:
        raise UserError(f"no card has {', '.join(unknown)}: expected some of {', '.join(there)}")
    chosen = list(scores) or there
    _check_taken_alike(chosen, cards, columns)
    numbers = range(1, len(cards) + 1)
    lines = [
        *(
            f"{i}. {card.name}: {', '.join(card.verdict)}"
            for i, card in zip(numbers, cards, strict=True)
        ),
        "",
        f"| score | {' | '.join(map(str, numbers))} | real against real |",
        f"|---|{'---|' * (len(cards) + 1)}",
    ]
    for name in chosen:
        cells = [_cell(column.get(name)) for column in columns]
        real = next(column[name] for column in columns if name in column)
        lines.append(f"| {name} | {' | '.join(cells)} | {_pair(real.band)} |")
    return "\n".join(lines)


def _scores(card: Card) -> Mapping[str, Measured]:
    return {**{name: getattr(card, name) for name in HEADLINES}, **card.scores}


def _check_same_real(cards: Sequence[Card]) -> None:
    first = cards[0]
    for card in cards[1:]:
        for name in REAL:
            one, other = first.protocol.get(name), card.protocol.get(name)
            if one != other:
                raise UserError(
                    f"{first.name!r} and {card.name!r} were judged against different real images "
                    f"({first.protocol.get('data')} and {card.protocol.get('data')}; {name}: "
                    f"{_short(one)} and {_short(other)}): their numbers do not compare"
                )


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _check_taken_alike(
    chosen: Sequence[str], cards: Sequence[Card], columns: Sequence[Mapping[str, Measured]]
) -> None:
    different = []
    for name in chosen:
        ways = {
            column[name].way: card.name
            for card, column in zip(cards, columns, strict=True)
            if name in column
        }
        if len(ways) > 1:
            different.append(f"{name} ({' | '.join(ways)})")
    if different:
        more = len(different) - MOST_NAMED
        raise UserError(
            f"not taken alike in all cards: {'; '.join(different[:MOST_NAMED])}"
            f"{f' and {more} more' if more > 0 else ''}. Make the cards again in one way (the same "
            "--count, and one --cache of feature networks), or choose others with --scores"
        )


def _cell(score: Measured | None) -> str:
    if score is None:
        return "\u2013"
    return f"{score.value:.3g}" + (f" ({_pair(score.interval)})" if score.interval else "")


def _pair(pair: tuple[float, float] | None) -> str:
    return f"{pair[0]:.3g} \u2026 {pair[1]:.3g}" if pair else "\u2013"
