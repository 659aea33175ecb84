"""SHA-256 of a state: what two runs that are the same have in common."""

from __future__ import annotations

import hashlib

import jax
import numpy as np

from jaxgan.types import Tree

__all__ = ["combined_digest", "leaf_digests", "non_finite_leaf", "shortened"]


def leaf_digests(tree: Tree) -> dict[str, str]:
    """Hex digest of every leaf, over its path, dtype, shape and bytes, by path."""
    leaves = jax.tree_util.tree_leaves_with_path(tree)
    return {jax.tree_util.keystr(path): _digest(path, leaf) for path, leaf in leaves}


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


def _digest(path: tuple[object, ...], leaf: jax.Array) -> str:
    array = np.ascontiguousarray(leaf)
    header = f"{jax.tree_util.keystr(path)} {array.dtype} {array.shape} "
    # Little-endian bytes whatever the machine.
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return hashlib.sha256(header.encode() + little.tobytes()).hexdigest()
