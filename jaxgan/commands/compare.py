"""`python -m jaxgan compare RUN_DIR RUN_DIR …`: blur cards side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from jaxgan.commands.lists import check_lists

__all__ = ["CompareOptions", "main"]


@dataclass(frozen=True, kw_only=True)
class CompareOptions:
    """Blur cards side by side, as a Markdown table, each number with its 95 % interval.

    The intervals are over images of one run; runs of other seeds differ by more. Numbers that were
    not taken alike, or against other real images, are refused.
    """

    cards: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """Directories of runs with a card, or blur.json files; two or more."""
    scores: tuple[str, ...] = ()
    """Scores to compare, by their names in blur.json; default: all."""


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit status."""
    options = tyro.cli(CompareOptions, args=arguments, prog="jaxgan compare")
    check_lists(arguments, "--scores")
    # Below the parser, so that --help need not wait for what reports import.
    from jaxgan.report.comparison import comparison_table, read_card

    print(comparison_table([read_card(path) for path in options.cards], options.scores))
    return 0
