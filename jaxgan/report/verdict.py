"""The verdict: which words a card's scores deserve, why, and which scores they stand on.

`rules` and `soft_rules` say when each word is said. What no word explains is not passed over: a
card is clean only if none of its scores lies far from real images.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from jaxgan.report import rules, soft_rules
from jaxgan.report.card import Measured
from jaxgan.report.soft_rules import Reason
from jaxgan.report.standing import Standing

__all__ = ["WORDS", "Verdict", "verdict"]

RULES = {
    "too soft": soft_rules.too_soft,
    "soft or other content": soft_rules.soft_or_other_content,
    "some too soft": soft_rules.some_too_soft,
    "a class too soft": soft_rules.class_too_soft,
    "soft in places": soft_rules.soft_in_places,
    "texture lost": soft_rules.texture_lost,
    "washed out": rules.washed_out,
    "colour": rules.colour,
    "too noisy": rules.too_noisy,
    "over-sharpened": rules.over_sharpened,
    "artefact": rules.artefact,
    "other content": rules.other_content,
}
SETS = {"narrow": rules.narrow, "memorised": rules.memorised}  # words of a set, not of its images
WORDS = (*RULES, "different", "clean", *SETS)

FAR = 2.5  # half-widths of a band, 4.9 deviations: rare even among all scores of a card
OF_CONTENT = ("frechet_", "kernel_", "precision", "recall", "density", "coverage", "class_diverg",
              "classes_missing", "classifier_score", "memorisation")  # fmt: skip
"""Beginnings of the names of scores that see what is shown, rather than how."""
NOT_BY_ITSELF = ("half_height", "anisotropy", "soft_share", "soft_radius", "soft_end", "matched_",
                 "effective_share", "content_overlap", "chroma_noise", "chroma_misfit")  # fmt: skip
"""Beginnings of scores that say how large a fault is, once others say that it is there, or that
have a rule of their own."""
MOST_NAMED = 5  # scores in a sentence


class Verdict(NamedTuple):
    """Words of `WORDS`, a sentence for each, and the scores that each stands on."""

    words: tuple[str, ...]
    reasons: tuple[str, ...]
    scores: tuple[tuple[str, ...], ...]


def verdict(scores: Mapping[str, Measured], facts: Mapping[str, str] | None = None) -> Verdict:
    """The words for scores by the names of `measure`; scores that are not there flag nothing.

    facts: what was found in words, for the sentences: "kind" of blur, "where" in the frame,
    "classes" that are softer, "scale" of the pictures, "copies" and "plain" ones among the fakes.
    """
    standing = Standing(scores, facts or {})
    said = {word: reason for word, rule in RULES.items() if (reason := rule(standing))}
    said |= _unexplained(standing, said)
    of_set = {word: reason for word, rule in SETS.items() if (reason := rule(standing))}
    if not said:
        single = ", one by one," if of_set else ""
        sentence = f"nothing that was looked at tells these images{single} from real ones"
        said["clean"] = Reason(sentence, ())
    said |= of_set
    return Verdict(
        tuple(said),
        tuple(reason.sentence for reason in said.values()),
        tuple(reason.scores for reason in said.values()),
    )


def _unexplained(standing: Standing, said: Mapping[str, Reason]) -> dict[str, Reason]:
    """Words for scores far from what is expected, where no word explains them.

    What real images with the fitted blur, noise and contrast get is expected; other faults move
    scores in ways that nobody can foretell, and then nothing more is said.
    """
    if set(said) - {"too soft", "too noisy", "washed out"}:
        return {}
    backed = {name for reason in said.values() for name in reason.scores}
    far = [
        name
        for name in standing.scores
        if standing.far(name, FAR)
        and standing.outside_real(name)
        and name not in backed
        and not name.startswith(NOT_BY_ITSELF)
    ]
    of_content = [name for name in far if name.startswith(OF_CONTENT)]
    others = [name for name in far if name not in of_content]
    found = {}
    if others and not said:
        found["different"] = Reason(f"{_named(standing, others)}, far from real images",
                                    tuple(others))  # fmt: skip
    if of_content:
        found["other content"] = Reason(
            f"{_named(standing, of_content)}, far from real images: other pictures",
            tuple(of_content),
        )
    return found


def _named(standing: Standing, names: list[str]) -> str:
    """The farthest of them, and how many more."""
    ordered = sorted(names, key=lambda name: -abs(standing[name].surprise))
    more = len(names) - MOST_NAMED
    return standing.listed(ordered[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
