"""Arrays in memory as an image set: what is taken, what is refused, and its fingerprint."""

import numpy as np
import pytest

from jaxgan.data import ImageSet, open_images
from jaxgan.errors import UserError
from jaxgan.steps.updates import to_unit_range

LEVELS = np.arange(256, dtype=np.uint8).reshape(4, 8, 8, 1)
LABELS = np.array([0, 2, 1, 0])
RGB = np.repeat(LEVELS, 3, axis=3)


def pixels(images):
    return ImageSet.from_arrays(images).read(np.arange(4))["image"]


@pytest.mark.parametrize("images", [LEVELS, RGB], ids=["grey", "rgb"])
def test_bytes_are_taken_as_they_are(images):
    found = ImageSet.from_arrays(images, name="faces")
    assert (found.name, found.size, found.classes) == ("arrays:faces", 4, ())
    assert found.image_shape == images.shape[1:]
    read = found.read(np.array([3, 0, 3]))
    assert set(read) == {"image"}
    np.testing.assert_array_equal(read["image"], images[[3, 0, 3]])


def test_a_channel_is_added_to_grey_images():
    np.testing.assert_array_equal(pixels(LEVELS[..., 0]), LEVELS)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_floats_that_are_levels_come_back_as_the_same_bytes(kind):
    np.testing.assert_array_equal(pixels((LEVELS / 127.5 - 1).astype(kind)), LEVELS)
    np.testing.assert_array_equal(pixels((LEVELS / 255).astype(kind)), LEVELS)
    np.testing.assert_array_equal(pixels(to_unit_range(LEVELS)), LEVELS)


def test_black_and_white_are_told_by_what_black_is():
    bits = (LEVELS > 100).astype(np.float32)
    np.testing.assert_array_equal(pixels(bits), 255 * (LEVELS > 100))
    np.testing.assert_array_equal(pixels(2 * bits - 1), 255 * (LEVELS > 100))


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        (LEVELS[0, 0], "shape (8, 1): expected [N, H, W, C]"),
        (np.moveaxis(RGB, 3, 1), "np.moveaxis(images, 1, -1) puts channels last"),
        (LEVELS[:0], "N from 1"),
        (LEVELS[:, :7], "7x8 pixels: expected squares"),
        (LEVELS[:, :4, :4], "image size 4 is too small"),
        (LEVELS.astype(int), "type int64: expected uint8"),
        (LEVELS > 100, "type bool: expected uint8"),
        (LEVELS.astype(float), "values from 0 to 255: expected uint8"),
        (np.full((4, 8, 8, 1), np.nan), "values from nan to nan"),
        (np.sin(LEVELS.astype(float)), "not the 256 levels of a byte"),
        (np.abs(np.sin(LEVELS.astype(float))), "not the 256 levels of a byte"),
        (LEVELS // 2 * 2 / 255 + 1 / 255, "as of [-1, 1] and as of [0, 1]"),
    ],
)
def test_what_is_refused(images, expected):
    with pytest.raises(UserError) as refused:
        ImageSet.from_arrays(images)
    assert expected in str(refused.value)


def test_labels_and_the_names_of_classes():
    found = ImageSet.from_arrays(LEVELS, LABELS)
    assert found.classes == ("0", "1", "2")
    label = found.read(np.array([1, 2]))["label"]
    assert label.dtype == np.int32
    assert label.tolist() == [2, 1]
    named = ImageSet.from_arrays(LEVELS, LABELS, classes=("cat", "dog", "cow", "hen"))
    assert named.classes == ("cat", "dog", "cow", "hen")


@pytest.mark.parametrize(
    ("labels", "classes", "expected"),
    [
        (LABELS[:3], None, "one for each of 4 images"),
        (LABELS / 2, None, "type float64"),
        (np.eye(4, dtype=int), None, "labels.argmax(axis=1) makes them"),
        (LABELS - 1, None, "labels from -1 to 1"),
        (LABELS, ("cat", "dog"), "labels from 0 to 2: expected 0 to 1"),
        (None, ("cat", "dog"), "2 classes without labels"),
    ],
)
def test_labels_that_are_refused(labels, classes, expected):
    with pytest.raises(UserError) as refused:
        ImageSet.from_arrays(LEVELS, labels, classes=classes)
    assert expected in str(refused.value)


def test_the_fingerprint_is_of_name_shape_pixels_labels_and_classes():
    other = LEVELS.copy()
    other[3, 7, 7] = 0
    sets = [
        ImageSet.from_arrays(LEVELS),
        ImageSet.from_arrays(LEVELS, name="faces"),
        ImageSet.from_arrays(LEVELS.reshape(1, 16, 16, 1)),
        ImageSet.from_arrays(other),
        ImageSet.from_arrays(LEVELS, LABELS),
        ImageSet.from_arrays(LEVELS, LABELS[::-1]),
        ImageSet.from_arrays(LEVELS, LABELS, classes=("cat", "dog", "cow")),
    ]
    assert len({found.fingerprint for found in sets}) == len(sets)
    floats = ImageSet.from_arrays(LEVELS / 127.5 - 1)
    assert floats.fingerprint == sets[0].fingerprint


def test_a_later_change_of_the_arrays_changes_nothing():
    images, labels = LEVELS.copy(), LABELS.copy()
    found = ImageSet.from_arrays(images, labels)
    images[:], labels[:] = 0, 0
    read = found.read(np.arange(4))
    np.testing.assert_array_equal(read["image"], LEVELS)
    np.testing.assert_array_equal(read["label"], LABELS)


def test_a_name_is_no_path_and_no_name_opens_it():
    with pytest.raises(UserError, match="expected letters, digits"):
        ImageSet.from_arrays(LEVELS, name="a/b")
    with pytest.raises(UserError, match="only Python can hand over"):
        open_images("arrays:faces")
