"""A folder of pictures as a data set: `folder:PATH`."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from jaxgan.data.images import ImageSet, check_form, check_indices, fingerprint, is_grey
from jaxgan.data.picture_files import (
    MOST_PIXELS,
    PictureError,
    PictureFacts,
    inspect_picture,
    read_picture,
)
from jaxgan.errors import UserError, printable
from jaxgan.paths import check_encoding

__all__ = ["SUFFIXES", "folder_images"]

SUFFIXES = frozenset({
    ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".webp", ".avif", ".tif", ".tiff", ".gif",
})  # fmt: skip
"""Files with another ending are no part of the set; upper and lower case are alike."""

MOST_ENDINGS = 5  # named
MOST_ASPECT = 2  # long side over short, beyond which more than half is cut away
THOROUGH_FILES = 50_000
THOROUGH_BYTES = 4 * 2**30
"""Up to both limits every file is read and decoded at opening; above, only its header is."""


def folder_images(
    path: str,
    *,
    image_size: int | None = None,
    channels: int | None = None,
    max_pixels: int = MOST_PIXELS,
) -> ImageSet:
    """All pictures below `path`, sorted by relative path.

    The label is the first-level subfolder, if all pictures are in subfolders; a picture beside
    them leaves the set without labels. `image_size` None takes the pictures' own size, which must
    then be square and the same for all. `channels` None is 1 where every file is grey, else 3.
    Orientation marks (EXIF) are obeyed; of an animation the first frame counts; hidden files and
    folders are skipped; links are followed.

    Raises UserError for a folder that is missing or empty, a file that does not decode (it is
    named) or has more than `max_pixels`, and a size that cannot be chosen. Reading raises it for a
    picture that was changed, or went away, since.
    """
    check_form(image_size, channels)
    if not path:  # which would be the directory that this process is in
        raise UserError("folder: without a path: give folder:PATH, or folder:. for this directory")
    try:
        root = Path(path).expanduser()
    except RuntimeError as error:  # ~name of nobody
        raise UserError(f"folder:{path}: {error}; give the whole path") from error
    files, others = _find(root, path)
    paths = [root / file for file in files]
    facts = _inspect_all(paths, max_pixels)
    if image_size is None:
        image_size = _common_size(root, files, facts)
    if channels is None:
        channels = 1 if all(is_grey(fact.mode) for fact in facts) else 3
    shape = (image_size, image_size, channels)
    classes, labels = _labels(files)

    def read(indices: np.ndarray) -> dict[str, np.ndarray]:
        chosen = check_indices(indices, len(paths))
        image = np.empty((len(chosen), *shape), np.uint8)
        for row, index in zip(image, chosen, strict=True):
            row[:] = read_picture(paths[index], shape, contents[index], max_pixels)
        return {"image": image, "label": labels[chosen]} if classes else {"image": image}

    contents = [fact.content for fact in facts]
    return ImageSet(
        name=f"folder:{path}",
        size=len(files),
        image_shape=shape,
        classes=classes,
        read=read,
        fingerprint=fingerprint("folder", shape, files, contents),
        files=tuple(files),
        contents=tuple(contents),
        codings=Counter(fact.coding for fact in facts),
        notes=(*_on_left_out(others), *_on_sizes(facts, image_size)),
    )


def _on_left_out(endings: Counter[str]) -> list[str]:
    if not endings:
        return []
    most = sorted(endings.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"{count} {printable(ending)}" for ending, count in most[:MOST_ENDINGS])
    if others := sum(count for _, count in most[MOST_ENDINGS:]):
        named += f", {others} of other endings"
    return [f"left out, as no pictures that are read: {named}"]


def _on_sizes(facts: list[PictureFacts], image_size: int) -> list[str]:
    """Pictures that are enlarged, and those of which a crop leaves less than half."""
    sides = np.array([fact.size for fact in facts])
    short, long = sides.min(axis=1), sides.max(axis=1)
    small, narrow = int(np.sum(short < image_size)), int(np.sum(long > MOST_ASPECT * short))
    lines = []
    if small:
        lines.append(
            f"warning: {small} of {len(facts)} pictures are smaller than {image_size} pixels and "
            "are enlarged, which blurs them"
        )
    if narrow:
        lines.append(
            f"warning: {narrow} of {len(facts)} pictures lose more than half to the square that is "
            "cut out of their middle"
        )
    return lines


def _find(root: Path, written: str) -> tuple[list[str], Counter[str]]:
    """Relative paths with forward slashes, sorted: the same order on every system.

    Beside them, how many other files there are, by their ending.
    """
    if not root.is_dir():
        raise UserError(f"folder:{written}: there is no such folder; check the path")
    found: list[str] = []
    others: Counter[str] = Counter()
    seen: set[str] = set()
    for folder, subfolders, names in os.walk(root, followlinks=True, onerror=_refuse):
        real = os.path.realpath(folder)
        if real in seen:  # a link that leads back up
            subfolders.clear()
            continue
        seen.add(real)
        # Sorted, so that of two links to one folder it is always the same that counts.
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in names:
            ending = Path(name).suffix.lower()
            if name.startswith("."):
                continue
            if ending in SUFFIXES:
                found.append((Path(folder) / name).relative_to(root).as_posix())
            else:
                others[ending or "without an ending"] += 1
    odd = [file for file in found if not (root / file).is_file()]
    if odd:
        more = f" (and {len(odd) - 1} more)" if len(odd) > 1 else ""
        raise PictureError(
            f"{root / min(odd)}{more} is no file: a link to nowhere, or a pipe", "remove it"
        )
    if not found:
        raise UserError(
            f"folder:{written}: no pictures in it; files ending in "
            f"{' '.join(sorted(SUFFIXES))} were looked for, in subfolders too"
        )
    for file in found:
        check_encoding(file)  # the fingerprint is made of names, too
    return sorted(found), others


def _refuse(error: OSError) -> None:
    raise UserError(
        f"{error.filename} cannot be read ({error.strerror}): make it readable, or move it away"
    ) from error


def _inspect_all(paths: list[Path], max_pixels: int) -> list[PictureFacts]:
    thorough = len(paths) <= THOROUGH_FILES and sum(map(_size, paths)) <= THOROUGH_BYTES
    with ThreadPoolExecutor() as pool:
        look = partial(inspect_picture, thorough=thorough, max_pixels=max_pixels)
        facts = list(pool.map(look, paths))
    broken = [(path, fact) for path, fact in zip(paths, facts, strict=True) if fact.problem]
    if broken:
        path, fact = broken[0]
        more = f" (and {len(broken) - 1} more files)" if len(broken) > 1 else ""
        raise PictureError(f"{path} cannot be used{more}: {fact.problem}", "repair or remove it")
    return facts


def _size(path: Path) -> int:
    """Bytes of a file; 0 of one that has gone, of which looking at it tells more."""
    return path.stat().st_size if path.exists() else 0


def _common_size(root: Path, files: list[str], facts: list[PictureFacts]) -> int:
    """The one square size of all pictures, or a refusal that names two that differ."""
    width, height = facts[0].size
    for file, fact in zip(files, facts, strict=True):
        if fact.size[0] != fact.size[1]:
            raise PictureError(
                f"{root / file} is {fact.size[0]}x{fact.size[1]}, not square",
                "give --image-size to resize and crop all pictures",
            )
        if fact.size != (width, height):
            raise PictureError(
                f"{root / files[0]} is {width}x{height} but {root / file} is "
                f"{fact.size[0]}x{fact.size[1]}",
                "give --image-size to bring all pictures to one size",
            )
    check_form(width, None)
    return width


def _labels(files: list[str]) -> tuple[tuple[str, ...], np.ndarray]:
    """Class names, sorted, and labels int32 [n]; no names where a picture is in no subfolder."""
    if not all("/" in file for file in files):
        return (), np.zeros(0, np.int32)
    folders = [file.split("/")[0] for file in files]
    classes = sorted(set(folders))
    numbers = {name: number for number, name in enumerate(classes)}
    return tuple(classes), np.array([numbers[name] for name in folders], np.int32)
