"""SHA-256 of a tree of arrays: what two runs that are the same have in common."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import jax
import numpy as np

from jaxgan.types import Tree

__all__ = ["combined_digest", "leaf_digests", "leaves_as_bytes", "non_finite_leaf", "shortened"]


def leaf_digests(tree: Tree) -> dict[str, str]:
    """Hex digest of every leaf, over its path, dtype, shape and bytes, by path."""
    return {
        path: hashlib.sha256(f"{header} ".encode() + content).hexdigest()
        for path, header, content in leaves_as_bytes(tree)
    }


def combined_digest(leaves: dict[str, str]) -> str:
    """Hex digest of a whole tree, from `leaf_digests`."""
    return hashlib.sha256("".join(leaves.values()).encode()).hexdigest()


def non_finite_leaf(tree: Tree) -> str | None:
    """The path of the first leaf that holds a NaN or an infinity, or None."""
    for path, leaf in jax.tree_util.tree_leaves_with_path(tree):
        if not np.all(np.isfinite(np.asarray(leaf, np.float64))):
            return jax.tree_util.keystr(path)
    return None


def shortened(leaves: dict[str, str]) -> dict[str, str]:
    """The first 16 digits of each leaf's digest: enough to tell which leaf differs."""
    return {path: digest[:16] for path, digest in leaves.items()}


def leaves_as_bytes(tree: Tree) -> Iterator[tuple[str, str, bytes]]:
    """Of every leaf: its path, the path with dtype and shape, and its bytes.

    The bytes are little-endian whatever the machine.
    """
    for path, leaf in jax.tree_util.tree_leaves_with_path(tree):
        array, name = np.ascontiguousarray(leaf), jax.tree_util.keystr(path)
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        yield name, f"{name} {array.dtype} {array.shape}", little.tobytes()
