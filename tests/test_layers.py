"""Imports run downwards, each outside library has its place, and modules stay small."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import jaxgan

PACKAGE = Path(jaxgan.__file__).parent

# From the bottom up: a module imports from its own layer and from those before it.
LAYERS = [
    ["errors"],
    ["types", "schedules", "paths", "files"],
    ["ranges", "typed_json"],
    ["numerics", "protocols", "digest", "latents", "projection", "weights"],
    [
        *("losses", "penalties", "sharpness", "networks"),
        *("optimizers", "augment", "features", "metrics", "evaluators"),
    ],
    ["parts"],
    ["config"],
    ["config_json"],
    ["steps"],
    ["parallel"],
    ["data", "training"],
    ["report"],
    ["commands"],
    ["experiments"],
    ["jaxgan", "__main__"],  # the front doors
]
HEIGHT = {room: height for height, layer in enumerate(LAYERS) for room in layer}
# Pairs of one layer that do not know each other all the same: (importer, imported).
STRANGERS = {
    *((a, b) for a in LAYERS[4] for b in ("losses", "penalties", "networks", "optimizers")),
    ("data", "training"),
} - {("features", "networks")}  # features are networks, and made of their layers
# Outside names and where alone they may be used.
HOMES = {
    "flax": ("networks/", "features/"),
    "orbax": ("training/checkpoint.py",),
    "tensorflow_datasets": ("data/tfds.py",),
    "tensorflow": ("data/tfds.py",),
    "pmap": ("parallel.py",),
    "h5py": ("weights/hdf5.py",),
    "safetensors": ("weights/safetensors_file.py",),
    "pooch": ("weights/places.py",),
}
MOST_LINES = 300


def modules():
    return sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


def room(path):
    """The part of the package a file belongs to: losses/hinge.py -> losses, steps.py -> steps."""
    first = path.split("/")[0].removesuffix(".py")
    return "jaxgan" if first == "__init__" else first


def imports(path, tree):
    """Full names of all that a file imports, wherever in it, with its line."""
    folders = ["jaxgan", *path.split("/")[:-1]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = folders[: len(folders) + 1 - node.level] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((f"{source}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            name = node.args[0]
            if isinstance(name, ast.Constant):
                yield name.value, node.lineno


def names(tree):
    """Identifiers that a file uses or imports."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name, node.lineno
            case ast.alias(name=name):
                yield from ((part, node.lineno) for part in name.split("."))


def parse(path):
    return ast.parse((PACKAGE / path).read_text(), path)


def upward_imports(path, tree):
    here = room(path)
    for name, line in imports(path, tree):
        parts = name.split(".")
        if parts[0] != "jaxgan" or here == "jaxgan":
            continue
        there = parts[1] if len(parts) > 1 and parts[1] in HEIGHT else "jaxgan"
        if here == there:
            continue
        if HEIGHT[there] > HEIGHT[here] or (here, there) in STRANGERS:
            yield f"{path}:{line}: {here} imports {name}"


@pytest.mark.parametrize("path", modules())
def test_imports_run_downwards(path):
    assert room(path) in HEIGHT, f"{path} has no layer: add it to LAYERS in tests/test_layers.py"
    assert not list(upward_imports(path, parse(path)))


def module_of(name):
    """The file that an imported name is in, or is; None outside the package."""
    parts = name.split(".")
    for end in range(len(parts), 1, -1):
        bare = "/".join(parts[1:end])
        for path in (f"{bare}.py", f"{bare}/__init__.py"):
            if parts[0] == "jaxgan" and (PACKAGE / path).exists():
                return path
    return None


def test_imports_run_in_no_circle():
    known = {
        path: {module_of(name) for name, _ in imports(path, parse(path))} - {None, path}
        for path in modules()
        if path != "__init__.py"
    }
    while known:
        leaves = {path for path, others in known.items() if not others & known.keys()}
        assert leaves, f"circles among {sorted(known)}"
        known = {path: others for path, others in known.items() if path not in leaves}


@pytest.mark.parametrize("path", modules())
def test_outside_libraries_stay_where_they_belong(path):
    tree = parse(path)
    outside = [(name.split(".")[0], line) for name, line in imports(path, tree)]
    used = [*outside, *((name, line) for name, line in names(tree) if name == "pmap")]
    strays = [
        f"{path}:{line}: {name}, which belongs in {' or '.join(HOMES[name])}"
        for name, line in used
        if name in HOMES and not path.startswith(HOMES[name])
    ]
    assert not strays


@pytest.mark.parametrize("path", modules())
def test_modules_are_small_and_say_what_they_are_and_offer(path):
    tree = parse(path)
    assert len((PACKAGE / path).read_text().splitlines()) <= MOST_LINES
    assert ast.get_docstring(tree), f"{path} has no docstring"
    assigned = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    own_names = [node for node in tree.body if not _is_docstring_or_future(node)]
    if path.endswith("__init__.py") and not own_names:
        return
    assert "__all__" in assigned, f"{path} has no __all__"


def _is_docstring_or_future(node):
    future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
    return future or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


@pytest.mark.parametrize(
    ("path", "line", "found"),
    [
        ("losses/hinge.py", "import jaxgan.config", True),
        ("losses/hinge.py", "def f():\n    from jaxgan.steps import build", True),
        ("losses/hinge.py", "from jaxgan.penalties import GradientPenalty", True),
        ("losses/hinge.py", "from ..config import Config", True),
        ("losses/hinge.py", "from .. import parallel", True),
        ("losses/hinge.py", "from jaxgan import build", True),
        ("losses/hinge.py", "import importlib\nimportlib.import_module('jaxgan.data')", True),
        ("data/feed.py", "from jaxgan.training.loop import train", True),
        ("losses/hinge.py", "from . import wasserstein", False),
        ("losses/hinge.py", "from jaxgan.numerics import safe_norm", False),
        ("training/loop.py", "from jaxgan.data import open_images", False),
        ("steps.py", "from .types import Gan", False),
        ("steps.py", "from . import config", False),
    ],
)
def test_every_kind_of_import_is_seen(path, line, found):
    assert bool(list(upward_imports(path, ast.parse(line)))) == found
