"""The classifier learns, repeats, and comes back from its cache."""

import subprocess
import sys
from unittest.mock import Mock

import numpy as np
import pytest

from jaxgan.data import open_images
from jaxgan.errors import UserError
from jaxgan.features import accuracy, classifier, random_convolutions, train_classifier, training
from jaxgan.features.training import turned

OPTIONS = {"name": "shapes", "epochs": 1.0, "fewest_steps": 60}
CLASSES = 4


def shapes(count=1000, split="train"):
    examples = open_images("shapes", image_size=16, split=split).read(np.arange(count))
    return examples["image"], examples["label"]


def train(cache=None, seed=0, count=1000, **changed):
    images, labels = shapes(count)
    return train_classifier(images, labels, CLASSES, seed=seed, cache=cache, **OPTIONS, **changed)


@pytest.fixture(scope="module")
def trained():
    """What `train` makes, and the parameters that its steps ended with."""
    fitted = []

    def fit(*arguments):
        fitted.append(training.fit(*arguments))
        return dict(fitted[-1])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classifier, "fit", fit)
        return train(), fitted[0]


@pytest.fixture
def network(trained):
    return trained[0]


@pytest.fixture
def quick(trained, monkeypatch):
    """Training that ends at once, as it ended for `trained`, and counts how often it was needed."""
    fit = Mock(side_effect=lambda *_: dict(trained[1]))
    monkeypatch.setattr(classifier, "fit", fit)
    return fit


def test_it_learns(network):
    # 60 steps: guessing gives 0.25, the whole recipe 0.99.
    assert accuracy(network, *shapes(500, "test")) > 0.5
    assert network.facts["held_out_accuracy"] > 0.5
    assert network.facts["held_out"] == 100
    assert network.facts["steps"] == 60
    assert network.name == "classifier:shapes"


def test_what_it_gives(network):
    images, _ = shapes(900)
    features, probabilities = network.apply(images), network.probabilities(images)
    assert features.shape == (900, 64 + 32)
    assert probabilities.shape == (900, CLASSES)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    # Both blocks weigh the same over the data.
    variances = features.var(axis=0)
    np.testing.assert_allclose([variances[:64].sum(), variances[64:].sum()], 1, rtol=0.05)
    np.testing.assert_array_equal(network.apply(images[7:8]), features[7:8])
    with pytest.raises(ValueError, match="made for 16x16x1"):
        network.apply(images.repeat(3, axis=3))


def test_another_process_trains_the_same_bits(network):
    code = "from tests.features.test_classifier import train; print(train().digest)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stdout.strip() == network.digest


def test_the_seed_matters():
    examples = training.Examples(*shapes(200))
    one, other = (training.fit(examples, CLASSES, seed, 1) for seed in (0, 1))
    kernels = [tree["params"]["Dense_1"]["kernel"] for tree in (one, other)]
    assert np.abs(kernels[0] - kernels[1]).mean() > 0.1


def test_the_cache_is_read(network, quick, tmp_path):
    cache = tmp_path / "new" / "folder"
    made = train(cache)
    assert made.digest == network.digest
    assert len(list(cache.iterdir())) == 1
    read = train(cache)
    assert quick.call_count == 1
    assert read.identity == made.identity
    assert read.facts == made.facts
    np.testing.assert_array_equal(read.apply(shapes(3)[0]), made.apply(shapes(3)[0]))


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty"])
def test_a_damaged_file_is_replaced(network, quick, tmp_path, damage):
    train(tmp_path)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    path.write_bytes({"cut": whole[:-100], "flipped": bytes(flipped), "empty": b""}[damage])
    with pytest.warns(UserWarning, match=r"is damaged: .*; training the classifier anew"):
        assert train(tmp_path).digest == network.digest
    assert quick.call_count == 2
    assert train(tmp_path).digest == network.digest
    assert quick.call_count == 2


def test_a_write_that_is_cut_off_leaves_no_file(quick, tmp_path, monkeypatch):
    def fsync(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fsync)
    with pytest.raises(OSError, match="No space"):
        train(tmp_path)
    assert not list(tmp_path.iterdir())


def test_other_data_seed_or_recipe_is_another_file(quick, tmp_path):
    images, labels = shapes(200)
    other = images.copy()
    other[-1, 0, 0, 0] ^= 1
    variations = [
        (images, labels, {}),
        (other, labels, {}),
        (images, np.roll(labels, 1), {}),
        (images, labels, {"seed": 1}),
        (images, labels, {"epochs": 3.0}),
        (images, labels, {"fewest_steps": 3}),
        (images, None, {}),
    ]
    for x, y, options in variations:
        train_classifier(x, y, CLASSES, cache=tmp_path, **options)
    assert len(list(tmp_path.iterdir())) == quick.call_count == len(variations)
    # What it is called does not.
    train_classifier(images, labels, CLASSES, cache=tmp_path, name="another")
    assert quick.call_count == len(variations)


def test_a_cache_that_cannot_be_written_is_said_first(quick, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="give another place"):
        train(tmp_path / "file" / "below")
    assert quick.call_count == 0


def test_without_labels_it_learns_which_way_is_up():
    images, _ = shapes(1000)
    # Brighter towards the top: a task that can be learned, where shapes have no up.
    ramp = np.linspace(60, 0, 16).astype(np.uint8)[None, :, None, None]
    network = train_classifier(images // 2 + ramp, None, **OPTIONS)
    assert network.name == "rotation:shapes"
    assert network.facts["held_out_accuracy"] > 0.9
    assert network.probabilities(images[:2]).shape == (2, 4)


def test_quarter_turns():
    picture = np.arange(4, dtype=np.uint8).reshape(1, 2, 2, 1)  # 0 1 / 2 3
    done = turned(picture.repeat(4, axis=0), np.arange(4))
    assert done.reshape(4, 4).tolist() == [[0, 1, 2, 3], [1, 3, 0, 2], [3, 2, 1, 0], [2, 0, 3, 1]]


GOOD = np.zeros((100, 16, 16, 1), np.uint8)
HALF = np.arange(100) % 2


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (GOOD / 255.0, HALF, "uint8"),
        (GOOD[..., 0], HALF, "N, H, W, C"),
        (GOOD[:99], HALF[:99], "100 or more"),
        (GOOD[:, :7], HALF, "8 pixels or more"),
        (GOOD[:, :8], None, "only square"),
        (GOOD, HALF[:99], "one for each of 100"),
        (GOOD, HALF / 2.0, "integers"),
        (GOOD, HALF - 1, "labels from -1 to 0"),
        (GOOD, HALF + 3, "labels from 3 to 4"),
        (GOOD, 0 * HALF, "two or more different"),
    ],
)
def test_unusable_data_are_refused(images, labels, message):
    with pytest.raises(ValueError, match=message):
        train_classifier(images, labels, CLASSES)


def test_accuracy_needs_a_classifier():
    with pytest.raises(ValueError, match="no classifier"):
        accuracy(random_convolutions(), *shapes(2))
