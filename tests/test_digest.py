"""Digests tell states apart, and say where."""

import hashlib

import jax.numpy as jnp
import numpy as np
import pytest

from jaxgan.digest import combined_digest, leaf_digests, non_finite_leaf, shortened

TREE = {"a": jnp.arange(3.0), "b": (jnp.int32(7), jnp.ones((2, 2), jnp.bfloat16))}


def test_a_leaf_is_hashed_over_path_dtype_shape_and_bytes():
    content = b"['a'] float32 (3,) " + np.arange(3, dtype="<f4").tobytes()
    assert leaf_digests(TREE)["['a']"] == hashlib.sha256(content).hexdigest()


def test_the_whole_is_hashed_over_the_leaves():
    leaves = leaf_digests(TREE)
    assert list(leaves) == ["['a']", "['b'][0]", "['b'][1]"]
    assert combined_digest(leaves) == hashlib.sha256("".join(leaves.values()).encode()).hexdigest()
    assert shortened(leaves)["['a']"] == leaves["['a']"][:16]


@pytest.mark.parametrize(
    "other",
    [
        {**TREE, "a": jnp.array([0.0, 1.0, np.nextafter(np.float32(2), np.float32(3))])},
        {**TREE, "a": jnp.array([-0.0, 1.0, 2.0])},
        {**TREE, "a": jnp.arange(3)},
        {**TREE, "a": jnp.arange(3.0).reshape(3, 1)},
        {"c": TREE["a"], "b": TREE["b"]},
    ],
    ids=["last bit", "sign of zero", "dtype", "shape", "name"],
)
def test_the_smallest_difference_is_another_digest(other):
    assert combined_digest(leaf_digests(other)) != combined_digest(leaf_digests(TREE))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_one_bad_number_is_found_and_named(bad):
    assert non_finite_leaf(TREE) is None
    assert non_finite_leaf({**TREE, "a": TREE["a"].at[-1].set(bad)}) == "['a']"
    second = {**TREE, "b": (TREE["b"][0], TREE["b"][1].at[0, 1].set(bad))}
    assert non_finite_leaf(second) == "['b'][1]"


def test_the_largest_numbers_are_finite():
    largest = jnp.finfo(jnp.float32).max
    assert non_finite_leaf((jnp.array([largest, -largest]), jnp.iinfo(jnp.int32).min)) is None
