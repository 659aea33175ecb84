"""One picture file: what is learned of it when its folder is opened, and its pixels."""

from __future__ import annotations

import hashlib
import io
import re
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import numpy as np

from jaxgan.data.images import as_square, check_mode
from jaxgan.errors import UserError

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["MOST_PIXELS", "PictureError", "PictureFacts", "inspect_picture", "read_picture"]

MOST_PIXELS = 178_956_970
"""Pixels of a picture, at which Pillow refuses: a small file can claim more than memory holds."""

SHOWN_AS = {"MPO": "JPEG", "WEBP": "WebP"}  # names of formats; an MPO is a JPEG with more behind it
PILLOWS_LIMIT = threading.Lock()


class PictureError(UserError):
    """A picture cannot be used; `fault` says which and why, for those who know another way out."""

    def __init__(self, fault: str, remedy: str) -> None:
        super().__init__(f"{fault}; {remedy}")
        self.fault = fault


class PictureFacts(NamedTuple):
    """What opening learns of one file. A file with a `problem` refuses the whole set."""

    mode: str = ""
    size: tuple[int, int] = (0, 0)
    content: str | int = ""  # SHA-256, or the number of bytes where the file was not read
    coding: str = ""  # how it is stored, as "PNG" or "lossy WebP"
    problem: str = ""


def inspect_picture(path: Path, thorough: bool, max_pixels: int) -> PictureFacts:
    """Look at a file: at its header, and if `thorough` at all of it."""
    try:
        data = path.read_bytes() if thorough else b""
        with (
            io.BytesIO(data) if thorough else path.open("rb") as file,
            _opened(file, max_pixels) as picture,
        ):
            check_mode(picture.mode)
            coding = _coding(picture, file)
            if thorough:
                picture.load()
            content = hashlib.sha256(data).hexdigest() if thorough else path.stat().st_size
            return PictureFacts(picture.mode, picture.size, content, coding)
    except Exception as error:  # broken files make Pillow's readers raise almost any type
        return PictureFacts(problem=_one_line(error))


def read_picture(
    path: Path, shape: tuple[int, int, int], content: str | int, max_pixels: int
) -> np.ndarray:
    """The pixels of a file, uint8 of the shape [H, W, C].

    Raises PictureError for one that is gone or broken, and for one that was changed: its `content`
    is not what it was when the folder was opened.
    """
    from PIL import ImageOps

    try:
        data = path.read_bytes()
        now = len(data) if isinstance(content, int) else hashlib.sha256(data).hexdigest()
        if now != content:
            raise ValueError("it was changed after its folder was opened")
        with _opened(io.BytesIO(data), max_pixels) as picture:
            return as_square(ImageOps.exif_transpose(picture), shape[1], shape[2])
    except Exception as error:  # as above; the file was changed, or was too many to check
        raise PictureError(
            f"{path} cannot be read: {_one_line(error)}", "restore it, and start again"
        ) from error


def _opened(file: BinaryIO, max_pixels: int) -> Image.Image:
    """The picture, of which nothing is decoded yet; ValueError for one of more pixels.

    Pillow's own limit is one number for the whole process, so it is lent for a moment.
    """
    from PIL import Image

    with PILLOWS_LIMIT, warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, max_pixels
        try:
            picture = Image.open(file)
        except Image.DecompressionBombError as error:
            pixels = max(map(int, re.findall(r"\d+", str(error))), default=2 * max_pixels)
            raise ValueError(_too_many(pixels, max_pixels)) from error
        finally:
            Image.MAX_IMAGE_PIXELS = before
    pixels = picture.width * picture.height
    if pixels > max_pixels:
        raise ValueError(_too_many(pixels, max_pixels))
    return picture


def _too_many(pixels: int, most: int) -> str:
    return (
        f"it has {pixels:,} pixels, and --max-pixels allows {most:,} (give more, if that is what "
        "it should have and memory holds it)"
    )


def _coding(picture: Image.Image, file: BinaryIO) -> str:
    """How a picture is stored, where that changes what it shows: by format, and lossy or not."""
    name = SHOWN_AS.get(str(picture.format), str(picture.format))
    if name == "WebP":
        return f"{'lossless' if _is_lossless_webp(file) else 'lossy'} WebP"
    if name == "TIFF" and "jpeg" in str(picture.info.get("compression")):
        return "JPEG in TIFF"
    return f"palette {name}" if picture.mode == "P" and name != "GIF" else name


def _is_lossless_webp(file: BinaryIO) -> bool:
    """Whether the first frame of a WebP file is of the lossless kind; the position is kept."""
    position, place = file.tell(), 12  # behind RIFF, the size and WEBP
    try:
        while True:
            file.seek(place)
            kind, size = file.read(4), int.from_bytes(file.read(4), "little")
            if kind in (b"VP8 ", b"VP8L", b""):
                return kind == b"VP8L"
            place += 24 if kind == b"ANMF" else 8 + size + size % 2  # a frame holds chunks
    finally:
        file.seek(position)


def _one_line(error: Exception) -> str:
    if "cannot identify image file" in str(error):  # Pillow prints a buffer's address
        return "no picture format was recognised in it"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__
