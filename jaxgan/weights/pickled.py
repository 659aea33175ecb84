"""What PyTorch's files say in pickle, read by an interpreter of our own that cannot call anything.

Python's own unpickler calls what a file names. This one knows the few instructions that a nest of
dicts, lists, tuples, numbers, texts and tensors is written in, and a table of the few names in it:
each stands for a record, and a name that is not in the table is refused by its name.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple

import ml_dtypes
import numpy as np

__all__ = ["Storage", "Tensor", "load"]

MOST_INSTRUCTIONS = 300_000  # 40 blocks of a vision transformer take 20,000


class Storage(NamedTuple):
    """Numbers in a row, somewhere else in the file."""

    key: str
    dtype: np.dtype
    length: int  # numbers


class Tensor(NamedTuple):
    """How an array lies in a storage; offset and strides are counted in elements."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class Global(NamedTuple):
    """A name that is in the table, not yet applied to anything."""

    name: str


DTYPES = {
    f"torch.{name}Storage": np.dtype(dtype)
    for name, dtype in {
        "Float": np.float32, "Double": np.float64, "Half": np.float16,
        "BFloat16": ml_dtypes.bfloat16, "Long": np.int64, "Int": np.int32, "Short": np.int16,
        "Char": np.int8, "Byte": np.uint8, "Bool": np.bool_,
    }.items()
}  # fmt: skip


def _tensor(storage: Any, offset: Any, shape: Any, strides: Any, *_: Any) -> Tensor:
    """What follows says whether gradients are wanted, and which functions hang on them: nothing
    that a frozen network needs."""
    _expect(isinstance(storage, Storage), "a tensor without a storage")
    numbers = (offset, *_tuple_of(shape), *_tuple_of(strides))
    _expect(all(type(n) is int and n >= 0 for n in numbers), "a tensor with a negative size")
    _expect(len(shape) == len(strides), "a tensor with as many strides as it has no sides")
    return Tensor(storage, offset, tuple(shape), tuple(strides))


def _parameter(tensor: Any, *_: Any) -> Tensor:
    _expect(isinstance(tensor, Tensor), "a parameter that is no tensor")
    return tensor


def _dict(pairs: Any = ()) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for pair in pairs:
        _set_items(made, list(pair))
    return made


CALLS: dict[str, Callable[..., Any]] = {
    "collections.OrderedDict": _dict,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_parameter": _parameter,
}
IGNORED = {"PROTO", "FRAME"}
CONSTANTS = {
    "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE",
    "BINSTRING", "SHORT_BINSTRING",
}  # fmt: skip
VALUES = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
COUNTED_TUPLES = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
MARK = object()


def load(file: BinaryIO) -> Any:
    """The value of the pickle that the file is at, which is left behind it.

    Storages and tensors are records, ordered dicts are dicts. Raises ValueError for whatever does
    not belong into a file of weights.
    """
    stack: list[Any] = []
    memo: dict[int, Any] = {}
    for number, (opcode, argument, _) in enumerate(pickletools.genops(file)):
        _expect(number < MOST_INSTRUCTIONS, f"more than {MOST_INSTRUCTIONS:,} instructions")
        if opcode.name == "STOP":
            _expect(len(stack) == 1, "a pickle that ends in its midst")
            return stack[0]
        _do(opcode.name, argument, stack, memo)
    raise ValueError("a pickle without an end")


def _do(name: str, argument: Any, stack: list[Any], memo: dict[int, Any]) -> None:
    """One instruction of the pickle's stack machine."""
    if name in CONSTANTS:
        stack.append(argument)
    elif name in VALUES:
        stack.append(VALUES[name])
    elif name in COUNTED_TUPLES:
        stack.append(tuple(_popped(stack, COUNTED_TUPLES[name])))
    elif name in ("BINPUT", "LONG_BINPUT", "MEMOIZE"):
        memo[len(memo) if name == "MEMOIZE" else argument] = stack[-1]
    elif name in ("BINGET", "LONG_BINGET"):
        stack.append(memo[argument])
    elif name == "MARK":
        stack.append(MARK)
    elif name == "TUPLE":
        stack.append(tuple(_since_mark(stack)))
    elif name in ("EMPTY_DICT", "EMPTY_LIST"):
        stack.append({} if name == "EMPTY_DICT" else [])
    elif name in ("APPEND", "APPENDS"):
        added = _since_mark(stack) if name == "APPENDS" else _popped(stack, 1)
        _expect(isinstance(stack[-1], list), "an item of what is no list")
        stack[-1].extend(added)
    elif name in ("SETITEM", "SETITEMS"):
        added = _since_mark(stack) if name == "SETITEMS" else _popped(stack, 2)
        _set_items(stack[-1], added)
    elif name in ("GLOBAL", "STACK_GLOBAL"):
        words = argument.split(" ") if name == "GLOBAL" else _popped(stack, 2)
        stack.append(_global(".".join(map(str, words))))
    elif name == "REDUCE":
        called, arguments = _popped(stack, 2)
        _expect(isinstance(called, Global) and called.name in CALLS, f"a call of {called!r:.60}")
        stack.append(CALLS[called.name](*_tuple_of(arguments)))
    elif name == "BINPERSID":
        stack.append(_storage(_tuple_of(_popped(stack, 1)[0])))
    elif name == "BUILD":  # attributes of an ordered dict, such as versions of modules: dropped
        state = _popped(stack, 1)[0]
        _expect(isinstance(state, dict) and isinstance(stack[-1], dict), "an object with a state")
    elif name not in IGNORED:
        raise ValueError(f"it asks for {name}, expected tensors in dicts and nothing else")


def _global(name: str) -> Global:
    if name not in CALLS and name not in DTYPES:
        raise ValueError(f"it asks for {name[:80]}, expected tensors in dicts and nothing else")
    return Global(name)


def _storage(said: tuple[Any, ...]) -> Storage:
    """("storage", class, key, device, count), and in legacy files a view, which there is none of
    since 2017."""
    _expect(len(said) in (5, 6) and said[0] == "storage", "a reference to what is no storage")
    _, kind, key, _, count, *views = said
    _expect(isinstance(kind, Global) and kind.name in DTYPES, "a storage of an unknown type")
    _expect(isinstance(key, str) and type(count) is int and count >= 0, "a storage of no size")
    _expect(views in ([], [None]), "a view of a storage")
    return Storage(key, DTYPES[kind.name], count)


def _set_items(target: Any, flat: list[Any]) -> None:
    """Keys and values in turn; a key is a text or a number, which are hashed in no time."""
    _expect(isinstance(target, dict) and len(flat) % 2 == 0, "an entry of what is no dict")
    for key, value in zip(flat[::2], flat[1::2], strict=True):
        _expect(isinstance(key, str | int), "a key that is no text")
        target[key] = value


def _popped(stack: list[Any], count: int) -> list[Any]:
    _expect(len(stack) >= count, "an instruction without operands")
    taken = stack[len(stack) - count :]
    del stack[len(stack) - count :]
    return taken


def _since_mark(stack: list[Any]) -> list[Any]:
    taken: list[Any] = []
    while (top := stack.pop()) is not MARK:
        taken.append(top)
    return taken[::-1]


def _tuple_of(value: Any) -> tuple[Any, ...]:
    _expect(isinstance(value, tuple), "what is no tuple")
    return value


def _expect(right: bool, otherwise: str) -> None:
    if not right:
        raise ValueError(f"its pickle holds {otherwise}")
