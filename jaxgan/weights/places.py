"""Where published files of weights are looked for, and how one is fetched."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

from jaxgan.errors import UserError, first_line

__all__ = ["Carried", "Published", "cache_directory", "check_digest", "fetched", "found_carried",
           "found_published", "hub_directory"]  # fmt: skip

CONNECT_SECONDS, READ_SECONDS = 5, 30
PIECE = 2**20  # bytes


class Published(NamedTuple):
    """A file that can be fetched."""

    file: str
    url: str
    sha256: str  # its beginning: torch hub's file names carry 8 digits of it


class Carried(NamedTuple):
    """A file that an installed distribution carries; the package itself is never imported."""

    distribution: str
    version: str
    file: str
    sha256: str


def cache_directory() -> Path:
    """`$XDG_CACHE_HOME/jaxgan/weights`, by default `~/.cache/jaxgan/weights`."""
    return _user_cache() / "jaxgan" / "weights"


def hub_directory() -> Path:
    """Where torch hub and torchvision keep files: `$TORCH_HOME/hub/checkpoints`, by default
    `~/.cache/torch/hub/checkpoints`."""
    home = os.environ.get("TORCH_HOME")
    return (Path(home).expanduser() if home else _user_cache() / "torch") / "hub" / "checkpoints"


def found_published(published: Published) -> Path | None:
    """The file in jaxgan's cache or torch hub's, or None.

    Raises UserError for one that has another digest: a fetch that was cut off, say.
    """
    for directory in (cache_directory(), hub_directory()):
        path = directory / published.file
        if path.is_file():
            check_digest(path, published.sha256)
            return path
    return None


def found_carried(carried: Carried) -> Path | None:
    """The file of an installed distribution, or None; raises UserError for another digest."""
    try:
        distribution = importlib.metadata.distribution(carried.distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
    path = Path(str(distribution.locate_file(carried.file)))
    if not path.is_file():
        return None
    check_digest(path, carried.sha256)
    return path


def fetched(published: Published) -> Path:
    """Fetch a file into the cache, whole and checked, or not at all.

    Raises UserError where it cannot be had, or is not the one that was published.
    """
    import pooch  # here, for who fetches nothing

    directory = cache_directory()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory, prefix=".fetching-") as unchecked:
            path = Path(
                pooch.retrieve(
                    published.url,
                    known_hash=None,  # checked below, as only its beginning is known
                    fname=published.file,
                    path=unchecked,
                    downloader=pooch.HTTPDownloader(timeout=(CONNECT_SECONDS, READ_SECONDS)),
                )
            )
            check_digest(path, published.sha256)
            return path.replace(directory / published.file)
    except (OSError, ValueError) as error:  # what requests raises is an OSError
        raise UserError(
            f"{published.url} cannot be fetched into {directory} ({first_line(error)})"
        ) from error


def check_digest(path: Path, beginning: str) -> None:
    """Raise UserError unless the SHA-256 of a file begins with these hex digits."""
    total = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                total.update(piece)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error
    if not total.hexdigest().startswith(beginning):
        raise UserError(
            f"{path} is damaged, or another file: its SHA-256 begins with "
            f"{total.hexdigest()[: min(len(beginning), 16)]}, expected {beginning[:16]}; delete it "
            "and fetch it again"
        )


def _user_cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    try:
        return Path(home) if home else Path.home() / ".cache"
    except RuntimeError as error:  # a user without a home
        raise UserError("no home to look for weights in: set XDG_CACHE_HOME") from error
