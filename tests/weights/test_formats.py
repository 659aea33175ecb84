"""Files of weights in every format: read as written, refused where damaged, never executed."""

import contextlib
import os
import pickle
import zipfile

import h5py
import ml_dtypes
import numpy as np
import pytest
import safetensors.numpy

from jaxgan.errors import UserError
from jaxgan.weights import arrays_of, open_weights
from tests.weights.torch_files import Storage, Tensor, state_dict, write_legacy, write_zip


def arrays():
    rng = np.random.default_rng(0)
    return {
        "features.0.weight": rng.normal(size=(4, 3, 3, 3)).astype(np.float32),
        "features.0.bias": rng.normal(size=4).astype(np.float32),
        "half": rng.normal(size=(2, 5)).astype(np.float16),
        "count": np.array(7, np.int64),
    }


def write_npz(path, arrays):
    with path.open("wb") as file:  # savez adds an ending to a path of another
        np.savez(file, **arrays)


def write_hdf5(path, arrays):
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file[name] = array


def write_safetensors(path, arrays):
    safetensors.numpy.save_file(arrays, path)


WRITERS = {
    "zip": write_zip,
    "legacy": write_legacy,
    "npz": write_npz,
    "hdf5": write_hdf5,
    "safetensors": write_safetensors,
}


def read(path):
    with open_weights(path) as entries:
        found = {name: entry.read() for name, entry in entries.items()}
        assert {n: (e.shape, e.dtype) for n, e in entries.items()} == {
            n: (a.shape, a.dtype) for n, a in found.items()
        }
    return found


def assert_same(found, expected):
    assert set(found) == set(expected)
    for name, array in expected.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize("kind", WRITERS)
def test_read_as_written_whatever_the_name(kind, tmp_path):
    WRITERS[kind](tmp_path / "file.bin", arrays())
    assert_same(read(tmp_path / "file.bin"), arrays())


@pytest.mark.parametrize("kind", ["zip", "legacy"])
def test_halves_of_the_brain_kind(kind, tmp_path):
    array = np.array([1, 2.5, -3], ml_dtypes.bfloat16)
    WRITERS[kind](tmp_path / "f.pth", {"a": array})
    assert_same(read(tmp_path / "f.pth"), {"a": array})


def test_the_newer_pickle_protocol(tmp_path):
    write_zip(tmp_path / "f.pth", arrays(), protocol=4)
    assert_same(read(tmp_path / "f.pth"), arrays())


def test_dicts_in_dicts_and_what_is_no_tensor(tmp_path):
    def nested(values):
        inner, storages = state_dict(values)
        return {"model": inner, "epoch": 3, "note": "done", "rates": [0.1, None, True]}, storages

    write_zip(tmp_path / "f.pth", {"a": np.ones(2, np.float32)}, made=nested)
    assert_same(read(tmp_path / "f.pth"), {"model.a": np.ones(2, np.float32)})


def placed(shape, strides, offset=0):
    """A file with one tensor over the numbers 0 to 23."""

    def made(_):
        import torch  # made up, for as long as a file is written

        storage = Storage("0", np.arange(24, dtype=np.float32), torch.FloatStorage)
        return {"a": Tensor(storage, shape, strides, offset)}, [storage]

    return made


@pytest.mark.parametrize("kind", ["zip", "legacy"])
def test_tensors_that_are_parts_of_a_storage(kind, tmp_path):
    # Every second column of the last two rows of [4, 6], transposed.
    WRITERS[kind](tmp_path / "f.pth", {}, made=placed((3, 2), (2, 6), 12))
    expected = np.arange(24, dtype=np.float32).reshape(4, 6)[2:, ::2].T
    assert_same(read(tmp_path / "f.pth"), {"a": expected})


@pytest.mark.parametrize(
    ("shape", "strides", "offset", "message"),
    [
        ((4, 6), (6, 1), 1, "beyond its 24 numbers"),
        ((25,), (1,), 0, "beyond its 24 numbers"),
        ((1000, 1000), (0, 0), 0, "overlap"),
        ((4, 6), (1, 1), 0, "overlap"),
        ((2,), (-1,), 5, "negative"),
        ((2, 2), (1,), 0, "strides"),
    ],
)
def test_tensors_that_lie_elsewhere(shape, strides, offset, message, tmp_path):
    write_zip(tmp_path / "f.pth", {}, made=placed(shape, strides, offset))
    with pytest.raises(UserError, match=message):
        read(tmp_path / "f.pth")


class Calls:
    """A pickle of this asks for a call."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


@pytest.mark.parametrize("kind", ["zip", "legacy"])
@pytest.mark.parametrize("protocol", [2, 4])
def test_what_asks_for_more_is_refused_by_name_and_runs_nothing(kind, protocol, tmp_path):
    victim = tmp_path / "victim"
    malicious = Calls(os.system, f"touch {victim}")
    if kind == "zip":
        write_zip(tmp_path / "f.pth", {"a": malicious}, protocol=protocol)
    else:
        write_legacy(tmp_path / "f.pth", {"a": malicious})
    with pytest.raises(UserError, match=r"asks for (posix|nt)\.system"):
        read(tmp_path / "f.pth")
    assert not victim.exists()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Calls(eval, "1"), r"builtins\.eval|__builtin__\.eval"),
        (Calls(getattr, "abc", "upper"), "getattr"),
        ({(): 1}, "a key that is no text"),
        (slice(1), "slice"),
        (b"bytes", "codecs|BINBYTES"),
        (2**9999, "LONG4"),
        ([1, 2], "holds a list, expected a dict"),
        ({1, 2}, "set"),
    ],
)
def test_pickles_of_other_things(value, message, tmp_path):
    write_zip(tmp_path / "f.pth", {}, made=lambda _: (value, []))
    with pytest.raises(UserError, match=message):
        read(tmp_path / "f.pth")


def test_a_pickle_of_many_instructions(tmp_path):
    write_zip(tmp_path / "f.pth", {}, made=lambda _: ({"a": [0.5] * 400_000}, []))
    with pytest.raises(UserError, match="more than 300,000 instructions"):
        read(tmp_path / "f.pth")


def test_a_dict_within_itself(tmp_path):
    circle = {"a": 1}
    circle["b"] = circle
    write_zip(tmp_path / "f.pth", {}, made=lambda _: (circle, []))
    with pytest.raises(UserError, match="within itself"):
        read(tmp_path / "f.pth")


def test_pickles_that_are_none_of_pytorchs(tmp_path):
    (tmp_path / "f.pkl").write_bytes(pickle.dumps({"a": 1}, protocol=2) * 5)
    with pytest.raises(UserError, match="none of PyTorch's"):
        read(tmp_path / "f.pkl")


def test_compressed_archives_of_pytorch(tmp_path):
    write_zip(tmp_path / "f.pth", arrays())
    with (
        zipfile.ZipFile(tmp_path / "f.pth") as plain,
        zipfile.ZipFile(tmp_path / "c.pth", "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in plain.namelist():
            packed.writestr(name, plain.read(name))
    with pytest.raises(UserError, match="compressed, which PyTorch never does"):
        read(tmp_path / "c.pth")


def test_objects_in_npz_are_refused(tmp_path):
    np.savez(tmp_path / "f.npz", a=np.array([Calls(os.system, "true")], object))
    with pytest.raises(UserError, match="holds objects"):
        read(tmp_path / "f.npz")


def test_numbers_of_another_file_are_refused_in_hdf5(tmp_path):
    (tmp_path / "secret").write_bytes(bytes(16))
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file.create_dataset("a", (4,), "f4", external=[(str(tmp_path / "secret"), 0, 16)])
    with pytest.raises(UserError, match="lies in another file"):
        read(tmp_path / "f.h5")


@pytest.mark.parametrize("kind", WRITERS)
def test_cut_files(kind, tmp_path):
    path = tmp_path / "f"
    WRITERS[kind](path, arrays())
    whole = path.read_bytes()
    for kept in range(0, len(whole) - 1, len(whole) // 40):
        path.write_bytes(whole[:kept])
        with pytest.raises(UserError, match="no whole file of weights"):
            read(path)


@pytest.mark.parametrize("kind", WRITERS)
def test_changed_bytes_are_refused_or_change_a_number(kind, tmp_path):
    path, rng = tmp_path / "f", np.random.default_rng(0)
    WRITERS[kind](path, arrays())
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    for place in rng.integers(0, len(whole), 60):
        changed = whole.copy()
        changed[place] ^= rng.integers(1, 256, dtype=np.uint8)
        path.write_bytes(changed.tobytes())
        with contextlib.suppress(UserError):  # and no other error
            read(path)


@pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"version https://git-lfs"])
def test_what_is_no_file_of_weights(content, tmp_path):
    (tmp_path / "f.pth").write_bytes(content)
    with pytest.raises(UserError, match=r"expected \.pth, \.safetensors, \.npz or \.h5"):
        read(tmp_path / "f.pth")
    with pytest.raises(UserError, match="there is no such file"):
        read(tmp_path / "g.pth")


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ({"other": (1,)}, "has no other, which net has: it holds features.0.weight"),
        ({"features.0.bias": (5,)}, r"has the shape \(4,\), expected \(5,\) of net"),
        ({"half": (2, 5)}, "half is float16, expected float32"),
        ({"features.0.weight": (4, 3, 3, 3)}, "holds a NaN"),
    ],
)
def test_arrays_that_are_not_the_networks(shapes, message, tmp_path):
    values = arrays()
    values["features.0.weight"][0, 0, 0, 0] = np.nan
    write_npz(tmp_path / "f.npz", values)
    with (
        pytest.raises(UserError, match=message),
        open_weights(tmp_path / "f.npz") as entries,
    ):
        arrays_of(tmp_path / "f.npz", entries, shapes, "net")


@pytest.mark.parametrize("legacy", [False, True])
def test_files_that_pytorch_wrote(legacy, tmp_path):
    torch = pytest.importorskip("torch", reason="torch is no test dependency")
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    path = tmp_path / "f.pth"
    torch.save(module.state_dict(), path, _use_new_zipfile_serialization=not legacy)
    assert_same(read(path), {n: t.numpy() for n, t in module.state_dict().items()})
