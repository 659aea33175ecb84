"""Contact sheets, read back from their files: which images, where, how large, under what name."""

import numpy as np
import pytest
from PIL import Image

from jaxgan.metrics.checks import as_file
from jaxgan.metrics.planting import blurred
from jaxgan.report.image_table import ImageTable
from jaxgan.report.sheets import MOST_TILES, contact_sheet, write_sheets
from tests.photographs import IN_COLOUR, crops

ORANGE = (213, 94, 0)
BLUE = (0, 0, 255)
HOSTILE = ("../../x", "=cmd()", "<b>", 'quote"s', "new\nline", "größe 猫", "", "latin\udcfc",
           "x" * 500, "/etc/passwd", "..")  # fmt: skip


def plain(count, side=32, channels=1):
    """Image i is all of level i + 1."""
    levels = np.arange(1, count + 1, dtype=np.uint8)
    return np.broadcast_to(levels[:, None, None, None], (count, side, side, channels)).copy()


def blue(count, height, width):
    images = np.zeros((count, height, width, 3), np.uint8)
    images[..., 2] = 255
    return images


def extents(sheet, colour):
    """Top, bottom, left and right of the pixels of a colour, and how many they are."""
    rows, columns = np.nonzero(np.all(np.asarray(sheet) == colour, axis=-1))
    return rows.min(), rows.max() + 1, columns.min(), columns.max() + 1, len(rows)


def levels_in_order(sheet, side):
    """Levels of plain tiles, row by row: those that fill `side` rows and columns, as no letter."""
    pixels = np.asarray(sheet)[..., 0]
    found = []
    for level in range(1, 255):
        tile = pixels == level
        rows = np.flatnonzero(tile.sum(axis=1) >= side)
        columns = np.flatnonzero(tile.sum(axis=0) >= side)
        if len(rows) and len(columns):
            found.append((rows[0], columns[0], level))
    return [level for *_, level in sorted(found)]


@pytest.mark.parametrize(
    ("height", "width", "shown_height", "shown_width"),
    [
        (8, 8, 96, 96),  # 12 times
        (32, 32, 96, 96),  # 3 times
        (64, 64, 128, 128),  # 96 / 64 = 1.5, rounded to even
        (128, 128, 128, 128),
        (320, 320, 320, 320),
        (640, 640, 320, 320),
        (650, 650, 217, 217),  # a third, rounded up
        (24, 10, 96, 40),
    ],
)
def test_small_images_are_enlarged_and_large_ones_reduced(height, width, shown_height, shown_width):
    sheet = contact_sheet(blue(1, height, width), ["1.00 px"], "One")
    top, bottom, left, right, count = extents(sheet, BLUE)
    assert (bottom - top, right - left) == (shown_height, shown_width)
    assert count == shown_height * shown_width
    assert sheet.height > bottom + 11
    assert sheet.width >= right


def test_pixels_are_enlarged_without_interpolation():
    image = np.random.default_rng(0).integers(0, 255, (1, 32, 32, 3), np.uint8)
    sheet = np.asarray(contact_sheet(image, [""], ""))
    expected = image[0].repeat(3, axis=0).repeat(3, axis=1)
    found = [
        (y, x)
        for y in range(sheet.shape[0] - 95)
        for x in range(40)
        if np.array_equal(sheet[y : y + 96, x : x + 96], expected)
    ]
    assert len(found) == 1


def test_images_stand_row_by_row_and_captions_below_them():
    images = plain(15)
    sheet = contact_sheet(images, ["8.88 px\nMMM"] * 15, "Fifteen")
    assert levels_in_order(sheet, 96) == list(range(1, 16))
    pixels = np.asarray(sheet.convert("L"))
    rows, columns = np.nonzero(pixels == 1)  # the first tile
    bottom, left, right = rows.max() + 1, columns.min(), columns.max() + 1
    next_top = np.nonzero(pixels == 15)[0].min()  # of the row below
    assert next_top > bottom
    ink = pixels[bottom:next_top, left:right].min(axis=1) < 160
    lines = np.flatnonzero(np.diff(ink.astype(int)) == 1)
    assert len(lines) == 2
    assert not ink[-3:].any()


def test_a_long_caption_keeps_its_end_and_stays_under_its_tile():
    def drawn(caption):
        sheet = contact_sheet(plain(2), [caption, ""], "Title")
        return np.asarray(sheet.convert("L"))

    pixels = drawn("folder/" * 40 + "0123.png")
    below = np.nonzero(np.isin(pixels, (1, 2)))[0].max() + 1
    second = np.nonzero(pixels == 2)[1].min()
    assert np.all(pixels[below:, second:] == 255)
    assert np.any(pixels[below:, :second] < 160)
    assert np.any(drawn("folder/" * 40 + "0123.png") != drawn("folder/" * 40 + "0124.png"))
    np.testing.assert_array_equal(pixels, drawn("another/" * 40 + "folder/" * 9 + "0123.png"))


def test_a_long_title_is_wrapped_and_cut():
    for title in ("words of it " * 40, "x" * 2000):
        pixels = np.asarray(contact_sheet(plain(1), [""], title).convert("L"))
        assert np.all(pixels[:, -8:] == 255)  # nothing reaches the border
    short = contact_sheet(plain(1), [""], "words")
    assert contact_sheet(plain(1), [""], "words of it " * 40).height > short.height + 21


@pytest.mark.parametrize("as_mask", [False, True])
def test_the_frame_surrounds_the_region_and_covers_none_of_it(as_mask):
    frame = (slice(0, 8), slice(4, 12))
    if as_mask:
        mask = np.zeros((32, 32), bool)
        mask[frame] = True
        frame = mask
    images = blue(1, 32, 32)
    images[0, :8, 4:12] = (0, 255, 0)
    sheet = contact_sheet(images, [""], "", frame=frame)
    top, bottom, left, right, count = extents(sheet, (0, 255, 0))
    assert count == (8 * 3) ** 2
    assert extents(sheet, ORANGE)[:4] == (top - 2, bottom + 2, left - 2, right + 2)
    assert extents(sheet, ORANGE)[4] == (24 + 4) ** 2 - 24**2


def test_a_frame_of_a_reduced_image_is_reduced_with_it():
    images = np.zeros((1, 640, 640, 1), np.uint8)
    sheet = contact_sheet(images, [""], "", frame=(slice(100, 300), slice(40, 80)))
    top, bottom, left, right, _ = extents(sheet, ORANGE)
    assert (bottom - top, right - left) == (100 + 4, 20 + 4)


def test_what_makes_no_sheet_is_refused():
    for images, captions, options, words in (
        (plain(2), ["one"], {}, "1 captions for 2 images"),
        (plain(0), [], {}, "0 images: expected 1 to 60"),
        (plain(61), [""] * 61, {}, "61 images"),
        (plain(1) / 255.0, [""], {}, "float64 images"),
        (plain(1, channels=2), [""], {}, r"\(1, 32, 32, 2\)"),
        (plain(1), [""], {"frame": np.ones((8, 8), bool)}, r"frame bool \(8, 8\)"),
        (plain(1), [""], {"frame": np.ones((32, 32))}, "frame float64"),
    ):
        with pytest.raises(ValueError, match=words):
            contact_sheet(images, captions, "", **options)


def table(radii, names=None, labels=()):
    names = names or [f"{i:04d}.png" for i in range(len(radii))]
    return ImageTable({"radius_px": np.array(radii, float)}, tuple(names), tuple(labels))


@pytest.mark.parametrize(("fakes", "shown"), [(4, 4), (100, 10), (220, 11), (221, 12)])
def test_the_softest_twentieth_is_shown(tmp_path, fakes, shown):
    order = np.random.default_rng(0).permutation(fakes)  # ranks
    paths = write_sheets(tmp_path, plain(fakes), table(-order))
    assert [path.name for path in paths] == ["sheet-softest.png"]
    assert [file.name for file in tmp_path.iterdir()] == ["sheet-softest.png"]
    expected = (np.argsort(order)[:shown] + 1).tolist()
    with Image.open(paths[0]) as sheet:
        assert sheet.format == "PNG"
        assert levels_in_order(sheet.convert("RGB"), 96) == expected


def test_never_more_than_sixty_are_shown(tmp_path):
    images = np.zeros((2000, 8, 8, 1), np.uint8)
    (path,) = write_sheets(tmp_path, images, table(np.arange(2000)))
    with Image.open(path) as sheet:
        black = np.all(np.asarray(sheet) == 0, axis=-1).sum()
    assert black == MOST_TILES * 96**2


def test_the_flagged_class_has_a_sheet(tmp_path):
    labels = ["cat", "dog"] * 10
    made = table(np.arange(20), labels=labels)
    softest, of_class = write_sheets(tmp_path, plain(20), made, flagged_class="cat")
    assert of_class.name == "sheet-class-cat.png"
    with Image.open(of_class) as sheet:
        assert levels_in_order(sheet, 96) == [19, 17, 15, 13, 11, 9, 7, 5, 3, 1]
    assert write_sheets(tmp_path, plain(20), made, flagged_class="owl") == [softest]
    without = table(np.arange(20))
    assert write_sheets(tmp_path, plain(20), without, flagged_class="cat") == [softest]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_names(tmp_path, name):
    out = tmp_path / "in" / "out"
    out.mkdir(parents=True)
    made = table([2.0, 1.0], names=[name, name], labels=[name, name])
    paths = write_sheets(out, plain(2), made, flagged_class=name)
    assert len(paths) == 2
    stem = paths[1].name.removeprefix("sheet-class-").removesuffix(".png")
    assert set(stem) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
    assert len(stem) <= 60
    assert sorted(tmp_path.rglob("*.png")) == sorted(paths)
    for path in paths:
        with Image.open(path) as sheet:
            assert levels_in_order(sheet, 96) == [1, 2]


def test_line_ends_in_a_name_make_no_lines_of_a_caption(tmp_path):
    heights = []
    for name in ("a", "a\nb\nc\nd"):
        (path,) = write_sheets(tmp_path, plain(1), table([1.0], names=[name]))
        with Image.open(path) as sheet:
            heights.append(sheet.height)
    assert heights[0] == heights[1]


def test_photographs_soft_in_a_region_beside_real_ones(tmp_path):
    """The outline is around the region of fakes and real images; those look as in their files."""
    rng = np.random.default_rng(0)
    real = crops(40, 128, rng, channels=3, names=IN_COLOUR)
    fake, sigmas = real[:30].copy(), rng.permutation(np.linspace(0.2, 3, 30))
    region = np.zeros((128, 128), bool)
    region[32:96, 16:80] = True
    for image, sigma in zip(fake, sigmas, strict=True):
        image[region] = as_file(blurred(image[None] / 255.0, sigma))[0][region]
    made = table(sigmas)
    softest, beside = write_sheets(tmp_path, fake, made, real=real, region=region)
    assert beside.name == "sheet-region.png"
    with Image.open(beside) as file:
        sheet = np.asarray(file)
    with Image.open(softest) as file:
        assert file.width < sheet.shape[1] + 200
    frames = np.all(sheet == ORANGE, axis=-1)
    ring = (64 + 4) ** 2 - 64**2  # pixels; photographs have a few of that colour, too
    assert frames.sum() == pytest.approx(48 * ring, abs=50)
    # The softest fake is the first on the left, the first real image the first on the right.
    rows, columns = np.nonzero(frames)
    top = rows.min() + 2
    first_row = columns[rows == rows.min()]
    left, right = first_row.min() + 2, first_row[first_row > sheet.shape[1] // 2].min() + 2
    inside = (slice(top, top + 64), slice(left, left + 64))
    np.testing.assert_array_equal(sheet[inside], fake[sigmas.argmax(), 32:96, 16:80])
    np.testing.assert_array_equal(sheet[inside[0], right : right + 64], real[0, 32:96, 16:80])
    # Rows stand side by side: wherever an outline begins on the left, one begins on the right.
    full = frames.reshape(len(frames), 2, -1).sum(axis=2) >= 4 * 64
    np.testing.assert_array_equal(full[:, 0], full[:, 1])


def test_a_region_without_real_images_shows_the_fakes_alone(tmp_path):
    region = np.eye(32, dtype=bool)
    paths = write_sheets(tmp_path, plain(30), table(np.arange(30)), region=region)
    assert [path.name for path in paths] == ["sheet-softest.png", "sheet-region.png"]


def test_images_without_a_radius_are_shown_last(tmp_path):
    (path,) = write_sheets(tmp_path, plain(3), table([np.nan, 1.0, 2.0]))
    with Image.open(path) as sheet:
        assert levels_in_order(sheet, 96) == [3, 2, 1]


def test_captions_tell_radius_and_name(tmp_path):
    made = table([-0.5, 1.234, np.nan], names=["b/1.png", "a/0.png", "c"])
    (path,) = write_sheets(tmp_path, plain(3), made)
    captions = ["1.23 px\na/0.png", "-0.50 px\nb/1.png", "\u2013\nc"]
    expected = contact_sheet(plain(3)[[1, 0, 2]], captions,
                             "The softest 3 of 3 fakes, softest first")  # fmt: skip
    with Image.open(path) as sheet:
        np.testing.assert_array_equal(sheet, expected)


def test_a_table_of_other_images_is_refused(tmp_path):
    with pytest.raises(ValueError, match="3 images and 2 names"):
        write_sheets(tmp_path, plain(3), table([1.0, 2.0]))
    assert list(tmp_path.iterdir()) == []
