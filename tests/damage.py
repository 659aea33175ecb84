"""Damage done to a run's files, and what each command makes of it."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import io
import json
import logging
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from jaxgan.commands import compare as compare_command
from jaxgan.commands import rerun as rerun_command
from jaxgan.commands import sample as sample_command
from jaxgan.data import ImageSet, open_images
from jaxgan.errors import UserError
from jaxgan.report import sources
from jaxgan.report.blur import blur_of_run
from jaxgan.report.sources import sets_of_run
from jaxgan.training import loop, machine, rerun, resolved, saved_state
from jaxgan.training.loop import train
from jaxgan.training.options import RunOptions
from tests.tiny import WGAN_GP

__all__ = ["COMMANDS", "DAMAGES", "Outcome", "blur_card", "compile_once", "damaged_copy",
           "files_of", "make_run", "tried"]  # fmt: skip

Outcome = str
"""refused, harmless (the result of the whole run), told (another one, and what is amiss is said),
or what is wrong with how the command ended."""

SAID = ("DIFFERENT at step", "the record ends at step", "is not what this run wrote")

# Smooth from the start, so that a card can be made of so short a run.
SHORT = dataclasses.replace(
    WGAN_GP,
    image_size=16,
    data_size=400,
    steps=60,
    checkpoint_every=20,
    sample_every=30,
    log_every=20,
    generator=dataclasses.replace(WGAN_GP.generator, upsampling="bilinear"),
)
CARD = {"count": 120, "step": None, "seed": 0, "data_dir": None}


def flipped(path: Path, other: Path) -> None:
    content = bytearray(path.read_bytes())
    if content:
        content[len(content) // 2] ^= 0x10
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path, Path], Any]] = {
    "flipped": flipped,
    "halved": lambda path, other: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "emptied": lambda path, other: path.write_bytes(b""),
    "null": lambda path, other: path.write_text("null\n"),
    "swapped": lambda path, other: shutil.copy(other, path) if other.exists() else path.unlink(),
    "deleted": lambda path, other: path.unlink(),
}
"""What is done to a file; `other` is the file of that name in another run."""


def make_run(workdir: Path, seed: int, *, card: bool = True) -> None:
    """A run, and its blur card, which takes most of the time."""
    train(dataclasses.replace(SHORT, seed=seed), _quiet(workdir))
    if card:
        blur_card(workdir)


def files_of(run: Path) -> list[Path]:
    """All files of a run, relative to its directory, but for the lock."""
    found = [path.relative_to(run) for path in run.rglob("*") if path.is_file()]
    return sorted(path for path in found if path.name != ".lock")


def damaged_copy(run: Path, other: Path, file: Path, damage: str, target: Path) -> Path:
    """A copy of the run with one of its files damaged."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(run, target)
    DAMAGES[damage](target / file, other / file)
    return target


def tried(command: Callable[[Path], Any], whole: Any, run: Path) -> Outcome:
    """How a command on a damaged run ends, where the whole run gave it `whole`."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            found = command(run)
    except UserError as error:
        return "refused" if "\n" not in str(error) else f"more than a line: {error}"
    except Exception as error:
        return f"traceback: {type(error).__name__}: {str(error)[:200]}"
    if found == whole:
        return "harmless"
    told = isinstance(found, str) and any(words in found for words in SAID)
    return "told" if told else f"silent: {_first_difference(found, whole)}"


def _trained(run: Path) -> Any:
    digest = train(SHORT, _quiet(run)).digest
    return [digest, (run / "digests.jsonl").read_text()]


def _sampled(run: Path) -> Any:
    out = run.with_suffix(".png")
    sample_command.main([str(run), "--count", "4", "--out", str(out)])
    return out.read_bytes()


def _rerun(run: Path) -> Any:
    return _printed(rerun_command.main, [str(run)])


def _compared(run: Path) -> Any:
    return _printed(compare_command.main, [str(run), str(run)])


def _blurred(run: Path) -> Any:
    """All that a card is made of: the same sets give the same card, which takes half a minute."""
    sets = sets_of_run(run, cache=None, say=lambda line: None, **CARD)  # type: ignore[arg-type]
    return json.dumps(sets._asdict(), default=_array)


def _array(array: np.ndarray) -> Any:
    """The numbers of few, the digest of many."""
    array = np.asarray(array)
    few = array.size < 100
    return array.tolist() if few else [*array.shape, hashlib.sha256(array.tobytes()).hexdigest()]


def blur_card(run: Path) -> Any:
    """The card itself, as it is written."""
    blur_of_run(run, features=False, **CARD)  # type: ignore[arg-type]
    return (run / "blur.json").read_bytes()


COMMANDS: dict[str, Callable[[Path], Any]] = {
    "train": _trained,
    "sample": _sampled,
    "rerun": _rerun,
    "blur": _blurred,
    "compare": _compared,
}
"""What a command gives on a run, to be compared; training on changes the run, so it goes last."""


def compile_once(put: Callable[[Any, str, Any], None] = setattr) -> None:
    """Keep what is compiled and drawn for the next command, and do not wait for a trainer.

    `put` sets what is replaced. Reads that Orbax gives up are told of when their memory is freed,
    which a command's own process does not come to.
    """
    build = functools.cache(resolved.build)
    prepare = _remembered(
        machine.prepare, lambda run, resident: (run.config, run.images.fingerprint, resident)
    )
    opened = _remembered(_open_and_keep, lambda *names, **form: (*names, *sorted(form.items())))
    for module in (resolved, saved_state):
        put(module, "build", build)
    for module in (loop, rerun):
        put(module, "prepare", prepare)
    for module in (resolved, sources):
        put(module, "open_images", opened)
    put(saved_state, "SECONDS_BETWEEN", 0.01)
    put(sys, "unraisablehook", lambda unraisable: None)
    put(logging.getLogger("asyncio"), "disabled", True)


def _open_and_keep(*names: Any, **form: Any) -> ImageSet:
    images = open_images(*names, **form)
    return images._replace(read=_remembered(images.read, lambda indices: indices.tobytes()))


def _remembered(function: Callable[..., Any], key: Callable[..., Any]) -> Callable[..., Any]:
    """The function, called once for each key of its arguments."""
    known: dict[Any, Any] = {}

    def remembering(*arguments: Any, **more: Any) -> Any:
        name = key(*arguments, **more)
        if name not in known:
            known[name] = function(*arguments, **more)
        return known[name]

    return remembering


def _quiet(workdir: Path) -> RunOptions:
    return RunOptions(workdir=workdir, quiet=True, blur=False)


def _printed(main: Callable[[list[str]], int], arguments: list[str]) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        main(arguments)
    os.environ.pop("NPROC", None)  # each command is a process of its own
    return printed.getvalue()


def _first_difference(found: Any, whole: Any) -> str:
    found, whole = str(found), str(whole)
    place = next((i for i, (a, b) in enumerate(zip(found, whole, strict=False)) if a != b),
                 min(len(found), len(whole)))  # fmt: skip
    start = max(0, place - 40)
    return f"{found[start : place + 40]!r}, not {whole[start : place + 40]!r}"
