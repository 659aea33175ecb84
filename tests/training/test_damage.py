"""Damaged files of a run: refused in a line, harmless, or said. One in some here; all of them in
experiments/benchmarks/damaged_runs.py."""

import random
import shutil
from pathlib import Path

import jax
import pytest

from tests.damage import COMMANDS, DAMAGES, compile_once, damaged_copy, files_of, make_run, tried

RECORDS, OTHERS = 4, 1  # cases of the files of records, of checkpoints and pictures
WITHOUT_CARD = ("sample", "rerun", "blur", "train")


def test_damaged_runs_are_refused_or_harmless(tmp_path):
    run, other, copy = (tmp_path / name for name in ("run", "other", "copy"))
    rng = random.Random(0)
    # Keys are used again where a prepared run is.
    with pytest.MonkeyPatch.context() as patched, jax.debug_key_reuse(False):
        compile_once(patched.setattr)
        make_run(run, seed=0, card=False)
        make_run(other, seed=1, card=False)
        shutil.copytree(run, copy)  # whose place is named in what is printed
        wholes = {name: COMMANDS[name](copy) for name in WITHOUT_CARD}
        files = files_of(run)
        records = [file for file in files if len(file.parts) == 1]
        assert len(records) == 4
        cases = [
            (Path("metrics.jsonl"), "swapped"),
            *rng.sample([(file, damage) for file in records for damage in DAMAGES], RECORDS),
            *[(rng.choice(files), rng.choice(list(DAMAGES))) for _ in range(OTHERS)],
        ]
        ended = {}
        for file, damage in cases:
            for name in WITHOUT_CARD:
                damaged_copy(run, other, file, damage, copy)
                ended[f"{file} {damage}, {name}"] = tried(COMMANDS[name], wholes[name], copy)
    well = {"refused", "harmless", "told"}
    assert {case: outcome for case, outcome in ended.items() if outcome not in well} == {}
    assert well <= set(ended.values())
