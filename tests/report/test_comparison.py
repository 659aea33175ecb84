"""Cards side by side: the table, and what may not stand in it."""

import contextlib
import copy
import json
import random

import pytest

from jaxgan.errors import UserError
from jaxgan.report.card import card_from_json, card_to_json
from jaxgan.report.comparison import comparison_table, read_card
from jaxgan.report.headline import card_record
from tests.report.made_up import made_up
from tests.tiny import run

CARD = made_up()[0]


def changed(name, **values):
    """The card with one score taken or found otherwise."""
    scores = {**CARD.scores, name: CARD.scores[name]._replace(**values)}
    return CARD._replace(name="another", scores=scores)


def rows(table):
    """Cells of a Markdown table by the first one."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first: rest for first, *rest in cells}


def test_a_card_comes_back_from_its_json():
    assert card_from_json(json.loads(json.dumps(card_to_json(CARD)))) == CARD


def test_every_score_stands_with_its_interval_beside_the_real_band():
    card = changed("coverage", value=0.25, interval=(0.2, 0.3), band=(0.9, 0.95))
    table = comparison_table([card, CARD])
    found = rows(table)
    assert set(found) == {"score", "---", "radius_px", "noise", "contrast", "misfit", *CARD.scores}
    value = CARD.scores["coverage"].value
    assert found["coverage"][0] == "0.25 (0.2 … 0.3)"
    assert found["coverage"][1].startswith(f"{value:.3g}")
    assert found["coverage"][2] == "0.9 … 0.95"
    assert f"1. another: {', '.join(CARD.verdict)}" in table


def test_scores_can_be_chosen_and_one_that_a_card_lacks_is_a_dash():
    without = CARD._replace(scores={k: v for k, v in CARD.scores.items() if k != "tenengrad"})
    found = rows(comparison_table([CARD, without], ["tenengrad", "radius_px"]))
    assert list(found) == ["score", "---", "tenengrad", "radius_px"]
    assert found["tenengrad"][1] == "\u2013"
    with pytest.raises(UserError, match="no card has tenengard: expected some of radius_px"):
        comparison_table([CARD, CARD], ["tenengard"])


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (changed("coverage", protocol="k = 5; 500 against 500 images"), "500 against 500"),
        (changed("coverage", features="classifier:mnist@0123456789ab"), "@0123456789ab"),
    ],
)
def test_numbers_that_were_not_taken_alike_are_refused(other, words):
    with pytest.raises(UserError, match=f"not taken alike in all cards: coverage .*{words}"):
        comparison_table([CARD, other])
    assert "tenengrad" in comparison_table([CARD, other], ["tenengrad"])  # those that were, are not


@pytest.mark.parametrize(("name", "value"), [("real_fingerprint", "other"), ("real", 123)])
def test_other_real_images_are_refused(name, value):
    other = CARD._replace(protocol={**CARD.protocol, name: value})
    with pytest.raises(UserError, match=f"different real images .*{name}: "):
        comparison_table([CARD, other], ["tenengrad"])


def test_one_card_is_no_comparison():
    with pytest.raises(UserError, match="two cards or more, not 1"):
        comparison_table([CARD])


def test_the_command(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "blur.json").write_text(json.dumps(card_to_json(CARD)))
    paths = [str(tmp_path / "a"), str(tmp_path / "b" / "blur.json")]
    done = run("compare", *paths, "--scores", "coverage", "noise", module="jaxgan")
    assert done.returncode == 0, done.stderr
    assert list(rows(done.stdout)) == ["score", "---", "coverage", "noise"]
    missing = run("compare", paths[0], str(tmp_path / "c"), module="jaxgan")
    assert missing.returncode == 2
    assert "python -m jaxgan blur" in missing.stderr


def test_what_is_no_card_is_refused(tmp_path):
    file = tmp_path / "blur.json"
    for text in ("{}", "[]", '{"name": "x", "radius_px": 1}', "{"):
        file.write_text(text)
        with pytest.raises(UserError, match=r"blur\.json (is no blur card|cannot be read)"):
            read_card(tmp_path)


def test_a_card_that_was_damaged_or_is_of_another_run_is_refused(tmp_path):
    card = CARD._replace(protocol={**CARD.protocol, "state": "5" * 64})
    file = tmp_path / "blur.json"
    file.write_text(json.dumps(card_record(card)))
    for of_run in ("5", "6"):
        line = {"step": 7, "digest": of_run * 64, "leaves": {}}
        (tmp_path / "digests.jsonl").write_text(json.dumps(line) + "\n")
        if of_run == "5":
            assert read_card(tmp_path) == card
    with pytest.raises(UserError, match="is no card of the run in"):
        read_card(tmp_path)
    assert read_card(file) == card  # the file alone tells nothing of a run
    value = json.dumps(CARD.radius_px.value)
    other = value[:-1] + str((int(value[-1]) + 1) % 10)
    file.write_text(file.read_text().replace(value, other))
    with pytest.raises(UserError, match=r"blur\.json is not as it was written: make it again"):
        read_card(file)


def places(value, before=()):
    """Where each value in a JSON value lies."""
    yield before
    if not isinstance(value, dict | list):
        return
    for name, part in value.items() if isinstance(value, dict) else enumerate(value):
        yield from places(part, (*before, name))


def test_any_other_value_anywhere_in_a_card_is_refused_or_harmless(tmp_path):
    rng, good = random.Random(0), json.loads(json.dumps(card_to_json(CARD)))
    where = [place for place in places(good) if place]
    for _ in range(200):
        changed = copy.deepcopy(good)
        *path, last = rng.choice(where)
        inner = changed
        for name in path:
            inner = inner[name]
        inner[last] = rng.choice([None, 5, "x", [], {}, [[1]], {"value": "a"}, -1])
        (tmp_path / "blur.json").write_text(json.dumps(changed))
        with contextlib.suppress(UserError):
            assert comparison_table([read_card(tmp_path), CARD])
