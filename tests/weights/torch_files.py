"""Writes files as PyTorch does, zip and legacy, with Python's own pickle and no torch.

A class that pickle finds in a module called `torch` is what makes the names in a file those of the
real ones: the modules are made up here for as long as a file is written.
"""

from __future__ import annotations

import collections
import io
import pickle
import sys
import types
import zipfile
from contextlib import contextmanager

import ml_dtypes
import numpy as np

KINDS = {
    np.dtype(np.float32): "FloatStorage",
    np.dtype(np.float16): "HalfStorage",
    np.dtype(ml_dtypes.bfloat16): "BFloat16Storage",
    np.dtype(np.int64): "LongStorage",
}
MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
MACHINE = {"little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}


def _rebuild_tensor_v2():
    """Only its name is written."""


@contextmanager
def torch_names():
    """Modules `torch` and `torch._utils`, with what files name of them."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for name in KINDS.values():
        setattr(torch, name, type(name, (), {"__module__": "torch"}))
    function = types.FunctionType(_rebuild_tensor_v2.__code__, {}, "_rebuild_tensor_v2")
    function.__module__, function.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = function
    before = {name: sys.modules.get(name) for name in ("torch", "torch._utils")}
    sys.modules |= {"torch": torch, "torch._utils": utils}
    try:
        yield torch
    finally:
        for name, module in before.items():
            sys.modules.pop(name)
            if module is not None:
                sys.modules[name] = module


class Storage:
    def __init__(self, key, array, kind):
        self.key, self.array, self.kind = key, array, kind


class Tensor:
    """An array as PyTorch describes it: a place in a storage, by elements."""

    def __init__(self, storage, shape, strides=None, offset=0):
        self.storage, self.shape, self.offset = storage, tuple(shape), offset
        contiguous = np.cumprod([1, *self.shape[:0:-1]])[::-1] if self.shape else ()
        self.strides = tuple(map(int, contiguous)) if strides is None else tuple(strides)

    def __reduce__(self):
        rebuild = sys.modules["torch._utils"]._rebuild_tensor_v2
        place = (self.storage, self.offset, self.shape, self.strides)
        return rebuild, (*place, False, collections.OrderedDict())


class Pickler(pickle.Pickler):
    views = ()  # (None,) in legacy files

    def persistent_id(self, value):
        if not isinstance(value, Storage):
            return None
        return ("storage", value.kind, value.key, "cuda:0", value.array.size, *self.views)


class LegacyPickler(Pickler):
    views = (None,)


def state_dict(arrays):
    """Tensors by name with the attribute that modules' state dicts have, and their storages."""
    with_metadata, storages = collections.OrderedDict(), []
    torch = sys.modules["torch"]
    for key, (name, array) in enumerate(arrays.items()):
        if not isinstance(array, np.ndarray):
            with_metadata[name] = array
            continue
        kind = getattr(torch, KINDS[array.dtype])
        storages.append(Storage(str(key), np.ascontiguousarray(array), kind))
        with_metadata[name] = Tensor(storages[-1], array.shape)
    with_metadata._metadata = collections.OrderedDict([("", {"version": 1})])
    return with_metadata, storages


def pickled(value, pickler=Pickler, protocol=2):
    buffer = io.BytesIO()
    pickler(buffer, protocol=protocol).dump(value)
    return buffer.getvalue()


def write_zip(path, arrays, protocol=2, made=state_dict):
    with torch_names(), zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        value, storages = made(arrays)
        archive.writestr("archive/data.pkl", pickled(value, protocol=protocol))
        archive.writestr("archive/byteorder", "little")
        for storage in storages:
            archive.writestr(f"archive/data/{storage.key}", storage.array.tobytes())
        archive.writestr("archive/version", "3\n")


def write_legacy(path, arrays, made=state_dict):
    with torch_names(), path.open("wb") as file:
        value, storages = made(arrays)
        for first in (MAGIC, PROTOCOL, MACHINE):
            file.write(pickle.dumps(first, protocol=2))
        file.write(pickled(value, LegacyPickler))
        file.write(pickle.dumps(sorted(s.key for s in storages), protocol=2))
        for storage in sorted(storages, key=lambda s: s.key):
            file.write(storage.array.size.to_bytes(8, "little") + storage.array.tobytes())
