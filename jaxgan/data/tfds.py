"""TensorFlow Datasets sets that are prepared on disk, read without TensorFlow and without network.

A set is prepared once, in the `array_record` format, which can be read by index. Preparing may
need TensorFlow and a network; nothing here does either unless `download` is asked for.
"""

from __future__ import annotations

import difflib
import hashlib
import io
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from jaxgan.data.images import ImageSet, as_square, check_form, check_indices, fingerprint
from jaxgan.errors import UserError

# tensorflow_datasets itself is imported where it is used: that takes a second.

__all__ = ["tfds_images"]

NAME = re.compile(r"(?P<set>[a-zA-Z]\w*)(/(?P<config>[\w.+-]+))?(:(?P<version>\d+\.\d+\.\d+))?")
COMPARED = 512  # examples, evenly spaced, whose pixels and labels the fingerprint covers
RECORDS_AT_ONCE = 1024  # bounds the memory that compressed records take while a set is read


def tfds_images(
    name: str,
    *,
    split: str = "train",
    image_size: int | None = None,
    channels: int | None = None,
    data_dir: str | None = None,
    download: bool = False,
) -> ImageSet:
    """A prepared TFDS image set: "mnist", "emnist/letters", "cifar10:3.0.2" …

    It is looked for in `data_dir`, else $TFDS_DATA_DIR, else ~/tensorflow_datasets; without a
    version the highest one on disk is taken. `split` is anything TFDS understands, such as
    "train[:1000]". The picture is the feature `image`; the label is the ClassLabel feature
    `label`, else the only ClassLabel the set has, else there is none. `image_size` and `channels`
    None take the set's own, where it has one.

    Raises UserError, without touching the network, for an unknown name, a set that is not
    prepared (the message is the command that prepares it; with `download` that is done here), a
    format other than array_record, an unknown split, and a set without 8-bit pictures.
    """
    check_form(image_size, channels)
    given = data_dir or os.environ.get("TFDS_DATA_DIR") or "~/tensorflow_datasets"
    try:
        root = Path(given).expanduser()
    except RuntimeError as error:  # a user without a home
        raise UserError(f"{given}: {error}; give --data-dir DIR") from error
    directory = _find(name, root)
    if directory is None:
        _check_known(name)
        if not download:
            raise UserError(
                f"{name} is not prepared in {root}: give --download, or run {_command(name, root)}"
            )
        directory = _prepare(name, root)
    prepared = _open(name, directory, root, split)
    return _image_set(name, split, prepared, _form(name, prepared.image, image_size, channels))


class _Prepared(NamedTuple):
    """An open set: its features, and its records by index."""

    image: Any  # tfds.features.Image
    label_key: str  # "" where there is no label
    classes: tuple[str, ...]
    parser: Any  # tfds.features.FeaturesDict of the features read here
    records: Any  # a TFDS data source of raw bytes
    full_name: str  # with config and version


def _find(name: str, root: Path) -> Path | None:
    """The folder of the prepared set's chosen version, or None."""
    named = NAME.fullmatch(name)
    if named is None:
        return None
    folder = root / named["set"] / (named["config"] or "")
    versions = _versions(folder)
    if named["version"]:
        return folder / named["version"] if named["version"] in versions else None
    if versions:
        return folder / max(versions, key=lambda version: tuple(map(int, version.split("."))))
    configs = [f"{name}/{child.name}" for child in sorted(folder.glob("*")) if _versions(child)]
    if configs and not named["config"]:
        raise UserError(f"{name} comes in variants: give one of {', '.join(configs)}")
    return None


def _versions(folder: Path) -> list[str]:
    found = (file.parent.name for file in folder.glob("*.*.*/dataset_info.json"))
    return [name for name in found if re.fullmatch(r"\d+\.\d+\.\d+", name)]


def _check_known(name: str) -> None:
    """Refuse a name that the installed tensorflow-datasets does not know."""
    import tensorflow_datasets as tfds

    # Community sets are left out: TFDS asks the network for their list.
    known = tfds.list_builders(with_community_datasets=False)
    named = NAME.fullmatch(name)
    if named is not None and named["set"] in known:
        return
    close = difflib.get_close_matches(name.lower(), ["shapes", "dead_leaves", *known])
    meant = f"did you mean {' or '.join(close)}? " if close else ""
    raise UserError(
        f"unknown data set {name!r}: {meant}give shapes, dead_leaves, folder:PATH or the name of a "
        "TFDS set"
    )


def _command(name: str, root: Path) -> str:
    return (
        'python -c "import tensorflow_datasets as tfds; '
        f"tfds.builder('{name}', data_dir='{root}', file_format='array_record')"
        '.download_and_prepare()" (may need pip install "jaxgan[tfds]" and a network)'
    )


def _prepare(name: str, root: Path) -> Path:
    import tensorflow_datasets as tfds

    try:
        builder = tfds.builder(name, data_dir=str(root), file_format="array_record")
        builder.download_and_prepare(file_format="array_record")
    except Exception as error:  # a set's own code runs here: anything may come
        reason = " ".join(str(error).split()) or type(error).__name__
        if len(reason) > 300:  # TFDS may print an example in between, and the cause at the end
            reason = f"{reason[:140]} ... {reason[-140:]}"
        raise UserError(
            f"{name} could not be prepared: {reason}; "
            'preparing may need pip install "jaxgan[tfds]" and a network'
        ) from error
    return Path(builder.data_dir)


def _open(name: str, directory: Path, root: Path, split: str) -> _Prepared:
    import tensorflow_datasets as tfds

    builder = tfds.builder_from_directory(str(directory))
    info = builder.info
    if tfds.core.FileFormat.ARRAY_RECORD not in info.available_file_formats():
        raise UserError(
            f"{name} is prepared in {directory} as {info.file_format.value}, which cannot be read "
            f"by index: delete that folder and run {_command(name, root)}"
        )
    try:
        chosen = info.splits[split]
    except (ValueError, KeyError) as error:
        raise UserError(
            f"{name} has no split {split!r}: choose {' or '.join(info.splits)}, "
            "or a stretch such as train[:1000]"
        ) from error
    if not chosen.num_examples:
        raise UserError(f"{name}: split {split!r} is empty; choose {' or '.join(info.splits)}")
    features = info.features
    keys = list(features) if isinstance(features, tfds.features.FeaturesDict) else []
    image = features["image"] if "image" in keys else None
    if not isinstance(image, tfds.features.Image) or np.dtype(image.np_dtype) != np.uint8:
        raise UserError(
            f"{name} has no feature 'image' of 8-bit pictures (its features: {', '.join(keys)}): "
            "choose an image set"
        )
    label_key = _label_key(features)
    keys = ["image", label_key] if label_key else ["image"]
    return _Prepared(
        image=image,
        label_key=label_key,
        classes=tuple(features[label_key].names) if label_key else (),
        # Of the features read here alone: half the time, and no other one can fail to decode.
        parser=tfds.features.FeaturesDict({key: features[key] for key in keys}),
        records=builder.as_data_source(
            split=split,
            deserialize_method=tfds.decode.DeserializeMethod.RAW_BYTES,
            file_format=tfds.core.FileFormat.ARRAY_RECORD,
        ),
        full_name=info.full_name,
    )


def _label_key(features: Any) -> str:
    import tensorflow_datasets as tfds

    keys = [
        key
        for key, feature in features.items()
        if isinstance(feature, tfds.features.ClassLabel) and feature.names
    ]
    return "label" if "label" in keys else keys[0] if len(keys) == 1 else ""


def _form(
    name: str, image: Any, image_size: int | None, channels: int | None
) -> tuple[int, int, int]:
    """(H, W, C) from what was asked for and what the set says of itself (None: it varies)."""
    height, width, own_channels = image.shape
    if image_size is None:
        if height is None or height != width:
            own = "of many sizes" if height is None else f"{width}x{height}, not square"
            raise UserError(f"{name}: its pictures are {own}: give --image-size")
        check_form(height, None)
        image_size = height
    return image_size, image_size, channels or (1 if own_channels == 1 else 3)


def _image_set(name: str, split: str, prepared: _Prepared, shape: tuple[int, int, int]) -> ImageSet:
    size, label_key = len(prepared.records), prepared.label_key

    def read(indices: np.ndarray) -> dict[str, np.ndarray]:
        chosen = check_indices(indices, size)
        image = np.empty((len(chosen), *shape), np.uint8)
        label = np.empty(len(chosen), np.int32)
        for first in range(0, len(chosen), RECORDS_AT_ONCE):
            some = chosen[first : first + RECORDS_AT_ONCE].tolist()
            for row, record in enumerate(prepared.records.__getitems__(some), first):
                image[row], label[row] = _decode(name, int(chosen[row]), record, prepared, shape)
        return {"image": image, "label": label} if label_key else {"image": image}

    # Of pixels, not of files: a set that is prepared again by later packages has other files.
    examples = read(np.linspace(0, size - 1, min(size, COMPARED)).astype(np.int64))
    contents = [hashlib.sha256(values.tobytes()).hexdigest() for values in examples.values()]
    return ImageSet(
        name=name,
        size=size,
        image_shape=shape,
        classes=prepared.classes,
        read=read,
        fingerprint=fingerprint("tfds", prepared.full_name, split, size, shape, contents),
    )


def _decode(
    name: str, index: int, record: bytes, prepared: _Prepared, shape: tuple[int, int, int]
) -> tuple[np.ndarray, int]:
    """Picture and label (0 where there is none) of one serialised example.

    Pillow decodes, in place of TFDS's own path through Pillow or OpenCV: a third faster, and the
    same code as for a folder.
    """
    import tensorflow_datasets as tfds
    from PIL import Image

    try:
        example = prepared.parser.deserialize_example_np(
            record, decoders={"image": tfds.decode.SkipDecoding()}
        )
        with Image.open(io.BytesIO(example["image"])) as picture:
            image = as_square(picture, shape[1], shape[2])
    except (OSError, ValueError) as error:
        raise UserError(
            f"{name}: example {index} cannot be decoded ({error}): prepare the set again"
        ) from error
    label = int(example[prepared.label_key]) if prepared.label_key else 0
    if label < 0:  # how TFDS marks the unlabelled examples of a contest's test split
        raise UserError(f"{name}: example {index} has no label; choose another split")
    return image, label
