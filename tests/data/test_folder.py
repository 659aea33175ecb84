"""Folders of real files: order, labels, forms, and what is refused."""

from __future__ import annotations

import dataclasses
import os
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from jaxgan.config import Config
from jaxgan.data import open_images
from jaxgan.data.notes import notes_on
from jaxgan.errors import UserError
from jaxgan.experiments import cgan


def save(path, level=100, size=(8, 8), mode="L", **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, level).save(path, **options)


def refusal(name, **options) -> str:
    with pytest.raises(UserError) as caught:
        open_images(name, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def pets(tmp_path):
    """Two dogs and a cat, written in another order than they sort in."""
    save(tmp_path / "dog" / "b.png", 30)
    save(tmp_path / "dog" / "a.PNG", 20)
    save(tmp_path / "cat" / "deep" / "z.png", 10)
    (tmp_path / "cat" / "notes.txt").write_text("no picture")
    (tmp_path / "cat" / "._z.png").write_text("a hidden file, as macOS leaves them")
    return tmp_path


def test_order_and_labels(pets):
    images = open_images(f"folder:{pets}")
    assert images[:4] == (f"folder:{pets}", 3, (8, 8, 1), ("cat", "dog"))
    batch = images.read(np.array([0, 1, 2, 1]))
    assert batch["image"].shape == (4, 8, 8, 1)
    assert batch["image"][:, 0, 0, 0].tolist() == [10, 20, 30, 20]
    assert batch["label"].tolist() == [0, 1, 1, 1]
    assert batch["label"].dtype == np.int32
    with pytest.raises(IndexError):
        images.read(np.array([3]))


def test_files_are_named_in_the_order_of_the_indices(pets):
    images = open_images(f"folder:{pets}")
    assert images.files == ("cat/deep/z.png", "dog/a.PNG", "dog/b.png")
    save(pets / "a\nb, größe.png", 40)
    images = open_images(f"folder:{pets}")
    assert images.files[0] == "a\nb, größe.png"
    assert images.read(np.array([0]))["image"][0, 0, 0, 0] == 40
    assert open_images("shapes", image_size=8, size=2).files == ()


def test_a_picture_beside_the_subfolders_leaves_no_labels(pets):
    save(pets / "stray.png")
    images = open_images(f"folder:{pets}")
    assert images.classes == ()
    assert set(images.read(np.arange(4))) == {"image"}


def test_links_are_followed_and_loops_end(pets, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    save(elsewhere / "o.png", 50)
    (pets / "owl").symlink_to(elsewhere)
    (pets / "dog" / "loop").symlink_to(pets)
    images = open_images(f"folder:{pets}")
    assert images.size == 4
    assert images.classes == ("cat", "dog", "owl")


def test_channels_follow_the_files(pets):
    save(pets / "dog" / "c.png", 40, mode="LA")
    Image.fromarray(np.full((8, 8), 257 * 60, np.uint16)).save(pets / "dog" / "d.png")
    grey = open_images(f"folder:{pets}")
    assert grey.image_shape == (8, 8, 1)
    assert grey.read(np.array([3, 4]))["image"][:, 0, 0, 0].tolist() == [0, 60]
    assert open_images(f"folder:{pets}", channels=3).image_shape == (8, 8, 3)
    palette = Image.new("P", (8, 8), 1)
    palette.putpalette([0, 0, 0, 10, 20, 30])
    palette.save(pets / "dog" / "e.png")
    save(pets / "dog" / "f.png", (200, 100, 50, 128), mode="RGBA")
    colour = open_images(f"folder:{pets}")
    assert colour.image_shape == (8, 8, 3)
    pixels = colour.read(np.array([1, 5, 6]))["image"][:, 0, 0]
    assert pixels.tolist() == [[20, 20, 20], [10, 20, 30], [100, 50, 25]]
    assert open_images(f"folder:{pets}", channels=1).image_shape == (8, 8, 1)


@pytest.mark.parametrize(
    "ending", ["png", "jpg", "jpeg", "bmp", "webp", "tif", "tiff", "gif", "avif"]
)
def test_every_ending(tmp_path, ending):
    save(tmp_path / f"picture.{ending}", (90, 90, 90), mode="RGB")
    pixels = open_images(f"folder:{tmp_path}").read(np.array([0]))["image"]
    assert np.abs(pixels.astype(int) - 90).max() <= 3


def test_orientation_marks_are_obeyed(tmp_path):
    pixels = np.zeros((8, 8), np.uint8)
    pixels[:4] = 200
    exif = Image.Exif()
    exif[0x0112] = 3  # turned by 180 degrees
    Image.fromarray(pixels).save(tmp_path / "turned.png", exif=exif)
    read = open_images(f"folder:{tmp_path}").read(np.array([0]))["image"][0, :, :, 0]
    np.testing.assert_array_equal(read, pixels[::-1])


def test_sizes(tmp_path):
    save(tmp_path / "a.png", size=(16, 16))
    assert open_images(f"folder:{tmp_path}").image_shape == (16, 16, 1)
    save(tmp_path / "b.png", size=(24, 24))
    message = refusal(f"folder:{tmp_path}")
    assert f"a.png is 16x16 but {tmp_path}/b.png is 24x24; give --image-size" in message
    save(tmp_path / "b.png", size=(20, 30))
    assert "b.png is 20x30, not square; give --image-size" in refusal(f"folder:{tmp_path}")
    resized = open_images(f"folder:{tmp_path}", image_size=12)
    assert resized.read(np.arange(2))["image"].shape == (2, 12, 12, 1)
    save(tmp_path / "a.png", size=(4, 4))
    save(tmp_path / "b.png", size=(4, 4))
    assert "image size 4 is too small" in refusal(f"folder:{tmp_path}")


def test_a_missing_and_an_empty_folder_are_refused(tmp_path):
    assert "there is no such folder" in refusal(f"folder:{tmp_path}/nowhere")
    assert "folder: without a path" in refusal("folder:")
    (tmp_path / "readme.txt").write_text("")
    assert "no pictures in it" in refusal(f"folder:{tmp_path}")


def test_broken_files_among_good_ones_are_named(pets):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(pets / "dog" / "cut.jpg")
    data = (pets / "dog" / "cut.jpg").read_bytes()
    (pets / "dog" / "cut.jpg").write_bytes(data[: len(data) // 2])
    message = refusal(f"folder:{pets}", image_size=8)
    assert f"{pets}/dog/cut.jpg cannot be used: image file is truncated" in message
    assert "repair or remove it" in message
    (pets / "cat" / "empty.png").touch()
    message = refusal(f"folder:{pets}", image_size=8)
    assert f"{pets}/cat/empty.png cannot be used (and 1 more files): no picture format" in message


def test_what_is_no_file_is_named_and_not_waited_for(pets):
    (pets / "dog" / "c.png").symlink_to(pets / "nowhere.png")
    assert f"{pets}/dog/c.png is no file" in refusal(f"folder:{pets}")
    os.mkfifo(pets / "cat" / "pipe.png")
    assert f"{pets}/cat/pipe.png (and 1 more) is no file" in refusal(f"folder:{pets}")


def test_a_folder_that_is_nobodys_is_refused():
    assert "give the whole path" in refusal("folder:~nobody_of_this_name/x")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_a_class_that_cannot_be_read_is_named(pets):
    (pets / "dog").chmod(0)
    assert f"{pets}/dog cannot be read" in refusal(f"folder:{pets}")
    (pets / "dog").chmod(0o700)


def test_what_is_odd_about_a_folder_is_told(pets):
    save(pets / "dog" / "wide.png", 50, size=(40, 8))
    (pets / "notes.txt").write_text("")
    (pets / "dog" / "raw.heic").write_text("")
    (pets / "dog" / "other.heic").write_text("")
    images = open_images(f"folder:{pets}", image_size=16)
    assert images.notes == (
        "left out, as no pictures that are read: 2 .heic, 2 .txt",
        f"warning: {images.size} of {images.size} pictures are smaller than 16 pixels and are "
        "enlarged, which blurs them",
        f"warning: 1 of {images.size} pictures lose more than half to the square that is cut out "
        "of their middle",
    )
    told = notes_on(images, Config(batch_size=64, image_size=16))
    assert told[0] == f"folder:{pets}: {images.size} pictures of 16x16x1, 2 classes"
    assert told[-1].startswith(f"warning: {images.size} pictures for batches of 64")


def test_uneven_classes_are_told_where_labels_count(tmp_path):
    for i in range(21):
        save(tmp_path / "many" / f"{i}.png", i)
    alone = open_images(f"folder:{tmp_path}")
    assert notes_on(alone, Config(batch_size=4))[0].endswith("21 pictures of 8x8x1, 1 class")
    conditional = dataclasses.replace(cgan.CONFIG, batch_size=4)
    assert "one class only, many" in notes_on(alone, conditional)[-1]
    save(tmp_path / "few" / "a.png", 200)
    both = open_images(f"folder:{tmp_path}")
    assert "21 pictures of class many and 1 of few" in notes_on(both, conditional)[-1]
    assert len(notes_on(both, Config(batch_size=4))) == 1


def test_endings_of_jpeg_files_that_browsers_give(tmp_path):
    for number, ending in enumerate(("jpe", "JFIF")):
        save(tmp_path / f"{number}.{ending}", 90, format="JPEG")
    assert open_images(f"folder:{tmp_path}").size == 2


def test_left_out_files_are_all_counted(pets):
    for number, ending in enumerate(("heic", "txt", "mp4", "json", "csv", "xml", "ini")):
        (pets / f"{number}.{ending}").touch()
    assert open_images(f"folder:{pets}").notes == (
        "left out, as no pictures that are read: 2 .txt, 1 .csv, 1 .heic, 1 .ini, 1 .json, "
        "2 of other endings",
    )


@pytest.mark.parametrize(
    ("mode", "level", "options", "pixel"),
    [
        ("1", 1, {"format": "PNG"}, [255]),
        ("CMYK", (0, 255, 255, 0), {"format": "JPEG", "quality": 100}, [254, 0, 0]),
        ("RGBA", (90, 80, 70, 0), {"format": "PNG"}, [0, 0, 0]),
        ("P", 0, {"format": "PNG", "transparency": 0}, [0, 0, 0]),
        ("L", 50, {"format": "GIF", "save_all": True,
                   "append_images": [Image.new("L", (8, 8), 200)]}, [50, 50, 50]),
        ("YCbCr", (100, 128, 128), {"format": "JPEG", "quality": 100}, [100, 100, 100]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("side", [1, 8, 20])
def test_pictures_of_unusual_kinds_and_sizes(tmp_path, mode, level, options, pixel, side):
    save(tmp_path / "a.png", level, size=(side, side), mode=mode, **options)
    read = open_images(f"folder:{tmp_path}", image_size=8).read(np.array([0]))["image"][0]
    if read.shape[2] == 1:
        pixel = pixel[:1]
    np.testing.assert_allclose(read, np.broadcast_to(pixel, read.shape), atol=2)


def test_lab_pictures_are_refused_at_opening(tmp_path):
    save(tmp_path / "lab.tif", (50, 0, 0), mode="LAB")
    assert "lab.tif cannot be used: its colours are Lab; save" in refusal(f"folder:{tmp_path}")


def test_thirty_two_bit_pictures_are_refused(tmp_path):
    save(tmp_path / "height.tif", 1.0, mode="F")
    assert "height.tif cannot be used: its pixels are 32-bit" in refusal(f"folder:{tmp_path}")


def test_a_picture_of_many_pixels_needs_a_word(tmp_path):
    """One claims 10^10 in its header, with nothing behind it."""
    save(tmp_path / "scan.png", 90, size=(300, 200))
    assert "it has 60,000 pixels, and --max-pixels allows 59,999 (give more" in refusal(
        f"folder:{tmp_path}", image_size=8, max_pixels=59_999
    )
    images = open_images(f"folder:{tmp_path}", image_size=8, max_pixels=60_000)
    assert images.read(np.array([0]))["image"][0, 0, 0, 0] == 90
    header = struct.pack(">4sIIBBBBB", b"IHDR", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunks = [
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in (header, b"IDAT" + zlib.compress(bytes(1000)), b"IEND")
    ]
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    message = refusal(f"folder:{tmp_path}", image_size=8)
    assert "bomb.png cannot be used: it has 10,000,000,000 pixels, and --max-pixels" in message
    assert Image.MAX_IMAGE_PIXELS == 89_478_485  # Pillow's, for everybody else


def test_a_large_picture_that_is_allowed_is_read_without_warnings(tmp_path, recwarn):
    save(tmp_path / "scan.png", 90, size=(10_000, 9_000))
    images = open_images(f"folder:{tmp_path}", image_size=8)
    assert images.read(np.array([0]))["image"][0, 0, 0, 0] == 90
    assert not recwarn.list


def test_a_file_that_goes_away_is_named_when_it_is_read(pets):
    images = open_images(f"folder:{pets}")
    (pets / "dog" / "b.png").unlink()
    assert images.read(np.array([0]))["image"].shape == (1, 8, 8, 1)
    with pytest.raises(UserError, match=r"b\.png cannot be read"):
        images.read(np.array([2]))


def test_fingerprint_follows_content_names_and_form(pets):
    def now(**options):
        return open_images(f"folder:{pets}", **options).fingerprint

    prints = [now(), now(image_size=16), now(channels=3)]
    assert now() == prints[0]
    assert now(image_size=8, channels=1) == prints[0]
    save(pets / "dog" / "b.png", 31)
    prints.append(now())
    (pets / "dog" / "b.png").rename(pets / "dog" / "bb.png")
    prints.append(now())
    (pets / "dog").rename(pets / "eel")
    prints.append(now())
    assert len(set(prints)) == 6


def test_what_belongs_to_other_data_is_refused(pets):
    assert "only shapes and dead_leaves take a planted blur" in refusal(f"folder:{pets}", blur=1.0)
    assert "has no split 'test'" in refusal(f"folder:{pets}", split="test")
