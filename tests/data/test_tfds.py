"""TFDS sets: a tiny real one is prepared here, in array_record, with no network."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partialmethod
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

from jaxgan.data import open_images
from jaxgan.errors import UserError

COUNT = 37


def picture(index: int, size=(12, 12, 3)) -> np.ndarray:
    return np.random.default_rng(index).integers(0, 256, size, dtype=np.uint8)


def drawn(index: int, size=(12, 12, 3)) -> Image.Image:
    """TFDS encodes a Pillow image with Pillow, but an array with TensorFlow."""
    return Image.fromarray(picture(index, size))


class _Builder(tfds.core.GeneratorBasedBuilder, skip_registration=True):
    VERSION = tfds.core.Version("1.0.0")
    FEATURES: ClassVar = {"image": tfds.features.Image(shape=(12, 12, 3))}

    def _info(self):
        features = tfds.features.FeaturesDict(self.FEATURES)
        return tfds.core.DatasetInfo(builder=self, features=features)

    def _split_generators(self, dl_manager):
        return {"train": self._examples(COUNT), "test": self._examples(5)}

    def _generate_examples(self):
        raise NotImplementedError

    def _examples(self, count):
        for index in range(count):
            yield index, {"image": drawn(index)}


class JaxganTinyPets(_Builder):
    FEATURES: ClassVar = {
        "id": tfds.features.Text(),
        "image": tfds.features.Image(shape=(12, 12, 3)),
        "pet": tfds.features.ClassLabel(names=["cat", "dog", "owl"]),
    }

    def _examples(self, count):
        for index in range(count):
            yield index, {"id": str(index), "image": drawn(index), "pet": index % 3}


class JaxganTinyMixed(_Builder):
    """Pictures of several sizes, with two labels neither of which is named `label`."""

    FEATURES: ClassVar = {
        "image": tfds.features.Image(shape=(None, None, 1)),
        "a": tfds.features.ClassLabel(num_classes=2),
        "b": tfds.features.ClassLabel(num_classes=2),
    }

    def _examples(self, count):
        for index in range(count):
            image = drawn(index, (10 + index, 20))
            yield index, {"image": image, "a": 0, "b": 1}


class JaxganTinyUnlabelled(_Builder):
    FEATURES: ClassVar = {
        "image": tfds.features.Image(shape=(12, 12, 1)),
        "label": tfds.features.ClassLabel(num_classes=2),
    }

    def _examples(self, count):
        for index in range(count):
            yield index, {"image": drawn(index, (12, 12)), "label": -1 if count == 5 else 1}


class JaxganTinySound(_Builder):
    FEATURES: ClassVar = {"loudness": np.float32}

    def _examples(self, count):
        for index in range(count):
            yield index, {"loudness": float(index)}


class JaxganTinyBroken(_Builder):
    def _examples(self, count):
        yield 0, {"image": drawn(0)}
        raise ConnectionError("the server\nis gone")


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    root = tmp_path_factory.mktemp("tfds")
    for builder in (JaxganTinyPets, JaxganTinyMixed, JaxganTinyUnlabelled, JaxganTinySound):
        builder(data_dir=root, file_format="array_record").download_and_prepare()
    return str(root)


def refusal(name, **options) -> str:
    with pytest.raises(UserError) as caught:
        open_images(name, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def order(images) -> list[int]:
    """Which `picture(index)` each example is: TFDS shuffles when it prepares."""
    indices = {picture(index).tobytes(): index for index in range(COUNT)}
    return [indices[image.tobytes()] for image in images]


def test_pictures_and_labels_come_back(data_dir):
    images = open_images("jaxgan_tiny_pets", data_dir=data_dir)
    assert images[:4] == ("jaxgan_tiny_pets", COUNT, (12, 12, 3), ("cat", "dog", "owl"))
    batch = images.read(np.arange(COUNT))
    found = order(batch["image"])
    assert sorted(found) == list(range(COUNT))
    assert batch["label"].tolist() == [index % 3 for index in found]
    assert batch["label"].dtype == np.int32
    some = images.read(np.array([5, 0, 5]))
    assert order(some["image"]) == [found[5], found[0], found[5]]
    many = np.arange(3000) % COUNT  # more than is read at once
    np.testing.assert_array_equal(images.read(many)["image"], batch["image"][many])
    with pytest.raises(IndexError):
        images.read(np.array([COUNT]))


def test_reading_from_many_threads(data_dir):
    images = open_images("jaxgan_tiny_pets", data_dir=data_dir)
    alone = images.read(np.arange(COUNT))["image"]
    orders = [np.random.default_rng(seed).permutation(COUNT) for seed in range(32)]
    with ThreadPoolExecutor(8) as pool:
        for indices, batch in zip(orders, pool.map(images.read, orders), strict=True):
            np.testing.assert_array_equal(batch["image"], alone[indices])


def test_the_directory_comes_from_the_environment(data_dir, monkeypatch, tmp_path):
    monkeypatch.setenv("TFDS_DATA_DIR", data_dir)
    assert open_images("jaxgan_tiny_pets").size == COUNT
    monkeypatch.delenv("TFDS_DATA_DIR")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert f"not prepared in {tmp_path}/tensorflow_datasets" in refusal("jaxgan_tiny_pets")


def test_splits(data_dir):
    def sized(split):
        return open_images("jaxgan_tiny_pets", split=split, data_dir=data_dir).size

    assert [sized(split) for split in ("test", "train[:10]", "train+test")] == [5, 10, COUNT + 5]
    message = refusal("jaxgan_tiny_pets", split="validation", data_dir=data_dir)
    assert "has no split 'validation': choose train or test" in message
    assert "is empty" in refusal("jaxgan_tiny_pets", split="train[:0]", data_dir=data_dir)


def test_form(data_dir):
    grey = open_images("jaxgan_tiny_pets", image_size=8, channels=1, data_dir=data_dir)
    assert grey.read(np.arange(2))["image"].shape == (2, 8, 8, 1)
    message = refusal("jaxgan_tiny_mixed", data_dir=data_dir)
    assert "its pictures are of many sizes: give --image-size" in message
    mixed = open_images("jaxgan_tiny_mixed", image_size=16, data_dir=data_dir)
    batch = mixed.read(np.arange(COUNT))
    assert batch["image"].shape == (COUNT, 16, 16, 1)
    assert set(batch) == {"image"}
    assert mixed.classes == ()


def test_fingerprint_follows_set_split_and_form(data_dir):
    forms = [{}, {"split": "test"}, {"split": "train[1:]"}, {"image_size": 8}, {"channels": 1}]
    prints = [open_images("jaxgan_tiny_pets", data_dir=data_dir, **f).fingerprint for f in forms]
    assert len(set(prints)) == len(forms)
    assert open_images("jaxgan_tiny_pets", data_dir=data_dir).fingerprint == prints[0]


def test_fingerprint_follows_the_pixels_and_labels_not_the_files(tmp_path, monkeypatch):
    def others(self, count):
        return ((i, {"id": "", "image": drawn(i + 1), "pet": 0}) for i in range(count))

    prints, save = {}, Image.Image.save
    for name, level, changed in (
        ("one", 9, {}),
        ("again", 0, {}),
        ("other", 9, {"_examples": others}),
    ):
        monkeypatch.setattr(Image.Image, "save", partialmethod(save, compress_level=level))
        builder = type("JaxganTinyPets", (JaxganTinyPets,), changed,
                       skip_registration=True)  # fmt: skip
        builder(data_dir=tmp_path / name, file_format="array_record").download_and_prepare()
        prints[name] = open_images("jaxgan_tiny_pets", data_dir=str(tmp_path / name)).fingerprint
    files = [next((tmp_path / name).rglob("*train.array_record*")) for name in ("one", "again")]
    assert files[0].read_bytes() != files[1].read_bytes()
    assert prints["one"] == prints["again"]
    assert prints["one"] != prints["other"]


def test_the_highest_version_is_taken_unless_one_is_named(tmp_path):
    for version in ("1.9.0", "1.10.0"):
        builder = type("JaxganTinyPets", (JaxganTinyPets,), {"VERSION": version},
                       skip_registration=True)  # fmt: skip
        builder(data_dir=tmp_path, file_format="array_record").download_and_prepare()
    (tmp_path / "jaxgan_tiny_pets" / "incomplete.ABC_2.0.0").mkdir()
    (tmp_path / "jaxgan_tiny_pets" / "2.0.0").mkdir()
    prints = {
        name: open_images(name, data_dir=str(tmp_path)).fingerprint
        for name in ("jaxgan_tiny_pets", "jaxgan_tiny_pets:1.9.0", "jaxgan_tiny_pets:1.10.0")
    }
    assert prints["jaxgan_tiny_pets"] == prints["jaxgan_tiny_pets:1.10.0"]
    assert prints["jaxgan_tiny_pets"] != prints["jaxgan_tiny_pets:1.9.0"]
    assert "is not prepared" in refusal("jaxgan_tiny_pets:1.8.0", data_dir=str(tmp_path))


def test_variants_are_listed(data_dir, tmp_path):
    (tmp_path / "jaxgan_tiny_pets").mkdir()
    (tmp_path / "jaxgan_tiny_pets" / "small").symlink_to(f"{data_dir}/jaxgan_tiny_pets")
    message = refusal("jaxgan_tiny_pets", data_dir=str(tmp_path))
    assert message == "jaxgan_tiny_pets comes in variants: give one of jaxgan_tiny_pets/small"


def test_a_set_that_is_not_prepared_is_refused_at_once_with_the_command(tmp_path):
    started = time.monotonic()
    message = refusal("cifar10", data_dir=str(tmp_path))
    assert time.monotonic() - started < 2
    assert f"cifar10 is not prepared in {tmp_path}: give --download, or run python -c" in message
    assert (
        f"tfds.builder('cifar10', data_dir='{tmp_path}', file_format='array_record')"
        ".download_and_prepare()"
    ) in message


def test_the_command_of_the_message_prepares_the_set(tmp_path):
    message = refusal("jaxgan_tiny_pets", data_dir=str(tmp_path))
    exec(message.split('python -c "')[1].split('"')[0])
    assert open_images("jaxgan_tiny_pets", data_dir=str(tmp_path)).size == COUNT


def test_download_prepares_the_set(tmp_path):
    name = "jaxgan_tiny_pets"
    assert open_images(name, data_dir=str(tmp_path), download=True).size == COUNT
    assert open_images(name, data_dir=str(tmp_path)).size == COUNT


def test_a_failed_download_is_one_line(tmp_path):
    message = refusal("jaxgan_tiny_broken", data_dir=str(tmp_path), download=True)
    assert "jaxgan_tiny_broken could not be prepared" in message
    assert "the server is gone" in message


def test_unknown_names(tmp_path):
    for download in (False, True):
        message = refusal("mnits", data_dir=str(tmp_path), download=download)
        assert message.startswith("unknown data set 'mnits': did you mean mnist or ")
        assert message.endswith("give shapes, dead_leaves, folder:PATH or the name of a TFDS set")
    assert "did you mean shapes or " in refusal("shape", data_dir=str(tmp_path))
    for name in ("", "../mnist", "a/b/c", "huggingface:mnist", "/data/pictures"):
        assert f"unknown data set {name!r}" in refusal(name, data_dir=str(tmp_path))


def test_another_format_is_refused_with_the_way_out(data_dir, tmp_path):
    source = Path(data_dir) / "jaxgan_tiny_pets" / "1.0.0"
    target = tmp_path / "jaxgan_tiny_pets" / "1.0.0"
    target.mkdir(parents=True)
    for name in ("dataset_info.json", "features.json", "pet.labels.txt"):
        text = (source / name).read_text()
        (target / name).write_text(text.replace("array_record", "tfrecord"))
    message = refusal("jaxgan_tiny_pets", data_dir=str(tmp_path))
    assert f"is prepared in {target} as tfrecord" in message
    assert "delete that folder and run python -c" in message


def test_sets_without_pictures_or_labels(data_dir):
    message = refusal("jaxgan_tiny_sound", data_dir=data_dir)
    assert "has no feature 'image' of 8-bit pictures (its features: loudness)" in message
    message = refusal("jaxgan_tiny_unlabelled", split="test", data_dir=data_dir)
    assert "example 0 has no label; choose another split" in message
    labelled = open_images("jaxgan_tiny_unlabelled", data_dir=data_dir)
    assert labelled.read(np.array([3]))["label"].tolist() == [1]


def test_a_planted_blur_is_for_shapes():
    assert "only shapes and dead_leaves take a planted blur" in refusal("mnist", blur=1.0)
