"""Contact sheets: the images behind a verdict, softest first, for eyes to check it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont
from scipy import ndimage

from jaxgan.errors import printable
from jaxgan.files import written_whole
from jaxgan.report.figures.style import DASH, FAKE, INK, QUIET, TIMES
from jaxgan.report.image_table import ImageTable, largest_first

__all__ = ["MOST_TILES", "contact_sheet", "write_sheets"]

Array = np.ndarray
Frame = Array | tuple[slice, slice]

MOST_TILES = 60
FEWEST_SOFTEST, SOFTEST = 10, 0.05  # images, and share of all, on the sheet of the softest
IN_REGION = 24  # images on either side of the sheet of a region

# Pixels of the sheet.
SMALL, LARGE = 96, 320  # sides of a tile that smaller images are enlarged to, larger ones reduced
SHEET, FEWEST_COLUMNS = 1280, 6  # width, about
GAP, BORDER, OUTLINE = 6, 16, 3
LINE, TITLE_LINE = 15, 21  # heights of lines of text
TEXT, TITLE = 11, 15  # heights of letters


def contact_sheet(
    images: Array,
    captions: Sequence[str],
    title: str,
    *,
    frame: Frame | None = None,
    columns: int | None = None,
) -> Image.Image:
    """An RGB picture of uint8 images [n, H, W, C], row by row, with a caption below each.

    Images are enlarged by a whole factor without interpolation, or, above 320 pixels a side,
    reduced by one, which hides blur; the line below the title says so. A caption's lines are cut
    to the width of their tile, at the left, where names of files are alike. `frame` is a region of
    all images, slices of rows and of columns or bool [H, W]: a line around it covers none of it.

    Raises ValueError for other images, none or more than 60 of them, another number of captions,
    and a frame of another shape.
    """
    if images.ndim != 4 or images.dtype != np.uint8 or images.shape[3] not in (1, 3):
        raise ValueError(f"{images.dtype} images of shape {images.shape}: expected uint8 [n,H,W,C]")
    if not 0 < len(images) <= MOST_TILES:
        raise ValueError(f"{len(images)} images: expected 1 to {MOST_TILES} a sheet")
    if len(captions) != len(images):
        raise ValueError(f"{len(captions)} captions for {len(images)} images")
    region = None if frame is None else _region(frame, images.shape[1:3])
    tiles = [_tile(image, region) for image in images]
    texts = [caption.split("\n") for caption in captions]
    wide = _width_of_cell(images.shape[1:3])
    high = tiles[0].height + LINE * max(map(len, texts)) + 2 * GAP
    columns = _columns(len(tiles), columns or max(FEWEST_COLUMNS, SHEET // wide))
    width = max(columns * wide, 4 * SMALL)
    head = [(line, _font(TITLE, bold=True), INK, TITLE_LINE)
            for line in _wrapped(printable(title), width)]  # fmt: skip
    head.append((_scale_in_words(images.shape[1:3]), _font(TEXT), QUIET, LINE))
    top = BORDER + sum(height for *_, height in head) + GAP
    rows = -(-len(tiles) // columns)
    sheet = Image.new("RGB", (width + 2 * BORDER, top + rows * high + BORDER), "white")
    draw, y = ImageDraw.Draw(sheet), BORDER
    for line, font, colour, height in head:
        draw.text((BORDER, y), line, colour, font)
        y += height
    for number, (tile, lines) in enumerate(zip(tiles, texts, strict=True)):
        x, y = BORDER + number % columns * wide, top + number // columns * high
        sheet.paste(tile, (x, y))
        for place, line in enumerate(lines):
            shown = _shortened(printable(line), _font(TEXT), wide - GAP - OUTLINE)
            below = y + tile.height + place * LINE
            draw.text((x + OUTLINE, below), shown, INK if place == 0 else QUIET, _font(TEXT))
    return sheet


def write_sheets(
    out: Path,
    fake: Array,
    table: ImageTable,
    *,
    real: Array | None = None,
    flagged_class: str | None = None,
    region: Array | None = None,
    by: str = "radius_px",
) -> list[Path]:
    """Write the sheets that there is something for into a directory; their paths.

    sheet-softest.png: the softest 5 % of the fakes, 10 to 60 of them. sheet-class-NAME.png: the
    softest of the flagged class, if any fake is of it. sheet-region.png: the softest fakes with the
    flagged region, bool [H, W], outlined, and real images beside them. Softest are those with the
    largest `by`. Sheets of before are replaced; one that is not written now is left as it is.

    Raises ValueError for a table of another number of images, and as `largest_first` and
    `contact_sheet` do.
    """
    if len(fake) != len(table.names):
        raise ValueError(f"{len(fake)} images and {len(table.names)} names: expected as many")
    order, captions = largest_first(table, by), _captions(table)
    few = int(np.clip(np.ceil(SOFTEST * len(fake)), FEWEST_SOFTEST, MOST_TILES))
    chosen = {"softest": (order[:few], f"{len(fake):,} fakes")}
    if flagged_class is not None and table.labels:
        of_class = order[[table.labels[index] == flagged_class for index in order]]
        words = f"{len(of_class):,} fakes of class {flagged_class}"
        if len(of_class):
            chosen[f"class-{_safe(flagged_class)}"] = (of_class[:MOST_TILES], words)
    written = []
    for name, (indices, words) in chosen.items():
        title = f"The softest {len(indices)} of {words}, softest first"
        sheet = contact_sheet(fake[indices], [captions[index] for index in indices], title)
        written.append(_write(out / f"sheet-{name}.png", sheet))
    if region is not None:
        softest = order[:IN_REGION]
        lines = [captions[index] for index in softest]
        sheet = _region_sheet(fake[softest], lines, real, region)
        written.append(_write(out / "sheet-region.png", sheet))
    return written


def _columns(count: int, most: int) -> int:
    """As few as keep the number of rows: ten tiles are two rows of five, not nine and one."""
    rows = -(-count // most)
    return -(-count // rows)


def _region_sheet(
    fake: Array, captions: Sequence[str], real: Array | None, region: Array
) -> Image.Image:
    """Fakes on the left, real images on the right, all with the region outlined."""
    columns = max(3, SHEET // 2 // _width_of_cell(fake.shape[1:3]))
    title = "Fakes, softest first; the region is outlined"
    parts = [contact_sheet(fake, captions, title, frame=region, columns=columns)]
    if real is not None:
        some = real[np.linspace(0, len(real) - 1, min(len(real), IN_REGION)).astype(int)]
        empty = ["\n"] * len(some)  # as high as the fakes', so that rows stand side by side
        title = "Real images, the same region"
        parts.append(contact_sheet(some, empty, title, frame=region, columns=columns))
    whole = Image.new("RGB", (sum(x.width for x in parts), max(x.height for x in parts)), "white")
    left = 0
    for part in parts:
        whole.paste(part, (left, 0))
        left += part.width
    return whole


def _captions(table: ImageTable) -> list[str]:
    """Two lines for each image: its radius, and what it is called."""
    radii = np.asarray(table.columns["radius_px"], np.float64)
    scores = [DASH if np.isnan(radius) else f"{radius:.2f} px" for radius in radii]
    return [f"{score}\n{printable(name)}" for score, name in zip(scores, table.names, strict=True)]


def _safe(name: str) -> str:
    """A part of a file name, never a path, whatever a class is called."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", name)[:60]


def _scale(height: int, width: int) -> tuple[int, int]:
    """By what whole factors an image is enlarged and reduced; one of them is 1."""
    side = max(height, width)
    return max(1, round(SMALL / side)), -(-side // LARGE)


def _width_of_cell(shape: Sequence[int]) -> int:
    """What a tile needs, or, where images are narrow, its caption."""
    height, width = shape
    enlarge, reduce = _scale(height, width)
    return max(-(-width * enlarge // reduce), SMALL) + 2 * OUTLINE + GAP


def _scale_in_words(shape: Sequence[int]) -> str:
    height, width = shape
    enlarge, reduce = _scale(height, width)
    size = f"{height} {TIMES} {width} pixels"
    if reduce > 1:
        return f"{size}, shown {reduce} times smaller: judge blur in the images themselves"
    return f"{size}, shown " + (f"{enlarge} times as large" if enlarge > 1 else "as they are")


def _tile(image: Array, region: Array | None) -> Image.Image:
    """One image at the sheet's scale, with room for the outline around it."""
    enlarge, reduce = _scale(*image.shape[:2])
    pixels = np.broadcast_to(image, (*image.shape[:2], 3))
    large = pixels.repeat(enlarge, axis=0).repeat(enlarge, axis=1)
    shown = np.asarray(Image.fromarray(large).reduce(reduce))
    tile = np.pad(shown, ((OUTLINE, OUTLINE), (OUTLINE, OUTLINE), (0, 0)), constant_values=255)
    if region is not None:
        mask = region.repeat(enlarge, axis=0).repeat(enlarge, axis=1)[::reduce, ::reduce]
        distance = ndimage.distance_transform_cdt(~np.pad(mask, OUTLINE))
        # Two colours, of which one can be seen on any image.
        tile[(distance > 0) & (distance < OUTLINE)] = ImageColor.getrgb(FAKE)
        tile[distance == OUTLINE] = 255
    return Image.fromarray(tile)


def _region(frame: Frame, shape: Sequence[int]) -> Array:
    if isinstance(frame, tuple):
        region = np.zeros(tuple(shape), bool)
        region[frame] = True
        return region
    if frame.shape != tuple(shape) or frame.dtype != bool:
        raise ValueError(f"frame {frame.dtype} {frame.shape}: expected bool {tuple(shape)}")
    return frame


@cache
def _font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The font that matplotlib brings along, laid out by Pillow alone: alike on every machine."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


def _shortened(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """The text, or as much of its end as fits, after an ellipsis."""
    if font.getlength(text) <= width:
        return text
    text = text[-width:]  # no sign is narrower than a pixel
    while text and font.getlength("…" + text) > width:
        text = text[1:]
    return "…" + text


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of a title that fit, broken between words."""
    font, lines = _font(TITLE, bold=True), [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(_shortened(word, font, width))
    return [line for line in lines if line]


def _write(path: Path, picture: Image.Image) -> Path:
    """As a PNG file; whoever reads the path sees the old picture or the whole new one."""
    with written_whole(path) as temporary:
        picture.save(temporary, format="PNG", compress_level=3)  # 9 takes seconds
    return path
