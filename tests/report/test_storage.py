"""How sets of pictures are stored, and when that is a note: from the files to a card."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from jaxgan.data import open_images
from jaxgan.report.sources import sets_of_folders
from jaxgan.report.storage import stored_differently


def stored(folder, count, seed, ending, mode="RGB", **options):
    folder.mkdir(parents=True, exist_ok=True)
    made = np.random.default_rng(seed).integers(0, 256, (count, 16, 16, 3), np.uint8)
    for number, picture in enumerate(made):
        path = folder / f"{ending}{number:03d}.{ending}"
        Image.fromarray(picture).convert(mode).save(path, **options)
    return folder


@pytest.mark.parametrize(
    ("ending", "options", "coding"),
    [
        ("png", {}, "PNG"),
        ("jpg", {}, "JPEG"),
        ("png", {"format": "JPEG"}, "JPEG"),
        ("webp", {}, "lossy WebP"),
        ("webp", {"lossless": True}, "lossless WebP"),
        ("webp", {"exif": b"Exif\0\0", "icc_profile": b"x" * 301}, "lossy WebP"),
        ("webp", {"lossless": True, "icc_profile": b"x" * 301}, "lossless WebP"),
        ("webp", {"save_all": True, "append_images": [Image.new("RGB", (16, 16))]}, "lossy WebP"),
        ("avif", {}, "AVIF"),
        ("tif", {}, "TIFF"),
        ("tif", {"compression": "jpeg"}, "JPEG in TIFF"),
        ("gif", {}, "GIF"),
        ("bmp", {}, "BMP"),
        ("png", {"mode": "P"}, "palette PNG"),
    ],
)
def test_codings_are_told_by_content(tmp_path, ending, options, coding):
    images = open_images(f"folder:{stored(tmp_path, 2, 0, ending, **options)}")
    assert images.codings == {coding: 2}
    assert images.read(np.arange(2))["image"].shape == (2, 16, 16, 3)


def test_a_note_where_a_coding_leaves_its_marks_in_one_set_alone():
    note = stored_differently({"JPEG": 400}, {"PNG": 100})
    assert note == (
        "stored differently, real: 400 JPEG; fake: 100 PNG. Marks are in one set more than in the "
        "other, and are read as a difference: those of JPEG (blocks and lost detail)"
    )
    both = stored_differently({"lossless WebP": 9, "PNG": 1}, {"lossy WebP": 5, "AVIF": 4})
    assert "real: 9 lossless WebP, 1 PNG; fake: 5 lossy WebP, 4 AVIF" in both
    assert "those of lossy WebP (lost detail) and those of AVIF (lost detail)" in both


@pytest.mark.parametrize(
    ("real", "fake"),
    [
        ({"PNG": 400}, {"BMP": 100}),
        ({"lossless WebP": 400}, {"TIFF": 100}),
        ({"JPEG": 400}, {"JPEG": 100}),
        ({"JPEG": 200, "PNG": 200}, {"JPEG": 45, "PNG": 55}),
        ({}, {}),
    ],
)
def test_no_note_where_both_sets_have_the_same_marks(real, fake):
    assert stored_differently(real, fake) is None


def test_the_note_is_said_and_stands_on_the_card(tmp_path):
    real = stored(tmp_path / "real", 200, 0, "jpg")
    fake = stored(tmp_path / "fake", 100, 1, "png")
    (real / "notes.txt").touch()
    said: list[str] = []
    sets = sets_of_folders(real, fake, image_size=None, cache=None, say=said.append)
    stands = [note for note in sets.notes if note.startswith("stored differently")]
    assert f"warning: {stands[0]}" in said
    assert f"{real}: left out, as no pictures that are read: 1 .txt" in sets.notes
    enlarged = sets_of_folders(real, fake, image_size=32, cache=None, say=said.append)
    wanted = f"{fake}: 100 of 100 pictures are smaller than 32 pixels and are enlarged"
    assert any(note.startswith(wanted) for note in enlarged.notes)
    assert any(line.startswith(f"warning: {wanted}") for line in said)
